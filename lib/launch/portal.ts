import { existsSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import next from 'next';
import { openDatabase } from '#db/client.ts';
import { Problem, problemBody, problemMedia } from '#lib/api/problem.ts';
import { clientAddress, clientHeader } from '#lib/auth/strangers.ts';
import { systemClock } from '#lib/core/clock.ts';
import {
  exitOnBadConfig,
  nameAddressForSignIn,
  type PortalConfig,
  readPortalConfig,
} from '#lib/core/config.ts';
import { describeError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { silentLog } from '#lib/core/log.ts';
import { createJobs } from '#lib/jobs/client.ts';
import { foundMsp } from '#lib/services/msps/found.ts';
import { exitCodes } from './failure.ts';
import { projectFolder } from './project.ts';

/** `npm run portal`: serves the built pages with the environment as it is. */

let config: PortalConfig;
try {
  config = readPortalConfig();
} catch (err) {
  exitOnBadConfig(err);
}

if (!existsSync(join(projectFolder, '.next', 'BUILD_ID'))) {
  process.stderr.write('The portal is not built yet. Run "npm run build" first.\n');
  process.exit(exitCodes.failed);
}

if (config.firstOwner) {
  try {
    await enrolFirstOwner(config, config.firstOwner);
  } catch (err) {
    process.stderr.write(`The first owner was not enrolled: ${describeError(err)}\n`);
    process.exit(exitCodes.failed);
  }
}

nameAddressForSignIn(config.portalUrl);
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const portal = next({ dev: false, dir: projectFolder, hostname: config.host, port: config.port });
await portal.prepare();
const handle = portal.getRequestHandler();
const server = createServer((req, res) => {
  if (!methods.has(req.method ?? '')) {
    refuseMethod(res);
    return;
  }
  // Written over whatever the client sent under this name.
  req.headers[clientHeader] = clientAddress(
    req.socket.remoteAddress ?? '',
    req.headers['x-forwarded-for'],
    config.proxiesInFront,
  );
  handle(req, res).catch(() => res.destroy());
});
server.on('error', (err: NodeJS.ErrnoException) => {
  const busy = err.code === 'EADDRINUSE';
  process.stderr.write(
    busy
      ? `Port ${config.port} is taken. Stop what uses it, or choose another with PORT.\n`
      : `The portal cannot listen on ${config.host}:${config.port}: ${err.message}\n`,
  );
  process.exit(busy ? exitCodes['port-busy'] : exitCodes.failed);
});
server.listen(config.port, config.host, () => {
  process.stdout.write(`{"ready":true,"address":"${config.host}:${config.port}"}\n`);
});

/** No page and no operation has another, and of TRACE Next cannot even make a request. */
function refuseMethod(res: ServerResponse): void {
  const problem = new Problem('method-not-allowed', 'Nothing here has this method.');
  res.writeHead(405, { allow: 'GET, HEAD', 'content-type': problemMedia });
  res.end(JSON.stringify(problemBody(problem, `urn:uuid:${newId()}`)));
}

let ending = false;
function end(): void {
  if (ending) return;
  ending = true;
  // Requests in flight finish; a browser that holds its line open is not waited for.
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), 3_000).unref();
}
process.on('SIGTERM', end);
process.on('SIGINT', end);

/** Nobody can be invited to a catalogue without members, so its first one comes from outside. */
async function enrolFirstOwner(
  { databaseUrl, temporal }: PortalConfig,
  owner: { subject: string; mspName: string },
): Promise<void> {
  const db = openDatabase(databaseUrl, { connections: 1 });
  const jobs = await createJobs(temporal);
  try {
    await foundMsp(
      { db, clock: systemClock, deps: { jobs, log: silentLog } },
      {
        name: owner.mspName,
        members: [{ subject: owner.subject, name: 'Owner', role: 'owner' }],
      },
    );
  } finally {
    await jobs.close();
    await db.close();
  }
}
