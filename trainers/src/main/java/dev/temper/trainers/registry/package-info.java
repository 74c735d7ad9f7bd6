/** Named methods with typed parameters: how a recipe's name becomes an object. */
package dev.temper.trainers.registry;
