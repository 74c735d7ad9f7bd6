package dev.temper.recipes;

/**
 * Who compares two completions.
 *
 * @param kind {@code gold}: a simulated annotator who sees the gold score through noise
 * @param gold the scorer (family {@code gold})
 * @param noise P(A over B) = sigmoid((gold A - gold B) / noise); 0 for an annotator who never errs
 * @param tieBand pairs whose gold differs by at most this are labelled a tie; 0 for no ties
 */
public record LabellerSpec(String kind, Method gold, double noise, double tieBand) {}
