package dev.temper.trainers.data;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Every piece that the synthetic texts are made of: words as they stand at the start of a line,
 * words with the space before them, marks, and the line break.
 */
public final class NoteVocabulary {

  private NoteVocabulary() {}

  /** The pieces, sorted; a leading space stands for the space before a word. */
  public static SortedSet<String> pieces() {
    SortedSet<String> pieces = new TreeSet<>();
    pieces.add("\n");
    for (SentenceTemplate template : Mood.allTemplates()) {
      // A sentence opens a line or follows another one.
      String first = template.words().get(0).choices().get(0);
      pieces.add(first);
      template.words().forEach(place -> place.choices().forEach(word -> pieces.add(" " + word)));
      pieces.add(String.valueOf(template.end()));
    }
    NotePages.LIST_WORDS.forEach(
        word -> {
          pieces.add(word);
          pieces.add(" " + word);
        });
    Slot.KIND.words().forEach(word -> pieces.add(" " + word));
    Slot.FORM.words().forEach(word -> pieces.add(" " + word));
    NotePages.TITLES.forEach(title -> addLine(pieces, title.replace(" %s.", "")));
    addLine(pieces, "Write a");
    addLine(pieces, "Write about the");
    addLine(pieces, "Write for my");
    addLine(pieces, "Write at the");
    addLine(pieces, "Say again");
    addLine(pieces, "Say backward");
    pieces.add(":");
    return pieces;
  }

  private static void addLine(SortedSet<String> pieces, String line) {
    String[] words = line.split(" ", -1);
    pieces.add(words[0]);
    for (int i = 1; i < words.length; i++) {
      pieces.add(" " + words[i]);
    }
  }
}
