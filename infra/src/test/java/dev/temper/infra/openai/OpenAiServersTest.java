package dev.temper.infra.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.recipes.SamplingSpec;
import dev.temper.recipes.ServerSpec;
import dev.temper.trainers.CompletionServers.Question;
import dev.temper.trainers.CompletionServers.Reply;
import dev.temper.trainers.CompletionServers.Turn;
import dev.temper.trainers.GenerationFailedException;
import dev.temper.trainers.Pulse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiServersTest {

  private static final String SECRET = "sk-very-secret";
  private static final Map<String, String> WITH_KEY = Map.of(OpenAiServers.KEY, SECRET);

  private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());

  private List<Reply> ask(FakeOpenAi server, int questions) {
    return ask(sampling(server.url(), ServerSpec.COMPLETIONS, 4, 60), questions);
  }

  private List<Reply> ask(SamplingSpec sampling, int questions) {
    return new OpenAiServers(WITH_KEY, pauses::add)
        .ask(sampling, IntStream.range(0, questions).mapToObj(this::question).toList(), Pulse.NONE);
  }

  private Question question(int seed) {
    return new Question(
        new int[] {1, 5, seed}, List.of(new Turn("user", "question " + seed)), seed);
  }

  private static SamplingSpec sampling(
      String url, String api, int concurrency, double timeoutSeconds) {
    return new SamplingSpec(
        0.7,
        9,
        4,
        2,
        0,
        1,
        0,
        Optional.of(new ServerSpec(url, "teacher", api, concurrency, timeoutSeconds)));
  }

  @Test
  void repliesComeInTheOrderOfTheQuestionsWhoeverIsAnsweredFirst() throws Exception {
    CyclicBarrier together = new CyclicBarrier(4);
    List<CountDownLatch> answered =
        IntStream.range(0, 5).mapToObj(i -> new CountDownLatch(1)).toList();
    answered.get(4).countDown();
    try (FakeOpenAi server =
        new FakeOpenAi(
            (request, exchange) -> {
              together.await();
              answered.get(request.seed() + 1).await();
              FakeOpenAi.send(
                  exchange, 200, FakeOpenAi.completion("answer " + request.seed(), "stop"));
              answered.get(request.seed()).countDown();
            })) {
      assertThat(ask(server, 4))
          .extracting(Reply::text)
          .containsExactly("answer 0", "answer 1", "answer 2", "answer 3");
    }
  }

  @Test
  void noMoreRequestsAreOnTheirWayThanTheSpecAllows() throws Exception {
    CyclicBarrier three = new CyclicBarrier(3);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (FakeOpenAi server =
        new FakeOpenAi(
            (request, exchange) -> {
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              together(three);
              inside.decrementAndGet(); // before the response: the next may come right after it
              FakeOpenAi.send(exchange, 200, FakeOpenAi.completion("x", "stop"));
            })) {
      assertThat(ask(sampling(server.url(), ServerSpec.COMPLETIONS, 3, 60), 39)).hasSize(39);
      assertThat(most).hasValue(3);
    }
  }

  private static void together(CyclicBarrier barrier) throws IOException {
    try {
      barrier.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IOException("fewer requests than allowed came together", e);
    }
  }

  @Test
  void aRequestSaysHowToSample() throws Exception {
    try (FakeOpenAi server =
        new FakeOpenAi(
            (request, exchange) ->
                FakeOpenAi.send(exchange, 200, FakeOpenAi.completion("x", "stop")))) {
      SamplingSpec plain = sampling(server.url() + "/", ServerSpec.COMPLETIONS, 1, 60);
      ask(plain, 1);
      ask(new SamplingSpec(1, 3, 4, 2, 20, 0.9, 0.1, plain.server()), 1);

      ObjectMapper json = new ObjectMapper();
      assertThat(server.requests().get(0))
          .isEqualTo(
              new FakeOpenAi.Request(
                  "/v1/completions",
                  "Bearer " + SECRET,
                  json.readTree(
                      "{'model':'teacher','prompt':[1,5,0],'max_tokens':9,'temperature':0.7,'seed':0}"
                          .replace('\'', '"'))));
      assertThat(server.requests().get(1).body())
          .isEqualTo(
              json.readTree(
                  "{'model':'teacher','prompt':[1,5,0],'max_tokens':3,'temperature':1.0,'seed':0,'top_p':0.9,'top_k':20,'min_p':0.1}"
                      .replace('\'', '"')));
    }
  }

  @Test
  void aChatServerGetsMessagesAndItsContentIsTheAnswer() throws Exception {
    try (FakeOpenAi server =
        new FakeOpenAi(
            (request, exchange) ->
                FakeOpenAi.send(
                    exchange,
                    200,
                    "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"so\"},\"finish_reason\":\"length\"}]}"))) {
      assertThat(ask(sampling(server.url(), ServerSpec.CHAT, 1, 60), 1))
          .containsExactly(new Reply("so", false));
      assertThat(server.requests().get(0).path()).isEqualTo("/v1/chat/completions");
      assertThat(server.requests().get(0).body().has("prompt")).isFalse();
      assertThat(server.requests().get(0).body().get("messages").toString())
          .isEqualTo("[{\"role\":\"user\",\"content\":\"question 0\"}]");
    }
  }

  @Test
  void aServerThatIsBusyIsAskedAgainWhenItSays() throws Exception {
    try (FakeOpenAi server =
        onceThen(
            (request, exchange) -> {
              exchange.getResponseHeaders().add("Retry-After", "7");
              FakeOpenAi.send(exchange, 429, "busy");
            })) {
      assertThat(ask(server, 1)).containsExactly(new Reply("fine", true));
      assertThat(pauses).containsExactly(Duration.ofSeconds(7));
      assertThat(server.requests().get(1)).isEqualTo(server.requests().get(0));
    }
  }

  @Test
  void anErrorOfTheServerOrTheConnectionIsNoAnswerAndIsAskedAgain() throws Exception {
    List<FakeOpenAi.Answer> bad =
        List.of(
            (request, exchange) -> FakeOpenAi.send(exchange, 500, "oops"),
            (request, exchange) -> FakeOpenAi.send(exchange, 503, ""),
            (request, exchange) -> exchange.close());
    for (FakeOpenAi.Answer first : bad) {
      pauses.clear();
      try (FakeOpenAi server = onceThen(first)) {
        assertThat(ask(server, 1)).containsExactly(new Reply("fine", true));
        assertThat(pauses).containsExactly(Duration.ofSeconds(1));
      }
    }
  }

  private static FakeOpenAi onceThen(FakeOpenAi.Answer first) throws Exception {
    AtomicInteger asked = new AtomicInteger();
    return new FakeOpenAi(
        (request, exchange) -> {
          if (asked.incrementAndGet() == 1) {
            first.to(request, exchange);
          } else {
            FakeOpenAi.send(exchange, 200, FakeOpenAi.completion("fine", "stop"));
          }
        });
  }

  @Test
  void whatIsRefusedIsNotAskedAgainAndNoKeyIsRepeated() throws Exception {
    try (FakeOpenAi server =
        new FakeOpenAi(
            (request, exchange) ->
                FakeOpenAi.send(
                    exchange, 401, "Incorrect key:\n " + SECRET + " " + "x".repeat(300)))) {
      assertThatThrownBy(() -> ask(server, 1))
          .isInstanceOf(GenerationFailedException.class)
          .hasMessage(
              "no completion of model 'teacher': POST %s/completions answered 401: Incorrect key: *** %s…"
                  .formatted(server.url(), "x".repeat(181)));
      assertThat(server.requests()).hasSize(1);
      assertThat(pauses).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"choices\":[{\"text\":\"half",
        "",
        "[]",
        "{}",
        "{\"choices\":[]}",
        "{\"choices\":[{\"finish_reason\":\"stop\"}]}",
        "{\"choices\":[{\"text\":null,\"finish_reason\":\"stop\"}]}",
        "{\"choices\":[{\"message\":{\"content\":null},\"finish_reason\":\"stop\"}]}",
        "{\"choices\":[{\"text\":\"\",\"finish_reason\":\"length\"}]}",
        "{\"choices\":[{\"text\":\"\",\"finish_reason\":\"content_filter\"}]}",
        "{\"choices\":[{\"text\":\"\",\"finish_reason\":null}]}",
        "{\"choices\":[{\"text\":\"\"}]}",
        "{\"error\":{\"message\":\"overloaded\"}}"
      })
  void whatIsNoCompletionIsNeverAnEmptyAnswer(String body) throws Exception {
    try (FakeOpenAi server =
        new FakeOpenAi((request, exchange) -> FakeOpenAi.send(exchange, 200, body))) {
      assertThatThrownBy(() -> ask(server, 1))
          .isInstanceOf(GenerationFailedException.class)
          .hasMessageContaining(
              "no completion of model 'teacher' in 5 tries: POST " + server.url());
      assertThat(server.requests()).hasSize(5);
      assertThat(pauses).extracting(Duration::toSeconds).containsExactly(1L, 2L, 4L, 8L);
    }
  }

  @Test
  void anEmptyTextOfAModelThatStoppedIsAnAnswer() throws Exception {
    try (FakeOpenAi server =
        new FakeOpenAi(
            (request, exchange) ->
                FakeOpenAi.send(exchange, 200, FakeOpenAi.completion("", "stop")))) {
      assertThat(ask(server, 1)).containsExactly(new Reply("", true));
    }
  }

  @Test
  void aServerThatDoesNotAnswerOrDoesNotEndItsAnswerIsGivenUp() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    List<FakeOpenAi.Answer> stuck =
        List.of(
            (request, exchange) -> never.await(),
            (request, exchange) -> {
              exchange.sendResponseHeaders(200, 1000);
              exchange.getResponseBody().write('{');
              exchange.getResponseBody().flush();
              never.await();
            });
    for (FakeOpenAi.Answer answer : stuck) {
      try (FakeOpenAi server = new FakeOpenAi(answer)) {
        assertThatThrownBy(() -> ask(sampling(server.url(), ServerSpec.COMPLETIONS, 1, 0.1), 1))
            .isInstanceOf(GenerationFailedException.class)
            .hasMessageContaining("was not answered within 0.1 s");
      }
    }
  }

  @Test
  void aServerThatIsNotThereFailsTheStep() throws Exception {
    int port;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = taken.getLocalPort();
    }
    String url = "http://127.0.0.1:%d/v1".formatted(port);

    assertThatThrownBy(() -> ask(sampling(url, ServerSpec.COMPLETIONS, 2, 60), 3))
        .isInstanceOf(GenerationFailedException.class)
        .hasMessageContaining("in 5 tries")
        .hasMessageContaining("ConnectException");
  }

  @Test
  void oneQuestionThatFailsForGoodEndsAll() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (FakeOpenAi server =
        new FakeOpenAi(
            (request, exchange) -> {
              if (request.seed() == 1) {
                FakeOpenAi.send(exchange, 400, "too long");
              } else {
                never.await();
              }
            })) {
      assertThatThrownBy(() -> ask(server, 40))
          .isInstanceOf(GenerationFailedException.class)
          .hasMessageContaining("answered 400: too long");
      assertThat(server.requests()).hasSizeLessThan(10);
    }
  }

  @Test
  void anInterruptIsHeardWhileTheServerIsAsked() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    try (FakeOpenAi server =
        new FakeOpenAi(
            (request, exchange) -> {
              asked.countDown();
              never.await();
            })) {
      FutureTask<Boolean> task =
          new FutureTask<>(
              () -> {
                Throwable thrown = catchThrowable(() -> ask(server, 4));
                return thrown instanceof CancellationException
                    && Thread.currentThread().isInterrupted();
              });
      Thread thread = new Thread(task);
      thread.start();
      asked.await();
      thread.interrupt();
      assertThat(task.get()).isTrue();
    }
  }

  @Test
  void nothingIsAskedForNothing() {
    assertThat(ask(sampling("http://127.0.0.1:1", ServerSpec.COMPLETIONS, 1, 1), 0)).isEmpty();
  }

  @Test
  void withoutAKeyNoneIsSent() throws Exception {
    try (FakeOpenAi server =
        new FakeOpenAi(
            (request, exchange) ->
                FakeOpenAi.send(exchange, 200, FakeOpenAi.completion("x", "stop")))) {
      new OpenAiServers(Map.of(), pauses::add)
          .ask(
              sampling(server.url(), ServerSpec.COMPLETIONS, 1, 60),
              List.of(question(0)),
              Pulse.NONE);
      assertThat(server.requests().get(0).authorization()).isEqualTo("null");
    }
  }
}
