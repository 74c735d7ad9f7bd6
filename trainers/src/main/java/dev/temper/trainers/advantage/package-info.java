/** Advantages of whole completions from the rewards of their groups. */
package dev.temper.trainers.advantage;
