package dev.temper.recipes;

import java.util.List;
import java.util.Map;

/**
 * What methods exist and which parameters they take. Declared here so that a recipe can be refused
 * with a line number, implemented where the methods live. Never loads a tensor library.
 */
public interface MethodCatalog {

  /** Every registered method, sorted by family and name. */
  List<Entry> entries();

  /**
   * The method with every default filled in.
   *
   * @throws IllegalArgumentException naming each wrong name, parameter or value, with what is known
   */
  Method resolve(String family, Method method);

  /**
   * One registered method.
   *
   * @param family for example {@code policy-loss}
   * @param source paper and equation
   * @param parameters defaults by name
   */
  record Entry(String family, String name, String source, Map<String, Object> parameters) {}
}
