package dev.temper.recipes.yaml;

/** The keys of a recipe besides its stages. */
record RecipeSettings(String name, String description, long seed) {}
