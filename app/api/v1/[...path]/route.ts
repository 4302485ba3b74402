import { connection } from 'next/server';
import { answerApi } from '#app/_server/api.ts';
import { portalDeps } from '#app/_server/deps.ts';
import { apiDocument } from '../_operations/document.ts';
import { operations } from '../_operations/table.ts';

async function answer(request: Request): Promise<Response> {
  await connection();
  const { config, db, clock, log, jobs, changes, strangers } = await portalDeps();
  const { portalUrl, exportFolder, sessionSecret, apiRequestsPerMinute } = config;
  return answerApi(request, {
    operations,
    db,
    clock,
    deps: { jobs, log, changes },
    portalUrl,
    exportFolder,
    secret: sessionSecret,
    requestsPerMinute: apiRequestsPerMinute,
    strangers,
    document: () => apiDocument(portalUrl),
  });
}

export {
  answer as DELETE,
  answer as GET,
  answer as HEAD,
  answer as OPTIONS,
  answer as PATCH,
  answer as POST,
  answer as PUT,
};
