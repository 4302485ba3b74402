import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, describe, it } from 'node:test';
import { bundleWorkflowCode, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { workflowsPath } from '#test/kit/story-worker.ts';

/** A story that was begun by an older worker must go on in this one. */
describe('histories that were recorded', () => {
  const files = globSync(join(import.meta.dirname, 'histories', '*.history')).sort();
  let workflowBundle: WorkflowBundle;
  before(async () => {
    const logger = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
    Runtime.install({ logger });
    workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });
  });

  for (const file of files) {
    it(`replay: ${basename(file, '.history')}`, async () => {
      const { workflowId, history } = JSON.parse(readFileSync(file, 'utf8'));
      await Worker.runReplayHistory({ workflowBundle }, history, workflowId);
    });
  }

  it('are there, and a changed one is refused', async () => {
    assert.ok(files.length >= 4);
    const shard = readFileSync(
      join(import.meta.dirname, 'histories', 'backup-shard.history'),
      'utf8',
    );
    const { workflowId, history } = JSON.parse(
      shard.replaceAll('"claimMailboxes"', '"claimSomething"'),
    );
    await assert.rejects(Worker.runReplayHistory({ workflowBundle }, history, workflowId));
  });
});
