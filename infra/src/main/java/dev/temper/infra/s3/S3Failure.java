package dev.temper.infra.s3;

import java.io.IOException;

/** A request that did not succeed, however often it was repeated. */
final class S3Failure extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;

  /**
   * @param status of the last answer; 0 where there was none
   */
  S3Failure(String message, int status, Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  int status() {
    return status;
  }
}
