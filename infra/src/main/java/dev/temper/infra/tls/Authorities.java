package dev.temper.infra.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManagerFactory;

/** The authorities that a PEM file names, believed instead of those that Java brings. */
public final class Authorities {

  private Authorities() {}

  /**
   * Reads a PEM file.
   *
   * @param variable of the environment that named the file
   * @throws IllegalArgumentException if the file cannot be read or names no authority
   */
  public static TrustManagerFactory of(Path pem, String variable) {
    try (InputStream in = Files.newInputStream(pem)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("authority-" + store.size(), one);
      }
      if (store.size() == 0) {
        throw new CertificateException("it holds none");
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "%s must be a PEM file with certificates, and %s is not: %s".formatted(variable, pem, e),
          e);
    }
  }
}
