import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { join, splitInSteps, splitWhole } from './mime-case.ts';

const fixtures = fileURLToPath(new URL('../../../fixtures/mail/', import.meta.url));
const archive = fileURLToPath(new URL('../../../../../shared/corpus/mail.tar.gz', import.meta.url));

function check(message: Buffer, name: string, steps: number[]): void {
  const pieces = splitWhole(message);
  assert.ok(join(pieces, 4096).equals(message), `${name}: joined differs`);
  const stepped = splitInSteps(message, steps);
  assert.ok(join(stepped, 100_000).equals(message), `${name}: joined differs after steps`);
  assert.equal(stepped.length, pieces.length, `${name}: steps change the parts`);
}

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) yield joinPath(entry.parentPath, entry.name);
  }
}

const withLineEnds = (message: Buffer, eol: string) =>
  Buffer.from(message.toString('latin1').replace(/\r?\n/g, eol), 'latin1');

test('the torture fixtures come back byte for byte, with either line end', () => {
  let count = 0;
  for (const file of files(fixtures)) {
    const message = readFileSync(file);
    for (const variant of [message, withLineEnds(message, '\n'), withLineEnds(message, '\r\n')]) {
      check(variant, file, [1]);
      for (const cut of [0.3, 0.7]) check(variant.subarray(0, variant.length * cut), file, [17, 1]);
    }
    count++;
  }
  assert.ok(count >= 8, `only ${count} fixtures`);
});

test('real public mail comes back byte for byte', (t) => {
  if (!existsSync(archive)) {
    t.skip('NO CORPUS: ../shared/corpus/mail.tar.gz is not there, real mail was not tried');
    return;
  }
  const folder = mkdtempSync(joinPath(tmpdir(), 'holdfast-corpus-'));
  try {
    execFileSync('tar', ['-xzf', archive, '-C', folder]);
    let count = 0;
    for (const file of files(folder)) {
      check(readFileSync(file), file, [1 + (count % 97), 5000, 65_536]);
      count++;
    }
    t.diagnostic(`${count} messages`);
    assert.ok(count > 2000, `only ${count} messages`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
