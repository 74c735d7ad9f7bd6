package dev.temper.recipes.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.recipes.StageKinds;
import dev.temper.recipes.StageSpec;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpecFieldsTest {

  @Test
  void declaresEveryComponentOfEveryRecordInItsOrder() {
    Set<Class<?>> seen = new HashSet<>();
    for (Class<? extends StageSpec> type : StageKinds.types().values()) {
      visit(type, seen);
    }
    assertThat(seen).hasSizeGreaterThan(15);
  }

  private static void visit(Class<?> type, Set<Class<?>> seen) {
    if (!type.isRecord() || type.getSimpleName().equals("Input") || !seen.add(type)) {
      return;
    }
    assertThat(SpecFields.of(type))
        .as(type.getSimpleName())
        .extracting(Field::name)
        .containsExactly(
            Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toArray(String[]::new));
    for (RecordComponent component : type.getRecordComponents()) {
      visitType(component.getGenericType(), seen);
    }
  }

  private static void visitType(Type type, Set<Class<?>> seen) {
    if (type instanceof ParameterizedType generic) {
      Arrays.stream(generic.getActualTypeArguments()).forEach(part -> visitType(part, seen));
    } else {
      visit((Class<?>) type, seen);
    }
  }
}
