package dev.temper.infra.stack;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A parameter of type {@link RealServers.Handle}: a real server, started once for all tests of this
 * JVM. Where there is none the test is skipped; with {@code TEMPER_REQUIRE_SERVERS=1} it fails.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
@ExtendWith(RealServers.class)
public @interface RealServer {

  StackServer value();

  /** Whether the test gets a server of its own, with its own data, that ends with the test. */
  boolean own() default false;
}
