/**
 * A recipe as a command was given it: read, its data files hashed, checked before anything runs.
 */
package dev.temper.infra.recipe;
