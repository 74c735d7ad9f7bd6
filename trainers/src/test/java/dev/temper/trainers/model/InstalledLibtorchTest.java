package dev.temper.trainers.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstalledLibtorchTest {

  @TempDir Path torch;

  @Test
  void nothingIsAskedOfAnEnvironmentThatNamesNone() throws IOException {
    assertThat(InstalledLibtorch.problem(Map.of("PYTORCH_VERSION", "9.9"))).isEmpty();
    assertThat(InstalledLibtorch.problem(Map.of("PYTORCH_LIBRARY_PATH", " "))).isEmpty();
  }

  @Test
  void takesTheVersionsThatWork() throws IOException {
    Map<String, String> environment = environment();
    for (String version : new String[] {"2.7.1+cu128", "2.8.0", "2.8.0a0+git12"}) {
      python(version);
      assertThat(InstalledLibtorch.problem(environment)).as(version).isEmpty();
    }
    Files.delete(torch.resolve("version.py"));
    Files.writeString(torch.resolve("build-version"), "2.7.1+cpu\n");
    assertThat(InstalledLibtorch.problem(environment)).isEmpty();
  }

  @Test
  void refusesVersionsThatEndTheProcess() throws IOException {
    Map<String, String> environment = environment();
    for (String version : new String[] {"2.9.0", "2.10.0+cu130", "2.6.0", "3.7.1", "12.7.1"}) {
      python(version);
      assertThat(InstalledLibtorch.problem(environment).orElseThrow())
          .contains("is libtorch " + version + " in '", "only 2.7 and 2.8 work");
    }
  }

  @Test
  void refusesAVersionThatIsNotKnown() throws IOException {
    Map<String, String> environment = environment();
    assertThat(InstalledLibtorch.problem(environment).orElseThrow())
        .contains("neither version.py nor build-version");
    Files.writeString(torch.resolve("version.py"), "debug = False\n");
    assertThat(InstalledLibtorch.problem(environment)).isPresent();
  }

  @Test
  void refusesAnotherInterfaceAndAFolderWithoutLibtorch() throws IOException {
    Map<String, String> environment = environment();
    python("2.8.0");
    environment.put("PYTORCH_VERSION", "2.8.0");
    assertThat(InstalledLibtorch.problem(environment).orElseThrow())
        .contains("PYTORCH_VERSION must be 2.7.1", "got '2.8.0'");
    environment.put("PYTORCH_LIBRARY_PATH", torch.toString());
    assertThat(InstalledLibtorch.problem(environment).orElseThrow())
        .contains("PYTORCH_LIBRARY_PATH must be the folder of ", torch.toString());
  }

  private Map<String, String> environment() throws IOException {
    Path lib = Files.createDirectories(torch.resolve("lib"));
    Files.write(lib.resolve(System.mapLibraryName("torch")), new byte[0]);
    Map<String, String> environment = new HashMap<>();
    environment.put("PYTORCH_LIBRARY_PATH", lib.toString());
    return environment;
  }

  private void python(String version) throws IOException {
    Files.writeString(
        torch.resolve("version.py"),
        "from typing import Optional\n__version__ = '" + version + "'\ndebug = False\n");
  }
}
