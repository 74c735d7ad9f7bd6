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
 * @param place where runs have their names
 */
public record DriverSettings(
    String codeVersion,
    Duration checkpointEvery,
    Duration writerDeadline,
    InstantSource clock,
    StageFailpoints failpoints,
    Place place) {

  public static DriverSettings of(String codeVersion) {
    return new DriverSettings(
        codeVersion,
        Duration.ofSeconds(10),
        Duration.ofMinutes(10),
        InstantSource.system(),
        StageFailpoints.NONE,
        Place.ONLY);
  }

  public DriverSettings with(StageFailpoints other) {
    return new DriverSettings(codeVersion, checkpointEvery, writerDeadline, clock, other, place);
  }

  public DriverSettings at(Place other) {
    return new DriverSettings(
        codeVersion, checkpointEvery, writerDeadline, clock, failpoints, other);
  }
}
