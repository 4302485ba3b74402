const slabBytes = 4 * 1024 * 1024;
const sparesMax = 4;

/**
 * Memory of the pack that is being filled, in pieces: while a finished pack is on its way to the
 * target, the next one takes only as much as it needs, and gets the pieces back one pack later.
 */
export class Slabs {
  private readonly spare: ArrayBuffer[] = [];
  private filling: Uint8Array[] = [];
  length = 0;

  append(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const at = this.length % slabBytes;
      if (at === 0)
        this.filling.push(new Uint8Array(this.spare.pop() ?? new ArrayBuffer(slabBytes)));
      const count = Math.min(bytes.length - from, slabBytes - at);
      this.filling.at(-1)!.set(bytes.subarray(from, from + count), at);
      this.length += count;
      from += count;
    }
  }

  /** What was appended, to be transferred; `views` says which bytes of the pieces count. */
  take(): ArrayBuffer[] {
    const taken = this.filling.map((slab) => slab.buffer as ArrayBuffer);
    this.filling = [];
    this.length = 0;
    return taken;
  }

  giveBack(slabs: readonly ArrayBuffer[]): void {
    this.spare.push(...slabs.slice(0, sparesMax - this.spare.length));
  }
}

/** The first `length` bytes that lie in `slabs`. */
export function slabViews(slabs: readonly ArrayBuffer[], length: number): Uint8Array[] {
  return slabs.map(
    (slab, number) => new Uint8Array(slab, 0, Math.min(slabBytes, length - number * slabBytes)),
  );
}
