/** Between text and token ids: tokenizer, chat format, and how data looks to a model. */
package dev.temper.trainers.text;
