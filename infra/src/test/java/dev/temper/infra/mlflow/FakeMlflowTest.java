package dev.temper.infra.mlflow;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract against the server that the tests of faults use. */
class FakeMlflowTest implements MlflowContract {

  @TempDir Path folder;
  private FakeMlflow mlflow;

  @BeforeEach
  void start() throws IOException {
    mlflow = FakeMlflow.start();
  }

  @AfterEach
  void stop() {
    mlflow.close();
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
