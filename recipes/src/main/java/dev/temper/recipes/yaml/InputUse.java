package dev.temper.recipes.yaml;

import dev.temper.recipes.Input;
import dev.temper.recipes.Product;

/** An input as it stands in the recipe, and what must be there. */
record InputUse(String stage, String path, Location location, Input input, Product expected) {}
