/** Data of a recipe that lies elsewhere: fetched once, kept by content. */
package dev.temper.infra.data;
