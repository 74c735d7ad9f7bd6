/** Losses that train policies on compared completions, without a reward model between. */
package dev.temper.trainers.preference;
