package dev.temper.workflows;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.NullPayloadConverter;

/** What crosses Temporal: JSON as the recipes' own mapper writes it, and small. */
public final class StageDataConverter {

  private StageDataConverter() {}

  public static DataConverter of(ObjectMapper mapper) {
    return new DefaultDataConverter(new NullPayloadConverter(), new GuardedJson(mapper));
  }
}
