/**
 * What a {@code config.json} asks for: one file per family of models, one record for the programs.
 */
package dev.temper.trainers.model.family;
