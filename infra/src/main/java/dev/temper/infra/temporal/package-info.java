/** A Temporal server in another process: connection, workers, and runs that go on over there. */
package dev.temper.infra.temporal;
