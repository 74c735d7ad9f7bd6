package dev.temper.infra.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;

/** Gives out ports of the loopback interface, none twice. */
final class Ports {

  private static final int TRIES = 100;
  private static final InetAddress LOOPBACK = loopback();

  private final Set<Integer> given = new HashSet<>();

  private static InetAddress loopback() {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // four bytes are an address
    }
  }

  /** Whether nobody listens there. */
  static boolean free(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // Connections that are over, but for the kernel, are no obstacle to the server either.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(LOOPBACK, port), 1);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Exactly this port. */
  boolean take(int port) {
    return !given.contains(port) && free(port) && given.add(port);
  }

  /** The first free port from {@code port} on; -1 where there is none soon. */
  int takeFrom(int port) {
    for (int next = port; next < Math.min(port + TRIES, 1 << 16); next++) {
      if (take(next)) {
        return next;
      }
    }
    return -1;
  }

  /** Any free port. */
  int takeAny() throws IOException {
    while (true) {
      try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
        if (given.add(socket.getLocalPort())) {
          return socket.getLocalPort();
        }
      }
    }
  }
}
