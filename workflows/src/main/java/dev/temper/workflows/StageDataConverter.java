package dev.temper.workflows;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.NullPayloadConverter;

/**
 * What crosses Temporal: JSON as the recipes' own mapper writes it, and small.
 *
 * <p>Of an envelope, fields that a newer version wrote are passed over; see {@link NewerFields}.
 */
public final class StageDataConverter {

  private StageDataConverter() {}

  public static DataConverter of(ObjectMapper mapper) {
    ObjectMapper accepting = NewerFields.accepted(mapper);
    return new DefaultDataConverter(new NullPayloadConverter(), new GuardedJson(accepting));
  }
}
