import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { CloudSettings, Environment } from './environment.ts';
import { factsOf } from './facts.ts';
import { explainFailure } from './failure.ts';
import { onFreePort } from './ports.ts';
import type { Child, ProcessTable } from './processes.ts';
import { projectFolder } from './project.ts';

const application = z.object({
  clientId: z.string(),
  certificateFile: z.string().optional(),
  clientSecret: z.string().optional(),
});

const readyLine = z.object({
  ready: z.literal(true),
  loginUrl: z.url(),
  graphUrl: z.url(),
  caFile: z.string(),
  tenants: z.array(
    z.object({
      tid: z.string(),
      name: z.string(),
      accounts: z.array(z.looseObject({ oid: z.string(), name: z.string() })),
    }),
  ),
  apps: z.object({
    signIn: application,
    backup: application,
    restore: application,
    helpdesk: application,
  }),
});

/** What the stand-in says of itself when it is ready. */
export type StandInFacts = z.infer<typeof readyLine>;

export interface RunningStandIn {
  facts: StandInFacts;
  cloud: CloudSettings;
  child: Child;
  stop(): Promise<void>;
}

/** How to preload the file that ends a Node child with its launcher. */
export const endWithParent = [
  '--import',
  pathToFileURL(join(projectFolder, 'lib', 'launch', 'end-with-parent.ts')).href,
];

/** Starts the stand-in for Microsoft 365 by its path; it is no part of the product. */
export async function startStandIn(
  table: ProcessTable,
  options: {
    dataFolder: string;
    port: number;
    portalUrl: string;
    env: Environment;
    /** A folder of folders of .eml files, one mailbox each, in place of the seeded tenant. */
    mail?: string | undefined;
    extra?: string[] | undefined;
  },
): Promise<RunningStandIn> {
  const tenant = await keptArguments(options.dataFolder, options.extra ?? []);
  return onFreePort(options.port, async (port) => {
    const child = table.spawn({
      name: 'stand-in',
      program: process.execPath,
      args: [
        ...endWithParent,
        join(projectFolder, 'test', 'm365', 'server.ts'),
        ...['--port', String(port), '--data', join(options.dataFolder, 'm365')],
        ...['--portal-url', options.portalUrl],
        ...(options.mail ? ['--mail', options.mail] : []),
        ...tenant,
      ],
      env: options.env,
    });
    try {
      const facts = readyLine.parse(await factsOf(child, 'The Microsoft 365 stand-in', 120_000));
      trust(facts.caFile);
      return { facts, cloud: cloudOf(facts), child, stop: () => child.stop(15_000) };
    } catch (err) {
      child.kill();
      throw explainFailure('The Microsoft 365 stand-in', err, child.logFile);
    }
  });
}

function cloudOf(facts: StandInFacts): CloudSettings {
  const credential = (app: z.infer<typeof application>) => ({
    clientId: app.clientId,
    certificateFile: app.certificateFile,
    clientSecret: app.certificateFile ? undefined : app.clientSecret,
  });
  return {
    loginUrl: facts.loginUrl,
    graphUrl: facts.graphUrl,
    signIn: credential(facts.apps.signIn),
    backup: credential(facts.apps.backup),
    restore: credential(facts.apps.restore),
    caFile: facts.caFile,
  };
}

/**
 * The size of the tenant is chosen at its first start: with other numbers the stand-in would make another
 * tenant, and to Holdfast every mailbox would be gone.
 */
async function keptArguments(dataFolder: string, given: string[]): Promise<string[]> {
  const file = join(dataFolder, 'stand-in.json');
  if (existsSync(file)) return z.array(z.string()).parse(JSON.parse(readFileSync(file, 'utf8')));
  await writeFile(file, JSON.stringify(given));
  return given;
}

/** The launcher calls the stand-in itself; its children get NODE_EXTRA_CA_CERTS instead. */
function trust(caFile: string): void {
  const known = getCACertificates('default');
  const own = readFileSync(caFile, 'utf8');
  if (!known.includes(own)) setDefaultCACertificates([...known, own]);
}
