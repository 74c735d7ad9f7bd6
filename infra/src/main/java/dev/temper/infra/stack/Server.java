package dev.temper.infra.stack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How one server is started, asked and used; it decides nothing about when. */
interface Server {

  StackServer id();

  /** Names of its ports in the settings, and where they are unless said otherwise. */
  Map<String, Integer> ports();

  /** Settings besides ports, made once and kept. */
  Map<String, String> newSettings();

  /** The command line; no secret is in it, since others can list it. */
  List<String> command(Path program, Map<String, String> settings);

  /** Environment variables for the program. */
  Map<String, String> variables(Map<String, String> settings);

  /** What has to lie in its folder before it starts. */
  void lay(Path folder) throws IOException;

  /** Whether it answers as it should; does what has to be done once it does. */
  boolean ready(Path program, Map<String, String> settings, Map<String, String> variables)
      throws IOException;

  /** The variables by which commands find it. */
  Map<String, String> environment(Map<String, String> settings);

  /** The page for people. */
  String link(Map<String, String> settings);
}
