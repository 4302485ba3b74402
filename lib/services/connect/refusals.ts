/**
 * Every way a connection is refused, with the sentence both sides read under "Not connected.
 * Nothing was changed." (`research/portal-design.md` §3.6). Browser-safe.
 */
export const refusalCodes = [
  'cancelled',
  'role-too-weak',
  'expired',
  'used',
  'damaged',
  'took-too-long',
  'other-browser',
  'other-account',
  'other-organisation',
  'two-organisations',
  'linked-here',
  'linked-elsewhere',
  'permission-missing',
  'not-active-yet',
  'app-off',
  'conditional-access',
  'personal-account',
  'no-mailboxes',
  'no-answer',
  'check-not-started',
  'our-fault',
  'restore-app-missing',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** What a sentence may need to know. Times are written by the page, in the reader's zone. */
export interface RefusalFacts {
  mspName?: string;
  customerName?: string;
  organisation?: string;
  expiredAt?: string;
  missing?: string;
  addresses?: string;
  /** With `linked-here`: the customer it is connected as; told to the MSP alone. */
  customerId?: string;
}

type Sentence = (facts: RefusalFacts) => string;

const askAgain = (facts: RefusalFacts) => `Ask ${facts.mspName ?? 'your provider'} for a new one.`;
const customer = (facts: RefusalFacts) => facts.customerName ?? 'this customer';

const sentences: Record<RefusalCode, Sentence> = {
  cancelled: () => 'You chose Cancel at Microsoft. Open the link again when you are ready.',
  'role-too-weak': () =>
    'Your role cannot approve this. A Global Administrator or Privileged Role Administrator can: pass the link on.',
  expired: (facts) =>
    `This link expired${facts.expiredAt ? ` at ${facts.expiredAt}` : ''}. ${askAgain(facts)}`,
  used: (facts) => `This link was already used. ${askAgain(facts)}`,
  damaged: (facts) => `This link is not complete. ${askAgain(facts)}`,
  'took-too-long': () =>
    'The approval took longer than 15 minutes. Open the link again and approve once more.',
  'other-browser': () =>
    'The approval came back in another browser than it started in. Open the link again and stay in one browser.',
  'other-account': () =>
    'The account that is signed in changed in between. Open the link again and stay with one account.',
  'other-organisation': (facts) =>
    `You signed in to ${facts.organisation ?? 'another organisation'}; the link is for ${customer(facts)}. Switch account, or ask for a link for ${facts.organisation ?? 'the other organisation'}.`,
  'two-organisations': () =>
    'Approval and sign-in came from different organisations. Start again in one browser window.',
  'linked-here': (facts) => `${customer(facts)} is already connected.`,
  'linked-elsewhere': () =>
    'Another provider already backs this organisation up. Its administrator must disconnect it first: in Entra, under Enterprise applications, and with that provider.',
  'permission-missing': (facts) =>
    `Microsoft did not grant: ${facts.missing ?? 'a permission we need'}. Approve again.`,
  'not-active-yet': () =>
    'Approved, but not active at Microsoft yet; this can take minutes. We keep trying; you may close this page.',
  'app-off': () =>
    'Our app is switched off in Entra. Enterprise applications > Holdfast Backup > Enabled: Yes.',
  'conditional-access': (facts) =>
    `A sign-in rule stopped us. ${facts.addresses ? `Allow these addresses for our app: ${facts.addresses}.` : 'Exempt our app from it in Entra, under Conditional Access.'}`,
  'personal-account': () => 'This is a personal Microsoft account. Use your work account.',
  'no-mailboxes': () =>
    'Connected, but no Exchange Online mailbox was found. Nothing is protected yet.',
  'no-answer': () => 'Microsoft did not answer. The link still works; try again.',
  'check-not-started': () =>
    'Holdfast could not start to check the approval. The link still works; try again in a minute.',
  'our-fault': (facts) =>
    `Microsoft refused our application's own credential. Nothing on your side can mend this; ${facts.mspName ?? 'your provider'} has to.`,
  'restore-app-missing': () => 'Backups run. Restoring needs a second approval.',
};

export function isRefusalCode(text: string): text is RefusalCode {
  return (refusalCodes as readonly string[]).includes(text);
}

export function refusalSentence(code: RefusalCode, facts: RefusalFacts = {}): string {
  return sentences[code](facts);
}

/**
 * What an error on the way back from Microsoft's approval page means. The code in front of the
 * description is stable, its text is not (`research/graph.md` §1.2, §1.3, §1.8).
 */
export function refusalOfReturn(error: string, description: string): RefusalCode {
  const aadsts = /AADSTS(\d+)/.exec(description)?.[1];
  if (aadsts === '90094' || aadsts === '90095') return 'role-too-weak';
  if (aadsts === '53003' || aadsts === '530032') return 'conditional-access';
  if (aadsts === '7000112' || aadsts === '70001' || aadsts === '1000031') return 'app-off';
  if (error === 'temporarily_unavailable' || error === 'server_error') return 'no-answer';
  return 'cancelled';
}
