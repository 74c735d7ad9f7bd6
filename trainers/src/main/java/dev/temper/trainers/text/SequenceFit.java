package dev.temper.trainers.text;

import dev.temper.trainers.StageFailure;
import dev.temper.trainers.model.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sequences that fit a model.
 *
 * @param sequences those that leave a token to train on, in order
 * @param truncated sequences whose completion was cut, and whose end is therefore not trained
 * @param dropped sequences left out because their prompt alone fills the model
 */
public record SequenceFit(List<Sequence> sequences, int truncated, int dropped) {
  public SequenceFit {
    sequences = List.copyOf(sequences);
  }

  /**
   * Cuts completions so that no sequence is longer than a model can take.
   *
   * @param maxTokens of prompt and completion together
   * @throws StageFailure DataContract where nothing is left
   */
  public static SequenceFit of(List<Sequence> sequences, int maxTokens) {
    List<Sequence> fitting = new ArrayList<>(sequences.size());
    int truncated = 0;
    int dropped = 0;
    for (Sequence sequence : sequences) {
      Optional<Sequence> fit = sequence.fit(maxTokens);
      dropped += fit.isEmpty() ? 1 : 0;
      truncated += fit.isPresent() && fit.get().length() < sequence.length() ? 1 : 0;
      fit.ifPresent(fitting::add);
    }
    if (fitting.isEmpty()) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT,
          "none of %d rows leaves a token to train on: every prompt fills the model's %d positions"
              .formatted(sequences.size(), maxTokens));
    }
    return new SequenceFit(fitting, truncated, dropped);
  }
}
