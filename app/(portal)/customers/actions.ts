'use server';

import { act, type FormState } from '#app/_server/action.ts';
import { tell } from '#app/_server/failures.ts';
import { customersTexts as texts } from '#app/_texts/fleet.ts';
import { mapLimited } from '#lib/core/concurrency.ts';
import { listCustomers } from '#lib/services/customers/list.ts';
import { startRun } from '#lib/services/runs/start.ts';

export interface BulkState extends FormState {
  done: string | null;
}

/** More than a list shows at once is no choice by hand. */
const chosenMax = 100;
const startsAtOnce = 4;

/** A backup of every chosen customer; one that cannot start does not keep the others from it. */
export async function backUpChosen(_state: BulkState, form: FormData): Promise<BulkState> {
  const chosen = [...new Set(form.getAll('tenantId').filter((it) => typeof it === 'string'))];
  if (chosen.length === 0) return { error: texts.bulk.none, done: null };
  let started = 0;
  const failures: string[] = [];
  const state = await act(async (ctx) => {
    const names = new Map((await listCustomers(ctx)).map(({ id, name }) => [id, name]));
    await mapLimited(chosen.slice(0, chosenMax), startsAtOnce, async (tenantId) => {
      try {
        await startRun(ctx, { tenantId });
        started++;
      } catch (err) {
        failures.push(texts.bulk.failed(names.get(tenantId) ?? '', await tell(err)));
      }
    });
    return undefined;
  });
  return {
    error: state.error ?? (failures.length === 0 ? null : failures.join(' ')),
    done: started === 0 ? null : texts.bulk.started(started),
  };
}
