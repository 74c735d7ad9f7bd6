package dev.temper.activities;

import dev.temper.trainers.Pulse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where artifacts and checkpoints lie. After a crash at any moment each of them is there whole or
 * not at all.
 */
public interface ArtifactStore extends AutoCloseable {

  /**
   * The same store for one attempt: whatever takes long, with its leases and stagings, gives signs
   * of life.
   */
  default ArtifactStore watched(Pulse pulse) {
    return this;
  }

  /** The same store for somebody who would rather be told that it is away than wait for it. */
  default ArtifactStore impatient(Duration limit) {
    return this;
  }

  /**
   * Tries whether things can be committed here at all.
   *
   * @throws StoreUnusableException saying why not
   */
  void probe() throws StoreUnusableException;

  /**
   * The committed artifact of a key. Looks at the sizes of its files, not at their bytes.
   *
   * @throws dev.temper.trainers.StageFailure {@code ArtifactCorrupt}, naming the file
   */
  Optional<Manifest> find(String key) throws IOException;

  /**
   * A random word that the store keeps: tells it from every other one, also from one of the same
   * name somewhere else.
   */
  String id() throws IOException;

  /**
   * When an artifact that is there was published; the same for whoever asks. No result depends on
   * it.
   */
  Instant published(String key) throws IOException;

  /**
   * A local folder with the artifact's files. Every byte is verified, once per process.
   *
   * @throws dev.temper.trainers.StageFailure {@code ArtifactCorrupt}, naming the file
   */
  Path open(Manifest artifact, Pulse pulse) throws IOException;

  /** The local folder with the artifact's attachments, verified likewise. */
  Path openAttachments(Manifest artifact, Pulse pulse) throws IOException;

  /**
   * Waits until nobody else writes for this key. Whoever asks with the owner of the holder takes
   * over at once: it must have made sure, when it is {@linkplain LeaseWait#asking asked}, that the
   * holder is an earlier attempt and not a later one.
   *
   * @param owner run and stage
   */
  StageLease lease(String key, String owner, LeaseWait wait)
      throws IOException, InterruptedException;

  /**
   * Deletes the checkpoints of a key whose artifact is there, unless another owner writes for it
   * now. A process that was killed between its last two acts leaves them.
   *
   * @param owner run and stage: an earlier attempt of it has nothing more to write
   */
  void tidy(String key, String owner) throws IOException;

  /** Records that a live run or a pin needs an artifact, so that garbage collection keeps it. */
  void keep(String root, String key) throws IOException;

  /** Forgets all that a run or pin needed. */
  void release(String root) throws IOException;

  /** Keys by the run or pin that needs them. */
  Map<String, Set<String>> roots() throws IOException;

  /**
   * A data file of a recipe as {@link #keep} and {@link #roots} name it, so that garbage collection
   * spares it before any artifact was made from it.
   */
  static String dataKey(String sha256) {
    return "data-" + sha256;
  }

  /** Whether a data file with these bytes is here. */
  boolean hasData(String sha256) throws IOException;

  /**
   * Brings a data file here, so that workers elsewhere can read it.
   *
   * @throws IOException also if its bytes are not those
   */
  void putData(String sha256, Path file) throws IOException;

  /**
   * A local file with these bytes, every one of them verified.
   *
   * @throws IOException also if there is none now
   * @throws dev.temper.trainers.StageFailure {@code DataContract} if it is damaged
   */
  Path data(String sha256) throws IOException;

  /** All that lies here and could be deleted. */
  List<Holding> holdings() throws IOException;

  /**
   * Deletes something, unless it is needed or somebody writes for its key now. An artifact is first
   * hidden, a data file can be put back; what is needed then comes back.
   *
   * @return whether it was deleted
   */
  boolean discard(Holding holding, Holding.Needed needed) throws IOException, InterruptedException;

  /** Ends connections and threads; what was opened stays where it is. */
  @Override
  default void close() throws IOException {}
}
