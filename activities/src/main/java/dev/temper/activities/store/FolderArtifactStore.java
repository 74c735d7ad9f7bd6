package dev.temper.activities.store;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.ContentPaths;
import dev.temper.activities.Holding;
import dev.temper.activities.IdFile;
import dev.temper.activities.LeaseWait;
import dev.temper.activities.Manifest;
import dev.temper.activities.StageLease;
import dev.temper.activities.StoreUnusableException;
import dev.temper.activities.StoredFile;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A store in a local folder.
 *
 * <p>Files are written under a unique name in {@code staging/}, synced, their manifest last, and
 * one rename of the whole folder publishes them. Renaming onto a filled folder fails, so that
 * exactly one writer wins.
 */
public final class FolderArtifactStore implements ArtifactStore {

  private final StoreLayout layout;
  private final StoreJson json = new StoreJson();
  private final KeyLeases leases;
  private final Set<Path> verified = ConcurrentHashMap.newKeySet();

  public FolderArtifactStore(Path root) {
    this.layout = new StoreLayout(root.toAbsolutePath().normalize());
    this.leases = new KeyLeases(layout);
  }

  @Override
  public void probe() throws StoreUnusableException {
    String key = "probe-" + ProcessHandle.current().pid() + "-" + System.identityHashCode(this);
    Path target = layout.staging(key).resolve("published");
    try {
      for (String folder :
          List.of("artifacts", "checkpoints", "staging", "locks", "epochs", "runs")) {
        Files.createDirectories(layout.root().resolve(folder));
      }
      boolean won;
      boolean wonAgain;
      try (FolderStaging first = new FolderStaging(layout, key);
          FolderStaging second = new FolderStaging(layout, key)) {
        won = first.publish(ByteBuffer.wrap(new byte[1]), target);
        wonAgain = second.publish(ByteBuffer.wrap(new byte[1]), target);
      } finally {
        DurableFiles.delete(layout.staging(key));
      }
      if (!won || wonAgain) {
        throw new IOException("renaming a folder onto another one replaces it here");
      }
    } catch (IOException e) {
      throw new StoreUnusableException(
          "store %s cannot be used: %s %s"
              .formatted(layout.root(), e.getClass().getSimpleName(), e.getMessage()),
          e);
    }
  }

  @Override
  public String id() throws IOException {
    return new IdFile(layout.root().resolve("id")).read();
  }

  @Override
  public Instant published(String key) throws IOException {
    return Files.getLastModifiedTime(layout.artifact(key).resolve(DurableFiles.MANIFEST))
        .toInstant();
  }

  @Override
  public Optional<Manifest> find(String key) throws IOException {
    Path folder = layout.artifact(key);
    if (!Files.exists(folder)) {
      return Optional.empty();
    }
    try {
      Manifest manifest = manifest(key, folder);
      for (StoredFile file : manifest.files()) {
        DurableFiles.requireSize(folder, file);
      }
      for (StoredFile file : manifest.attachments()) {
        DurableFiles.requireSize(folder.resolve(StoreLayout.ATTACHMENTS), file);
      }
      return Optional.of(manifest);
    } catch (DamagedFileException | IllegalArgumentException e) {
      throw corrupt(folder, e);
    }
  }

  private Manifest manifest(String key, Path folder) throws IOException {
    Path file = folder.resolve(DurableFiles.MANIFEST);
    if (!Files.exists(file)) {
      throw new DamagedFileException(file, "is missing");
    }
    Manifest manifest = json.read(file, Manifest.class);
    if (!manifest.key().equals(key)) {
      throw new DamagedFileException(file, "belongs to " + manifest.key());
    }
    if (!manifest.content().equals(Manifest.content(manifest.files()))) {
      throw new DamagedFileException(file, "does not fit its own content hash");
    }
    manifest.outputs().values().forEach(ContentPaths::requireFolder);
    return manifest;
  }

  @Override
  public Path open(Manifest artifact, Pulse pulse) throws IOException {
    Path folder = layout.artifact(artifact.key());
    return verified(folder, folder, artifact.files(), pulse);
  }

  @Override
  public Path openAttachments(Manifest artifact, Pulse pulse) throws IOException {
    Path folder = layout.artifact(artifact.key());
    return verified(folder, folder.resolve(StoreLayout.ATTACHMENTS), artifact.attachments(), pulse);
  }

  private Path verified(Path artifact, Path root, List<StoredFile> files, Pulse pulse)
      throws IOException {
    if (verified.contains(root)) {
      return root;
    }
    try {
      for (StoredFile file : files) {
        DurableFiles.requireBytes(root, file, pulse);
      }
    } catch (DamagedFileException | IllegalArgumentException e) {
      throw corrupt(artifact, e);
    }
    verified.add(root);
    return root;
  }

  private static StageFailure corrupt(Path folder, Exception e) {
    return new StageFailure(
        StageFailure.Type.ARTIFACT_CORRUPT,
        "artifact is damaged: %s; delete %s to have it made again"
            .formatted(e.getMessage(), folder),
        e);
  }

  @Override
  public StageLease lease(String key, String owner, LeaseWait wait)
      throws IOException, InterruptedException {
    return lease(key, leases.acquire(key, owner, wait));
  }

  @Override
  public void tidy(String key, String owner) throws IOException {
    if (!Files.exists(layout.checkpoints(key)) && !Files.exists(layout.staging(key))) {
      return;
    }
    Optional<KeyLeases.Grant> grant = leases.tryAcquire(key, owner);
    if (grant.isPresent()) {
      try (FolderLease lease = lease(key, grant.get())) {
        lease.sweep();
        lease.prune(0);
      }
    }
  }

  @Override
  public void keep(String root, String key) throws IOException {
    Path folder = Files.createDirectories(layout.keptBy(root));
    ContentPaths.require(key);
    try {
      Files.createFile(folder.resolve(key));
    } catch (FileAlreadyExistsException e) {
      // kept already
    }
  }

  @Override
  public void release(String root) throws IOException {
    DurableFiles.delete(layout.keptBy(root));
  }

  @Override
  public Map<String, Set<String>> roots() throws IOException {
    Map<String, Set<String>> roots = new TreeMap<>();
    if (!Files.isDirectory(layout.runs())) {
      return roots;
    }
    for (Path root : children(layout.runs())) {
      roots.put(
          root.getFileName().toString(),
          children(root).stream()
              .map(key -> key.getFileName().toString())
              .collect(Collectors.toCollection(TreeSet::new)));
    }
    return roots;
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.toList();
    }
  }

  @Override
  public boolean hasData(String sha256) {
    return Files.exists(layout.data(sha256));
  }

  @Override
  public void putData(String sha256, Path file) throws IOException {
    if (hasData(sha256)) {
      return;
    }
    Path target = layout.data(sha256);
    Files.createDirectories(target.getParent());
    String temporary = "." + sha256 + "." + UUID.randomUUID();
    try {
      StoredFile written = DurableFiles.copy(file, target.getParent(), temporary);
      if (!written.sha256().equals(sha256)) {
        throw new IOException(
            "data file %s was changed meanwhile: SHA-256 is %s, was %s"
                .formatted(file, written.sha256(), sha256));
      }
      Files.move(
          target.resolveSibling(temporary),
          target,
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      DurableFiles.sync(target.getParent());
    } finally {
      Files.deleteIfExists(target.resolveSibling(temporary));
    }
  }

  @Override
  public Path data(String sha256) throws IOException {
    Path file = layout.data(sha256);
    if (!Files.exists(file)) {
      throw new NoSuchFileException("data file %s is not in the store".formatted(sha256));
    }
    if (!verified.contains(file)) {
      try {
        DurableFiles.requireBytes(
            file.getParent(), new StoredFile(sha256, Files.size(file), sha256), Pulse.NONE);
      } catch (DamagedFileException e) {
        throw new StageFailure(
            StageFailure.Type.DATA_CONTRACT,
            "data file is damaged: %s; delete it and start the run again".formatted(e.getMessage()),
            e);
      }
      verified.add(file);
    }
    return file;
  }

  @Override
  public List<Holding> holdings() throws IOException {
    List<Holding> all = new ArrayList<>();
    add(all, Holding.Kind.ARTIFACT, "artifacts");
    add(all, Holding.Kind.CHECKPOINTS, "checkpoints");
    add(all, Holding.Kind.LEFTOVERS, "staging");
    add(all, Holding.Kind.DATA, "data");
    return all;
  }

  private void add(List<Holding> all, Holding.Kind kind, String folder) throws IOException {
    Path root = layout.root().resolve(folder);
    if (!Files.isDirectory(root)) {
      return;
    }
    for (Path place : children(root)) {
      long bytes = 0;
      Instant changed = Instant.MIN;
      try (Stream<Path> walk = Files.walk(place)) {
        for (Path file : walk.filter(Files::isRegularFile).toList()) {
          bytes += Files.size(file);
          Instant written = Files.getLastModifiedTime(file).toInstant();
          changed = written.isAfter(changed) ? written : changed;
        }
      } catch (NoSuchFileException | UncheckedIOException e) {
        continue; // somebody is at work in it
      }
      if (changed.isAfter(Instant.MIN)) { // empty folders stay behind here and there
        all.add(new Holding(kind, place.getFileName().toString(), bytes, changed));
      }
    }
  }

  @Override
  public boolean discard(Holding holding, Holding.Needed needed) throws IOException {
    if (needed.now()) {
      return false;
    }
    if (holding.kind() == Holding.Kind.DATA) {
      return discardData(layout.data(holding.key()), needed);
    }
    Optional<KeyLeases.Grant> grant = leases.tryAcquire(holding.key(), "gc-" + UUID.randomUUID());
    if (grant.isEmpty()) {
      return false;
    }
    try (FolderLease lease = lease(holding.key(), grant.get())) {
      if (holding.kind() == Holding.Kind.ARTIFACT) {
        return discardArtifact(holding.key(), needed);
      }
      if (needed.now()) { // by a run that is between two attempts
        return false;
      }
      lease.sweep();
      if (holding.kind() == Holding.Kind.CHECKPOINTS) {
        lease.prune(0);
      }
      Files.deleteIfExists(layout.staging(holding.key()));
      return true;
    }
  }

  /** No lease guards it: a run that came upon it meanwhile has said so and gets it back. */
  private static boolean discardData(Path file, Holding.Needed needed) throws IOException {
    Path hidden = file.resolveSibling("." + UUID.randomUUID());
    try {
      Files.move(file, hidden, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return false;
    }
    boolean back = needed.now();
    if (back) {
      Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return !back && Files.deleteIfExists(hidden);
  }

  private boolean discardArtifact(String key, Holding.Needed needed) throws IOException {
    Path artifact = layout.artifact(key);
    Path hidden = layout.hidden(key);
    Files.createDirectories(hidden.getParent());
    Files.move(artifact, hidden, StandardCopyOption.ATOMIC_MOVE);
    if (needed.now()) {
      Files.move(hidden, artifact, StandardCopyOption.ATOMIC_MOVE);
      return false;
    }
    // Under another name first: half of an artifact must not come back.
    Files.move(hidden, hidden.resolveSibling("deleted"), StandardCopyOption.ATOMIC_MOVE);
    DurableFiles.delete(layout.staging(key));
    return true;
  }

  /** Brings back what a collector had hidden when it was killed. */
  private FolderLease lease(String key, KeyLeases.Grant grant) throws IOException {
    if (Files.exists(layout.hidden(key)) && !Files.exists(layout.artifact(key))) {
      grant.whileHeld(
          () ->
              Files.move(layout.hidden(key), layout.artifact(key), StandardCopyOption.ATOMIC_MOVE));
    }
    return new FolderLease(layout, json, key, grant);
  }
}
