package dev.temper.trainers.data.raw;

/**
 * What one side says in a conversation.
 *
 * @param role {@code system}, {@code user}, {@code assistant} or what the data calls it
 */
public record Message(String role, String content) {

  static final String SYSTEM = "system";
  static final String USER = "user";
  static final String ASSISTANT = "assistant";
}
