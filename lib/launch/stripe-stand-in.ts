import { join } from 'node:path';
import { z } from 'zod';
import type { Environment } from './environment.ts';
import { factsOf } from './facts.ts';
import { explainFailure } from './failure.ts';
import { onFreePort } from './ports.ts';
import type { Child, ProcessTable } from './processes.ts';
import { projectFolder } from './project.ts';
import { endWithParent } from './stand-in.ts';

const readyLine = z.object({
  ready: z.literal(true),
  apiUrl: z.url(),
  secretKey: z.string(),
  webhookSecrets: z.array(z.string()),
});

/** What the stand-in for Stripe says of itself when it is ready. */
export type StripeFacts = z.infer<typeof readyLine>;

/** Starts the stand-in for Stripe by its path; it is no part of the product. */
export async function startStripeStandIn(
  table: ProcessTable,
  options: {
    dataFolder: string;
    port: number;
    /** Null where no portal runs that could take webhooks. */
    webhookUrl: string | null;
    env: Environment;
  },
): Promise<{ facts: StripeFacts; child: Child; stop(): Promise<void> }> {
  return onFreePort(options.port, async (port) => {
    const child = table.spawn({
      name: 'stripe',
      program: process.execPath,
      args: [
        ...endWithParent,
        join(projectFolder, 'test', 'stripe', 'server.ts'),
        ...['--port', String(port), '--data', join(options.dataFolder, 'stripe')],
        ...(options.webhookUrl ? ['--webhook-url', options.webhookUrl] : []),
      ],
      env: options.env,
    });
    try {
      const facts = readyLine.parse(await factsOf(child, 'The Stripe stand-in', 60_000));
      return { facts, child, stop: () => child.stop(15_000) };
    } catch (err) {
      child.kill();
      throw explainFailure('The Stripe stand-in', err, child.logFile);
    }
  });
}
