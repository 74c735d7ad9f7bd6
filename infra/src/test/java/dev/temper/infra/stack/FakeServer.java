package dev.temper.infra.stack;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Answers every request, and leaves a line in {@code starts} each time it is started. */
final class FakeServer {

  private FakeServer() {}

  public static void main(String[] arguments) throws IOException {
    List<String> words = List.of(arguments);
    int port =
        words.contains("--port")
            ? Integer.parseInt(words.get(words.indexOf("--port") + 1))
            : Integer.parseInt(words.get(words.indexOf("--address") + 1).replaceFirst(".*:", ""));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    Files.writeString(
        Path.of("starts"),
        System.getenv() + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
