package dev.temper.trainers.data;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.Method;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.raw.RawRow;
import dev.temper.trainers.random.NamedRandom;
import dev.temper.trainers.registry.MethodFamily;
import dev.temper.trainers.registry.Parameter;
import dev.temper.trainers.registry.Registration;
import dev.temper.trainers.registry.Registry;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/**
 * The registered generators (family {@code synthetic}); a row depends on the source's seed and the
 * row's index alone.
 *
 * <p>Demonstrations and prompts of one task and seed go through the same order of prompts: row i of
 * both has prompt i, so ranges that do not overlap have no prompt in common.
 */
public final class SyntheticSources {

  private static final String SOURCE = "Temper's synthetic tasks";

  private static final Registry<LongFunction<SyntheticSource>> REGISTERED =
      new Registry<>(
          "synthetic",
          Map.of(
              "kind-notes/pretraining", plain(SyntheticSources::notePages),
              "kind-notes/prompts", plain(SyntheticSources::notePrompts),
              "kind-notes/demonstrations", plain(SyntheticSources::noteDemonstrations),
              "backward/prompts", plain(SyntheticSources::backwardPrompts),
              "backward/demonstrations",
                  new Registration<>(
                      SOURCE,
                      List.of(Parameter.between("correct", 0.5, 0, 1)),
                      parameters -> backwardDemonstrations(parameters.number("correct")))));

  private SyntheticSources() {}

  public static MethodFamily family() {
    return REGISTERED;
  }

  /** The rows that a recipe asks for. */
  static List<RawRow> rows(DataSource.Synthetic source) {
    SyntheticSource generator = generator(source);
    long end = (long) source.from() + source.rows();
    if (source.from() < 0 || source.rows() < 1) {
      throw refused(
          source,
          "from must be >= 0 and rows >= 1, got " + source.from() + " and " + source.rows());
    }
    if (generator.size().isPresent() && end > generator.size().getAsInt()) {
      throw refused(
          source,
          "has %d rows, but rows %d to %d were asked for"
              .formatted(generator.size().getAsInt(), source.from(), end - 1));
    }
    if (end > Integer.MAX_VALUE) {
      throw refused(source, "rows are numbered up to " + Integer.MAX_VALUE);
    }
    return IntStream.range(source.from(), (int) end).mapToObj(generator.row()).toList();
  }

  private static SyntheticSource generator(DataSource.Synthetic source) {
    try {
      return REGISTERED
          .create(new Method(source.synthetic(), source.parameters()))
          .apply(source.seed());
    } catch (IllegalArgumentException e) {
      throw new StageFailure(StageFailure.Type.DATA_CONTRACT, e.getMessage(), e);
    }
  }

  private static StageFailure refused(DataSource.Synthetic source, String reason) {
    return new StageFailure(
        StageFailure.Type.DATA_CONTRACT, "synthetic '" + source.synthetic() + "': " + reason);
  }

  private static Registration<LongFunction<SyntheticSource>> plain(
      LongFunction<SyntheticSource> source) {
    return new Registration<>(SOURCE, List.of(), parameters -> source);
  }

  private static SyntheticSource notePages(long seed) {
    NotePages pages = new NotePages(seed);
    return new SyntheticSource(
        OptionalInt.empty(),
        row -> RawRow.document("kind-notes/pretraining:" + row, pages.at(row)));
  }

  private static SyntheticSource notePrompts(long seed) {
    NotePrompts prompts = new NotePrompts(seed);
    return new SyntheticSource(
        OptionalInt.of(NotePrompts.COUNT),
        row -> {
          NotePrompts.Request request = prompts.at(row);
          return RawRow.request("kind-notes/prompts:" + row, request.text(), request.facts());
        });
  }

  private static SyntheticSource noteDemonstrations(long seed) {
    NotePrompts prompts = new NotePrompts(seed);
    NamedRandom random = new NamedRandom(seed, "kind-notes/demonstrations");
    return new SyntheticSource(
        OptionalInt.of(NotePrompts.COUNT),
        row -> {
          NotePrompts.Request request = prompts.at(row);
          String note = new NoteWriter(new Draws(random, row)).demonstration(request.topic());
          return RawRow.demonstration(
              "kind-notes/demonstrations:" + row, request.text(), note, request.facts());
        });
  }

  private static SyntheticSource backwardPrompts(long seed) {
    BackwardPrompts prompts = new BackwardPrompts(seed);
    return new SyntheticSource(
        OptionalInt.of(BackwardPrompts.COUNT),
        row -> {
          BackwardPrompts.Request request = prompts.at(row);
          return RawRow.request("backward/prompts:" + row, request.text(), request.facts());
        });
  }

  private static LongFunction<SyntheticSource> backwardDemonstrations(double correct) {
    return seed -> {
      BackwardPrompts prompts = new BackwardPrompts(seed);
      NamedRandom random = new NamedRandom(seed, "backward/demonstrations");
      return new SyntheticSource(
          OptionalInt.of(BackwardPrompts.COUNT),
          row -> {
            BackwardPrompts.Request request = prompts.at(row);
            boolean reverses = new Draws(random, row).uniform() < correct;
            return RawRow.demonstration(
                "backward/demonstrations:" + row,
                request.text(),
                reverses ? request.answer() : request.asGiven(),
                request.facts());
          });
    };
  }
}
