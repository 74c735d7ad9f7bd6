/** Rows of text: prompts, demonstrations, documents, from generators, files and other stages. */
package dev.temper.trainers.data;
