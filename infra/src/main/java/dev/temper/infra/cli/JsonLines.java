package dev.temper.infra.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.PrintStream;

/** One JSON object per line. */
final class JsonLines {

  private static final ObjectMapper JSON = JsonMapper.builder().addModule(new Jdk8Module()).build();

  private final PrintStream out;

  JsonLines(PrintStream out) {
    this.out = out;
  }

  /** Prints a record or a map. */
  void print(Object value) {
    try {
      out.println(JSON.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A record's fields after the name of what happened. */
  void print(String event, Object value) {
    ObjectNode line = JSON.createObjectNode().put("event", event);
    ObjectNode fields = JSON.valueToTree(value);
    line.setAll(fields);
    print(line);
  }
}
