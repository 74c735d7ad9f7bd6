package dev.temper.infra.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a command finds around it.
 *
 * @param out standard output
 * @param err standard error
 * @param directory working directory: relative paths are meant from here
 * @param environment environment variables
 * @param root where Temper lies, with its recipes; empty outside the launcher
 * @param columns width of the terminal that standard output goes to; empty for anything else
 */
record Surroundings(
    PrintStream out,
    PrintStream err,
    Path directory,
    Map<String, String> environment,
    Optional<Path> root,
    OptionalInt columns) {

  static Surroundings ofProcess() {
    Integer columns = Integer.getInteger("temper.columns");
    boolean terminal = columns != null && !"dumb".equals(System.getenv("TERM"));
    return new Surroundings(
        utf8(FileDescriptor.out),
        utf8(FileDescriptor.err),
        Path.of("").toAbsolutePath(),
        System.getenv(),
        Optional.ofNullable(System.getProperty("temper.root")).map(Path::of),
        terminal ? OptionalInt.of(columns) : OptionalInt.empty());
  }

  /** JSON is UTF-8, whatever the locale: in that of a bare container Java would print '?'. */
  private static PrintStream utf8(FileDescriptor stream) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(stream), 1 << 13),
        true,
        StandardCharsets.UTF_8);
  }
}
