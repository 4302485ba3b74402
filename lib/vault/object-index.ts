/**
 * Which objects the vault has, and where: open addressing over memory that all worker threads of
 * the process share, without locks. A slot is 32 bytes; tables double, older ones stay.
 *
 * An object is *claimed* when a worker has it in its buffers and *placed* when its pack is on the
 * target. Both count as present for writers of this process, because a flush waits for every
 * claim; readers see placed objects only.
 */

const wordsPerSlot = 8;
const headWords = 4;
const claimed = 1;
/** Pack numbers are kept with this added, so that 0 and 1 keep their own meaning. */
const placedFrom = 2;

export interface Place {
  /** Number of the pack in this process. */
  pack: number;
  block: number;
  offset: number;
  length: number;
}

class Table {
  readonly words: Int32Array;
  readonly slots: number;

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory);
    this.slots = (this.words.length - headWords) / wordsPerSlot;
  }

  static memory(slots: number): SharedArrayBuffer {
    return new SharedArrayBuffer((headWords + slots * wordsPerSlot) * 4);
  }

  get count(): number {
    return Atomics.load(this.words, 0);
  }

  private start(id: Buffer): number {
    return headWords + (id.readUInt32LE(4) % this.slots) * wordsPerSlot;
  }

  /** Word offset of the slot, or -1. */
  find(id: Buffer): number {
    const words = this.words;
    const a = id.readInt32LE(0) || 1;
    const b = id.readInt32LE(4);
    const c = id.readInt32LE(8);
    const d = id.readInt32LE(12);
    let at = this.start(id);
    for (let probes = this.slots; probes > 0; probes--) {
      const first = Atomics.load(words, at);
      if (first === 0) return -1;
      if (first === a) {
        this.settled(at);
        if (words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return at;
      }
      at += wordsPerSlot;
      if (at >= words.length) at = headWords;
    }
    return -1;
  }

  /** Another thread is between taking the slot and naming it: a few instructions. */
  private settled(at: number): void {
    while (Atomics.load(this.words, at + 4) === 0);
  }

  /** Word offset of the slot and whether this call made it; null when the table is full. */
  insert(id: Buffer): { at: number; fresh: boolean } | null {
    const words = this.words;
    const a = id.readInt32LE(0) || 1;
    const b = id.readInt32LE(4);
    const c = id.readInt32LE(8);
    const d = id.readInt32LE(12);
    let at = this.start(id);
    for (let probes = this.slots; probes > 0; probes--) {
      const first = Atomics.compareExchange(words, at, 0, a);
      if (first === 0) {
        words[at + 1] = b;
        words[at + 2] = c;
        words[at + 3] = d;
        Atomics.store(words, at + 4, claimed);
        Atomics.add(words, 0, 1);
        return { at, fresh: true };
      }
      if (first === a) {
        this.settled(at);
        if (words[at + 1] === b && words[at + 2] === c && words[at + 3] === d)
          return { at, fresh: false };
      }
      at += wordsPerSlot;
      if (at >= words.length) at = headWords;
    }
    return null;
  }
}

export class ObjectIndex {
  private readonly tables: Table[];

  /** @param memories what `share` gave in another thread; without it an empty index */
  constructor(memories: readonly SharedArrayBuffer[] = [Table.memory(1 << 16)]) {
    this.tables = memories.map((memory) => new Table(memory));
  }

  /** What another thread needs to see the same index. */
  share(): SharedArrayBuffer[] {
    return this.tables.map((table) => table.words.buffer as SharedArrayBuffer);
  }

  get count(): number {
    return this.tables.reduce((sum, table) => sum + table.count, 0);
  }

  /** Adds a table twice as large when the newest is half full; the other threads must `adopt` it. */
  grow(): SharedArrayBuffer | null {
    const newest = this.tables.at(-1)!;
    if (newest.count * 2 < newest.slots) return null;
    const memory = Table.memory(newest.slots * 2);
    this.adopt(memory);
    return memory;
  }

  adopt(memory: SharedArrayBuffer): void {
    this.tables.push(new Table(memory));
  }

  private find(id: Buffer): { table: Table; at: number } | null {
    for (let number = this.tables.length - 1; number >= 0; number--) {
      const table = this.tables[number]!;
      const at = table.find(id);
      if (at >= 0) return { table, at };
    }
    return null;
  }

  /** True when the object is claimed or placed. */
  has(id: Buffer): boolean {
    return this.find(id) !== null;
  }

  /**
   * Takes an object for the caller, who must then store it.
   * @returns false when it is there already or another thread has it in hand
   */
  claim(id: Buffer): boolean {
    if (this.find(id) !== null) return false;
    // A full table means that growth is on its way: storing twice is harmless, losing is not.
    return this.tables.at(-1)!.insert(id)?.fresh ?? true;
  }

  /** Records where an object lies. Main thread only. */
  place(id: Buffer, place: Place): void {
    let found = this.find(id);
    if (found === null) {
      this.grow();
      const table = this.tables.at(-1)!;
      found = { table, at: table.insert(id)!.at };
    }
    const words = found.table.words;
    words[found.at + 5] = place.block;
    words[found.at + 6] = place.offset;
    words[found.at + 7] = place.length;
    Atomics.store(words, found.at + 4, place.pack + placedFrom);
  }

  locate(id: Buffer): Place | null {
    const found = this.find(id);
    if (found === null) return null;
    const words = found.table.words;
    const state = Atomics.load(words, found.at + 4);
    if (state < placedFrom) return null;
    return {
      pack: state - placedFrom,
      block: words[found.at + 5]!,
      offset: words[found.at + 6]!,
      length: words[found.at + 7]!,
    };
  }
}
