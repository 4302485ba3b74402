'use server';
import type { ActState } from '#app/_ui/act.tsx';
export async function makePlan(_state: ActState, form: FormData): Promise<ActState> {
  return { error: [...form.keys()].join(' ') };
}
