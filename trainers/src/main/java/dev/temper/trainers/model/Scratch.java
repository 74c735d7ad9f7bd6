package dev.temper.trainers.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Direct memory that is used again and again while weights are read: the garbage collector frees it
 * late.
 */
final class Scratch {

  private ByteBuffer memory = ByteBuffer.allocateDirect(0);

  /** Little-endian memory of a size; what an earlier call gave is gone. */
  ByteBuffer of(int bytes) {
    if (memory.capacity() < bytes) {
      memory = ByteBuffer.allocateDirect(Math.max(bytes, 2 * memory.capacity()));
    }
    return memory.slice(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
