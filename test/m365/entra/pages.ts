import type { Account, AppRegistration, Organisation } from './organisations.ts';

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

const style = `
  :root { color-scheme: light dark }
  body { font: 16px/1.45 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas }
  main { width: min(27rem, 90vw); padding: 2.25rem; border: 1px solid color-mix(in srgb, CanvasText 20%, Canvas) }
  h1 { font-size: 1.4rem; margin: .25rem 0 1rem }
  .where { font-size: .8rem; opacity: .7; margin: 0 }
  button { font: inherit; width: 100%; text-align: left; padding: .7rem .9rem; margin: .2rem 0; cursor: pointer; border: 1px solid color-mix(in srgb, CanvasText 25%, Canvas); background: Canvas; color: CanvasText }
  button:focus-visible { outline: 3px solid #0f6cbd; outline-offset: 1px }
  button.main { background: #0f6cbd; color: #fff; border-color: #0f6cbd }
  button.short { width: auto; text-align: center; margin-right: .5rem; min-width: 7rem }
  button small { display: block; opacity: .75 }
  code, li { overflow-wrap: anywhere }`;

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><main><p class="where">Microsoft 365 stand-in</p><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`;
}

function hidden(fields: Iterable<[string, string]>): string {
  return [...fields]
    .map(
      ([name, value]) =>
        `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
    )
    .join('');
}

/** Posts to its own address with `account`, the object id of who was chosen, or with `cancel`. */
export function accountPage(
  accounts: Array<{ organisation: Organisation; account: Account }>,
  fields: Iterable<[string, string]>,
): string {
  const buttons = accounts
    .map(
      ({ organisation, account }) =>
        `<button name="account" value="${account.oid}">${escapeHtml(account.name)}<small>${escapeHtml(account.username)} · ${escapeHtml(organisation.name)}${account.role ? ` · ${account.role}` : ''}</small></button>`,
    )
    .join('');
  return page(
    'Pick an account',
    `<form method="post">${hidden(fields)}${buttons}<button name="cancel" value="1">Cancel</button></form>`,
  );
}

/** Posts with `decision` = `accept` or `cancel`. */
export function consentPage(
  app: AppRegistration,
  organisation: Organisation,
  account: Account,
  fields: Iterable<[string, string]>,
): string {
  const roles = app.roles.map((role) => `<li><code>${role}</code></li>`).join('');
  return page(
    'Permissions requested',
    `<p><strong>${escapeHtml(app.name)}</strong> asks for your organisation <strong>${escapeHtml(organisation.name)}</strong>. You are ${escapeHtml(account.username)}.</p>
<ul>${roles}</ul>
<form method="post">${hidden(fields)}
<button class="main short" name="decision" value="accept">Accept</button><button class="short" name="decision" value="cancel">Cancel</button></form>`,
  );
}

/** For an account that may not approve (AADSTS90094). */
export function approvalNeededPage(
  app: AppRegistration,
  account: Account,
  fields: Iterable<[string, string]>,
): string {
  return page(
    'Need admin approval',
    `<p>${escapeHtml(app.name)} needs permissions that only a Global Administrator or Privileged Role Administrator can grant. ${escapeHtml(account.username)} is neither. <code>AADSTS90094</code></p>
<form method="post">${hidden(fields)}
<button name="decision" value="return">Return to the application without granting consent</button></form>`,
  );
}

/** A fault that must not lead back to the application, because where it asked to return to is not to be trusted. */
export function faultPage(sentence: string): string {
  return page('Sorry, we cannot sign you in', `<p>${escapeHtml(sentence)}</p>`);
}

/** Hands an answer over by a form that submits itself (`response_mode=form_post`). */
export function formPostPage(target: string, fields: Iterable<[string, string]>): string {
  return page(
    'Working',
    `<form method="post" action="${escapeHtml(target)}">${hidden(fields)}<button>Continue</button></form><script>document.forms[0].submit()</script>`,
  );
}
