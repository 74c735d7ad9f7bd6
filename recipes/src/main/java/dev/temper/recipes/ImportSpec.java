package dev.temper.recipes;

import java.util.Optional;

/**
 * Brings a policy that was made elsewhere: a Hugging Face directory, and an adapter that is merged
 * into its weights.
 *
 * @param model Hugging Face directory
 * @param adapter directory of a LoRA adapter as PEFT saves it
 */
public record ImportSpec(
    DataSource.File model, Optional<DataSource.File> adapter, long seed, Numerics numerics)
    implements StageSpec {}
