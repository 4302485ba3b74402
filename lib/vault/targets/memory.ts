import { AppError } from '#lib/core/errors.ts';
import { VaultDamaged } from '#lib/vault/errors.ts';
import { type Target, wholeBytesMax } from './target.ts';

/** What a double may do instead of an operation. Thrown errors reach the caller as they are. */
export interface MemoryFaults {
  /** Called before each operation; may throw, or wait. */
  before?(operation: 'put' | 'get' | 'head' | 'list', name: string): void | Promise<void>;
  /** Called after a put took effect, before the caller hears of it: a lost reply when it throws. */
  after?(operation: 'put', name: string): void | Promise<void>;
}

export interface MemoryTarget extends Target {
  /** The objects themselves, for tests that look or tamper. */
  readonly objects: Map<string, Buffer>;
  faults: MemoryFaults;
}

/** A target in memory, with the whole contract and the faults a test asks for. */
export function memoryTarget(objects = new Map<string, Buffer>()): MemoryTarget {
  const target: MemoryTarget = {
    description: 'memory',
    objects,
    faults: {},
    async put(name, parts) {
      await target.faults.before?.('put', name);
      if (objects.has(name))
        throw new AppError('conflict', `The vault has an object ${name} already.`);
      objects.set(name, Buffer.concat(parts));
      await target.faults.after?.('put', name);
    },
    async get(name, range) {
      await target.faults.before?.('get', name);
      const bytes = objects.get(name);
      if (bytes === undefined) throw new AppError('not-found', `The vault has no object ${name}.`);
      const { offset, length } = range ?? { offset: 0, length: bytes.length };
      if (length > wholeBytesMax) throw new VaultDamaged(name, 'it is larger than it can be');
      if (offset + length > bytes.length)
        throw new VaultDamaged(name, 'it is shorter than it was written');
      return Buffer.from(bytes.subarray(offset, offset + length));
    },
    async head(name) {
      await target.faults.before?.('head', name);
      const bytes = objects.get(name);
      return bytes === undefined ? null : { size: bytes.length };
    },
    async *list(prefix, skip = () => false) {
      await target.faults.before?.('list', prefix);
      for (const [name, bytes] of [...objects])
        if (name.startsWith(prefix) && !skip(name)) yield { name, size: bytes.length };
    },
    abilities: {},
  };
  return target;
}
