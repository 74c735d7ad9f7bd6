package dev.temper.infra.mlflow;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Which certificates are believed, where the environment says other than Java. */
final class Trust {

  private Trust() {}

  /** Believes all that a PEM file names as authorities. */
  static SSLContext of(Path pem) {
    try {
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(authorities(pem));
      return context(managers.getTrustManagers());
    } catch (IOException | GeneralSecurityException e) {
      throw unusable(pem, e);
    }
  }

  /**
   * Reads a PEM file.
   *
   * @throws IllegalArgumentException if it names no authority
   */
  static void requireAuthorities(Path pem) {
    try {
      if (authorities(pem).size() == 0) {
        throw new CertificateException("it holds none");
      }
    } catch (IOException | GeneralSecurityException e) {
      throw unusable(pem, e);
    }
  }

  private static KeyStore authorities(Path pem) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(pem)) {
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("authority-" + number++, certificate);
      }
    }
    return store;
  }

  private static IllegalArgumentException unusable(Path pem, Exception e) {
    return new IllegalArgumentException(
        "MLFLOW_TRACKING_SERVER_CERT_PATH must be a PEM file with certificates, and %s is not: %s"
            .formatted(pem, e.getMessage()),
        e);
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
