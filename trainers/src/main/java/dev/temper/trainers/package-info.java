/** Computations that advance in steps, and what they read and write. */
package dev.temper.trainers;
