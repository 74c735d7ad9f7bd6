/** Kills what takes part in a run, again and again, and compares what is left with a clean run. */
package dev.temper.infra.chaos;
