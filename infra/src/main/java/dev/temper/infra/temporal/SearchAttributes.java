package dev.temper.infra.temporal;

import dev.temper.workflows.SearchKeys;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.OperatorServiceGrpc;
import io.temporal.api.operatorservice.v1.OperatorServiceGrpc.OperatorServiceBlockingStub;
import io.temporal.common.SearchAttributeKey;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Makes the attributes by which runs are found in the server's lists. */
final class SearchAttributes {

  private static final int SECONDS = 5;

  private SearchAttributes() {}

  /**
   * Makes what is missing.
   *
   * @param channel of an existing connection, with its credentials
   * @return why runs cannot carry the attributes; empty if they can
   */
  static Optional<String> ensure(Channel channel, String namespace) {
    OperatorServiceBlockingStub operator = OperatorServiceGrpc.newBlockingStub(channel);
    try {
      Map<String, IndexedValueType> there =
          operator
              .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
              .listSearchAttributes(
                  ListSearchAttributesRequest.newBuilder().setNamespace(namespace).build())
              .getCustomAttributesMap();
      Map<String, IndexedValueType> missing = new TreeMap<>();
      for (SearchAttributeKey<?> key : SearchKeys.all()) {
        IndexedValueType type = there.get(key.getName());
        if (type == null) {
          missing.put(key.getName(), key.getValueType());
        } else if (type != key.getValueType()) {
          return Optional.of(
              "search attribute %s has type %s there, Temper's has %s"
                  .formatted(key.getName(), type, key.getValueType()));
        }
      }
      return missing.isEmpty() ? Optional.empty() : add(operator, namespace, missing);
    } catch (StatusRuntimeException e) {
      return Optional.of("search attributes cannot be listed: " + e.getStatus().getCode());
    }
  }

  private static Optional<String> add(
      OperatorServiceBlockingStub operator,
      String namespace,
      Map<String, IndexedValueType> missing) {
    try {
      var added =
          operator
              .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
              .addSearchAttributes(
                  AddSearchAttributesRequest.newBuilder()
                      .setNamespace(namespace)
                      .putAllSearchAttributes(missing)
                      .build());
      return added == null ? Optional.of("no answer to AddSearchAttributes") : Optional.empty();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.ALREADY_EXISTS) {
        return Optional.empty(); // another process was faster
      }
      return Optional.of(
          "search attributes %s are not there and cannot be made: %s"
              .formatted(missing.keySet(), e.getStatus().getCode()));
    }
  }
}
