package dev.temper.recipes.yaml;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads one YAML document into located nodes.
 *
 * <p>Refused where they stand: repeated keys, anchors and aliases (a small file can expand to any
 * size), tags, more than one document, and nesting deeper than a recipe can be.
 */
final class YamlTree {

  private static final int DEEPEST = 32;
  private static final String QUOTE_OR_BLOCK = "\"'|>";
  private static final char ANCHOR = '&';

  private final String source;
  private final String text;
  private final List<Problem> problems;
  private final Optional<Location> fixed;
  private final YAMLParser parser;

  private YamlTree(
      String source, String text, Optional<Location> fixed, List<Problem> problems, YAMLParser in) {
    this.source = source;
    this.text = text;
    this.fixed = fixed;
    this.problems = problems;
    this.parser = in;
  }

  /** The document of a file; empty, with a problem noted, where it cannot be read at all. */
  static Optional<YamlNode> read(String source, String text, List<Problem> problems) {
    return read(source, text, Optional.empty(), problems);
  }

  /** A value whose nodes all stand at one place: an option, or the default of a missing key. */
  static Optional<YamlNode> read(String text, Location place, List<Problem> problems) {
    return read(place.source(), text, Optional.of(place), problems);
  }

  private static Optional<YamlNode> read(
      String source, String text, Optional<Location> fixed, List<Problem> problems) {
    try (YAMLParser parser = new YAMLFactory().createParser(text)) {
      return new YamlTree(source, text, fixed, problems, parser).document();
    } catch (JsonProcessingException e) {
      Location place =
          fixed.orElseGet(
              () ->
                  Optional.ofNullable(e.getLocation())
                      .map(at -> at(source, at))
                      .orElse(new Location(source, 1, 1)));
      problems.add(place.problem("", "is not YAML: " + firstLine(e.getOriginalMessage())));
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<YamlNode> document() throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      problems.add(fixed.orElse(new Location(source, 1, 1)).problem("", "is empty"));
      return Optional.empty();
    }
    YamlNode root = node(first, "", 0);
    if (parser.nextToken() != null) {
      problems.add(here().problem("", "must be one document, got a second one"));
    }
    return Optional.of(root);
  }

  private YamlNode node(JsonToken token, String path, int depth) throws IOException {
    Location place = here();
    refuseReferences(place, path);
    if (depth > DEEPEST) {
      throw new DepthException(parser, DEEPEST);
    }
    return switch (token) {
      case START_OBJECT -> mapping(place, path, depth);
      case START_ARRAY -> items(place, path, depth);
      default -> scalar(place);
    };
  }

  private YamlNode mapping(Location place, String path, int depth) throws IOException {
    Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      Location keyPlace = here();
      String keyPath = path.isEmpty() ? key : path + "." + key;
      YamlNode value = node(parser.nextToken(), keyPath, depth + 1);
      YamlNode.Entry before = entries.putIfAbsent(key, new YamlNode.Entry(keyPlace, value));
      if (before != null) {
        problems.add(
            keyPlace.problem(
                keyPath, "stands twice, first in line %d".formatted(before.key().line())));
      }
    }
    return new YamlNode.Mapping(entries, place);
  }

  private YamlNode items(Location place, String path, int depth) throws IOException {
    List<YamlNode> items = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      items.add(node(token, "%s[%d]".formatted(path, items.size()), depth + 1));
    }
    return new YamlNode.Items(items, place);
  }

  private YamlNode scalar(Location place) throws IOException {
    boolean quoted = QUOTE_OR_BLOCK.indexOf(firstCharacter()) >= 0;
    return new YamlNode.Scalar(quoted ? parser.getText() : plainText(), quoted, place);
  }

  /** The token as it was written: the parser does not tell quotes, nor the anchor of a scalar. */
  private char firstCharacter() {
    long offset = parser.currentTokenLocation().getCharOffset();
    return offset >= 0 && offset < text.length() ? text.charAt((int) offset) : ' ';
  }

  private String plainText() throws IOException {
    return parser.currentToken() == JsonToken.VALUE_NULL ? "" : parser.getText();
  }

  private void refuseReferences(Location place, String path) throws IOException {
    if (parser.isCurrentAlias() || parser.getObjectId() != null || firstCharacter() == ANCHOR) {
      problems.add(place.problem(path, "must not use anchors (&) or aliases (*)"));
    } else if (parser.getTypeId() != null) {
      problems.add(place.problem(path, "must not use tags, got " + parser.getTypeId()));
    }
  }

  private Location here() {
    return fixed.orElseGet(() -> at(source, parser.currentTokenLocation()));
  }

  private static Location at(String source, JsonLocation at) {
    return new Location(source, at.getLineNr(), at.getColumnNr());
  }

  private static String firstLine(String message) {
    return message == null ? "no reason given" : message.lines().findFirst().orElse(message);
  }

  private static final class DepthException extends JsonProcessingException {
    @java.io.Serial private static final long serialVersionUID = 1L;

    DepthException(YAMLParser parser, int deepest) {
      super("nested deeper than %d".formatted(deepest), parser.currentTokenLocation());
    }
  }
}
