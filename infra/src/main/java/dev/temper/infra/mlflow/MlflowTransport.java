package dev.temper.infra.mlflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * HTTP with a limit on everything and no second tries: whoever sends repeats the whole, which may
 * be repeated.
 */
final class MlflowTransport {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MESSAGE_LENGTH = 500;

  /**
   * How long to wait.
   *
   * @param connect for a connection
   * @param answer for the answer to a call
   * @param upload for a file to be taken
   */
  record Limits(Duration connect, Duration answer, Duration upload) {
    static final Limits USUAL =
        new Limits(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(5));
  }

  private final MlflowSettings settings;
  private final Limits limits;
  private final HttpClient client;

  MlflowTransport(MlflowSettings settings, Limits limits) {
    this.settings = settings;
    this.limits = limits;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(limits.connect())
            .proxy(settings.proxies().selector());
    if (settings.insecure()) {
      builder.sslContext(Trust.everything());
    } else {
      settings.certificates().map(Trust::of).ifPresent(builder::sslContext);
    }
    this.client = builder.build();
  }

  /** The server, as it may be shown. */
  URI server() {
    return settings.server();
  }

  /** Calls the server; an absolute path and a JSON body, or an empty one. */
  String call(String method, String path, String json) {
    URI uri = URI.create(settings.server() + path);
    HttpRequest.Builder request =
        request(uri, limits.answer()).header("Content-Type", "application/json");
    settings.authorization().ifPresent(value -> request.header("Authorization", value));
    request.method(
        method, json.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
    return send(request.build(), method + " " + uri.getPath(), true);
  }

  /** Hands a file to the server's own artifact service. */
  void upload(String path, Path file) throws IOException {
    URI uri = URI.create(settings.server() + path);
    HttpRequest.Builder request = request(uri, limits.upload()).PUT(body(file));
    settings.authorization().ifPresent(value -> request.header("Authorization", value));
    send(request.build(), "PUT " + uri.getPath(), true);
  }

  /** Hands a file to whatever an address that was signed for it leads to. */
  void uploadSigned(URI signed, Map<String, String> headers, Path file) throws IOException {
    HttpRequest.Builder request = request(signed, limits.upload()).PUT(body(file));
    headers.forEach(request::header);
    // The query is the signature, and a bucket that refuses repeats it in its answer: neither comes
    // into a message.
    send(
        request.build(),
        "PUT " + signed.getScheme() + "://" + signed.getAuthority() + signed.getPath(),
        false);
  }

  private static BodyPublisher body(Path file) throws IOException {
    try {
      return BodyPublishers.ofFile(file);
    } catch (FileNotFoundException e) {
      throw new IOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private HttpRequest.Builder request(URI uri, Duration limit) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(limit);
    settings
        .proxies()
        .to(uri)
        .map(URI::getUserInfo)
        .ifPresent(user -> request.header("Proxy-Authorization", MlflowSettings.basic(user)));
    return request;
  }

  /**
   * Sends.
   *
   * @param quotable whether an answer may be repeated in a message
   */
  private String send(HttpRequest request, String what, boolean quotable) {
    String at = what + " at " + settings.server();
    try {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2) {
        throw failure(at, response, quotable ? response.body() : "");
      }
      return response.body();
    } catch (IOException e) {
      throw MlflowFailure.unreachable(at, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw MlflowFailure.unreachable(at, e);
    }
  }

  private static MlflowFailure failure(String at, HttpResponse<String> response, String answer) {
    String code = "";
    String message = answer;
    try {
      JsonNode body = JSON.readTree(answer);
      code = body.path("error_code").asText();
      message = body.path("message").asText(answer);
    } catch (JsonProcessingException e) {
      // A proxy's own page: shown as it is.
    }
    String line = message.strip().replaceAll("\\s+", " ");
    String shown = line.length() > MESSAGE_LENGTH ? line.substring(0, MESSAGE_LENGTH) + "…" : line;
    return MlflowFailure.answered(at, response.statusCode(), code, shown, wait(response));
  }

  private static long wait(HttpResponse<String> response) {
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(value -> value.matches("\\d{1,6}"))
        .map(Long::parseLong)
        .orElse(0L);
  }
}
