/** What happened to one member of a folder, or to one folder of a mailbox. */
export interface Change {
  /** Ever rising within a mailbox. */
  sequence: number;
  member: number;
  /** `read` is a flip of the read flag alone: mail delta shows it only to those who asked for it. */
  what: 'put' | 'read' | 'gone';
}

/**
 * The order in which things changed, for delta queries. Each member has its last change only, so a
 * member that changes while somebody pages through moves behind the page.
 */
export class ChangeLog {
  #changes: Change[] = [];
  readonly #latest = new Map<number, Change>();
  /** Members whose last change is a flip → sequence of their last change that was more. */
  readonly #flips = new Map<number, number>();

  add(change: Change): void {
    const last = this.#latest.get(change.member);
    if (change.what === 'read' && last) this.#flips.set(change.member, this.lastRealChange(last));
    else this.#flips.delete(change.member);
    this.#latest.set(change.member, change);
    this.#changes.push(change);
    if (this.#changes.length > 64 && this.#changes.length > this.#latest.size * 2) {
      this.#changes = this.#changes.filter((it) => this.#latest.get(it.member) === it);
    }
  }

  /** When the member last changed in more than its read flag. */
  lastRealChange(change: Change): number {
    return change.what === 'read' ? (this.#flips.get(change.member) ?? 0) : change.sequence;
  }

  /** Changes after a sequence number, in order. */
  *after(sequence: number): Generator<Change> {
    const changes = this.#changes;
    let low = 0;
    for (let high = changes.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if (changes[middle]!.sequence > sequence) high = middle;
      else low = middle + 1;
    }
    for (let at = low; at < changes.length; at++) {
      const change = changes[at]!;
      if (this.#latest.get(change.member) === change) yield change;
    }
  }
}
