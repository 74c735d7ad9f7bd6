package dev.temper.infra;

import dev.temper.activities.StageIdentities;
import dev.temper.activities.StageIdentity;
import dev.temper.recipes.ArtifactRef;
import dev.temper.recipes.Input;
import dev.temper.recipes.StageKey;
import dev.temper.recipes.StageKinds;
import dev.temper.recipes.StageSpec;
import dev.temper.workflows.ResolvedInput;
import java.util.HashMap;
import java.util.Map;

/** Names a stage by its spec, the content of its inputs and the version of its numerics. */
final class ContentIdentities implements StageIdentities {

  private final Map<String, Integer> numericsVersions;

  ContentIdentities(Map<String, Integer> numericsVersions) {
    this.numericsVersions = Map.copyOf(numericsVersions);
  }

  @Override
  public StageIdentity of(StageSpec spec, Map<String, ResolvedInput> inputs) {
    Map<Input, ArtifactRef> resolved = new HashMap<>();
    inputs.forEach(
        (text, input) ->
            resolved.put(Input.parse(text), new ArtifactRef(input.content(), input.output())));
    String kind = StageKinds.of(spec);
    int version = numericsVersions.get(kind);
    return new StageIdentity(
        StageKey.of(spec, resolved, version), kind, StageKey.spec(spec, resolved), version);
  }
}
