/** Artifacts and checkpoints in a local folder. */
package dev.temper.activities.store;
