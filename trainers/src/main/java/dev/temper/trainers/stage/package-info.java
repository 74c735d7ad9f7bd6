/** The computations behind each stage kind, as tasks that can be saved between any two steps. */
package dev.temper.trainers.stage;
