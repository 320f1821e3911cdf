import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.servlet.http.HttpServletRequest;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.websocket.api.RemoteEndpoint;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.WebSocketAdapter;
import org.eclipse.jetty.websocket.api.WebSocketPingPongListener;
import org.eclipse.jetty.websocket.server.WebSocketHandler;
import org.eclipse.jetty.websocket.servlet.ServletUpgradeRequest;
import org.eclipse.jetty.websocket.servlet.ServletUpgradeResponse;
import org.eclipse.jetty.websocket.servlet.WebSocketServletFactory;

/**
 * A server of Jetty 9.4, with the paths that foreign-server-contract.ts describes.
 *
 * <p>Prints {@code listening PORT}, then {@code closed CODE REASON} for each connection to {@code /echo} that ends.
 */
public final class EndpointServer {
  private static final int LARGE = 16 * 1024 * 1024;
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  public static void main(String[] arguments) throws Exception {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(
        new WebSocketHandler() {
          @Override
          public void configure(WebSocketServletFactory factory) {
            factory.getPolicy().setMaxTextMessageSize(LARGE);
            factory.getPolicy().setMaxBinaryMessageSize(LARGE);
            factory.setCreator(EndpointServer::endpoint);
          }
        });
    server.start();
    OUT.println("listening " + connector.getLocalPort());
    server.join();
  }

  private static Object endpoint(ServletUpgradeRequest request, ServletUpgradeResponse response) {
    String path = request.getHttpServletRequest().getRequestURI();
    switch (path.split("/")[1]) {
      case "echo":
        List<String> offered = request.getSubProtocols();
        offered.stream().filter(List.of("echo.v1", "echo.v2")::contains).findFirst()
            .ifPresent(response::setAcceptedSubProtocol);
        return new Echo();
      case "pieces":
        return new Pieces();
      case "pings":
        return new Pings();
      case "leave":
        return new Leave(Integer.parseInt(path.split("/")[2]));
      case "drop":
        return new Drop();
      case "small":
        return new Small();
      case "request":
        return new Request(request.getHttpServletRequest());
      default:
        try {
          response.sendError(404, "Not Found");
        } catch (IOException failure) {
          throw new UncheckedIOException(failure);
        }
        return null;
    }
  }

  private interface Talk {
    void with(RemoteEndpoint remote) throws IOException;
  }

  private abstract static class Endpoint extends WebSocketAdapter {
    void talk(Talk talk) {
      try {
        talk.with(getRemote());
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }

  private static final class Echo extends Endpoint {
    @Override
    public void onWebSocketText(String text) {
      talk(remote -> remote.sendString(text));
    }

    @Override
    public void onWebSocketBinary(byte[] data, int start, int length) {
      talk(remote -> remote.sendBytes(ByteBuffer.wrap(data, start, length)));
    }

    @Override
    public void onWebSocketClose(int code, String reason) {
      // What Jetty makes up where the peer gave no reason is none.
      OUT.println("closed " + code + " " + (reason == null || code == 1006 ? "" : reason));
    }
  }

  private static final class Pieces extends Endpoint {
    @Override
    public void onWebSocketText(String text) {
      int third = (text.length() + 2) / 3;
      talk(
          remote -> {
            remote.sendPartialString(text.substring(0, third), false);
            remote.sendPing(ByteBuffer.wrap("between".getBytes(StandardCharsets.UTF_8)));
            remote.sendPartialString(text.substring(third, 2 * third), false);
            remote.sendPartialString(text.substring(2 * third), true);
          });
    }
  }

  private static final class Pings extends Endpoint implements WebSocketPingPongListener {
    @Override
    public void onWebSocketConnect(Session session) {
      super.onWebSocketConnect(session);
      talk(remote -> remote.sendPing(ByteBuffer.wrap("are you there".getBytes(StandardCharsets.UTF_8))));
    }

    @Override
    public void onWebSocketPing(ByteBuffer payload) {}

    @Override
    public void onWebSocketPong(ByteBuffer payload) {
      talk(remote -> remote.sendString("pong " + StandardCharsets.UTF_8.decode(payload)));
    }
  }

  private static final class Leave extends Endpoint {
    private final int code;

    Leave(int code) {
      this.code = code;
    }

    @Override
    public void onWebSocketConnect(Session session) {
      super.onWebSocketConnect(session);
      talk(remote -> remote.sendString("hello"));
      session.close(code, "over");
    }
  }

  private static final class Drop extends Endpoint {
    @Override
    public void onWebSocketConnect(Session session) {
      super.onWebSocketConnect(session);
      talk(remote -> remote.sendString("hello"));
      try {
        session.disconnect();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }

  private static final class Small extends Endpoint {
    @Override
    public void onWebSocketConnect(Session session) {
      super.onWebSocketConnect(session);
      session.getPolicy().setMaxTextMessageSize(16);
    }
  }

  private static final class Request extends Endpoint {
    private final String answer;

    Request(HttpServletRequest request) {
      answer =
          String.join(
              "\n",
              request.getRequestURI() + "?" + request.getQueryString(),
              request.getHeader("X-Visitor"),
              request.getHeader("Cookie"));
    }

    @Override
    public void onWebSocketConnect(Session session) {
      super.onWebSocketConnect(session);
      talk(remote -> remote.sendString(answer));
    }
  }
}
