/**
 * Chat templates: the part of Jinja that they use, rendered as transformers renders it, and where
 * in the text the assistant speaks.
 *
 * <p>Values of a template are Java's: {@code String}, {@code Long}, {@link java.math.BigInteger}
 * (from JSON alone), {@code Double}, {@code Boolean}, {@link None}, {@link java.util.List}, {@link
 * Tuple}, {@link java.util.Map} in order, {@link Generator}, {@link Namespace}, {@link Loop},
 * {@link Function} and {@link Undefined}. Positions and lengths that a template sees count code
 * points, as Python's do.
 */
package dev.temper.trainers.template;
