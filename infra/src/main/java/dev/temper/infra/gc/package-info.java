/** What a store keeps, and what it may lose. */
package dev.temper.infra.gc;
