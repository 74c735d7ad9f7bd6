package dev.temper.workflows;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.NullPayloadConverter;
import io.temporal.common.converter.ProtobufJsonPayloadConverter;

/**
 * What crosses Temporal: JSON as the recipes' own mapper writes it, and small.
 *
 * <p>Of an envelope, fields that a newer version wrote are passed over; see {@link NewerFields}.
 */
public final class StageDataConverter {

  private StageDataConverter() {}

  public static DataConverter of(ObjectMapper mapper) {
    ObjectMapper accepting = NewerFields.accepted(mapper);
    return new DefaultDataConverter(
        new NullPayloadConverter(),
        // What a user interface asks of a workflow by itself, such as its current details.
        new ProtobufJsonPayloadConverter(),
        new GuardedJson(accepting));
  }
}
