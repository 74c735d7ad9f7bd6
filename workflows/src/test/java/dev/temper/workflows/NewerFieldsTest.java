package dev.temper.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import dev.temper.recipes.RecipeJson;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NewerFieldsTest {

  private final ObjectMapper json = new ObjectMapper();
  private final DataConverter converter = StageDataConverter.of(RecipeJson.mapper());
  private final StageRequest request =
      new StageRequest("demo", FakeStages.stage("eval", "sft"), Map.of(), "s3://a/b", "some-id");

  @Test
  void aFieldOfASpecThatIsNotKnownIsRefusedByName() throws Exception {
    ObjectNode tree = tree(request);
    ((ObjectNode) tree.at("/stage/spec")).put("quantized", true);

    assertThatThrownBy(() -> read(tree, StageRequest.class))
        .isInstanceOf(DataConverterException.class)
        .hasMessageContaining("this worker is too old for the recipe")
        .hasMessageContaining("does not know 'quantized' of EvaluationSpec")
        .hasMessageContaining("start a newer worker");
  }

  @Test
  void aFieldDeepInsideASpecIsRefusedToo() throws Exception {
    ObjectNode tree = tree(request);
    ((ObjectNode) tree.at("/stage/spec/numerics")).put("accumulate", "float64");

    assertThatThrownBy(() -> read(tree, StageRequest.class))
        .hasMessageContaining("'accumulate' of Numerics");
  }

  @Test
  void aKindThatIsNotKnownIsRefused() throws Exception {
    ObjectNode tree = tree(request);
    ((ObjectNode) tree.at("/stage/spec")).put("kind", "distillation");

    assertThatThrownBy(() -> read(tree, StageRequest.class))
        .isInstanceOf(DataConverterException.class)
        .hasMessageContaining("distillation");
  }

  @Test
  void fieldsOfEnvelopesThatAreNotKnownArePassedOver() throws Exception {
    ObjectNode tree = tree(request);
    tree.putObject("owner").put("name", "x");
    ((ObjectNode) tree.at("/stage")).put("priority", 3);
    ((ObjectNode) tree.at("/stage/retry")).putArray("phases").add(1);

    assertThat(read(tree, StageRequest.class)).isEqualTo(request);
  }

  @Test
  void whatEarlierVersionsWroteIsRead() throws Exception {
    ObjectNode run = tree(new RecipeRun("demo", FakeStages.sixStages()));
    run.remove(List.of("settings", "finished", "carry"));
    ObjectNode old = tree(request);
    old.remove("store");

    assertThat(read(run, RecipeRun.class)).isEqualTo(new RecipeRun("demo", FakeStages.sixStages()));
    assertThat(read(old, StageRequest.class).store()).isEmpty();
  }

  @Test
  void aLostFieldOfAnEnvelopeIsNoDefault() throws Exception {
    ObjectNode tree = tree(request);
    tree.remove("inputs");

    assertThatThrownBy(() -> read(tree, StageRequest.class)).hasMessageContaining("inputs");
  }

  private ObjectNode tree(Object value) throws Exception {
    Payload payload = converter.toPayload(value).orElseThrow();
    return (ObjectNode) json.readTree(payload.getData().toByteArray());
  }

  private <T> T read(ObjectNode tree, Class<T> type) throws Exception {
    Payload like = converter.toPayload(request).orElseThrow();
    Payload payload =
        like.toBuilder().setData(ByteString.copyFrom(json.writeValueAsBytes(tree))).build();
    return converter.fromPayload(payload, type, type);
  }
}
