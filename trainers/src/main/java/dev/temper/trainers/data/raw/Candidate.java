package dev.temper.trainers.data.raw;

/**
 * A completion that was compared with others.
 *
 * @param score higher is better; means nothing beside other prompts
 */
public record Candidate(String text, double score) {}
