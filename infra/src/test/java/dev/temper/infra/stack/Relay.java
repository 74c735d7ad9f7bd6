package dev.temper.infra.stack;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * Stands on loopback between a client and a server and hands bytes on: can be cut as a network is,
 * and can speak TLS to clients of a server that does not.
 */
public final class Relay implements AutoCloseable {

  private final ServerSocket door;
  private final InetSocketAddress server;
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;

  private Relay(ServerSocket door, String server) throws IOException {
    int colon = server.lastIndexOf(':');
    this.door = door;
    this.server =
        new InetSocketAddress(
            server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)));
    door.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    start(this::accept);
  }

  /** Bytes as they are. */
  public static Relay to(String server) throws IOException {
    return new Relay(new ServerSocket(), server);
  }

  /**
   * TLS up to here; HTTP/2 where the client offers it first.
   *
   * @param mutual whether clients have to show a certificate that the context trusts
   */
  public static Relay encrypted(String server, SSLContext context, boolean mutual, String protocol)
      throws IOException {
    SSLServerSocket door = (SSLServerSocket) context.getServerSocketFactory().createServerSocket();
    var parameters = door.getSSLParameters();
    parameters.setNeedClientAuth(mutual);
    parameters.setApplicationProtocols(new String[] {protocol});
    door.setSSLParameters(parameters);
    return new Relay(door, server);
  }

  /** Host and port of this side. */
  public String address() {
    return "127.0.0.1:" + door.getLocalPort();
  }

  /** Ends what is connected, and says nothing to whoever connects from now on. */
  public void cut() {
    cut = true;
    hangUp();
  }

  /** Lets bytes pass again; whoever connected meanwhile has to begin anew. */
  public void mend() {
    cut = false;
    hangUp();
  }

  private void hangUp() {
    for (Closeable one : Set.copyOf(open)) {
      close(one);
    }
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        open.add(client);
        if (!cut) {
          start(() -> connect(client));
        }
      } catch (IOException e) {
        // Closed, or a client that was gone at once.
      }
    }
  }

  private void connect(Socket client) {
    Socket upstream = new Socket();
    open.add(upstream);
    try {
      client.setTcpNoDelay(true);
      upstream.setTcpNoDelay(true);
      upstream.connect(server, 5_000);
    } catch (IOException e) {
      close(client);
      close(upstream);
      return;
    }
    start(() -> copy(client, upstream));
    copy(upstream, client);
  }

  private void copy(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[1 << 14];
      for (int read = in.read(bytes); read >= 0 && !cut; read = in.read(bytes)) {
        out.write(bytes, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // One side has ended; so does the other.
    } finally {
      close(from);
      close(to);
    }
  }

  private void close(Closeable one) {
    open.remove(one);
    try {
      one.close();
    } catch (IOException e) {
      // It is as good as closed.
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      door.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    hangUp();
  }
}
