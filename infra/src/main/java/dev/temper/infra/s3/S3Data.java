package dev.temper.infra.s3;

import dev.temper.infra.data.DataPlace;
import dev.temper.infra.data.DataUnreachableException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/** Data in a bucket: {@code s3://BUCKET/KEY}, a folder where it ends in a slash. */
public final class S3Data implements DataPlace {

  /** For a request with its repetitions: somebody waits at the command line. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** For the bytes of a file, as long as they keep coming. */
  private static final Duration TRANSFER = Duration.ofDays(1);

  private final S3Client client;
  private final Repeats repeats = Repeats.of(LIMIT);

  /**
   * @param environment with the variables of the AWS tools
   */
  public S3Data(Map<String, String> environment) {
    S3Connection connection = S3Connection.of(environment);
    this.client = connection.client(connection.http());
  }

  @Override
  public Found find(String location) throws IOException {
    S3Location place;
    try {
      place = S3Location.parse(location);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    try {
      return location.endsWith("/")
          ? new Found(location, true, listed(place))
          : new Found(location, false, List.of(object(place, location)));
    } catch (S3Failure e) {
      throw e.status() == 0 ? new DataUnreachableException(e.getMessage(), e) : e;
    }
  }

  private RemoteFile object(S3Location place, String location) throws IOException {
    HeadObjectResponse head =
        repeats.call(
            "HEAD " + location,
            () -> client.headObject(ask -> ask.bucket(place.bucket()).key(place.prefix())));
    String key = place.prefix();
    return file(place, key, key.substring(0, key.lastIndexOf('/') + 1), head.eTag());
  }

  private List<RemoteFile> listed(S3Location place) throws IOException {
    String below = place.prefix().isEmpty() ? "" : place.prefix() + "/";
    List<RemoteFile> files = new ArrayList<>();
    String token = null;
    do {
      String from = token;
      ListObjectsV2Response page =
          repeats.call(
              "LIST " + place,
              () ->
                  client.listObjectsV2(
                      list -> list.bucket(place.bucket()).prefix(below).continuationToken(from)));
      page.contents().stream()
          .filter(object -> !object.key().endsWith("/"))
          .forEach(object -> files.add(file(place, object.key(), below, object.eTag())));
      token = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
    } while (token != null);
    if (files.isEmpty()) {
      throw new IOException(place + "/ holds no object");
    }
    return files;
  }

  private RemoteFile file(S3Location place, String key, String below, String version) {
    return new RemoteFile(
        key.substring(below.length()),
        version,
        target ->
            repeats.call(
                "GET s3://" + place.bucket() + "/" + key,
                () -> {
                  Files.deleteIfExists(target); // of an attempt that broke off
                  return client.getObject(
                      get ->
                          get.bucket(place.bucket())
                              .key(key)
                              .ifMatch(version)
                              .overrideConfiguration(
                                  options -> options.apiCallAttemptTimeout(TRANSFER)),
                      target);
                }));
  }
}
