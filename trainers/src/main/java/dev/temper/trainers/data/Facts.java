package dev.temper.trainers.data;

import dev.temper.trainers.StageFailure;

/** What scorers need to know about a prompt. */
final class Facts {

  private Facts() {}

  static String required(Prompt prompt, String fact, String asker) {
    String value = prompt.facts().get(fact);
    if (value == null) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT,
          "%s needs the fact '%s' of every prompt; '%s' has %s"
              .formatted(asker, fact, prompt.text(), prompt.facts().keySet()));
    }
    return value;
  }
}
