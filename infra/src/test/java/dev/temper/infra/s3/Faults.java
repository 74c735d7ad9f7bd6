package dev.temper.infra.s3;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

/** The way to a server, on which things go wrong exactly where a test wants it. */
final class Faults implements SdkHttpClient {

  /** What happens to a request instead of its being sent. */
  @FunctionalInterface
  interface Fault {
    HttpExecuteResponse happen(Sending sending) throws IOException;
  }

  /** Sends the request; each call sends it once. */
  @FunctionalInterface
  interface Sending {
    HttpExecuteResponse send() throws IOException;
  }

  private record Rule(Predicate<SdkHttpRequest> which, AtomicInteger times, Fault fault) {}

  private final SdkHttpClient real;
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  Faults(SdkHttpClient real) {
    this.real = real;
  }

  /** Requests so far, like {@code PUT /bucket/key}. */
  List<String> requests() {
    return new ArrayList<>(requests);
  }

  /** The next few requests with a method and a part of a path go wrong. */
  Faults next(int times, String method, String path, Fault fault) {
    rules.add(
        new Rule(
            request ->
                request.method().name().equals(method)
                    && (request.encodedPath() + "?" + request.rawQueryParameters()).contains(path),
            new AtomicInteger(times),
            fault));
    return this;
  }

  static Fault status(int status, String code) {
    return sending -> answer(status, "<Error><Code>" + code + "</Code></Error>");
  }

  /** The server does it, and nobody hears of it. */
  static Fault lostAnswer() {
    return sending -> {
      drain(sending.send());
      throw new SocketException("Connection reset");
    };
  }

  /** The network delivers it twice; the answer is the second one. */
  static Fault twice() {
    return sending -> {
      drain(sending.send());
      return sending.send();
    };
  }

  /** Something happens before it is sent. */
  static Fault before(Fault action) {
    return sending -> {
      action.happen(sending);
      return sending.send();
    };
  }

  /** The body ends early, and nothing says so. */
  static Fault torn() {
    return sending -> withBody(sending.send(), bytes -> Arrays.copyOf(bytes, bytes.length / 2));
  }

  /** A byte of the body is another one. */
  static Fault altered() {
    return sending ->
        withBody(
            sending.send(),
            bytes -> {
              bytes[bytes.length / 2] ^= 1;
              return bytes;
            });
  }

  /** The body stops coming. */
  static Fault stalled() {
    return sending -> {
      HttpExecuteResponse response = sending.send();
      drain(response);
      return with(
          response,
          new InputStream() {
            @Override
            public int read() throws IOException {
              throw new SocketTimeoutException("Read timed out");
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
              return read();
            }
          });
    };
  }

  /** As from a gateway that looks and writes in two steps. */
  static Fault won() {
    return sending ->
        HttpExecuteResponse.builder()
            .response(SdkHttpResponse.builder().statusCode(200).putHeader("ETag", "\"x\"").build())
            .build();
  }

  private static HttpExecuteResponse answer(int status, String body) {
    return HttpExecuteResponse.builder()
        .response(SdkHttpResponse.builder().statusCode(status).build())
        .responseBody(
            AbortableInputStream.create(
                new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))))
        .build();
  }

  private static HttpExecuteResponse withBody(
      HttpExecuteResponse response, UnaryOperator<byte[]> change) throws IOException {
    byte[] bytes = response.responseBody().orElseThrow().readAllBytes();
    return with(response, new ByteArrayInputStream(change.apply(bytes)));
  }

  private static HttpExecuteResponse with(HttpExecuteResponse response, InputStream body) {
    return HttpExecuteResponse.builder()
        .response(response.httpResponse())
        .responseBody(AbortableInputStream.create(body))
        .build();
  }

  private static void drain(HttpExecuteResponse response) throws IOException {
    if (response.responseBody().isPresent()) {
      try (InputStream body = response.responseBody().get()) {
        body.readAllBytes();
      }
    }
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    SdkHttpRequest http = request.httpRequest();
    requests.add(http.method() + " " + http.encodedPath());
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        Sending sending = () -> real.prepareRequest(request).call();
        for (Rule rule : rules) {
          if (rule.which().test(http) && rule.times().getAndDecrement() > 0) {
            return rule.fault().happen(sending);
          }
        }
        return sending.send();
      }

      @Override
      public void abort() {}
    };
  }

  @Override
  public String clientName() {
    return "faults";
  }

  @Override
  public void close() {
    real.close();
  }
}
