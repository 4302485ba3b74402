import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { may } from '#lib/auth/roles.ts';
import { mapLimited } from '#lib/core/concurrency.ts';
import { type House, startHouse } from '#lib/launch/house.ts';
import { actionTable } from './actions.ts';
import { type Expected, expectedOfPage, forbiddenMarks, reachesPlace } from './expectation.ts';
import { pageTable } from './pages.ts';
import {
  actionsOfTheBuild,
  addressOf,
  type BuiltAction,
  namesAPlace,
  routesOfTheApp,
} from './routes.ts';
import { type Answer, callAction, seen, visit } from './visit.ts';
import { createIsolationWorld, type IsolationWorld, type PlaceName } from './world.ts';

/**
 * Every page, route and action, as every role, for what is theirs and what is not: through HTTP,
 * against the built portal and real Postgres. What is expected follows from `lib/auth/roles.ts`;
 * what a page is for stands in a table, and a page that is missing there fails.
 */

const places: PlaceName[] = ['own', 'neighbour', 'sibling', 'foreign', 'missing'];
const nothingHere = 'Nothing with this id exists here.';

describe('who is shown what', () => {
  let folder: string;
  let house: House;
  let world: IsolationWorld;
  let built: BuiltAction[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast isolation '));
    house = await startHouse({
      dataFolder: folder,
      port: 0,
      standIn: 'seeded',
      standInArguments: ['--mailboxes', '2'],
      portal: true,
      env: { ...process.env, EXPORT_FOLDER: join(folder, 'exports') },
    });
    world = await createIsolationWorld(house);
    built = actionsOfTheBuild();
  });
  after(async () => {
    await world?.close();
    await house?.stop();
    if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  });

  it('every page and route of the app is in the table, and nothing else', () => {
    assert.deepEqual(pageTable.map((page) => page.path).sort(), routesOfTheApp());
  });

  it('every server action of the build is in the table, and nothing else', () => {
    assert.deepEqual(
      actionTable.map(({ name }) => name).sort(),
      built.map(({ name }) => name),
    );
  });

  for (const page of pageTable) {
    it(`page ${page.path}`, async () => {
      const wrong: string[] = [];
      const asked = namesAPlace(page) ? places : (['own'] as const);
      for (const visitor of world.visitors) {
        const forbidden = forbiddenMarks(world, visitor.role);
        const answers = new Map<PlaceName, Answer>();
        await mapLimited([...asked], 3, async (place) => {
          const address = addressOf(page, world.placeFor(visitor, place));
          const answer = await visit(house.portalUrl, address, visitor);
          answers.set(place, answer);
          for (const mark of forbidden.filter((it) => answer.text.includes(it))) {
            wrong.push(`${visitor.name}, ${place}: the answer holds ${mark}`);
          }
        });
        const missing = answers.get('missing');
        for (const [place, answer] of answers) {
          if (page.door !== undefined || page.leadsOn) continue;
          const expected = expectedOfPage(page, visitor, namesAPlace(page) ? place : null);
          if (!fits(expected, answer, missing, page.isRoute === true)) {
            wrong.push(`${visitor.name}, ${place}: expected ${expected}, got ${outcome(answer)}`);
          }
        }
        if (missing === undefined) continue;
        for (const place of ['sibling', 'foreign'] as const) {
          if (place === 'sibling' && page.ofMsp) continue;
          const other = answers.get(place)!;
          if (seen(other.text) !== seen(missing.text) || other.status !== missing.status) {
            wrong.push(`${visitor.name}: ${place} answers otherwise than what does not exist`);
          }
        }
      }
      assert.deepEqual(wrong, []);
    });
  }

  it('what hands out files and mail has no head, and asking for one leaves no trace', async () => {
    const visitor = world.visitors.find(({ role }) => role === 'owner')!;
    const before = await fingerprint(world);
    for (const path of [
      '/api/exports/[tenantId]/[exportId]',
      '/api/mail/[tenantId]/file/[mailboxId]/[itemId]',
      '/api/mail/[tenantId]/html/[previewId]',
      '/api/lists/audit',
    ]) {
      const address = addressOf({ path }, world.placeFor(visitor, 'own'));
      const response = await fetch(`${house.portalUrl}${address}`, {
        method: 'HEAD',
        headers: { cookie: visitor.cookie },
      });
      assert.equal(response.status, 405, path);
    }
    assert.deepEqual(await fingerprint(world), before);
  });

  it('a place in a list that no page of ours writes is nowhere', async () => {
    const visitor = world.visitors.find(({ role }) => role === 'owner')!;
    for (const path of ['/audit', '/search/[tenantId]/[searchId]']) {
      const address = addressOf({ path }, world.placeFor(visitor, 'own'));
      const answer = await visit(house.portalUrl, `${address}?after=nowhere`, visitor);
      assert.equal(outcome(answer), 'missing', path);
    }
  });

  it('a page of another site that leads to a file gets none, and leaves no trace', async () => {
    const visitor = world.visitors.find(({ role }) => role === 'owner')!;
    const before = await fingerprint(world);
    for (const path of [
      '/api/exports/[tenantId]/[exportId]',
      '/api/mail/[tenantId]/file/[mailboxId]/[itemId]',
      '/api/lists/audit',
    ]) {
      for (const site of ['cross-site', 'same-site']) {
        const address = addressOf({ path }, world.placeFor(visitor, 'own'));
        const response = await fetch(`${house.portalUrl}${address}`, {
          headers: { cookie: visitor.cookie, 'sec-fetch-site': site },
        });
        assert.equal(response.status, 404, path);
        assert.equal(response.headers.get('content-disposition'), null);
      }
    }
    assert.deepEqual(await fingerprint(world), before);
  });

  it('no action does anything for who may not, and tells nothing of what is not theirs', async () => {
    const wrong: string[] = [];
    const before = await fingerprint(world);
    const calls = actionTable.flatMap((action) =>
      world.visitors.flatMap((visitor) => places.map((place) => ({ action, visitor, place }))),
    );
    await mapLimited(calls, 6, async ({ action, visitor, place }) => {
      const { role } = visitor;
      if (action.audience === 'anybody') return;
      const allowed = role !== null && (action.permission === null || may(role, action.permission));
      const isTheirs =
        !action.namesAPlace ||
        (role !== null && reachesPlace(role, place)) ||
        (action.ofMsp === true && place === 'sibling');
      if (allowed && isTheirs) return;
      const told = await call(action, visitor, place);
      const name = `${action.name} by ${visitor.name}, ${place}`;
      if (role === null) {
        if (told.kind !== 'done' || !told.to.startsWith('/sign-in')) {
          wrong.push(`${name}: not led to the sign-in but ${JSON.stringify(told)}`);
        }
      } else if (told.kind === 'done' && action.audience === 'customer' && told.to === '/') {
        // Staff have no business here and are led home, whatever the form names.
      } else if (told.kind === 'done') {
        wrong.push(`${name}: was done and led to ${told.to}`);
      } else if (action.amongOthers) {
        if (told.error === null) wrong.push(`${name}: said nothing`);
      } else if (allowed && told.error !== nothingHere) {
        wrong.push(`${name}: said ${told.error}`);
      } else if (!allowed && !/^(Your role, |Nothing with this id)/.test(told.error ?? '')) {
        wrong.push(`${name}: said ${told.error}`);
      }
    });
    assert.deepEqual(wrong, []);
    assert.deepEqual(await fingerprint(world), before);
  });

  it('every action that may be done is done, or says why not', async () => {
    const wrong: string[] = [];
    for (const action of actionTable.filter((it) => it.deniedOnly === undefined)) {
      const visitor = world.visitors.find(
        ({ role }) => role !== null && (action.permission === null || may(role, action.permission)),
      )!;
      const told = await call(action, visitor, 'own');
      if (told.kind === 'stayed' && told.error !== null) {
        if (told.error === nothingHere || told.error.startsWith('Your role')) {
          wrong.push(`${action.name} by ${visitor.name}: ${told.error}`);
        }
      }
    }
    assert.deepEqual(wrong, []);
  });

  // The last: who is not known yet waits a moment behind an address that is used up.
  it('secrets that open nothing are looked up only so often, whatever address is claimed', async () => {
    const owner = world.visitors.find(({ role }) => role === 'owner')!;
    const ask = (path: string, headers: Record<string, string>) =>
      fetch(`${house.portalUrl}${path}`, { headers, redirect: 'manual' });
    assert.equal((await ask('/customers', { cookie: owner.cookie })).status, 200);
    const claimed = (n: number) => ({
      'x-forwarded-for': `198.51.100.${n % 250}`,
      'x-holdfast-client': `203.0.113.${n % 250}`,
    });
    let asked = 0;
    let refused = false;
    await mapLimited(Array(8).fill(0), 8, async () => {
      while (!refused && asked < 5000) {
        const authorization = `Bearer hfk_${String(asked).padStart(43, 'x')}`;
        const { status } = await ask('/api/v1/customers', { ...claimed(asked++), authorization });
        if (status === 429) refused = true;
        else assert.equal(status, 401);
      }
    });
    assert.ok(refused);
    const statuses = await mapLimited([...Array(40).keys()], 8, async (n) => [
      (await ask(`/api/progress/connect/${'y'.repeat(40)}${n}`, claimed(n))).status,
      (await ask('/api/live', { ...claimed(n), cookie: `holdfast.session=${n}` })).status,
    ]);
    assert.ok(statuses.flat().includes(429));
    for (const path of [`/invite/${'z'.repeat(43)}`, `/connect/${'z'.repeat(43)}`]) {
      assert.equal((await ask(path, claimed(0))).status, 200, path);
    }
    // Whoever was known before goes on.
    assert.equal((await ask('/customers', { cookie: owner.cookie })).status, 200);
  });

  function call(
    action: (typeof actionTable)[number],
    visitor: IsolationWorld['visitors'][number],
    place: PlaceName,
  ) {
    const made = built.find(({ name }) => name === action.name)!;
    const page = action.page ?? made.pages[0]!;
    return callAction({
      base: house.portalUrl,
      // The page is one's own: it is the fields that name what is not.
      address: addressOf({ path: page }, world.placeFor(visitor, 'own')),
      actionId: made.id,
      fields: action.fields(world.placeFor(visitor, place)),
      visitor,
    });
  }
});

function outcome(answer: Answer): string {
  return answer.kind === 'led' ? `led to ${answer.to}` : `${answer.kind}`;
}

function fits(
  expected: Expected,
  answer: Answer,
  missing: Answer | undefined,
  isRoute: boolean,
): boolean {
  const got = outcome(answer);
  switch (expected) {
    case 'shown':
      // What a page leads on to, or a route refuses for another reason, is not hidden.
      return (
        got === 'shown' ||
        (isRoute && got === 'refused') ||
        (got.startsWith('led to') && !got.startsWith('led to /sign-in'))
      );
    case 'reason':
      return (
        got === 'missing' ||
        (isRoute && got === 'refused') ||
        (missing !== undefined && got === 'shown' && seen(answer.text) === seen(missing.text)) ||
        (got === 'shown' && /Your role, \w+, may not/.test(seen(answer.text)))
      );
    case 'missing':
      // Or a page that says so in its own words: the same for what does not exist.
      return (
        got === 'missing' ||
        (isRoute && got === 'refused') ||
        (missing !== undefined && got === 'shown' && seen(answer.text) === seen(missing.text))
      );
    case 'sign-in':
      return got === 'led to /sign-in' || (isRoute && (got === 'refused' || got === 'missing'));
    case 'staff home':
      return got === 'led to /' || got === 'missing' || (isRoute && got === 'refused');
    case 'customer home':
      return got === 'led to /my' || got === 'missing' || (isRoute && got === 'refused');
  }
}

/**
 * Everything the catalogue holds, but for what being looked at changes. The worker may still be at
 * previews that pages before asked for; whoever asks for one leaves a line in the log as well.
 */
async function fingerprint({ owner }: IsolationWorld): Promise<Record<string, string>> {
  const tables = await owner<{ name: string }[]>`
    select c.relname as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and not c.relispartition
      and c.relname not in ('sessions', 'api_allowances', 'customer_figures', 'previews')`;
  const prints: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await owner.unsafe(
      `select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') as print from ${name} t`,
    );
    prints[name] = row!.print as string;
  }
  return prints;
}
