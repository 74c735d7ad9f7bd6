package dev.temper.activities;

import java.time.Duration;
import java.time.InstantSource;

/**
 * How stages are driven; nothing here can change a result.
 *
 * @param codeVersion goes into manifests
 * @param checkpointEvery time that a kill loses at most, for stages that do not say how many steps
 * @param writerDeadline after which a checkpoint that is not written has failed
 * @param clock for the times in journals
 * @param failpoints for kill tests
 * @param place where a run has its name: a home, or a namespace of a server. Two runs of one name
 *     in two places are two owners of a lease
 */
public record DriverSettings(
    String codeVersion,
    Duration checkpointEvery,
    Duration writerDeadline,
    InstantSource clock,
    StageFailpoints failpoints,
    String place) {

  public static DriverSettings of(String codeVersion) {
    return new DriverSettings(
        codeVersion,
        Duration.ofSeconds(10),
        Duration.ofMinutes(10),
        InstantSource.system(),
        StageFailpoints.NONE,
        "");
  }

  public DriverSettings with(StageFailpoints other) {
    return new DriverSettings(codeVersion, checkpointEvery, writerDeadline, clock, other, place);
  }

  public DriverSettings at(String other) {
    return new DriverSettings(
        codeVersion, checkpointEvery, writerDeadline, clock, failpoints, other);
  }
}
