package dev.temper.trainers.advantage;

/** Advantages within the completions of one prompt. */
@FunctionalInterface
interface GroupAdvantage {

  /** For a group whose rewards are not all equal. */
  double[] compute(double[] rewards);

  /** Applies this to each group of at least {@code least} rewards; equal rewards give exact 0. */
  default Advantage perGroup(String name, int least) {
    return rewards -> {
      double[][] advantages = new double[rewards.length][];
      for (int prompt = 0; prompt < rewards.length; prompt++) {
        double[] group = rewards[prompt];
        if (group.length < least) {
          throw new IllegalArgumentException(
              "%s needs groups of at least %d completions, group %d has %d"
                  .formatted(name, least, prompt, group.length));
        }
        Rewards.requireFinite(group, prompt);
        advantages[prompt] = Rewards.equal(group) ? new double[group.length] : compute(group);
      }
      return advantages;
    };
  }
}
