/** A Temporal service inside this process. */
package dev.temper.infra.embedded;
