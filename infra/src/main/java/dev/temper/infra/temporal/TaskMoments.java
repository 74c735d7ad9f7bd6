package dev.temper.infra.temporal;

import dev.temper.activities.StageFailpoints;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.temporal.api.workflowservice.v1.PollWorkflowTaskQueueResponse;
import java.util.Map;

/** Names the moments of a worker's calls to the server at which a kill harness may stop it. */
final class TaskMoments implements ClientInterceptor {

  private static final Map<String, String> REPORTS =
      Map.of(
          "RespondWorkflowTaskCompleted", "workflow-task",
          "RespondActivityTaskCompleted", "stage-result");

  private final StageFailpoints failpoints;

  TaskMoments(StageFailpoints failpoints) {
    this.failpoints = failpoints;
  }

  @Override
  public <A, B> ClientCall<A, B> interceptCall(
      MethodDescriptor<A, B> method, CallOptions options, Channel next) {
    String report = REPORTS.getOrDefault(String.valueOf(method.getBareMethodName()), "");
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<B> answers, Metadata headers) {
        super.start(new Answers<>(answers, report), headers);
      }

      @Override
      public void sendMessage(A message) {
        at(report, "before-report");
        super.sendMessage(message);
      }
    };
  }

  private final class Answers<B> extends SimpleForwardingClientCallListener<B> {

    private final String report;

    Answers(ClientCall.Listener<B> answers, String report) {
      super(answers);
      this.report = report;
    }

    @Override
    public void onMessage(B message) {
      if (message instanceof PollWorkflowTaskQueueResponse task && !task.getTaskToken().isEmpty()) {
        at("workflow-task", "begin");
      }
      super.onMessage(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (status.isOk()) {
        at(report, "after-report");
      }
      super.onClose(status, trailers);
    }
  }

  private void at(String what, String moment) {
    if (!what.isEmpty()) {
      failpoints.at(what + "." + moment, "");
    }
  }
}
