import { defineConfig } from 'drizzle-kit';

/** For `npm run db:generate` only; migrations are run by `db/migrate.ts`. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './db/schema/*.ts',
  out: './db/migrations',
  casing: 'snake_case',
});
