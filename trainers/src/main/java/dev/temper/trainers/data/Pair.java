package dev.temper.trainers.data;

/** Two completions of a prompt, the first of which was found better. */
public record Pair(Prompt prompt, String chosen, String rejected) {}
