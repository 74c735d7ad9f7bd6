package dev.temper.infra.data;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Answers as Hugging Face does for one data set; files are handed out by a second server. */
final class FakeHub implements AutoCloseable {

  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  /** Requests as "server METHOD path token". */
  final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  final Map<String, String> files = new TreeMap<>();
  private final HttpServer hub = server();
  private final HttpServer store = server();

  FakeHub() {
    hub.createContext("/", exchange -> hub(exchange));
    store.createContext("/", exchange -> store(exchange));
    hub.start();
    store.start();
  }

  private static HttpServer server() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  String address() {
    return "http://127.0.0.1:" + hub.getAddress().getPort();
  }

  private void hub(HttpExchange exchange) throws IOException {
    String path = note("hub", exchange);
    if (path.startsWith("/api/datasets/o/private")) {
      answer(exchange, 401, "");
    } else if (path.equals("/api/datasets/o/n/revision/main")) {
      answer(exchange, 200, "{\"sha\": \"" + COMMIT + "\"}");
    } else if (path.startsWith("/api/datasets/o/n/tree/" + COMMIT + "/data")) {
      List<String> entries = new ArrayList<>();
      entries.add("{\"type\": \"directory\", \"path\": \"data/deep\"}");
      files.keySet().forEach(f -> entries.add("{\"type\": \"file\", \"path\": \"" + f + "\"}"));
      answer(exchange, 200, entries.toString());
    } else if (path.startsWith("/datasets/o/n/resolve/" + COMMIT + "/")
        && files.containsKey(file(path))) {
      exchange
          .getResponseHeaders()
          .add(
              "Location",
              "http://127.0.0.1:%d/%s"
                  .formatted(store.getAddress().getPort(), file(path).replace(" ", "%20")));
      answer(exchange, 302, "");
    } else {
      answer(exchange, 404, "");
    }
  }

  private static String file(String path) {
    return path.substring(path.indexOf(COMMIT) + COMMIT.length() + 1);
  }

  private void store(HttpExchange exchange) throws IOException {
    answer(exchange, 200, files.get(note("store", exchange).substring(1)));
  }

  private String note(String server, HttpExchange exchange) {
    String token = exchange.getRequestHeaders().getFirst("Authorization");
    asked.add(
        "%s %s %s"
            .formatted(server, exchange.getRequestURI().getPath(), token == null ? "-" : token));
    return exchange.getRequestURI().getPath();
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    try (var body = exchange.getResponseBody()) {
      body.write(bytes);
    }
  }

  @Override
  public void close() {
    hub.stop(0);
    store.stop(0);
  }
}
