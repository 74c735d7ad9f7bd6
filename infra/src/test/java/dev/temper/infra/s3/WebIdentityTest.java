package dev.temper.infra.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.WebIdentityTokenFileCredentialsProvider;

/** The role of a pod's service account, which Kubernetes on AWS gives as a token in a file. */
class WebIdentityTest {

  private static final String ANSWER =
      """
      <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
        <AssumeRoleWithWebIdentityResult><Credentials>
          <AccessKeyId>given</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
          <SessionToken>session</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
        </Credentials></AssumeRoleWithWebIdentityResult>
      </AssumeRoleWithWebIdentityResponse>
      """;

  @TempDir Path folder;

  @Test
  void aTokenInAFileBecomesCredentials() throws Exception {
    Queue<String> asked = new ConcurrentLinkedQueue<>();
    HttpServer sts =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    sts.createContext(
        "/",
        exchange -> {
          asked.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          byte[] answer = ANSWER.getBytes(UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "text/xml");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    sts.start();
    System.setProperty("aws.region", "eu-central-1");
    System.setProperty(
        "aws.endpointUrlSts", "http://127.0.0.1:" + sts.getAddress().getPort() + "/");
    try (WebIdentityTokenFileCredentialsProvider provider =
        WebIdentityTokenFileCredentialsProvider.builder()
            .roleArn("arn:aws:iam::123456789012:role/temper")
            .roleSessionName("worker")
            .webIdentityTokenFile(Files.writeString(folder.resolve("token"), "a.b.c"))
            .build()) {
      AwsCredentials credentials = provider.resolveCredentials();
      assertThat(credentials.accessKeyId()).isEqualTo("given");
      assertThat(((AwsSessionCredentials) credentials).sessionToken()).isEqualTo("session");
      assertThat(asked)
          .singleElement()
          .asString()
          .contains("Action=AssumeRoleWithWebIdentity", "WebIdentityToken=a.b.c");
    } finally {
      sts.stop(0);
      System.clearProperty("aws.region");
      System.clearProperty("aws.endpointUrlSts");
    }
  }
}
