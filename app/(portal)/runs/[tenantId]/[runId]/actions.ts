'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { cancelRun as cancel } from '#lib/services/runs/cancel.ts';
import { pauseRun as pause } from '#lib/services/runs/pause.ts';
import { resumeRun as resume } from '#lib/services/runs/resume.ts';

function runOf(form: FormData): { tenantId: string; runId: string } {
  return { tenantId: field(form, 'tenantId'), runId: field(form, 'runId') };
}

export async function pauseRun(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await pause(ctx, runOf(form));
    return undefined;
  });
}

export async function resumeRun(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await resume(ctx, runOf(form));
    return undefined;
  });
}

export async function cancelRun(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await cancel(ctx, runOf(form));
    return undefined;
  });
}
