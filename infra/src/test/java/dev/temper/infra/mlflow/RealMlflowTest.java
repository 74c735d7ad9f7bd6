package dev.temper.infra.mlflow;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract against a real server; skipped where none is installed. */
class RealMlflowTest implements MlflowContract {

  @TempDir static Path server;
  private static RealMlflow mlflow;
  @TempDir Path folder;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    assumeTrue(
        Files.isExecutable(RealMlflow.program()), "no MLflow server at " + RealMlflow.program());
    mlflow = RealMlflow.start(server);
  }

  @AfterAll
  static void stop() {
    if (mlflow != null) {
      mlflow.close();
    }
  }

  @Override
  public String uri() {
    return mlflow.uri();
  }

  @Override
  public Path home() {
    return folder;
  }
}
