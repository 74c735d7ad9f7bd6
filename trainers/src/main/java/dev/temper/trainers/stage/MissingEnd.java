package dev.temper.trainers.stage;

import dev.temper.recipes.EndSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What reinforcement learning does with a completion that was cut off before it ended. */
enum MissingEnd {
  /** Scored and trained on like any other. */
  SCORE {
    @Override
    double score(double score, double penalty) {
      return score;
    }
  },
  /** Gets the penalty in place of its score: reward models never saw such completions. */
  PENALTY {
    @Override
    double score(double score, double penalty) {
      return penalty;
    }
  },
  /** Scored, so that it counts in the baseline of its group, but not trained on. */
  MASK {
    @Override
    double score(double score, double penalty) {
      return score;
    }

    @Override
    boolean trained() {
      return false;
    }
  };

  /** The score that an unended completion counts with. */
  abstract double score(double score, double penalty);

  /** Whether its tokens are trained on. */
  boolean trained() {
    return true;
  }

  /** As they stand in a recipe. */
  static List<String> names() {
    return Arrays.stream(values()).map(MissingEnd::wireName).toList();
  }

  static MissingEnd of(EndSpec spec) {
    return valueOf(spec.missing().toUpperCase(Locale.ROOT));
  }

  private String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
