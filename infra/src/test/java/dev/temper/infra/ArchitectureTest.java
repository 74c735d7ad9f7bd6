package dev.temper.infra;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.temper.infra.cli.Main;
import org.junit.jupiter.api.Test;

/**
 * The rules of docs/architecture.md. Plain tests: surefire passes over rules that are fields, and
 * says nothing.
 */
class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("dev.temper");

  private static void check(ArchRule rule) {
    rule.check(CLASSES);
  }

  @Test
  void theScanSawTheWholeHouse() {
    assertThat(CLASSES.size()).isGreaterThan(100);
    for (String module : new String[] {"recipes", "trainers", "workflows", "activities", "infra"}) {
      assertThat(CLASSES.that(resideInAPackage("dev.temper." + module + "..")))
          .as(module)
          .hasSizeGreaterThan(5);
    }
  }

  @Test
  void recipesAreData() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.temper.recipes..")
            .should()
            .dependOnClassesThat(
                not(resideInAPackage("dev.temper.recipes.."))
                    .and(not(resideInAPackage("java..")))
                    .and(not(resideInAPackage("com.fasterxml.jackson..")))
                    .and(not(resideInAPackage("org.yaml.snakeyaml..")))));
  }

  @Test
  void trainersKnowNoOrchestration() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.temper.trainers..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "io.temporal..",
                "dev.temper.workflows..",
                "dev.temper.activities..",
                "dev.temper.infra..",
                "java.net..",
                "picocli.."));
  }

  @Test
  void workflowsKnowNoTensorsAndNoFiles() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.temper.workflows..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "ai.djl..",
                "java.io..",
                "java.nio..",
                "java.net..",
                "dev.temper.trainers..",
                "dev.temper.activities..",
                "dev.temper.infra.."));
  }

  @Test
  void workflowsKnowNoClockAndNoChance() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.temper.workflows..")
            .should()
            .dependOnClassesThat(type(java.util.Random.class))
            .orShould()
            .dependOnClassesThat(type(java.time.Clock.class))
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(java.util.UUID.class, "randomUUID")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class));
  }

  @Test
  void activitiesDoNotKnowTheCommandLine() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.temper.activities..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.temper.infra..", "ai.djl..", "picocli.."));
  }

  @Test
  void onlyInfraKnowsTheServer() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.temper.infra.embedded..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.temporal.testserver.."));
  }

  @Test
  void randomNumbersHaveNames() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage("dev.temper.trainers..", "dev.temper.recipes..")
            .should()
            .dependOnClassesThat(
                type(java.util.Random.class)
                    .or(type(java.util.SplittableRandom.class))
                    .or(type(java.util.concurrent.ThreadLocalRandom.class))
                    .or(type(java.security.SecureRandom.class)))
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callMethod(java.util.UUID.class, "randomUUID"));
  }

  @Test
  void trainersDoNotLookAtTheClock() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.temper.trainers..")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Instant.class, "now"));
  }

  @Test
  void onlyTheCommandLineEndsTheProcess() {
    check(
        noClasses()
            .that()
            .doNotBelongToAnyOf(Main.class)
            .should()
            .callMethod(System.class, "exit", int.class));
  }

  @Test
  void nothingStaticChanges() {
    check(noFields().that().areStatic().should().notHaveModifier(JavaModifier.FINAL));
  }

  @Test
  void packagesHaveNoCycles() {
    check(slices().assignedFrom(new ByPackage()).should().beFreeOfCycles());
  }

  @Test
  void modulesHaveNoCycles() {
    check(slices().matching("dev.temper.(*)..").should().beFreeOfCycles());
  }

  /** A slice per package, those that have packages below them included. */
  private static final class ByPackage implements SliceAssignment {

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return SliceIdentifier.of(type.getPackageName());
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }
}
