/** Larger than any pool that buffers may be cut from. */
const releaseBytesMin = 256 * 1024;

/**
 * Frees the memory of a large buffer that nobody looks at any more, now instead of at some later
 * collection: what zlib and the cipher give out is several times the size of a block, and a
 * thread that waits for the collector holds a hundred blocks of it.
 */
export function release(bytes: Uint8Array): void {
  const memory = bytes.buffer;
  if (memory instanceof ArrayBuffer && memory.byteLength >= releaseBytesMin) memory.transfer(0);
}
