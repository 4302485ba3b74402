import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import type { ItemText } from '#lib/exchange/item-text.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { fenced } from '#lib/services/reach.ts';
import { listCandidates } from '#lib/services/restores/store.ts';
import { chosenItems } from '#lib/services/search/chosen.ts';
import { saveDocuments } from '#lib/services/search/documents.ts';
import { fillIndex } from '#lib/services/search/fill.ts';
import { searchResults } from '#lib/services/search/results.ts';
import { startSearch } from '#lib/services/search/start.ts';
import { withScope } from '#lib/services/transaction.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import {
  createCustomer,
  createMailbox,
  createWorld,
  fillMailbox,
  type VersionInput,
  type World,
} from '#test/kit/msp.ts';

interface Mail extends Partial<ItemText> {
  key: string;
  at?: Date | null;
  version?: Partial<VersionInput>;
}

describe('words that are searched', () => {
  let db: TestDatabase;
  let world: World;
  let ctx: ServiceContext;
  let tenantId: string;
  let mailboxId: string;
  let otherId: string;

  const store = async (place: { tenantId: string; mailboxId: string }, mails: Mail[]) => {
    const versions = mails.map(({ key, at, version }) => ({
      key,
      fromSeq: 1,
      at: at === undefined ? new Date('2026-11-20T09:00:00Z') : at,
      ...version,
    }));
    await fillMailbox(db, world, place, 3, versions);
    const documents = mails.map(({ key, at, version: _, ...text }) => ({
      contentId: key,
      kind: 'message' as const,
      at: at === undefined ? new Date('2026-11-20T09:00:00Z') : at,
      text: { subject: '', people: '', files: '', body: '', extent: 'whole' as const, ...text },
      known: { subject: '', people: '' },
    }));
    const scope = { mspId: world.mspId, ...place };
    await withScope(db.worker, scope, (tx) => saveDocuments(tx, scope, documents));
  };

  before(async () => {
    db = await createTestDatabase();
    world = await createWorld(db);
    ctx = world.as('technician');
    tenantId = (await createCustomer(db, world)).tenantId;
    mailboxId = await createMailbox(db, world, tenantId, { nextSeq: 4 });
    otherId = await createMailbox(db, world, tenantId, { nextSeq: 4 });
    await store({ tenantId, mailboxId }, [
      {
        key: 'english',
        subject: 'Harbour contract',
        people: 'Ines Berger <ines.berger@contoso.example>',
        files: 'Angebot_2026-11 (final).PDF',
        body: 'Please find the invoices for the work that was done in October with this letter.',
      },
      {
        key: 'german',
        body: 'Die Rechnungen für die Häuser in Zürich sind noch nicht bezahlt, und wir haben das besprochen.',
      },
      {
        key: 'french',
        body: 'Le résumé de la réunion est dans le dossier des élèves avec les notes.',
      },
      { key: 'short', subject: 'Café Łódź 4711' },
      { key: 'japanese', body: '東京都庁の請求書を添付いたします。' },
      { key: 'stop words', body: 'The who and the what of it' },
      { key: 'old', body: 'harbour of long ago', at: new Date('2019-01-01T00:00:00Z') },
      { key: 'undated', body: 'harbour without any date', at: null },
      { key: 'to come', body: 'harbour in the year to come', at: new Date('2027-05-01T00:00:00Z') },
      {
        key: 'gone',
        body: 'harbour master who left',
        version: { toSeq: 2 },
      },
    ]);
    await store({ tenantId, mailboxId: otherId }, [
      { key: 'elsewhere', body: 'a harbour as well' },
    ]);
  });
  after(() => db.close());

  const find = async (words: string, more: object = {}, as: ServiceContext = ctx) => {
    const { searchId } = await startSearch(as, { tenantId, words, ...more });
    const found: string[] = [];
    for (let next: string | null = null; ; ) {
      const page = await searchResults(as, { tenantId, searchId, after: next, limit: 2 });
      found.push(...page.hits.map((hit) => hit.key));
      next = page.next;
      if (next === null) return found;
    }
  };

  const cases: [string, string, string[]][] = [
    ['other forms of a word, in English', 'invoice', ['english']],
    ['in German', 'Rechnung', ['german']],
    ['in French', 'notes réunions', ['french']],
    ['umlauts, whichever way they are typed', 'haus zurich', ['german']],
    ['with the umlauts', 'Häuser Zürich', ['german']],
    ['accents that nobody types', 'resume eleve', ['french']],
    ['accents in a text too short to have a language', 'cafe lodz', ['short']],
    ['numbers', '4711', ['short']],
    ['a part of an address', 'berger', ['english']],
    ['a whole address', 'ines.berger@contoso.example', ['english']],
    ['a person and a word', 'ines invoices', ['english']],
    ['a part of the name of a file', 'angebot 2026', ['english']],
    ['a phrase', '"harbour contract"', ['english']],
    ['a phrase only as it stands', '"contract harbour"', []],
    ['what must not be there', 'harbour contract -invoice', []],
    ['either of two', '4711 OR rechnung', ['german', 'short']],
    ['a script without blanks', '請求書', ['japanese']],
    ['words that every text has', 'the', []],
    ['a word that is nowhere', 'zzyzx', []],
  ];
  for (const [name, words, keys] of cases) {
    it(`finds ${name}: ${words}`, async () => {
      assert.deepEqual((await find(words)).sort(), [...keys].sort());
    });
  }

  it('finds each once, the newest first and what has no date last, over all steps and pages', async () => {
    assert.deepEqual(await find('harbour', { mailboxId }), [
      'to come',
      ...(await find('harbour', {
        mailboxId,
        filter: { from: '2026-11-20', until: '2026-11-20' },
      })),
      'old',
      'undated',
    ]);
    assert.equal((await find('harbour')).length, 6);
  });

  it('finds in days, of people, with files, and what is gone', async () => {
    assert.deepEqual(await find('harbour', { filter: { until: '2020-01-01' } }), ['old']);
    assert.deepEqual(await find('harbour', { filter: { from: '2027-01-01' } }), ['to come']);
    assert.deepEqual(
      await find('harbour', { filter: { from: '2027-01-01', until: '2026-01-01' } }),
      [],
    );
    assert.deepEqual(await find('harbour', { filter: { person: 'Berger, Ines' } }), ['english']);
    assert.deepEqual(await find('', { filter: { person: 'harbour' } }), []);
    assert.deepEqual(await find('', { filter: { attachment: 'Angebot.pdf' } }), ['english']);
    assert.deepEqual(await find('harbour', { filter: { goneOnly: true } }), ['gone']);
    assert.deepEqual(await find('harbour', { filter: { goneFrom: '2026-11-22' } }), ['gone']);
    assert.deepEqual(await find('harbour', { filter: { goneUntil: '2026-11-21' } }), []);
    assert.deepEqual(await find('harbour', { mailboxId: otherId }), ['elsewhere']);
  });

  it('finds each that is gone, the newest first, whether its words are common or rare', async () => {
    const target = await createMailbox(db, world, tenantId, { nextSeq: 4 });
    const start = Date.UTC(2026, 3, 1);
    const mails = Array.from({ length: 900 }, (_, n): Mail => {
      const words = [
        'barge',
        ...(n % 300 === 7 ? ['lighter'] : []),
        ...(n % 7 === 0 ? ['tug'] : []),
      ];
      return {
        key: `gone ${n}`,
        body: words.join(' '),
        at: n < 10 ? null : new Date(start + Math.floor(n / 2) * 3_600_000),
        version: n % 5 === 3 ? {} : { toSeq: 2 },
      };
    });
    await store({ tenantId, mailboxId: target }, mails);
    const gone = mails.filter(({ version }) => version?.toSeq);
    for (const word of ['barge', 'lighter', 'tug']) {
      const wanted = gone.filter(({ body }) => body!.includes(word));
      const moments = wanted.map(({ at }) => at?.getTime() ?? 0).sort((a, b) => b - a);
      for (const limit of [3, 200]) {
        const { searchId } = await startSearch(ctx, {
          tenantId,
          mailboxId: target,
          words: word,
          filter: { goneOnly: true },
        });
        const hits: { key: string; at: Date | null }[] = [];
        for (let after: string | null = null; ; ) {
          const page = await searchResults(ctx, { tenantId, searchId, after, limit });
          hits.push(...page.hits);
          after = page.next;
          if (after === null || hits.length > 100) break;
        }
        assert.deepEqual(
          hits.map(({ at }) => at?.getTime() ?? 0),
          moments.slice(0, hits.length),
        );
        assert.equal(new Set(hits.map(({ key }) => key)).size, hits.length);
        assert.equal(hits.length > 100 || hits.length === wanted.length, true);
      }
    }
  });

  it('shows what it has when its time is over, and goes on there until each was found once', async () => {
    const target = await createMailbox(db, world, tenantId, { nextSeq: 4 });
    const start = Date.UTC(2024, 3, 1);
    const mails = Array.from({ length: 240 }, (_, n): Mail => {
      const sloop = n % 2 === 0 ? 'sloop anchor' : 'anchor sloop';
      return {
        key: `dense ${n}`,
        body: `${sloop} ${n % 10 === 0 ? 'ketch' : ''}`,
        at: n === 0 ? null : new Date(start + n * 70 * 3_600_000),
        version: { toSeq: n % 3 === 0 ? 2 : null },
      };
    });
    await store({ tenantId, mailboxId: target }, mails);
    /** Each look takes long, and all of a page together less than is too long. */
    let ms = 0;
    const slow: ServiceContext = {
      ...ctx,
      clock: { ...world.clock, monotonicMs: () => (ms += 70) },
    };
    const has = (text: string) => (mail: Mail) => mail.body!.includes(text);
    for (const [words, filter, wanted] of [
      ['"sloop anchor"', {}, mails.filter(has('sloop anchor'))],
      ['ketch', {}, mails.filter(has('ketch'))],
      ['ketch', { goneOnly: true }, mails.filter(has('ketch')).filter((it) => it.version?.toSeq)],
      ['"anchor sloop"', { from: '2024-06-01', until: '2025-01-01' }, undefined],
    ] as const) {
      const pagesOf = async (as: ServiceContext) => {
        const { searchId } = await startSearch(as, {
          ...{ tenantId, mailboxId: target, words, filter },
        });
        const pages: string[][] = [];
        for (let after: string | null = null; ; ) {
          const page = await searchResults(as, { tenantId, searchId, after, limit: 40 });
          assert.ok(
            page.hits.length > 0 || page.next === null,
            'each page but the last shows some',
          );
          if (after === null) assert.equal(page.totalIsAtLeast, page.next !== null);
          pages.push(page.hits.map(({ key }) => key));
          after = page.next;
          if (after === null) return pages;
        }
      };
      const whole = (await pagesOf(ctx)).flat();
      if (wanted) assert.deepEqual(new Set(whole), new Set(wanted.map(({ key }) => key)));
      const pages = await pagesOf(slow);
      assert.deepEqual(pages.flat(), whole, words);
      assert.equal(new Set(whole).size, whole.length);
      if (words === '"sloop anchor"')
        assert.ok(pages.some((page, n) => page.length < 40 && n < pages.length - 1));
      // What is taken as a whole does not hurry.
      const { searchId } = await startSearch(slow, { tenantId, mailboxId: target, words, filter });
      const [chosen] = await chosenItems(slow, { tenantId, searchId, items: 'all' });
      assert.equal(chosen!.itemIds.length, whole.length);
    }
  });

  it('takes what is no word for what it is', async () => {
    for (const words of ['!!!', '-harbour', '""', '- -', '\u0301']) {
      await assert.rejects(startSearch(ctx, { tenantId, words }), { code: 'input.invalid' });
    }
    for (const words of [
      "a'b & | ! <-> ( ':*",
      '\\ \' " OR OR',
      ':* harbour',
      'x\0y \ud800',
      'a:b*',
    ]) {
      await find(words);
    }
    assert.deepEqual(await find(`${'harbour '.repeat(60)}`), await find('harbour'));
  });

  it('shows nobody what is not theirs, whatever they look for', async () => {
    const reach = { customers: [tenantId], mailboxes: [otherId] };
    const owner: ServiceContext = {
      ...ctx,
      actor: {
        kind: 'user',
        userId: 'u',
        subject: 'owner of a mailbox',
        role: 'mailbox-owner',
        reach,
      },
      db: fenced(ctx.db, reach),
    };
    assert.deepEqual(await find('harbour', {}, owner), ['elsewhere']);
    assert.deepEqual(await find('', { filter: { from: '2018-01-01' } }, owner), ['elsewhere']);
    await assert.rejects(find('harbour', { mailboxId }, owner), { code: 'not-found' });
    const neighbour = await createCustomer(db, world, { name: 'Fabrikam' });
    const { searchId } = await startSearch(ctx, { tenantId: neighbour.tenantId, words: 'harbour' });
    const { hits } = await searchResults(ctx, { tenantId: neighbour.tenantId, searchId });
    assert.deepEqual(hits, []);
  });

  it('takes hostile text and says how much of it there is', async () => {
    const target = await createMailbox(db, world, tenantId, { nextSeq: 4 });
    const hostile: Mail[] = [
      { key: 'nul', body: 'before\0after \u0000' },
      { key: 'surrogates', subject: 'half \ud83d', body: '\udfff harbour \ud800' },
      { key: 'one word', body: 'x'.repeat(1_000_000) },
      { key: 'han', body: '東'.repeat(65_536) },
      { key: 'distinct', body: Array.from({ length: 30_000 }, (_, n) => n.toString(36)).join(' ') },
      {
        key: 'astral',
        body: Array.from({ length: 16_000 }, (_, n) => String.fromCodePoint(0x20000 + n)).join(' '),
      },
      { key: 'expanding', body: '\ufdfa'.repeat(65_536) },
      { key: 'marks', body: `:${target.slice(-12)} <a20000 ;x '` },
      { key: 'same', body: 'twice', version: { toSeq: 2 } },
      { key: 'same', body: 'twice', version: { fromSeq: 2 } },
    ];
    await store({ tenantId, mailboxId: target }, hostile);
    const [row] = await db.owner`
      select count(*)::int as documents from search_documents where mailbox_id = ${target}`;
    assert.equal(row!.documents, 9);
    assert.deepEqual(await find('before after', { mailboxId: target }), ['nul']);
  });

  it('brings in what was copied before there was an index, gone versions too, and counts it', async () => {
    const target = await createMailbox(db, world, tenantId, {
      nextSeq: 4,
      state: 'sealed',
      items: 2,
    });
    const place = { mspId: world.mspId, tenantId, mailboxId: target };
    await fillMailbox(db, world, place, 3, [
      { key: 'early', fromSeq: 1, subject: 'Wharfinger' },
      { key: 'left', fromSeq: 1, toSeq: 2 },
      { key: 'broken', fromSeq: 1 },
    ]);
    const mime = 'Subject: Wharfinger\r\n\r\nthe breakwater of the harbour';
    let opened = 0;
    const source = async () => ({
      openReadable: async () => {
        opened++;
        if (opened === 3) throw new Error('this one cannot be read');
        return { format: 'mime' as const, body: Readable.from([Buffer.from(mime)]) };
      },
    });
    const signal = new AbortController().signal;
    const state = async () =>
      (
        await db.owner`select indexed::int, textless::int, indexed_seq from mailboxes where id = ${target}`
      )[0];
    assert.deepEqual({ ...(await state()) }, { indexed: 0, textless: 0, indexed_seq: 0 });
    await fillIndex(world.workflow, place, source, signal);
    assert.deepEqual({ ...(await state()) }, { indexed: 2, textless: 1, indexed_seq: 3 });
    assert.deepEqual((await find('breakwater', { mailboxId: target })).sort(), ['early', 'left']);
    await fillIndex(world.workflow, place, source, signal);
    assert.equal(opened, 3);
  });

  it('restores what is gone since different copies, each item once', async () => {
    const target = await createMailbox(db, world, tenantId, { nextSeq: 4 });
    const at = { mspId: world.mspId, tenantId, mailboxId: target, sequence: 3 };
    const { itemIds } = await fillMailbox(db, world, at, 3, [
      { key: 'one', fromSeq: 1, toSeq: 2 },
      { key: 'two', fromSeq: 1, toSeq: 3 },
      { key: 'moved', fromSeq: 1, toSeq: 2 },
      { key: 'moved', fromSeq: 2, folderId: 'archive' },
    ]);
    const rows = await withScope(db.worker, at, (tx) =>
      listCandidates(tx, at, { kind: 'items', itemIds: [...itemIds.values()] }, []),
    );
    assert.deepEqual(rows.map((row) => `${row.key} in ${row.folderId}`).sort(), [
      'moved in archive',
      'one in inbox',
      'two in inbox',
    ]);
  });
});
