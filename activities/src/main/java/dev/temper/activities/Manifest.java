package dev.temper.activities;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What an artifact holds and where it comes from. Written last: an artifact without it is none.
 *
 * <p>Holds no time, attempt or host, so that an artifact has the same manifest however often its
 * making was interrupted.
 *
 * @param spec canonical JSON of the stage's spec
 * @param inputs by the text of the input
 * @param steps that were made
 * @param files what later stages may read; {@link #content} covers these alone
 * @param attachments for people: metric history, samples, curves
 * @param outputs folder by output name
 * @param summary final metrics
 */
public record Manifest(
    String key,
    String kind,
    JsonNode spec,
    Map<String, Source> inputs,
    String codeVersion,
    int numericsVersion,
    long seed,
    long steps,
    List<StoredFile> files,
    List<StoredFile> attachments,
    Map<String, String> outputs,
    Map<String, Double> summary,
    String content) {

  /** An artifact that this one was made from. */
  public record Source(String stage, String key, String content) {}

  public Manifest {
    inputs = Collections.unmodifiableMap(new TreeMap<>(inputs));
    files = sorted(files);
    attachments = sorted(attachments);
    outputs = Collections.unmodifiableMap(new TreeMap<>(outputs));
    summary = Collections.unmodifiableMap(new TreeMap<>(summary));
  }

  /** SHA-256 over the sorted (path, SHA-256) of the files, one {@code path sha256} per line. */
  public static String content(List<StoredFile> files) {
    StringBuilder text = new StringBuilder();
    for (StoredFile file : sorted(files)) {
      text.append(file.path()).append(' ').append(file.sha256()).append('\n');
    }
    return Sha256.of(text.toString());
  }

  /** Paths of the attachments. */
  public Set<String> attachmentPaths() {
    return Collections.unmodifiableSet(
        new java.util.TreeSet<>(attachments.stream().map(StoredFile::path).toList()));
  }

  private static List<StoredFile> sorted(List<StoredFile> files) {
    return files.stream().sorted(java.util.Comparator.comparing(StoredFile::path)).toList();
  }
}
