package dev.temper.infra.mlflow;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The way out of the house, by the usual variables in capitals or not.
 *
 * @param byScheme proxy of {@code http} and of {@code https}
 * @param direct hosts and domains that are reached without one; {@code *} for all
 */
record Proxies(Map<String, URI> byScheme, List<String> direct) {

  static Proxies of(Map<String, String> environment) {
    Map<String, URI> proxies = new java.util.TreeMap<>();
    for (String scheme : List.of("http", "https")) {
      value(environment, scheme + "_proxy")
          .or(() -> value(environment, "all_proxy"))
          .ifPresent(address -> proxies.put(scheme, address(scheme, address)));
    }
    List<String> direct =
        Stream.of(value(environment, "no_proxy").orElse("").split(","))
            .map(host -> host.strip().toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", ""))
            .filter(host -> !host.isEmpty())
            .toList();
    return new Proxies(Map.copyOf(proxies), direct);
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Stream.of(name.toUpperCase(Locale.ROOT), name)
        .map(key -> environment.getOrDefault(key, "").strip())
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  private static URI address(String scheme, String address) {
    String whole = address.contains("://") ? address : "http://" + address;
    try {
      URI uri = URI.create(whole);
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Falls through: its message would repeat the address with any password in it.
    }
    throw new IllegalArgumentException(
        "%s_PROXY must be http://HOST:PORT, got '%s'"
            .formatted(scheme.toUpperCase(Locale.ROOT), address.replaceAll("^.*@", "***@")));
  }

  /** The proxy that a request goes through. */
  Optional<URI> to(URI target) {
    String host = String.valueOf(target.getHost()).toLowerCase(Locale.ROOT);
    boolean without =
        direct.stream()
            .anyMatch(
                known -> known.equals("*") || host.equals(known) || host.endsWith("." + known));
    return without
        ? Optional.empty()
        : Optional.ofNullable(byScheme.get(target.getScheme().toLowerCase(Locale.ROOT)));
  }

  /** As Java's HTTP client wants it. */
  ProxySelector selector() {
    return new ProxySelector() {
      @Override
      public List<Proxy> select(URI target) {
        return List.of(
            to(target)
                .map(
                    proxy ->
                        new Proxy(
                            Proxy.Type.HTTP,
                            new InetSocketAddress(
                                proxy.getHost(), proxy.getPort() < 0 ? 80 : proxy.getPort())))
                .orElse(Proxy.NO_PROXY));
      }

      @Override
      public void connectFailed(URI target, SocketAddress address, IOException e) {
        // The request fails with this reason.
      }
    };
  }
}
