package dev.temper.workflows;

/**
 * How a run is carried out; nothing in it can change a result.
 *
 * @param store where its artifacts lie; empty for the one that the worker has
 * @param queue task queue of stages that name none; empty for the workflow's own
 * @param searchable whether the service knows the attributes of {@link SearchKeys}
 * @param tracked whether begin and end of the run are told to {@link RunActivities}
 */
public record RunSettings(String store, String queue, boolean searchable, boolean tracked) {

  public static final RunSettings NONE = new RunSettings("", "", false, false);
}
