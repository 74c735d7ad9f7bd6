/** Asks servers that speak the OpenAI protocol for completions. */
package dev.temper.infra.openai;
