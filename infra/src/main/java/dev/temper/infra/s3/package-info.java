/** Artifacts and checkpoints in a bucket of any S3-compatible server. */
package dev.temper.infra.s3;
