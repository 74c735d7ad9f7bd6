package dev.temper.infra.run;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the log of the process to the log file of a run, which only grows. */
public final class RunLog implements AutoCloseable {

  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} %msg [run=%X{run} stage=%X{stage}"
          + " attempt=%X{attempt}]%n";

  private final ch.qos.logback.classic.Logger root;
  private final FileAppender<ILoggingEvent> file;
  private final Optional<OutputStreamAppender<ILoggingEvent>> copy;

  /**
   * Opens the log.
   *
   * @param terminal gets a copy of every line, where somebody asked for it
   */
  public RunLog(Path log, Optional<OutputStream> terminal) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    file = new FileAppender<>();
    file.setFile(log.toString());
    start(file, context);
    copy =
        terminal.map(
            stream -> {
              OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
              appender.setContext(context);
              appender.setEncoder(encoder(context));
              appender.setOutputStream(stream);
              appender.start();
              root.addAppender(appender);
              return appender;
            });
  }

  private void start(OutputStreamAppender<ILoggingEvent> appender, LoggerContext context) {
    appender.setContext(context);
    appender.setEncoder(encoder(context));
    appender.start();
    root.addAppender(appender);
  }

  private static PatternLayoutEncoder encoder(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    return encoder;
  }

  @Override
  public void close() {
    root.detachAppender(file);
    file.stop();
    // Its stream stays open: it is the terminal.
    copy.ifPresent(root::detachAppender);
  }
}
