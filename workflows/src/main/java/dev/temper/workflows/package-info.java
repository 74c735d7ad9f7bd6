/** The walk over a recipe's graph, and what passes between it and the stages. Deterministic. */
package dev.temper.workflows;
