import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { paths } from '#app/paths.ts';
import { systemClock } from '#lib/core/clock.ts';
import type { SourceMessage } from '#lib/launch/helpdesk.ts';
import { setSelfService } from '#lib/services/people/set-self-service.ts';
import { unzip } from '#test/kit/zip.ts';
import { launchBrowser, Watch } from './browser.ts';
import { Contoso } from './contoso.ts';
import { storySteps } from './steps.ts';

/**
 * The owner of a mailbox with a phone: signs in, finds two messages that were lost, reads one, puts
 * both back where they were, and finds them there again. Nobody has shown them how.
 */

const browser = await launchBrowser();
if (browser === null) {
  process.stderr.write(
    'NO BROWSER: the story of the mailbox owner was not tried. Name a Chromium in CHROMIUM_PATH.\n',
  );
}

/** What a person needs, with time to think, is what the machine needs and then some. */
const patienceMs = 60_000;

describe('the owner of a mailbox on a phone', { skip: browser === null }, () => {
  const chromium = browser as Browser;
  const owner = 'Tom Brandt';
  let contoso: Contoso;
  let watch: Watch;
  let tom: Page;
  let lost: SourceMessage[] = [];
  let startedMs = 0;
  let restoreUrl = '';

  const step = storySteps(() => ({ watch, pages: { owner: tom } }));

  before(async () => {
    contoso = await Contoso.open({ mailboxes: 4 });
    const { userId, messages } = await contoso.atSource(owner);
    const inbox = messages.filter(({ folder }) => folder === 'Inbox');
    const subjects = new Set<string>();
    lost = inbox
      .filter(({ subject }) => !subjects.has(subject) && subjects.add(subject))
      .slice(0, 2);
    assert.equal(lost.length, 2, 'the stand-in has two messages to lose');
    for (const { id } of lost) await contoso.helpdesk.purgeMessage(userId, id);
    await contoso.backUp();
    watch = new Watch(contoso.url);
    tom = await watch.phone(chromium);
  });

  after(async () => {
    await chromium?.close();
    await contoso?.close();
  });

  step('they sign in with Microsoft and are asked what they have lost', async () => {
    startedMs = systemClock.monotonicMs();
    await contoso.signIn(tom, owner);
    await tom.getByRole('heading', { name: 'Find a lost message' }).waitFor();
    assert.equal(new URL(tom.url()).pathname, paths.my());
    await watch.shoot(tom, 'my-01-find');
  });

  step('what was removed this week is one tap away', async () => {
    await tom.getByRole('button', { name: 'Removed this week' }).tap();
    await tom.waitForURL('**/my/search/**');
    for (const { subject } of lost) await found(subject).waitFor();
    assert.equal(
      await tom.getByRole('list', { name: 'Messages found' }).getByRole('listitem').count(),
      2,
    );
    await watch.shoot(tom, 'my-02-found');
  });

  step('a word narrows it, and stands in no address and no title', async () => {
    const word = longestWord(lost[0]!.subject);
    await tom.getByRole('searchbox').fill(word);
    const before = tom.url();
    await tom.getByRole('searchbox').press('Enter');
    await tom.waitForURL((url) => url.href !== before);
    await found(lost[0]!.subject).waitFor();
    assert.ok(!decodeURIComponent(tom.url()).toLowerCase().includes(word.toLowerCase()));
    assert.ok(!(await tom.title()).toLowerCase().includes(word.toLowerCase()));
    assert.equal(await tom.getByRole('searchbox').inputValue(), word);
    await watch.shoot(tom, 'my-03-word');
  });

  step('a message opens to be read, and nothing of it stands in the title', async () => {
    await found(lost[0]!.subject).getByRole('link').tap();
    await tom.waitForURL('**/my/mail/**');
    await tom.getByRole('button', { name: 'Put back this message' }).waitFor();
    await tom.getByText(lost[0]!.subject).first().waitFor();
    assert.ok(!(await tom.title()).includes(lost[0]!.subject));
    await watch.shoot(tom, 'my-04-read');
  });

  step('both are chosen, and what would happen is shown before anything is written', async () => {
    await tom.goto(contoso.url + paths.my());
    await tom.getByRole('button', { name: 'Removed this week' }).tap();
    await tom.waitForURL('**/my/search/**');
    for (const { subject } of lost) await found(subject).getByRole('checkbox').check();
    await watch.shoot(tom, 'my-05-chosen');
    await tom.getByRole('button', { name: 'Put back 2 messages' }).tap();
    await tom.waitForURL('**/my/restores/**');
    await tom.getByRole('heading', { name: 'Put back 2 messages?' }).waitFor();
    await tom.getByText('Nothing has been written yet.').waitFor();
    restoreUrl = tom.url();
    await watch.shoot(tom, 'my-06-plan');
    const { messages } = await contoso.atSource(owner);
    for (const { sha256 } of lost) assert.ok(messages.every((it) => it.sha256 !== sha256));
  });

  step('one tap puts them back, in the mailbox and byte for byte', async (): Promise<void> => {
    await tom.getByRole('button', { name: 'Put back 2 messages' }).tap();
    await tom
      .getByRole('heading', { name: '2 messages are back in Inbox' })
      .waitFor({ timeout: 60_000 });
    const tookMs = systemClock.monotonicMs() - startedMs - watch.picturesMs;
    await watch.shoot(tom, 'my-07-back');
    const { messages } = await contoso.atSource(owner);
    for (const { sha256, subject } of lost) {
      const back = messages.filter((it) => it.sha256 === sha256);
      assert.deepEqual(
        back.map(({ folder }) => folder),
        ['Inbox'],
        `${subject} is in the Inbox once, as it was`,
      );
    }
    process.stdout.write(
      `Sign-in to "2 messages are back", pictures not counted: ${Math.round(tookMs / 100) / 10} s\n`,
    );
    assert.ok(tookMs < patienceMs, 'it takes less than a minute');
  });

  step('asked again, the plan says that they are there, and writes nothing', async () => {
    await tom.getByRole('link', { name: 'Find another message' }).tap();
    await tom.getByRole('heading', { name: 'Find a lost message' }).waitFor();
    await tom.getByRole('link', { name: /2 items back/ }).waitFor();
    await tom.getByRole('button', { name: 'Removed this week' }).tap();
    await tom.waitForURL('**/my/search/**');
    await found(lost[0]!.subject).getByRole('checkbox').check();
    await tom.getByRole('button', { name: 'Put back 1 message' }).tap();
    await tom.getByRole('heading', { name: 'Nothing has to be put back' }).waitFor();
    await watch.shoot(tom, 'my-08-there-already');
  });

  step('a message is downloaded, and is what the mailbox has', async () => {
    await tom.goto(contoso.url + paths.my());
    await tom.getByRole('searchbox').fill(longestWord(lost[1]!.subject));
    await tom.getByRole('button', { name: 'Search' }).tap();
    await tom.waitForURL('**/my/search/**');
    await found(lost[1]!.subject).getByRole('checkbox').check();
    await tom.getByRole('button', { name: 'Download 1 message' }).tap();
    await tom.waitForURL('**/my/downloads/**');
    const link = tom.getByRole('link', { name: /^Download, / });
    await link.waitFor();
    await watch.shoot(tom, 'my-09-download');
    const [file] = await Promise.all([tom.waitForEvent('download'), link.tap()]);
    const files = unzip(await readFile(await file.path()));
    const manifest = JSON.parse(files.get('manifest.json')!.toString('utf8'));
    assert.deepEqual(
      manifest.files.map((it: { sha256: string }) => it.sha256),
      [lost[1]!.sha256],
    );
  });

  step('what was put back is listed, and leads to it again', async () => {
    await tom.getByRole('button', { name: /^Account of/ }).tap();
    await watch.shoot(tom, 'my-10-account');
    await tom.getByRole('link', { name: 'What was put back' }).tap();
    await tom.getByRole('heading', { name: 'What was put back' }).waitFor();
    await watch.shoot(tom, 'my-11-restores');
    await tom.getByRole('link', { name: /2 items back/ }).tap();
    await tom.waitForURL(restoreUrl);
  });

  step('a day that brought nothing says so, and one that is none is refused', async () => {
    await tom.goto(contoso.url + paths.my());
    await tom.getByRole('button', { name: 'A day…' }).tap();
    await watch.shoot(tom, 'my-12-day');
    await tom.getByRole('button', { name: 'Show messages' }).tap();
    await tom.getByText('Choose a day first.').waitFor();
    await tom.getByRole('button', { name: 'A day…' }).tap();
    await tom.getByLabel('Day', { exact: true }).fill('2020-02-29');
    await tom.getByRole('button', { name: 'Show messages' }).tap();
    await tom.getByText('Nothing found').waitFor();
    await watch.shoot(tom, 'my-13-nothing');
  });

  step('mail of others, and pages of administrators and staff, are not there', async () => {
    const adele = await contoso.mailboxId('Adele Vance');
    const item = '00000000-0000-7000-8000-000000000000';
    for (const path of [
      paths.myItem(adele, item),
      paths.myMailboxes(),
      paths.myMailbox(adele),
      paths.myMailbox(await contoso.mailboxId(owner)),
      paths.myLeavers(),
      paths.myAudit(),
      paths.mySearch(item),
      paths.myRestore(item),
      paths.myDownload(item),
    ]) {
      const answer = await tom.context().request.get(contoso.url + path);
      assert.equal(answer.status(), 404, path);
    }
    await tom.goto(contoso.url + paths.customers());
    await tom.waitForURL(`**${paths.my()}`);
  });

  step('they see where they are signed in, and end what they do not know', async () => {
    const other = await watch.person(chromium);
    await contoso.signIn(other, owner);
    await tom.goto(contoso.url + paths.mySessions());
    await tom.getByText('this browser').waitFor();
    await watch.shoot(tom, 'my-14-sessions');
    await tom.getByRole('button', { name: /^End / }).tap();
    await tom.getByRole('button', { name: /^End / }).waitFor({ state: 'detached' });
    await other.goto(contoso.url + paths.my());
    await other.waitForURL('**/sign-in**');
    await other.context().close();
  });

  step('when the provider switches it off, they are out', async () => {
    await setSelfService(contoso.ctx, { tenantId: contoso.tenantId, mode: 'off' });
    await tom.goto(contoso.url + paths.my());
    await tom.waitForURL('**/sign-in**');
  });

  const found = (subject: string) =>
    tom
      .getByRole('list', { name: 'Messages found' })
      .getByRole('listitem')
      .filter({ hasText: subject })
      .first();
});

function longestWord(text: string): string {
  const words = text.split(/[^\p{L}\p{N}]+/u).filter((word) => !/^(re|fwd?|aw|wg)$/i.test(word));
  return words.sort((a, b) => b.length - a.length)[0]!;
}
