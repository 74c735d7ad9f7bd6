package dev.temper.infra.temporal;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.DescribeNamespaceResponse;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceImplBase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * What a Temporal server says before a start, on loopback, to those alone who show the right key;
 * to others it repeats what they showed, as careless gateways do.
 */
public final class GuardedFrontend implements AutoCloseable {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final Server server;

  private GuardedFrontend(Server server) {
    this.server = server;
  }

  /** Answers whoever lacks the key with a status. */
  public static GuardedFrontend start(String key, Status.Code refusal) throws IOException {
    return new GuardedFrontend(
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Answers())
            .intercept(new Guard("Bearer " + key, refusal))
            .build()
            .start());
  }

  public String target() {
    return "127.0.0.1:" + server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private record Guard(String wanted, Status.Code refusal) implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      String shown = headers.get(AUTHORIZATION);
      if (wanted.equals(shown)) {
        return next.startCall(call, headers);
      }
      call.close(
          refusal.toStatus().withDescription("not let in with '" + shown + "'"), new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }

  private static final class Answers extends WorkflowServiceImplBase {
    @Override
    public void getSystemInfo(
        GetSystemInfoRequest asked, StreamObserver<GetSystemInfoResponse> answer) {
      answer.onNext(GetSystemInfoResponse.newBuilder().setServerVersion("1.29.1").build());
      answer.onCompleted();
    }

    @Override
    public void describeNamespace(
        DescribeNamespaceRequest asked, StreamObserver<DescribeNamespaceResponse> answer) {
      answer.onNext(DescribeNamespaceResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }
}
