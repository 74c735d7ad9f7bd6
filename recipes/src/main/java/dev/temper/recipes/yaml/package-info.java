/**
 * Recipes as YAML: reading with every problem located, writing, and the JSON Schema for editors.
 *
 * <p>All of them follow {@code SpecFields}: one table with the defaults and rules of every
 * component of every spec record.
 */
package dev.temper.recipes.yaml;
