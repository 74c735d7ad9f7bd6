package dev.temper.infra.mlflow;

import dev.temper.infra.tls.Authorities;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Which certificates are believed, where the environment says other than Java. */
final class Trust {

  private Trust() {}

  /** Believes all that the PEM file of MLFLOW_TRACKING_SERVER_CERT_PATH names as authorities. */
  static SSLContext of(Path pem) {
    try {
      return context(authorities(pem).getTrustManagers());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads a PEM file.
   *
   * @throws IllegalArgumentException if it names no authority
   */
  static void requireAuthorities(Path pem) {
    authorities(pem);
  }

  private static TrustManagerFactory authorities(Path pem) {
    return Authorities.of(pem, "MLFLOW_TRACKING_SERVER_CERT_PATH");
  }

  /** Believes anything, as MLFLOW_TRACKING_INSECURE_TLS asks for. */
  static SSLContext everything() {
    try {
      return context(new TrustManager[] {new Everything()});
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SSLContext context(TrustManager[] managers) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers, null);
    return context;
  }

  /** The extended class: around a plain trust manager Java checks host names all the same. */
  private static final class Everything extends X509ExtendedTrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
