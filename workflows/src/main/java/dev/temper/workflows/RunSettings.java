package dev.temper.workflows;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/**
 * How a run is carried out; nothing in it can change a result.
 *
 * @param store where its artifacts lie; empty for the one that the worker has
 * @param queue task queue of stages that name none; empty for the workflow's own
 * @param searchable whether the service knows the attributes of {@link SearchKeys}
 * @param tracked whether begin and end of the run are told to {@link RunActivities}
 * @param storeId tells the store from others of the same name; empty if that is not known
 */
public record RunSettings(
    String store, String queue, boolean searchable, boolean tracked, String storeId) {

  public static final RunSettings NONE = new RunSettings("", "", false, false);

  public RunSettings(String store, String queue, boolean searchable, boolean tracked) {
    this(store, queue, searchable, tracked, "");
  }

  /** Histories of earlier versions hold no id. */
  @JsonCreator
  static RunSettings read(
      @JsonProperty("store") String store,
      @JsonProperty("queue") String queue,
      @JsonProperty("searchable") boolean searchable,
      @JsonProperty("tracked") boolean tracked,
      @JsonProperty("storeId") Optional<String> storeId) {
    return new RunSettings(store, queue, searchable, tracked, storeId.orElse(""));
  }
}
