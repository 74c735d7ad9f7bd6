/**
 * The servers that {@code temper up} starts on this machine: real processes, data under the home.
 */
package dev.temper.infra.stack;
