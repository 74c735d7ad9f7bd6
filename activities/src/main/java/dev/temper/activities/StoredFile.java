package dev.temper.activities;

/**
 * A file as it was written.
 *
 * @param path relative, with slashes, inside its artifact or checkpoint
 * @param size in bytes
 * @param sha256 of its bytes, in hex
 */
public record StoredFile(String path, long size, String sha256) {}
