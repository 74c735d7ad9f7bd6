package dev.temper.infra.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server on this machine that answers as a test wants. */
final class FakeOpenAi implements AutoCloseable {

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  /** What was asked. */
  record Request(String path, String authorization, JsonNode body) {
    int seed() {
      return body.path("seed").asInt();
    }
  }

  /** Answers a request. */
  interface Answer {
    void to(Request request, HttpExchange exchange) throws Exception;
  }

  FakeOpenAi(Answer answer) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            Request request =
                new Request(
                    exchange.getRequestURI().getPath(),
                    String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")),
                    new ObjectMapper().readTree(exchange.getRequestBody()));
            requests.add(request);
            answer.to(request, exchange);
          } catch (Exception e) {
            throw new IOException(e);
          }
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:%d/v1".formatted(server.getAddress().getPort());
  }

  List<Request> requests() {
    return requests;
  }

  static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  static String completion(String text, String finish) {
    return "{\"choices\":[{\"index\":0,\"text\":\"%s\",\"finish_reason\":\"%s\"}]}"
        .formatted(text, finish);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
