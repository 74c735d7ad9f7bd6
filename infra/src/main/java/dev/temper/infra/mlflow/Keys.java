package dev.temper.infra.mlflow;

/** Names as MLflow takes them. */
final class Keys {

  private static final int LONGEST = 250;

  private Keys() {}

  /**
   * The key of a metric or parameter: the name, with an underscore for every character that MLflow
   * refuses, such as the {@code @} of {@code rl@120}. Stage names have no underscore, so that two
   * models stay two.
   */
  static String of(String name) {
    String key =
        name.replaceAll("[^/\\w.\\- ]", "_")
            .replaceAll("/{2,}", "/")
            .replaceAll("^/+|/+$", "")
            .replaceAll("(?<=^|/)\\.{1,2}(?=/|$)", "_");
    String known = key.isEmpty() ? "_" : key;
    return known.length() > LONGEST ? known.substring(0, LONGEST) : known;
  }
}
