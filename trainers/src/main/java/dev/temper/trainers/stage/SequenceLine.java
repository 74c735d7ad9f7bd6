package dev.temper.trainers.stage;

import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * A sequence that a policy was being trained on when it diverged.
 *
 * @param prompt text of what comes before the trained tokens; special tokens left out, here and in
 *     {@code text}
 */
record SequenceLine(int microBatch, String prompt, int[] promptTokens, int[] tokens, String text) {

  static List<SequenceLine> of(List<List<Sequence>> microBatches, Tokenizer tokenizer) {
    List<SequenceLine> lines = new ArrayList<>();
    for (int i = 0; i < microBatches.size(); i++) {
      for (Sequence sequence : microBatches.get(i)) {
        lines.add(
            new SequenceLine(
                i,
                tokenizer.decode(sequence.prompt()),
                sequence.prompt(),
                sequence.completion(),
                tokenizer.decode(sequence.completion())));
      }
    }
    return lines;
  }
}
