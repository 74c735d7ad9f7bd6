package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenedTest {

  private final List<String> closed = new ArrayList<>();

  @Test
  void whatWasOpenedIsClosedInReverseOrderAndOnce() throws IOException {
    Opened opened =
        Opened.all(
            all -> {
              all.keep("model", closed::add);
              all.keep("learner", closed::add);
              return all;
            });
    assertThat(closed).isEmpty();

    opened.close();
    opened.close();

    assertThat(closed).containsExactly("learner", "model");
  }

  @Test
  void aFailureHalfwayClosesWhatIsOpenByThen() {
    assertThatThrownBy(
            () ->
                Opened.all(
                    all -> {
                      all.keep("tokenizer", closed::add);
                      all.keep("model", closed::add);
                      throw new IOException("no such folder");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("no such folder");
    assertThat(closed).containsExactly("model", "tokenizer");
  }

  @Test
  void aFailureToCloseDoesNotHideTheFirst() {
    assertThatThrownBy(
            () ->
                Opened.all(
                    all -> {
                      all.keep(
                          "model",
                          model -> {
                            throw new IllegalStateException("in use");
                          });
                      throw new IOException("no such folder");
                    }))
        .hasMessage("no such folder")
        .satisfies(
            failure ->
                assertThat(failure.getSuppressed())
                    .singleElement()
                    .extracting("message")
                    .isEqualTo("in use"));
  }
}
