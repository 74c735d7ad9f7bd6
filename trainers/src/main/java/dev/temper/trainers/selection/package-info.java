/** Which completions are kept by their rewards, and whether the rewards were a good guide. */
package dev.temper.trainers.selection;
