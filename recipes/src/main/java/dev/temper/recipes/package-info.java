/**
 * Records that say what to run: stages, recipes, keys and seeds. Knows nothing of tensors or
 * servers.
 */
package dev.temper.recipes;
