package dev.temper.infra.deployment;

import static dev.temper.infra.deployment.YamlFile.at;
import static dev.temper.infra.deployment.YamlFile.list;
import static dev.temper.infra.deployment.YamlFile.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The manifests of infra/kubernetes, against the models that Kubernetes generates from its schema.
 */
class KubernetesTest {

  private static final Path FOLDER = Path.of("kubernetes");

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().toList();
    }
  }

  /** Throws where a field is unknown, missing or of the wrong type. */
  private static void check(Map<String, Object> manifest) throws ReflectiveOperationException {
    String version = (String) manifest.get("apiVersion");
    assertThat(version).isIn("v1", "apps/v1", "policy/v1");
    // By reflection: its annotations are not on the class path, which the compiler would mind.
    Class<?> model = Class.forName("io.kubernetes.client.openapi.models.V1" + manifest.get("kind"));
    model
        .getMethod("validateJsonElement", JsonElement.class)
        .invoke(null, new Gson().toJsonTree(manifest));
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyManifestIsWhatItsKindAllows(Path file) throws Exception {
    for (Map<String, Object> manifest : YamlFile.read(file).documents()) {
      check(manifest);
    }
  }

  @Test
  void theCheckSeesAMisspelledFieldDeepInside() throws Exception {
    Map<String, Object> deployment = deployment("cpu");
    map(at(deployment, "spec", "template", "spec")).put("terminationGracePeriod", 1);

    assertThatThrownBy(() -> check(deployment))
        .isInstanceOf(InvocationTargetException.class)
        .cause()
        .hasMessageContaining("terminationGracePeriod");
  }

  private static Map<String, Object> deployment(String queue) throws IOException {
    return YamlFile.read(FOLDER.resolve("worker-" + queue + ".yaml")).documents().get(0);
  }

  private static List<Object> arguments(Map<String, Object> deployment) {
    return list(at(deployment, "spec", "template", "spec", "containers", 0, "args"));
  }

  private static String option(List<Object> arguments, String name) {
    return (String) arguments.get(arguments.indexOf(name) + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"control", "cpu", "gpu"})
  void aWorkerIsGivenLongerToEndThanItsGrace(String queue) throws IOException {
    Map<String, Object> deployment = deployment(queue);
    List<Object> arguments = arguments(deployment);

    assertThat(arguments).startsWith("worker", "--queue", queue);
    assertThat(
            (Integer) at(deployment, "spec", "template", "spec", "terminationGracePeriodSeconds"))
        .isGreaterThan(Integer.parseInt(option(arguments, "--grace")) + 10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"control", "cpu", "gpu"})
  void aWorkerIsNotRootAndWritesOnlyWhereItMay(String queue) throws IOException {
    Map<String, Object> pod = map(at(deployment(queue), "spec", "template", "spec"));

    assertThat(at(pod, "securityContext", "runAsNonRoot")).isEqualTo(true);
    assertThat(at(pod, "automountServiceAccountToken")).isEqualTo(false);
    assertThat(at(pod, "containers", 0, "securityContext", "readOnlyRootFilesystem"))
        .isEqualTo(true);
    assertThat(at(pod, "containers", 0, "securityContext", "allowPrivilegeEscalation"))
        .isEqualTo(false);
    assertThat(list(at(pod, "containers", 0, "volumeMounts")).stream().map(m -> at(m, "mountPath")))
        .contains("/var/lib/temper", "/tmp");
    assertThat(Files.readString(Path.of("image/Dockerfile")))
        .contains("TEMPER_HOME=/var/lib/temper")
        .contains("USER " + at(pod, "securityContext", "runAsUser"));
  }

  @Test
  void aGpuWorkerHasOneDeviceAndOneSlot() throws IOException {
    Map<String, Object> gpu = deployment("gpu");

    assertThat(
            at(
                gpu,
                "spec",
                "template",
                "spec",
                "containers",
                0,
                "resources",
                "limits",
                "nvidia.com/gpu"))
        .isEqualTo("1");
    assertThat(option(arguments(gpu), "--slots")).isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"control", "cpu", "gpu"})
  void labelsOfDeploymentPodsAndBudgetAgree(String queue) throws IOException {
    List<Map<String, Object>> documents =
        YamlFile.read(FOLDER.resolve("worker-" + queue + ".yaml")).documents();
    Object pods = at(documents.get(0), "spec", "template", "metadata", "labels");

    assertThat(at(documents.get(0), "spec", "selector", "matchLabels")).isEqualTo(pods);
    assertThat(at(documents.get(1), "kind")).isEqualTo("PodDisruptionBudget");
    assertThat(at(documents.get(1), "spec", "selector", "matchLabels")).isEqualTo(pods);
  }

  @Test
  void whatDeploymentsNameIsThere() throws IOException {
    List<String> made = new ArrayList<>();
    for (Path file : files()) {
      for (Map<String, Object> manifest : YamlFile.read(file).documents()) {
        made.add(manifest.get("kind") + "/" + at(manifest, "metadata", "name"));
      }
    }
    assertThat(made)
        .doesNotHaveDuplicates()
        .contains("ConfigMap/temper", "Secret/temper", "ServiceAccount/temper");
    for (String queue : List.of("control", "cpu", "gpu")) {
      Object pod = at(deployment(queue), "spec", "template", "spec");
      assertThat(at(pod, "serviceAccountName")).isEqualTo("temper");
      assertThat(at(pod, "containers", 0, "envFrom", 0, "configMapRef", "name"))
          .isEqualTo("temper");
      assertThat(at(pod, "containers", 0, "envFrom", 1, "secretRef", "name")).isEqualTo("temper");
    }
  }

  @Test
  void variablesAreKnownAndTheExampleHasNoSecret() throws IOException {
    Map<String, Object> config =
        map(YamlFile.read(FOLDER.resolve("config.yaml")).documents().get(0).get("data"));
    Map<String, Object> secret =
        map(
            YamlFile.read(FOLDER.resolve("secret.yaml.example"))
                .documents()
                .get(0)
                .get("stringData"));
    assertThat(secret.values()).containsOnly("");
    Map<String, Object> all = new LinkedHashMap<>(config);
    all.putAll(secret);
    assertThat(KnownVariables.names()).containsAll(all.keySet());
  }
}
