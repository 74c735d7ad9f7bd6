package dev.temper.trainers.data;

import java.util.Optional;

/**
 * A prompt with a completion to learn.
 *
 * @param completion text without end token
 * @param tokens the completion's token ids where another stage made it: ids pass between stages,
 *     never re-tokenized text
 */
public record Row(Prompt prompt, String completion, Optional<int[]> tokens) {}
