import type { EntraApp } from '#db/enums.ts';
import type { Proof } from '#db/schema/tenants.ts';
import type { Clock } from '#lib/core/clock.ts';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { type ReadableKind, readableKinds } from '#lib/graph/one-of-each.ts';
import type { ConnectionProbe, DirectoryMailbox } from './probe.ts';
import type { RefusalCode } from './refusals.ts';
import { inWords, missingRoles } from './rules.ts';

/**
 * `waiting`: Microsoft has not made the consent effective yet, which takes seconds to minutes
 * (`research/graph.md` §1.4).
 */
export type Verdict =
  | { state: 'proven'; proofs: Proof[]; mailboxes: Map<string, DirectoryMailbox> | null }
  | { state: 'waiting' }
  | { state: 'refused'; code: RefusalCode; facts: Record<string, string> };

class Waiting extends Error {}

class Refused extends Error {
  readonly code: RefusalCode;
  readonly facts: Record<string, string>;
  constructor(code: RefusalCode, facts: Record<string, string> = {}) {
    super(code);
    this.code = code;
    this.facts = facts;
  }
}

/**
 * Does Microsoft let this app do in this organisation what it has to? Asks by doing: the token's
 * claims are a hint, the calls are the proof.
 * @param patient true while "not there yet" is more likely than "not granted"
 * @throws AppError retryable, when Microsoft did not answer
 */
export async function judgeConsent(
  probe: ConnectionProbe,
  input: {
    entraTid: string;
    app: EntraApp;
    patient: boolean;
    clock: Clock;
    mailbox: string | null;
  },
): Promise<Verdict> {
  const { entraTid, app, clock } = input;
  const proofs: Proof[] = [];
  const proved = (name: string) => proofs.push({ name, provedAt: clock.now().toISOString() });
  try {
    const token = await probe.token(entraTid, app);
    if (token.tid.toLowerCase() !== entraTid) throw new Refused('two-organisations');
    const missing = missingRoles(app, token.roles);
    // None at all is a consent on its way; some is a consent that lacks something.
    if (missing.length > 0 && token.roles.length === 0 && input.patient) throw new Waiting();
    if (missing.length > 0) throw new Refused('permission-missing', { missing: inWords(missing) });
    proved('App token');
    if (app === 'restore') {
      if (input.mailbox !== null) {
        const { mailbox } = input;
        await probe.readFolders(entraTid, app, mailbox);
        proved('Read a mailbox');
        await tryOut(proved, 'Import session', () => probe.openImport(entraTid, mailbox));
      }
      return { state: 'proven', proofs, mailboxes: null };
    }
    const mailboxes = new Map<string, DirectoryMailbox>();
    for await (const mailbox of probe.mailboxes(entraTid)) {
      mailboxes.set(mailbox.entraUserId, mailbox);
    }
    proved('User list');
    const all = [...mailboxes.values()];
    // What somebody uses is more likely to have one of everything than a room.
    const first = all.find(({ kind }) => kind === 'user') ?? all[0];
    if (first !== undefined) {
      const { exchangeId } = first;
      const folderId = await probe.readFolders(entraTid, app, exchangeId);
      proved('Mailbox folders');
      const itemId =
        folderId === null ? null : await probe.readItems(entraTid, exchangeId, folderId);
      if (folderId !== null) proved('Mailbox items');
      if (itemId !== null) {
        await tryOut(proved, 'Export', () => probe.exportItem(entraTid, exchangeId, itemId));
      }
      for (const kind of readableKinds) {
        await tryOut(proved, kindProofs[kind], () =>
          probe.readKind(entraTid, first.entraUserId, kind),
        );
      }
    }
    return { state: 'proven', proofs, mailboxes };
  } catch (err) {
    return verdictOf(err, input.patient);
  }
}

const kindProofs: Record<ReadableKind, string> = {
  mail: 'Mail',
  calendars: 'Calendars',
  contacts: 'Contacts',
  tasks: 'Tasks',
};

/**
 * One mailbox may lack what another has, or be out of the scope that the customer set: what does not
 * answer here is not proved, and no reason to refuse. The first backup meets it for itself.
 */
async function tryOut(
  proved: (name: string) => void,
  name: string,
  call: () => Promise<unknown>,
): Promise<void> {
  try {
    if ((await call()) !== false) proved(name);
  } catch (err) {
    if (!isAppError(err)) throw err;
  }
}

function verdictOf(err: unknown, patient: boolean): Verdict {
  if (err instanceof Waiting) return { state: 'waiting' };
  if (err instanceof Refused) return { state: 'refused', code: err.code, facts: err.facts };
  if (!isAppError(err) || err.retryable) throw err;
  const aadsts = Number(err.data.aadsts ?? 0);
  const refuse = (code: RefusalCode, facts: Record<string, string> = {}): Verdict => ({
    state: 'refused',
    code,
    facts,
  });
  if ([7000112, 70001, 1000031].includes(aadsts)) return refuse('app-off');
  if ([53003, 530032].includes(aadsts)) return refuse('conditional-access');
  if (err.code === 'credential.invalid') return refuse('our-fault');
  if (err.code === 'consent.missing' || err.code === 'source.refused') {
    return patient ? { state: 'waiting' } : refuse('permission-missing');
  }
  throw new AppError('source.unavailable', 'Microsoft did not answer as expected.', {
    retryable: true,
    cause: err,
  });
}
