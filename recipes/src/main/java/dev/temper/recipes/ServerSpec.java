package dev.temper.recipes;

/**
 * A server that speaks the OpenAI protocol and samples in place of the policy. What the policy
 * gives is its tokenizer and the form of its prompts.
 *
 * <p>Only {@code model} and {@code api} are part of keys: where a server stands says nothing about
 * what it answers.
 *
 * @param url up to and with {@code /v1}
 * @param model by which name the server knows it
 * @param api {@code completions}: the server gets token ids; {@code chat}: it gets messages and
 *     renders them itself
 * @param concurrency requests at the same time
 * @param timeoutSeconds until a request is answered
 */
public record ServerSpec(
    String url, String model, String api, int concurrency, double timeoutSeconds) {
  public static final String COMPLETIONS = "completions";
  public static final String CHAT = "chat";
}
