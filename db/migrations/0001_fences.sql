-- What drizzle-kit does not emit. Beside this file, one word of 0000 is ours: "items" is
-- PARTITION BY HASH ("tenant_id").
--
-- Roles are made by db/migrate.ts before any migration runs: app_owner owns everything here,
-- app_user is the portal, app_worker the worker. Neither owns a table, neither bypasses a policy.
--
-- What may be read without app.msp_id, each by one secret or proven value and by select only:
--   members        own_memberships   a signed-in subject finds where it is a member   app.subject
--   connect_doors  by_hash           a link's token, or a state, finds its scope      app.door
-- Written without a tenant, with app.scope = 'msp': audit_events of the MSP as a whole (msp_events).

CREATE TABLE "items_0" PARTITION OF "items" FOR VALUES WITH (MODULUS 8, REMAINDER 0);--> statement-breakpoint
CREATE TABLE "items_1" PARTITION OF "items" FOR VALUES WITH (MODULUS 8, REMAINDER 1);--> statement-breakpoint
CREATE TABLE "items_2" PARTITION OF "items" FOR VALUES WITH (MODULUS 8, REMAINDER 2);--> statement-breakpoint
CREATE TABLE "items_3" PARTITION OF "items" FOR VALUES WITH (MODULUS 8, REMAINDER 3);--> statement-breakpoint
CREATE TABLE "items_4" PARTITION OF "items" FOR VALUES WITH (MODULUS 8, REMAINDER 4);--> statement-breakpoint
CREATE TABLE "items_5" PARTITION OF "items" FOR VALUES WITH (MODULUS 8, REMAINDER 5);--> statement-breakpoint
CREATE TABLE "items_6" PARTITION OF "items" FOR VALUES WITH (MODULUS 8, REMAINDER 6);--> statement-breakpoint
CREATE TABLE "items_7" PARTITION OF "items" FOR VALUES WITH (MODULUS 8, REMAINDER 7);--> statement-breakpoint

-- Policies hold for the owner too. A partition asked for by its own name has no policy and no
-- grant: it shows nothing. The sign-in tables hold nobody's tenant data and have neither.
DO $$
DECLARE
  relation regclass;
BEGIN
  FOR relation IN
    SELECT c.oid::regclass
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace
      AND c.relkind IN ('r', 'p')
      AND c.relname NOT IN ('users', 'accounts', 'sessions')
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', relation);
  END LOOP;
END
$$;--> statement-breakpoint

-- TRUNCATE, REFERENCES and TRIGGER look past row-level security and are granted to nobody.

-- The portal reads the catalogue and writes what people ask for.
GRANT SELECT ON
  "items", "folders", "folder_cursors", "item_retries", "snapshots", "mailbox_leases", "vaults",
  "run_items", "run_mailboxes", "restore_items"
  TO app_user;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON
  "msps", "members", "tenants", "connections", "connect_links", "policies", "mailboxes", "runs",
  "restores", "exports", "previews"
  TO app_user;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "users", "accounts", "sessions" TO app_user;--> statement-breakpoint
GRANT SELECT, INSERT ON "connect_doors" TO app_user;--> statement-breakpoint

-- The worker writes the catalogue; it makes no customers, members or links.
GRANT SELECT ON "msps" TO app_worker;--> statement-breakpoint
GRANT SELECT, UPDATE ON "tenants", "connect_links" TO app_worker;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON "connections", "policies", "mailboxes", "vaults" TO app_worker;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON
  "items", "folders", "folder_cursors", "item_retries", "snapshots", "mailbox_leases",
  "runs", "run_mailboxes", "run_items", "restores", "restore_items", "exports", "previews"
  TO app_worker;--> statement-breakpoint

-- The audit log can be read and added to, by nobody changed.
GRANT SELECT, INSERT ON "audit_events" TO app_user, app_worker;
