import type { Clock } from '#lib/core/clock.ts';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { Engine } from './ingest/engine.ts';
import { completeKeyrings, createKeyring, keyringDamage, loadKeyring } from './keyring.ts';
import type { KeyWrapper } from './keys.ts';
import type { WriterLease } from './lease.ts';
import { VaultReader } from './reader.ts';
import { Store } from './store.ts';
import type { Target } from './targets/target.ts';
import { type VerifyOptions, type VerifyReport, verifyStore } from './verify.ts';
import { VaultWriter } from './writer.ts';

export type { KeyWrapper } from './keys.ts';
export type { WriterLease } from './lease.ts';
export type { OpenSnapshot, StoredBody, VaultReader } from './reader.ts';
export type { FolderRow, ItemRow, RowChange, SnapshotInfo, SnapshotInput } from './rows.ts';
export type { VerifyReport } from './verify.ts';
export type { Body, ItemInput, StoredItem, VaultWriter } from './writer.ts';

export interface VaultOptions {
  target: Target;
  keys: KeyWrapper;
  tenantId: string;
  clock: Clock;
  /** Threads that split, compress and encrypt; started with the first writer. */
  workers?: number;
  /** They end, and with them some 50 MB, when nobody has had a writer for so long. */
  restAfterMs?: number;
}

const restAfterMs = 30_000;

/**
 * One tenant's encrypted, deduplicated store: opens with a target and a key and nothing else. Any
 * number of processes may have it open and write to it at once; there is no lock to clean up.
 */
export class Vault implements AsyncDisposable {
  private readonly store: Store;
  private readonly options: VaultOptions;
  private readonly workers: number;
  private engine: Engine | null = null;
  private starting: Promise<Engine> | null = null;
  private closed = false;
  private readonly restAfterMs: number;
  private writers = 0;
  private restTimer: NodeJS.Timeout | undefined;
  private resting: Promise<void> | null = null;

  private constructor(store: Store, options: VaultOptions) {
    this.store = store;
    this.options = options;
    this.workers = options.workers ?? 2;
    this.restAfterMs = options.restAfterMs ?? restAfterMs;
  }

  /** 'conflict' when there is a vault already; it stays as it is. */
  static async create(options: VaultOptions): Promise<Vault> {
    const keyring = await createKeyring(options.target, options.keys, options.tenantId);
    return new Vault(new Store(options.target, keyring), options);
  }

  /**
   * 'not-found' when there is no vault, 'vault.key-wrong' when it was closed with another key,
   * 'forbidden' when it is another tenant's, 'vault.damaged'. Nothing is written.
   */
  static async open(options: VaultOptions): Promise<Vault> {
    const keyring = await loadKeyring(options.target, options.keys, options.tenantId);
    const store = new Store(options.target, keyring);
    await store.refresh();
    return new Vault(store, options);
  }

  static async openOrCreate(options: VaultOptions): Promise<Vault> {
    try {
      return await Vault.open(options);
    } catch (err) {
      if (!isAppError(err, 'not-found')) throw err;
    }
    try {
      return await Vault.create(options);
    } catch (err) {
      // Another process was quicker.
      if (!isAppError(err, 'conflict')) throw err;
      return Vault.open(options);
    }
  }

  /** A writer for one mailbox session; any number may live at once. */
  async writer(lease: WriterLease): Promise<VaultWriter> {
    await lease.assertHeld();
    this.writers++;
    clearTimeout(this.restTimer);
    try {
      this.starting ??= this.startedEngine().finally(() => {
        this.starting = null;
      });
      return new VaultWriter(this.store, await this.starting, lease, () => this.writerEnded());
    } catch (err) {
      this.writerEnded();
      throw err;
    }
  }

  private writerEnded(): void {
    if (--this.writers > 0 || this.closed) return;
    this.restTimer = setTimeout(() => {
      this.resting ??= this.rest().finally(() => {
        this.resting = null;
      });
    }, this.restAfterMs).unref();
  }

  /** A process has a vault of every tenant open for days: those at rest cost what their index does. */
  private async rest(): Promise<void> {
    this.store.forgetBlocks();
    const { engine } = this;
    if (engine === null || engine.broken) return;
    try {
      await engine.flush();
      await engine.close();
      this.engine = null;
    } catch {
      // It is broken now, and the next writer starts another.
    }
  }

  private async startedEngine(): Promise<Engine> {
    await this.resting;
    if (this.closed) throw new AppError('conflict', 'The vault has been closed.');
    if (this.engine !== null && !this.engine.broken) {
      await this.store.refresh();
      return this.engine;
    }
    const { target, keys, tenantId } = this.options;
    await completeKeyrings(target, keys, tenantId);
    if (this.engine === null) await this.store.refresh();
    else {
      await this.engine.close();
      // Claims of a failed engine stand for objects that were never written.
      await this.store.reload();
    }
    this.engine = new Engine(this.store, this.workers);
    return this.engine;
  }

  reader(): VaultReader {
    return new VaultReader(this.store);
  }

  /** Checks the structure, and with `deep` every byte of every item. Reports; repairs nothing. */
  async verify(options: VerifyOptions): Promise<VerifyReport> {
    const { target, keys, tenantId } = this.options;
    const damage = await keyringDamage(target, keys, tenantId);
    const report = await verifyStore(this.store, options);
    for (const { where, message } of damage)
      report.problems.push({ kind: 'keyring', where, sentence: message, affectedItems: [] });
    return report;
  }

  /** @returns `freeBytes` null where the target cannot tell how much more it takes */
  async stats(): Promise<{ storedBytes: number; packs: number; freeBytes: number | null }> {
    let storedBytes = 0;
    let packs = 0;
    for (const prefix of ['keyring/', 'keyring-copy/', 'packs/', 'index/', 'snapshots/']) {
      for await (const { size } of this.store.target.list(prefix)) {
        storedBytes += size;
        if (prefix === 'packs/') packs++;
      }
    }
    const freeBytes = (await this.store.target.abilities.freeBytes?.()) ?? null;
    return { storedBytes, packs, freeBytes };
  }

  /** Stops the threads. What was not flushed is forgotten, as after a crash. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.closed = true;
    clearTimeout(this.restTimer);
    await this.resting;
    await this.starting?.catch(() => {});
    await this.engine?.close();
  }
}
