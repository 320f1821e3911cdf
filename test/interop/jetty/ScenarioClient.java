import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.UpgradeException;
import org.eclipse.jetty.websocket.api.WebSocketAdapter;
import org.eclipse.jetty.websocket.api.WebSocketPingPongListener;
import org.eclipse.jetty.websocket.client.ClientUpgradeRequest;
import org.eclipse.jetty.websocket.client.WebSocketClient;

/**
 * Scenarios of Jetty's client. Reads lines of {@code SCENARIO URL [EXTENSION]}, and answers each with {@code passed}, or
 * {@code failed} and why.
 */
public final class ScenarioClient {
  private static final int LARGE = 16 * 1024 * 1024;
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private final WebSocketClient client;
  private final URI url;
  private final String extension;

  private ScenarioClient(WebSocketClient client, URI url, String extension) {
    this.client = client;
    this.url = url;
    this.extension = extension;
  }

  private interface Scenario {
    void play(ScenarioClient client) throws Exception;
  }

  private static final Map<String, Scenario> SCENARIOS =
      Map.ofEntries(
          Map.entry("texts", ScenarioClient::texts),
          Map.entry("binaries", ScenarioClient::binaries),
          Map.entry("fragments", ScenarioClient::fragments),
          Map.entry("pieces", ScenarioClient::pieces),
          Map.entry("pings", ScenarioClient::pings),
          Map.entry("in_flight", ScenarioClient::inFlight),
          Map.entry("subprotocol", ScenarioClient::subprotocol),
          Map.entry("close_4000", ScenarioClient::close4000),
          Map.entry("drop", ScenarioClient::drop),
          Map.entry("server_leaves", ScenarioClient::serverLeaves),
          Map.entry("server_pings", ScenarioClient::serverPings),
          Map.entry("too_large", ScenarioClient::tooLarge),
          Map.entry("not_found", ScenarioClient::notFound),
          Map.entry("foreign_origin", ScenarioClient::foreignOrigin));

  public static void main(String[] arguments) throws Exception {
    WebSocketClient client = new WebSocketClient();
    // The endpoint's own limits hold for uncompressed messages only.
    client.getPolicy().setMaxTextMessageSize(LARGE);
    client.getPolicy().setMaxBinaryMessageSize(LARGE);
    client.start();
    BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      String[] words = order.split(" ", 3);
      String extension = words.length > 2 ? words[2] : "";
      try {
        SCENARIOS.get(words[0]).play(new ScenarioClient(client, URI.create(words[1]), extension));
        OUT.println("passed");
      } catch (Throwable failure) {
        OUT.println("failed: " + failure + " at " + Arrays.toString(failure.getStackTrace()));
      }
    }
    client.stop();
  }

  /** One connection. What comes is kept as text: {@code text …}, {@code pong …}, {@code close CODE REASON}. */
  private static final class Visitor extends WebSocketAdapter implements WebSocketPingPongListener {
    final BlockingQueue<Object> received = new LinkedBlockingQueue<>();

    @Override
    public void onWebSocketText(String text) {
      received.add("text " + text);
    }

    @Override
    public void onWebSocketBinary(byte[] data, int start, int length) {
      received.add(ByteBuffer.wrap(Arrays.copyOfRange(data, start, start + length)));
    }

    @Override
    public void onWebSocketPing(ByteBuffer payload) {
      received.add("ping " + StandardCharsets.UTF_8.decode(payload));
    }

    @Override
    public void onWebSocketPong(ByteBuffer payload) {
      received.add("pong " + StandardCharsets.UTF_8.decode(payload));
    }

    @Override
    public void onWebSocketClose(int code, String reason) {
      super.onWebSocketClose(code, reason);
      received.add("close " + code + " " + (reason == null ? "" : reason));
    }

    void expect(Object expected) throws InterruptedException {
      Object next = received.poll(20, TimeUnit.SECONDS);
      check(expected.equals(next), shown(expected) + " was expected, not " + shown(next));
    }

    private static String shown(Object received) {
      String text = String.valueOf(received);
      return text.length() > 100 ? text.substring(0, 100) + "… (" + text.length() + ")" : text;
    }
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) throw new AssertionError(otherwise);
  }

  private Visitor visit(ClientUpgradeRequest request) throws Exception {
    Visitor visitor = new Visitor();
    if (!extension.isEmpty()) request.addExtensions(extension);
    Session session = client.connect(visitor, url, request).get(20, TimeUnit.SECONDS);
    String agreed = session.getUpgradeResponse().getHeader("Sec-WebSocket-Extensions");
    check((agreed != null) == !extension.isEmpty(), "agreed on " + agreed);
    return visitor;
  }

  private Visitor visit() throws Exception {
    return visit(new ClientUpgradeRequest());
  }

  private static void leave(Visitor visitor) throws Exception {
    visitor.getSession().close(1000, "");
    visitor.expect("close 1000 ");
  }

  private void texts() throws Exception {
    Visitor visitor = visit();
    String[] texts = {
      "", "a", "ÿ € 𝄞", "x".repeat(125), "x".repeat(126), "x".repeat(65_535), "x".repeat(65_536), "ü".repeat(500_000)
    };
    for (String text : texts) {
      // Twice: with context takeover the second refers to the first.
      for (int turn = 0; turn < 2; turn++) {
        visitor.getRemote().sendString(text);
        visitor.expect("text " + text);
      }
    }
    leave(visitor);
  }

  private void binaries() throws Exception {
    Visitor visitor = visit();
    Random random = new Random(1);
    for (int size : new int[] {0, 1, 125, 126, 65_535, 65_536, 1024 * 1024, 12 * 1024 * 1024}) {
      byte[] data = new byte[size];
      random.nextBytes(data);
      // A copy: without compression Jetty masks within the buffer that it is given.
      visitor.getRemote().sendBytes(ByteBuffer.wrap(data.clone()));
      visitor.expect(ByteBuffer.wrap(data));
    }
    leave(visitor);
  }

  private void fragments() throws Exception {
    Visitor visitor = visit();
    visitor.getRemote().sendPartialString("one ", false);
    visitor.getRemote().sendPartialString("", false);
    visitor.getRemote().sendPing(ByteBuffer.wrap("between".getBytes(StandardCharsets.UTF_8)));
    visitor.getRemote().sendPartialString("€", false);
    visitor.getRemote().sendPartialString(" two", true);
    visitor.expect("pong between");
    visitor.expect("text one € two");
    byte[] all = new byte[100_000];
    for (int part = 0; part < 100; part++) {
      Arrays.fill(all, part * 1_000, (part + 1) * 1_000, (byte) part);
      byte[] data = Arrays.copyOfRange(all, part * 1_000, (part + 1) * 1_000);
      visitor.getRemote().sendPartialBytes(ByteBuffer.wrap(data), part == 99);
    }
    visitor.expect(ByteBuffer.wrap(all));
    leave(visitor);
  }

  private void pieces() throws Exception {
    Visitor visitor = visit();
    for (String text : new String[] {"one two three", "x".repeat(300_000)}) {
      visitor.getRemote().sendString(text);
      visitor.expect("ping between");
      visitor.expect("text " + text);
    }
    leave(visitor);
  }

  private void pings() throws Exception {
    Visitor visitor = visit();
    for (String payload : new String[] {"", "one", "x".repeat(125)}) {
      visitor.getRemote().sendPing(ByteBuffer.wrap(payload.getBytes(StandardCharsets.UTF_8)));
      visitor.expect("pong " + payload);
    }
    leave(visitor);
  }

  private void inFlight() throws Exception {
    Visitor visitor = visit();
    for (int index = 0; index < 1_000; index++) visitor.getRemote().sendString("message " + index);
    for (int index = 0; index < 1_000; index++) visitor.expect("text message " + index);
    leave(visitor);
  }

  private void subprotocol() throws Exception {
    ClientUpgradeRequest request = new ClientUpgradeRequest();
    request.setSubProtocols("chat", "echo.v1", "echo.v2");
    Visitor visitor = visit(request);
    String agreed = visitor.getSession().getUpgradeResponse().getAcceptedSubProtocol();
    check("echo.v1".equals(agreed), "agreed on " + agreed);
    leave(visitor);
  }

  private void close4000() throws Exception {
    Visitor visitor = visit();
    visitor.getSession().close(4000, "à bientôt");
    visitor.expect("close 4000 à bientôt");
  }

  private void drop() throws Exception {
    visit().getSession().disconnect();
  }

  private void serverLeaves() throws Exception {
    Visitor visitor = visit();
    visitor.expect("text hello");
    visitor.expect("close 4001 over");
  }

  private void serverPings() throws Exception {
    Visitor visitor = visit();
    visitor.expect("ping are you there");
    visitor.getRemote().sendString("after the ping");
    visitor.expect("text after the ping");
    leave(visitor);
  }

  private void tooLarge() throws Exception {
    Visitor visitor = visit();
    visitor.getRemote().sendString("x".repeat(17));
    String next = String.valueOf(visitor.received.poll(20, TimeUnit.SECONDS));
    check(next.startsWith("close 1009 "), next);
  }

  private void refused(int status, ClientUpgradeRequest request) throws Exception {
    try {
      visit(request);
    } catch (ExecutionException refusal) {
      Throwable cause = refusal.getCause();
      check(cause instanceof UpgradeException, String.valueOf(cause));
      check(((UpgradeException) cause).getResponseStatusCode() == status, String.valueOf(cause));
      return;
    }
    throw new AssertionError("connected");
  }

  private void notFound() throws Exception {
    refused(404, new ClientUpgradeRequest());
  }

  private void foreignOrigin() throws Exception {
    ClientUpgradeRequest request = new ClientUpgradeRequest();
    request.setHeader("Origin", "https://elsewhere.example");
    refused(403, request);
  }
}
