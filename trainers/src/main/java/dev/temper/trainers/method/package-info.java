/** The catalog of all registered methods, and their evaluation on given arrays. */
package dev.temper.trainers.method;
