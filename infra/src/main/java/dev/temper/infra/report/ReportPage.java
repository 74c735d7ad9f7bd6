package dev.temper.infra.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the report of a run: one HTML file that needs no network and runs no script. */
public final class ReportPage {
  private ReportPage() {}

  /**
   * Draws the run as its folder stands now, finished or not.
   *
   * <p>The page is replaced by a rename: a reader sees the old one or the new one.
   *
   * @param runFolder {@code <home>/runs/<run>}
   * @param target folder for index.html, made if it is missing
   * @return the page
   */
  public static Path write(Path runFolder, Path target) throws IOException {
    String page = html(RunView.read(runFolder));
    Files.createDirectories(target);
    Path file = target.resolve("index.html");
    Path fresh = Files.createTempFile(target, ".index", ".html");
    Files.writeString(fresh, page);
    return Files.move(
        fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  static String html(RunView run) {
    StringBuilder out = new StringBuilder();
    out.append("<!doctype html><html lang=en><head><meta charset=utf-8>")
        .append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';")
        .append(" style-src 'unsafe-inline'; img-src data:\">")
        .append("<meta name=viewport content=\"width=device-width, initial-scale=1\">")
        .append("<title>")
        .append(Html.escape(run.run()))
        .append(" – Temper</title><style>")
        .append(style())
        .append("</style></head><body><main>");
    header(out, run);
    section(out, "stages", "Stages", new StageGraph(run).svg(), "wide");
    OverOptimization plot = new OverOptimization(run);
    if (!plot.isEmpty()) {
      section(
          out,
          "over-optimization",
          "Over-optimization",
          "<p>The <b class=k0>proxy</b> is the reward that training maximized, the <b"
              + " class=k1>held-out</b> reward model saw other pairs, <b class=k2>gold</b> is the"
              + " truth that no training saw. All are z-scores on samples of the starting policy;"
              + " bands are 95 % over prompts.</p>"
              + plot.html(),
          "");
    }
    section(out, "training", "Training", TrainingCurves.html(run), "");
    section(out, "samples", "Samples of the same prompts", Samples.html(run), "");
    section(out, "evaluation", "Evaluation", EvaluationTable.html(run), "");
    section(out, "lineage", "Lineage", Lineage.html(run), "");
    section(out, "numbers", "Final numbers of every stage", Lineage.summary(run), "");
    if (!run.recipe().isEmpty()) {
      section(
          out,
          "recipe",
          "Recipe, as run",
          "<details><summary>every default is written out</summary><pre>"
              + Html.escape(run.recipe())
              + "</pre></details>",
          "");
    }
    return out.append("</main></body></html>\n").toString();
  }

  private static void header(StringBuilder out, RunView run) {
    double seconds = run.stages().stream().mapToDouble(StageView::seconds).sum();
    long cached = run.stages().stream().filter(StageView::cached).count();
    out.append("<header><h1>")
        .append(Html.escape(run.run()))
        .append("</h1><p class=sub><span class=\"status ")
        .append(Html.escape(run.status()))
        .append("\">")
        .append(Html.escape(run.status()))
        .append("</span> · started ")
        .append(Html.escape(seconds(run.startedAt())))
        .append(run.endedAt().isEmpty() ? "" : " · ended " + Html.escape(seconds(run.endedAt())))
        .append(" · ")
        .append(run.stages().size())
        .append(" stages, ")
        .append(cached)
        .append(" cached, ")
        .append(Duration.of(seconds))
        .append(" of stage time</p>");
    List<String> sentences = Conclusion.of(run);
    if (!sentences.isEmpty()) {
      out.append("<ul class=conclusion>")
          .append(
              sentences.stream()
                  .map(sentence -> "<li>" + Html.escape(sentence))
                  .collect(Collectors.joining()))
          .append("</ul>");
    }
    out.append("</header>");
  }

  /** An instant without the fraction of its second. */
  private static String seconds(String instant) {
    return instant.replaceFirst("\\.[0-9]+Z$", "Z");
  }

  private static void section(
      StringBuilder out, String id, String title, String body, String className) {
    if (!body.isEmpty()) {
      out.append("<section id=")
          .append(id)
          .append("><h2>")
          .append(title)
          .append("</h2><div class=\"")
          .append(className)
          .append("\">")
          .append(body)
          .append("</div></section>");
    }
  }

  private static String style() {
    try (InputStream in = ReportPage.class.getResourceAsStream("report.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
