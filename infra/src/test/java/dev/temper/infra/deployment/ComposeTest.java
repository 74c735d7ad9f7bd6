package dev.temper.infra.deployment;

import static dev.temper.infra.deployment.YamlFile.at;
import static dev.temper.infra.deployment.YamlFile.list;
import static dev.temper.infra.deployment.YamlFile.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.workflows.SearchKeys;
import io.temporal.common.SearchAttributeKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** infra/compose/compose.yaml, against what the Compose specification has and what is promised. */
class ComposeTest {

  /** Fields of a service in the specification, as far as this file uses them. */
  private static final Set<String> SERVICE_FIELDS =
      Set.of(
          "image",
          "build",
          "user",
          "entrypoint",
          "command",
          "environment",
          "ports",
          "volumes",
          "tmpfs",
          "read_only",
          "healthcheck",
          "depends_on",
          "restart",
          "stop_grace_period");

  private static final Set<String> HEALTH_FIELDS =
      Set.of("test", "interval", "timeout", "retries", "start_period");

  private Map<String, Object> compose;
  private Map<String, Object> services;

  @BeforeEach
  void read() throws IOException {
    compose = YamlFile.read(Path.of("compose/compose.yaml")).documents().get(0);
    services = map(compose.get("services"));
  }

  @Test
  void everyFieldIsOfTheSpecification() {
    assertThat(Set.of("name", "services", "volumes")).containsAll(compose.keySet());
    services.forEach(
        (name, service) -> {
          assertThat(SERVICE_FIELDS).as(name).containsAll(map(service).keySet());
          if (map(service).containsKey("healthcheck")) {
            assertThat(HEALTH_FIELDS)
                .as(name)
                .containsAll(map(at(service, "healthcheck")).keySet());
          }
        });
  }

  @Test
  void portsAreOpenOnThisMachineAlone() {
    for (String server : List.of("temporal", "mlflow", "minio")) {
      assertThat(list(at(services, server, "ports")))
          .as(server)
          .isNotEmpty()
          .allSatisfy(port -> assertThat(port.toString()).startsWith("127.0.0.1:"));
    }
  }

  @Test
  void serversHaveTheVersionsThatAreTested() throws IOException {
    assertThat(at(services, "temporal", "image"))
        .isEqualTo("temporalio/temporal:" + YamlFile.pinned("TEMPORAL_VERSION").substring(1));
    assertThat(at(services, "temporal-retention", "image"))
        .isEqualTo(at(services, "temporal", "image"));
    assertThat(at(services, "mlflow", "image").toString())
        .endsWith("/mlflow:v" + YamlFile.pinned("MLFLOW_VERSION"));
    services.forEach(
        (name, service) ->
            assertThat(at(service, "image").toString())
                .as(name)
                .matches(".+:.*[0-9].*")
                .doesNotEndWith(":latest"));
  }

  @Test
  void theWorkerWaitsForServersThatSayWhenTheyAreReady() {
    map(at(services, "worker", "depends_on"))
        .forEach(
            (name, how) -> {
              assertThat(at(how, "condition")).isEqualTo("service_healthy");
              assertThat(map(services.get(name))).containsKey("healthcheck");
            });
    assertThat(map(at(services, "worker", "depends_on")))
        .containsOnlyKeys("temporal", "mlflow", "minio");
  }

  @Test
  void theWorkerHasLongerToEndThanItsGrace() {
    List<Object> command = list(at(services, "worker", "command"));
    int grace = Integer.parseInt(command.get(command.indexOf("--grace") + 1).toString());
    String period = at(services, "worker", "stop_grace_period").toString();

    assertThat(Integer.parseInt(period.substring(0, period.length() - 1)))
        .isGreaterThan(grace + 10);
  }

  @Test
  void volumesAreDeclared() {
    Set<String> declared = map(compose.get("volumes")).keySet();
    services.forEach(
        (name, service) -> {
          Object volumes = at(service, "volumes");
          if (volumes != null) {
            assertThat(declared)
                .as(name)
                .containsAll(
                    list(volumes).stream().map(v -> v.toString().replaceFirst(":.*", "")).toList());
          }
        });
  }

  @Test
  void theServerKnowsTheSearchAttributesThatRunsHave() {
    assertThat(
            list(at(services, "temporal", "command")).stream()
                .map(Object::toString)
                .filter(word -> word.startsWith("--search-attribute="))
                .map(word -> word.replaceFirst(".*?=(\\w+)=.*", "$1")))
        .containsExactlyInAnyOrderElementsOf(
            SearchKeys.all().stream().map(SearchAttributeKey::getName).toList());
    assertThat(at(services, "temporal", "command").toString())
        .contains("TemperStage=KeywordList", "TemperRun=Keyword");
  }

  @Test
  void variablesAreKnownAndNoKeyIsInAFile() throws IOException {
    assertThat(KnownVariables.names())
        .containsAll(map(at(services, "worker", "environment")).keySet());
    for (String file : List.of("compose/example.env", "compose/client.env")) {
      for (String line : Files.readAllLines(Path.of(file))) {
        if (!line.startsWith("#") && !line.isEmpty()) {
          String name = line.substring(0, line.indexOf('='));
          assertThat(KnownVariables.names()).as(file).contains(name);
          if (name.contains("KEY")) {
            assertThat(line).endsWith("=");
          }
        }
      }
    }
  }
}
