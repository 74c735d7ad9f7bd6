package dev.temper.infra.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Data set repositories of Hugging Face: {@code hf://datasets/OWNER/NAME@REVISION/PATH}, a folder
 * where the path ends in a slash. Without a revision it is {@code main}; what is found is pinned to
 * the commit.
 *
 * <p>A token goes to the server that it is for and to no other one: files are often handed out by a
 * second server, by a redirect.
 */
public final class HuggingFaceData implements DataPlace {

  private static final Pattern LOCATION =
      Pattern.compile("hf://datasets/([\\w.-]+/[\\w.-]+?)(?:@([\\w.-]+(?:%2[fF][\\w.-]+)*))?/(.+)");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final String STANDARD = "https://huggingface.co";
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final int REDIRECTS = 5;
  private static final int LISTING_LIMIT = 16 << 20;

  private final URI endpoint;
  private final Optional<String> token;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final ObjectMapper json = new ObjectMapper();

  /**
   * @param environment with {@code HF_ENDPOINT} and {@code HF_TOKEN}, if they are set
   */
  public HuggingFaceData(Map<String, String> environment) {
    String server = environment.getOrDefault("HF_ENDPOINT", "");
    if (!server.isBlank() && !server.matches("https?://[^/]+.*")) {
      throw new IllegalArgumentException(
          "HF_ENDPOINT must be like https://host, got '" + server + "'");
    }
    this.endpoint = URI.create((server.isBlank() ? STANDARD : server).replaceAll("/+$", ""));
    this.token = Optional.ofNullable(environment.get("HF_TOKEN")).filter(text -> !text.isBlank());
  }

  @Override
  public Found find(String location) throws IOException {
    Matcher matcher = LOCATION.matcher(location);
    if (!matcher.matches()) {
      throw new IOException(
          "'%s' must be hf://datasets/OWNER/NAME@REVISION/PATH".formatted(location));
    }
    String repository = matcher.group(1);
    String path = matcher.group(3);
    String commit = commit(repository, Optional.ofNullable(matcher.group(2)).orElse("main"));
    String pinned = "hf://datasets/%s@%s/%s".formatted(repository, commit, path);
    List<RemoteFile> files =
        path.endsWith("/")
            ? listed(repository, commit, path)
            : List.of(file(repository, commit, path, path.substring(path.lastIndexOf('/') + 1)));
    return new Found(pinned, path.endsWith("/"), files);
  }

  private String commit(String repository, String revision) throws IOException {
    if (COMMIT.matcher(revision).matches()) {
      return revision;
    }
    URI address = address("/api/datasets/" + repository + "/revision/" + revision);
    String commit = small(address).path("sha").asText();
    if (!COMMIT.matcher(commit).matches()) {
      throw new IOException(address + " gave no commit for revision '" + revision + "'");
    }
    return commit;
  }

  private List<RemoteFile> listed(String repository, String commit, String folder)
      throws IOException {
    String below = folder.equals("./") ? "" : folder;
    URI address =
        address(
            "/api/datasets/%s/tree/%s/%s?recursive=true"
                .formatted(repository, commit, quoted(below.replaceAll("/+$", ""))));
    List<RemoteFile> files = new ArrayList<>();
    for (JsonNode entry : small(address)) {
      String path = entry.path("path").asText();
      if (entry.path("type").asText().equals("file") && path.startsWith(below)) {
        files.add(file(repository, commit, path, path.substring(below.length())));
      }
    }
    if (files.isEmpty()) {
      throw new IOException(address + " lists no file");
    }
    return files;
  }

  private RemoteFile file(String repository, String commit, String path, String name) {
    URI address = address("/datasets/%s/resolve/%s/%s".formatted(repository, commit, quoted(path)));
    return new RemoteFile(name, commit, target -> fetch(address, target));
  }

  private void fetch(URI address, Path target) throws IOException {
    try (InputStream in = open(address)) {
      Files.copy(in, target);
    }
  }

  private JsonNode small(URI address) throws IOException {
    try (InputStream in = open(address)) {
      byte[] bytes = in.readNBytes(LISTING_LIMIT + 1);
      if (bytes.length > LISTING_LIMIT) {
        throw new IOException(address + " gave more than " + LISTING_LIMIT + " bytes");
      }
      return json.readTree(bytes);
    }
  }

  private InputStream open(URI address) throws IOException {
    URI at = address;
    for (int redirect = 0; redirect <= REDIRECTS; redirect++) {
      HttpResponse<InputStream> answer = ask(at);
      int status = answer.statusCode();
      if (status == 200) {
        return answer.body();
      }
      answer.body().close();
      Optional<String> next = answer.headers().firstValue("Location");
      if (status < 300 || status >= 400 || next.isEmpty()) {
        throw refused(address, status);
      }
      at = next(at, next.get());
    }
    throw new IOException(address + " leads on more than " + REDIRECTS + " times");
  }

  private static URI next(URI at, String location) throws IOException {
    try {
      return at.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new IOException(at + " leads on to what is no address: '" + location + "'", e);
    }
  }

  private HttpResponse<InputStream> ask(URI address) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(ANSWER);
    if (isEndpoint(address)) {
      token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException(address + " was interrupted");
    } catch (HttpTimeoutException | java.net.ConnectException e) {
      throw unreachable(address, e);
    } catch (IOException e) {
      throw e.getCause() instanceof java.nio.channels.UnresolvedAddressException
          ? unreachable(address, e)
          : new IOException(address + ": " + e.getMessage(), e);
    }
  }

  private boolean isEndpoint(URI address) {
    return endpoint.getScheme().equals(address.getScheme())
        && endpoint.getAuthority().equals(address.getAuthority());
  }

  private DataUnreachableException unreachable(URI address, IOException e) {
    return new DataUnreachableException(
        "%s does not answer (%s). Data that was fetched once is found here again where the recipe has its sha256"
            .formatted(
                isEndpoint(address) ? endpoint : address.getHost(), e.getClass().getSimpleName()),
        e);
  }

  private IOException refused(URI address, int status) {
    String why =
        switch (status) {
          case 401, 403 ->
              token.isPresent()
                  ? "HF_TOKEN may not read it"
                  : "it may need HF_TOKEN, which is not set";
          case 404 -> "there is no such data set, revision or path";
          default -> "the server refused";
        };
    return new IOException("%s gave status %d: %s".formatted(address, status, why));
  }

  private URI address(String path) {
    return URI.create(endpoint + path);
  }

  private static String quoted(String path) {
    return Arrays.stream(path.split("/", -1))
        .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
        .collect(Collectors.joining("/"));
  }
}
