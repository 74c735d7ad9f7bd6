/** Random numbers by name, not by order. */
package dev.temper.trainers.random;
