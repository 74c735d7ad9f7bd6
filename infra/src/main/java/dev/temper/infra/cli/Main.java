package dev.temper.infra.cli;

import java.util.logging.LogManager;

/** The {@code temper} command. */
public final class Main {

  private Main() {}

  public static void main(String[] arguments) {
    // gRPC tells the terminal about calls that the end of a run cuts off.
    LogManager.getLogManager().reset();
    Surroundings around = Surroundings.ofProcess();
    int code = CommandLineRunner.execute(around, arguments);
    around.out().flush();
    around.err().flush();
    // Threads of the tensor library and of the embedded service may still be there.
    System.exit(code);
  }
}
