/**
 * Proof that the holder may write for one mailbox. The vault asks before every snapshot commit and
 * writes the session and epoch into the snapshot; who holds a lease is decided elsewhere.
 */
export interface WriterLease {
  readonly sessionId: string;
  readonly epoch: number;
  /** Throws AppError 'lease.lost' when another session has taken over. */
  assertHeld(): Promise<void>;
}
