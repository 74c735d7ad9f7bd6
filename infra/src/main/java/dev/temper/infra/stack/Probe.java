package dev.temper.infra.stack;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;

/** Asks a page of a server on this machine. */
final class Probe {

  private static final int PATIENCE_MS = 2_000;

  private Probe() {}

  /** Whether the page is there; what does not answer is not. */
  static boolean ok(String address) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(address).toURL().openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout(PATIENCE_MS);
      connection.setReadTimeout(PATIENCE_MS);
      try {
        return connection.getResponseCode() == 200;
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return false;
    }
  }
}
