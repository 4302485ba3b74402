/** What the door says. */
export const signInTexts = {
  title: 'Sign in',
  what: 'Backup of Exchange Online mailboxes',
  act: 'Continue with Microsoft',
  whom: 'For staff of providers that use Holdfast, and for their customers. There is no password here.',
  uninvited: {
    title: 'You are signed in, but nobody has invited this account',
    text: 'Ask an owner of your provider to add you, or use another account.',
  },
  signedOut: { title: 'You are signed out', text: 'Sign in to carry on.' },
  refused: {
    title: 'The sign-in did not finish',
    text: 'Nothing was changed. Try again; if it stops here again, use another account.',
  },
} as const;
