import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.annotations.OnWebSocketClose;
import org.eclipse.jetty.websocket.api.annotations.OnWebSocketConnect;
import org.eclipse.jetty.websocket.api.annotations.OnWebSocketError;
import org.eclipse.jetty.websocket.api.annotations.OnWebSocketMessage;
import org.eclipse.jetty.websocket.api.annotations.WebSocket;
import org.eclipse.jetty.websocket.server.WebSocketHandler;
import org.eclipse.jetty.websocket.servlet.WebSocketServletFactory;
import sun.misc.Signal;

/**
 * Jetty as a user has it: annotated classes, an instance and a session per connection, all defaults but the size of
 * messages, whose limit is Moorage's 1 MiB instead of 64 KiB. It sends as Jetty's own examples do, without blocking.
 *
 * <p>Takes {@code echo} or {@code broadcast} and prints the port; ends when its standard input does. Whether messages
 * are compressed is the client's choice: Jetty takes every offer.
 */
public final class BenchServer {
  private static final int LARGEST = 1024 * 1024;
  private static final Set<Session> MEMBERS = ConcurrentHashMap.newKeySet();

  public static void main(String[] arguments) throws Exception {
    // The generator asks for a collection before it reads the resident set. The virtual machine keeps this signal for
    // itself unless the runner gives it another.
    Signal.handle(new Signal("USR2"), signal -> System.gc());
    Class<?> endpoint = arguments[0].equals("broadcast") ? Broadcast.class : Echo.class;
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    connector.setAcceptQueueSize(1024);
    server.addConnector(connector);
    server.setHandler(
        new WebSocketHandler() {
          @Override
          public void configure(WebSocketServletFactory factory) {
            factory.register(endpoint);
          }
        });
    server.start();
    System.out.println(connector.getLocalPort());
    while (System.in.read() >= 0) {}
    Runtime.getRuntime().halt(0);
  }

  @WebSocket(maxTextMessageSize = LARGEST, maxBinaryMessageSize = LARGEST)
  public static final class Echo {
    @OnWebSocketMessage
    public void onText(Session session, String text) {
      session.getRemote().sendString(text, null);
    }

    @OnWebSocketMessage
    public void onBinary(Session session, byte[] data, int offset, int length) {
      session.getRemote().sendBytes(ByteBuffer.wrap(data, offset, length), null);
    }

    @OnWebSocketError
    public void onError(Throwable cause) {}
  }

  @WebSocket(maxTextMessageSize = LARGEST, maxBinaryMessageSize = LARGEST)
  public static final class Broadcast {
    @OnWebSocketConnect
    public void onConnect(Session session) {
      MEMBERS.add(session);
    }

    @OnWebSocketMessage
    public void onText(Session sender, String text) {
      for (Session member : MEMBERS) {
        if (member.isOpen()) member.getRemote().sendString(text, null);
      }
    }

    @OnWebSocketClose
    public void onClose(Session session, int code, String reason) {
      MEMBERS.remove(session);
    }

    @OnWebSocketError
    public void onError(Throwable cause) {}
  }
}
