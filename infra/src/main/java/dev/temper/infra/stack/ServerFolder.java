package dev.temper.infra.stack;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one server of the stack has on disk: {@code settings} (ports and credentials, kept from one
 * start to the next), {@code processes} (those that run), {@code server.log}, and its data.
 */
record ServerFolder(Path path) {

  private static final long LOG_LIMIT = 16 << 20;
  private static final int TAIL_LINES = 15;

  static ServerFolder of(Path home, StackServer server) {
    return new ServerFolder(home.toAbsolutePath().resolve("stack").resolve(server.id()));
  }

  Map<String, String> settings() throws IOException {
    return PrivateFile.read(path.resolve("settings"));
  }

  void keep(Map<String, String> settings) throws IOException {
    PrivateFile.folder(path);
    PrivateFile.write(path.resolve("settings"), settings);
  }

  /** The server's processes that are alive, the first one first. */
  List<OwnProcess> processes() throws IOException {
    Path file = path.resolve("processes");
    return Files.exists(file)
        ? Files.readAllLines(file).stream()
            .map(OwnProcess::parse)
            .filter(OwnProcess::alive)
            .toList()
        : List.of();
  }

  void keep(List<OwnProcess> processes) throws IOException {
    PrivateFile.write(
        path.resolve("processes"),
        processes.stream().map(process -> process.line() + "\n").collect(Collectors.joining()));
  }

  void forgetProcesses() throws IOException {
    Files.deleteIfExists(path.resolve("processes"));
  }

  Path log() {
    return path.resolve("server.log");
  }

  /** Makes the log ready for another start. Returns where what that start writes will begin. */
  long openLog() throws IOException {
    if (Files.exists(log()) && Files.size(log()) > LOG_LIMIT) {
      Files.move(log(), path.resolve("server.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }
    return logEnd();
  }

  /** Where the log ends now. */
  long logEnd() throws IOException {
    return Files.exists(log()) ? Files.size(log()) : 0;
  }

  /** The last lines that were written after {@code position}. */
  String logTail(long position) throws IOException {
    if (!Files.exists(log())) {
      return "";
    }
    try (RandomAccessFile file = new RandomAccessFile(log().toFile(), "r")) {
      long from = Math.max(position, file.length() - (1 << 14));
      byte[] end = new byte[(int) Math.max(0, file.length() - from)];
      file.seek(from);
      file.readFully(end);
      List<String> lines = new String(end, StandardCharsets.UTF_8).lines().toList();
      return lines.stream()
          .skip(Math.max(0, lines.size() - TAIL_LINES))
          .map(line -> "\n  | " + line)
          .collect(Collectors.joining());
    }
  }
}
