package dev.temper.infra.temporal;

import dev.temper.activities.Place;
import dev.temper.activities.StageFailpoints;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.converter.DataConverter;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** A connection to a Temporal server that was found usable. */
public final class TemporalServer implements AutoCloseable {

  /** For all questions before a start together. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final ServerAddress address;
  private final WorkflowServiceStubs stubs;
  private final WorkflowClient client;
  private final String version;
  private final String namespaceId;

  private TemporalServer(
      ServerAddress address,
      WorkflowServiceStubs stubs,
      WorkflowClient client,
      String version,
      String namespaceId) {
    this.address = address;
    this.stubs = stubs;
    this.client = client;
    this.version = version;
    this.namespaceId = namespaceId;
  }

  /**
   * Connects, and asks for version and namespace.
   *
   * @throws ServerException saying what was tried, within 15 seconds
   */
  public static TemporalServer connect(ServerAddress address, DataConverter converter)
      throws ServerException {
    return connect(address, converter, StageFailpoints.NONE);
  }

  /**
   * The same for a worker.
   *
   * @param failpoints where a kill test stops the process
   */
  public static TemporalServer connect(
      ServerAddress address, DataConverter converter, StageFailpoints failpoints)
      throws ServerException {
    WorkflowServiceStubs stubs = stubs(address, failpoints);
    // From here: on a busy machine the library takes seconds to get ready, and asks nothing.
    long end = System.nanoTime() + LIMIT.toNanos();
    try {
      String version = version(address, stubs.blockingStub(), end);
      String namespaceId = namespace(address, stubs.blockingStub(), end);
      WorkflowClient client =
          WorkflowClient.newInstance(
              stubs,
              WorkflowClientOptions.newBuilder(address.profile().toWorkflowClientOptions())
                  .setNamespace(address.namespace())
                  .setDataConverter(converter)
                  .build());
      return new TemporalServer(address, stubs, client, version, namespaceId);
    } catch (ServerException | RuntimeException e) {
      stubs.shutdownNow();
      throw e;
    }
  }

  private static WorkflowServiceStubs stubs(ServerAddress address, StageFailpoints failpoints)
      throws ServerException {
    try {
      WorkflowServiceStubsOptions.Builder options =
          WorkflowServiceStubsOptions.newBuilder(address.profile().toWorkflowServiceStubsOptions());
      if (failpoints != StageFailpoints.NONE) {
        options.setGrpcClientInterceptors(List.of(new TaskMoments(failpoints)));
      }
      if (address.isPlain()) {
        // The SDK turns TLS on for a key, also where it was told not to.
        options.setEnableHttps(false);
      }
      return WorkflowServiceStubs.newServiceStubs(options.build());
    } catch (RuntimeException e) {
      // A certificate that cannot be read; its bytes are in no message.
      throw new ServerException(
          "the connection to Temporal could not be set up (%s): %s"
              .formatted(address.inWords(), rootMessage(e)));
    }
  }

  private static String version(
      ServerAddress address, WorkflowServiceBlockingStub service, long end) throws ServerException {
    String text;
    try {
      text =
          limited(service, end)
              .getSystemInfo(GetSystemInfoRequest.getDefaultInstance())
              .getServerVersion();
    } catch (StatusRuntimeException e) {
      throw refused(address, e);
    }
    Optional<ServerVersion> version = ServerVersion.parse(text);
    if (version.filter(ServerVersion::isTooOld).isPresent()) {
      throw new ServerException(
          "the Temporal server at %s has version %s; Temper needs %s or newer"
              .formatted(address.target(), text, ServerVersion.OLDEST));
    }
    return text;
  }

  /** Returns its id. */
  private static String namespace(
      ServerAddress address, WorkflowServiceBlockingStub service, long end) throws ServerException {
    try {
      return limited(service, end)
          .describeNamespace(
              DescribeNamespaceRequest.newBuilder().setNamespace(address.namespace()).build())
          .getNamespaceInfo()
          .getId();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        throw new ServerException(
            "the Temporal server at %s has no namespace '%s'; 'temporal operator namespace create -n %s' makes it"
                .formatted(address.target(), address.namespace(), address.namespace()));
      }
      throw refused(address, e);
    }
  }

  private static ServerException refused(ServerAddress address, StatusRuntimeException e) {
    Status status = e.getStatus();
    String what =
        switch (status.getCode()) {
          case UNAUTHENTICATED, PERMISSION_DENIED ->
              "the Temporal server refuses these credentials";
          case DEADLINE_EXCEEDED -> "the Temporal server did not answer in time";
          case UNIMPLEMENTED -> "what answers is no Temporal server";
          default -> "the Temporal server cannot be reached";
        };
    // Not the cause itself: some servers repeat the key that they refuse.
    return new ServerException(
        "%s (%s): %s%s"
            .formatted(
                what,
                address.inWords(),
                address.withoutSecrets(reason(status)),
                hint(address, status)));
  }

  /** Which variable to look at, where what went wrong says so. */
  private static String hint(ServerAddress address, Status status) {
    // INTERNAL: what came back was no HTTP/2.
    if (status.getCode() != Status.Code.UNAVAILABLE && status.getCode() != Status.Code.INTERNAL) {
      return "";
    }
    String hint = address.isEncrypted() ? "" : "; if the server speaks TLS, set TEMPORAL_TLS=true";
    for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
      // Of the network library, whose copy inside gRPC is no API.
      if (cause.getClass().getSimpleName().equals("NotSslRecordException")) {
        return "; the server does not speak TLS: TEMPORAL_TLS=false turns it off";
      }
      if (cause instanceof SSLException) {
        hint = "; look at TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH";
      }
      if (cause instanceof CertificateException) { // the reason of an SSLException
        return "; look at TEMPORAL_TLS_SERVER_CA_CERT_PATH and TEMPORAL_TLS_SERVER_NAME";
      }
    }
    return hint;
  }

  /** What the network or the server says. */
  private static String reason(Status status) {
    String description = status.getDescription() == null ? "" : ": " + status.getDescription();
    String cause = status.getCause() == null ? "" : " (" + rootMessage(status.getCause()) + ")";
    return status.getCode() + description.lines().findFirst().orElse("") + cause;
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null
        ? root.getClass().getSimpleName()
        : root.getMessage().lines().findFirst().orElse("");
  }

  private static WorkflowServiceBlockingStub limited(WorkflowServiceBlockingStub stub, long end) {
    long left = Math.max(TimeUnit.SECONDS.toNanos(1), end - System.nanoTime());
    return stub.withDeadlineAfter(left, TimeUnit.NANOSECONDS);
  }

  public ServerAddress address() {
    return address;
  }

  public WorkflowClient client() {
    return client;
  }

  /** Makes the attributes by which runs are found; returns why that cannot be. */
  public Optional<String> ensureSearchAttributes() {
    return SearchAttributes.ensure(stubs.blockingStub().getChannel(), address.namespace());
  }

  /** The namespace: the server gave it its id, and many servers have one of the same name. */
  public Place place() {
    return new Place(
        namespaceId.isEmpty() ? address.namespace() : namespaceId,
        "namespace " + address.namespace());
  }

  /** As the server calls it. */
  public String version() {
    return version;
  }

  @Override
  public void close() {
    stubs.shutdownNow();
    stubs.awaitTermination(2, TimeUnit.SECONDS);
  }
}
