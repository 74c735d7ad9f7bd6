package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.recipes.NearestName;
import dev.temper.trainers.StageFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The shapes that rows of files have: one line each, and the first that fits is taken. */
final class Shapes {

  /** What a stage wrote; no file of a user has it. */
  static final Shape STAGE = new StageCompletion();

  private record Named(String name, Shape shape) {}

  private static final List<Named> KNOWN =
      List.of(
          new Named("preference-messages", new PreferenceMessages()),
          new Named("preference", new Preference()),
          new Named("hh", new HhTranscript()),
          new Named("pku", new PkuSafe()),
          new Named("nectar", new Nectar()),
          new Named("ultrafeedback", new UltraFeedback()),
          new Named("ratings", new Ratings()),
          new Named("prm800k", new Prm800k()),
          new Named("messages", new Messages()),
          new Named("sharegpt", new ShareGpt()),
          new Named("alpaca", new Alpaca()),
          new Named("gsm8k", new Gsm8k()),
          new Named("prompt-messages", new PromptMessages()),
          new Named("prompt-completion", new PromptCompletion()));

  private Shapes() {}

  /**
   * @throws StageFailure DataContract naming those that exist
   */
  static Shape named(String name) {
    return KNOWN.stream()
        .filter(known -> known.name().equals(name))
        .map(Named::shape)
        .findFirst()
        .orElseThrow(
            () ->
                new StageFailure(
                    StageFailure.Type.DATA_CONTRACT,
                    "shape must be one of %s, got '%s'%s"
                        .formatted(names(), name, NearestName.hint(name, names()))));
  }

  private static List<String> names() {
    return KNOWN.stream().map(Named::name).toList();
  }

  /** The shape of a row that is an object; empty where none fits. */
  static Optional<Shape> of(JsonNode row) {
    return KNOWN.stream().map(Named::shape).filter(shape -> shape.fits(row)).findFirst();
  }

  static WrongShape unknown(JsonNode row) {
    List<String> fields = new ArrayList<>();
    row.fieldNames().forEachRemaining(fields::add);
    return new WrongShape(
        "has the fields %s, which is no known shape: known are %s; 'columns' gives fields other names"
            .formatted(fields, names()));
  }
}
