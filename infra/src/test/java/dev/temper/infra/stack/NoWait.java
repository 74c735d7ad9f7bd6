package dev.temper.infra.stack;

import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;

/** Whoever started the container waits for it: one way for the first start and for others. */
final class NoWait extends AbstractWaitStrategy {
  @Override
  protected void waitUntilReady() {}
}
