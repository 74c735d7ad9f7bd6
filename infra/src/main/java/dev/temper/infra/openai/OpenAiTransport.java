package dev.temper.infra.openai;

import dev.temper.recipes.ServerSpec;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One request over HTTP, with a limit on the whole of it. Redirects are not followed. */
final class OpenAiTransport {

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final int QUOTED = 200;

  private final Optional<String> key;
  private HttpClient client;

  OpenAiTransport(Optional<String> key) {
    this.key = key;
  }

  Attempt post(ServerSpec server, String body) throws InterruptedException {
    URI uri = URI.create(server.url().replaceAll("/+$", "") + CompletionRequest.path(server));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    // A limit of the request itself would end with the response's head.
    CompletableFuture<HttpResponse<String>> sent =
        client().sendAsync(request.build(), BodyHandlers.ofString());
    try {
      return attempt(uri, sent.get(millis(server), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return new Attempt.Failed(
          "POST %s was not answered within %s s".formatted(uri, server.timeoutSeconds()));
    } catch (ExecutionException e) {
      return new Attempt.Failed("POST %s failed: %s".formatted(uri, e.getCause()));
    } finally {
      sent.cancel(true);
    }
  }

  /** Made when it is needed: it has a thread. */
  private synchronized HttpClient client() {
    if (client == null) {
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(CONNECT)
              .followRedirects(HttpClient.Redirect.NEVER)
              .build();
    }
    return client;
  }

  private static long millis(ServerSpec server) {
    return Math.max(1, Math.round(server.timeoutSeconds() * 1000));
  }

  private Attempt attempt(URI uri, HttpResponse<String> response) {
    int status = response.statusCode();
    if (status == 200) {
      Attempt read = CompletionResponse.read(response.body());
      return read instanceof Attempt.Failed failed
          ? new Attempt.Failed(
              "POST %s: %s: %s".formatted(uri, failed.why(), quoted(response.body())))
          : read;
    }
    String why = "POST %s answered %d: %s".formatted(uri, status, quoted(response.body()));
    return status == 408 || status == 429 || status >= 500
        ? new Attempt.Failed(why, after(response))
        : new Attempt.Refused(why);
  }

  /** In seconds; the other form, a date, would need the server's clock. */
  private static Optional<Duration> after(HttpResponse<String> response) {
    return response
        .headers()
        .firstValue("Retry-After")
        .map(String::strip)
        .filter(value -> value.matches("\\d{1,6}"))
        .map(value -> Duration.ofSeconds(Long.parseLong(value)));
  }

  /** The beginning of a body on one line. Servers repeat the key that they did not like. */
  private String quoted(String body) {
    String shown = key.isPresent() ? body.replace(key.get(), "***") : body;
    String line = shown.strip().replaceAll("\\s+", " ");
    return line.length() > QUOTED ? line.substring(0, QUOTED) + "…" : line;
  }
}
