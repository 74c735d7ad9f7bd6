/** Losses that train reward models on compared completions. */
package dev.temper.trainers.reward;
