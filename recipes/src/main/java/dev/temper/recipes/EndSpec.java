package dev.temper.recipes;

/**
 * What happens to a completion that reached the token limit without ending.
 *
 * @param missing {@code score}: scored like any other; {@code penalty}: gets {@code penalty}
 *     instead of a score; {@code mask}: scored, but not trained on
 * @param penalty reward of such a completion
 */
public record EndSpec(String missing, double penalty) {}
