package dev.temper.activities;

/**
 * Where runs have their names: a home, or a namespace of a Temporal server. Runs of one name in two
 * places are two runs.
 *
 * @param id that no other place has; empty if there is only one
 * @param words for people
 */
public record Place(String id, String words) {

  public static final Place ONLY = new Place("", "");

  /** What a store calls a run that needs artifacts; no run can have the name of another's root. */
  public String root(String run) {
    return id.isEmpty() ? run : run + "@" + id;
  }

  /** What a store calls the writer of a stage. */
  public String owner(String run, String stage) {
    String name = run + "/" + stage;
    return id.isEmpty() ? name : "%s in %s (%s)".formatted(name, words, id);
  }
}
