import { constants } from 'node:fs';
import { link, mkdir, open, readdir, rename, stat, statfs, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '#lib/core/errors.ts';
import { newToken } from '#lib/core/ids.ts';
import { VaultDamaged } from '#lib/vault/errors.ts';
import { type Target, wholeBytesMax } from './target.ts';

/**
 * A folder. An object is written beside its place under a name no reader looks at, flushed to the
 * disk, linked to its name (which refuses a taken name) and its folder flushed. What a killed
 * process leaves behind are files ending in ".part", which nothing ever reads.
 */
export function diskTarget(root: string): Target {
  const pathOf = (name: string) => join(root, name);
  const ready = new Map<string, Promise<void>>();

  /** Makes a folder and every missing one above it durable, once. */
  function folder(path: string): Promise<void> {
    let made = ready.get(path);
    if (made === undefined) {
      made = (async () => {
        const parent = dirname(path);
        if (path !== root && path.startsWith(root)) await folder(parent);
        try {
          const topmost = await mkdir(path, { recursive: path === root });
          // A root may have been made with folders above it: each is an entry of its own parent.
          for (let made = path; topmost !== undefined && made.length > topmost.length; ) {
            made = dirname(made);
            await syncFolder(dirname(made));
          }
        } catch (err) {
          if (codeOf(err) !== 'EEXIST') throw err;
        }
        await syncFolder(parent);
      })();
      ready.set(path, made);
      made.catch(() => ready.delete(path));
    }
    return made;
  }

  async function put(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const path = pathOf(name);
    const part = `${path}.${newToken()}.part`;
    try {
      await folder(dirname(path));
      const file = await open(part, 'wx', 0o640);
      try {
        for (const bytes of parts) await writeAll(file, bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await publish(part, path);
      await syncFolder(dirname(path));
    } catch (err) {
      await unlink(part).catch(() => {});
      throw explain(err, name);
    }
  }

  async function get(name: string, range?: { offset: number; length: number }): Promise<Buffer> {
    try {
      const file = await open(pathOf(name), constants.O_RDONLY);
      try {
        const length = range?.length ?? (await file.stat()).size;
        if (length > wholeBytesMax) throw new VaultDamaged(name, 'it is larger than it can be');
        const bytes = Buffer.allocUnsafeSlow(length);
        let done = 0;
        while (done < length) {
          const { bytesRead } = await file.read(
            bytes,
            done,
            length - done,
            (range?.offset ?? 0) + done,
          );
          if (bytesRead === 0) throw new VaultDamaged(name, 'it is shorter than it was written');
          done += bytesRead;
        }
        return bytes;
      } finally {
        await file.close();
      }
    } catch (err) {
      throw explain(err, name);
    }
  }

  async function head(name: string): Promise<{ size: number } | null> {
    try {
      const found = await stat(pathOf(name));
      return found.isFile() ? { size: found.size } : null;
    } catch (err) {
      if (isAbsent(err)) return null;
      throw explain(err, name);
    }
  }

  async function* list(
    prefix: string,
    skip: (name: string) => boolean = () => false,
  ): AsyncIterable<{ name: string; size: number }> {
    let entries: Awaited<ReturnType<typeof readEntries>>;
    try {
      entries = await readEntries(pathOf(prefix));
    } catch (err) {
      if (isAbsent(err)) return;
      throw explain(err, prefix);
    }
    for (const entry of entries) {
      const name = `${prefix}${entry.name}`;
      if (entry.isDirectory()) yield* list(`${name}/`, skip);
      else if (!entry.name.endsWith('.part') && !skip(name)) {
        const found = await head(name);
        if (found) yield { name, size: found.size };
      }
    }
  }

  return {
    description: `the folder ${root}`,
    put,
    get,
    head,
    list,
    abilities: {
      async settle(names) {
        for (const path of new Set(names.map((name) => dirname(pathOf(name)))))
          await syncFolder(path);
      },
      async freeBytes() {
        const { bavail, bsize } = await statfs(root);
        return bavail * bsize;
      },
    },
  };
}

function readEntries(path: string) {
  return readdir(path, { withFileTypes: true });
}

async function writeAll(file: Awaited<ReturnType<typeof open>>, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done);
    done += bytesWritten;
  }
}

/** Gives the finished file its name unless the name is taken. */
async function publish(part: string, path: string): Promise<void> {
  try {
    await link(part, path);
  } catch (err) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(err))) throw err;
    // A file system without hard links: names of ours are random or fenced, so this race is narrow.
    if (await stat(path).catch(() => null))
      throw Object.assign(new Error('taken'), { code: 'EEXIST' });
    await rename(part, path);
    return;
  }
  await unlink(part);
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(err: unknown): string {
  return (err as NodeJS.ErrnoException)?.code ?? '';
}

function isAbsent(err: unknown): boolean {
  return codeOf(err) === 'ENOENT' || codeOf(err) === 'ENOTDIR';
}

function explain(err: unknown, name: string): unknown {
  if (err instanceof AppError) return err;
  switch (codeOf(err)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new AppError('not-found', `The vault has no object ${name}.`, { cause: err });
    case 'EEXIST':
      return new AppError('conflict', `The vault has an object ${name} already.`, { cause: err });
    case 'ENOSPC':
    case 'EDQUOT':
      return new AppError(
        'vault.full',
        'The vault target is full. Everything saved before is safe; make room or move the target, then run again.',
        { cause: err },
      );
    case 'EIO':
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'EMFILE':
    case 'ENFILE':
    case 'ESTALE':
    case 'ETIMEDOUT':
      return new AppError(
        'vault.unavailable',
        `The vault target cannot be reached (${codeOf(err)} at ${name}). Nothing saved before is lost; check the target and run again.`,
        { retryable: true, cause: err },
      );
    default:
      return err;
  }
}
