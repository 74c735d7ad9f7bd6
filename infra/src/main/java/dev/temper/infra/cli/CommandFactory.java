package dev.temper.infra.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Gives every command the root command, by constructor. */
final class CommandFactory implements IFactory {

  private final TemperCommand root;

  CommandFactory(TemperCommand root) {
    this.root = root;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    try {
      return type.getDeclaredConstructor(TemperCommand.class).newInstance(root);
    } catch (NoSuchMethodException e) {
      return CommandLine.defaultFactory().create(type);
    }
  }
}
