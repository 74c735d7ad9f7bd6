package dev.temper.trainers.template;

/** Upper and lower case as Python asks for it: at least one cased letter, and none of the other. */
final class Case {

  private Case() {}

  static boolean isUpper(String text) {
    return text.codePoints().anyMatch(Character::isUpperCase)
        && text.codePoints().noneMatch(Character::isLowerCase);
  }

  static boolean isLower(String text) {
    return text.codePoints().anyMatch(Character::isLowerCase)
        && text.codePoints().noneMatch(Character::isUpperCase);
  }
}
