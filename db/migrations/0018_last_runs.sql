CREATE TABLE "last_runs" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"state" "run_state" NOT NULL,
	"trigger" "run_trigger" NOT NULL,
	"reason" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "last_runs_tenant_id_pk" PRIMARY KEY("tenant_id")
);
--> statement-breakpoint
ALTER TABLE "last_runs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "last_runs" ADD CONSTRAINT "last_runs_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "msp_fence" ON "last_runs" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "last_runs" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "last_runs" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "customer_fence" ON "last_runs" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint

-- What drizzle-kit does not emit. The newest run of a customer is written with the run itself, whoever
-- changes it; the fences are those of whoever does.
ALTER TABLE "last_runs" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON "last_runs" TO app_user, app_worker;--> statement-breakpoint
CREATE FUNCTION keep_last_run() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO last_runs AS kept (msp_id, tenant_id, run_id, state, trigger, reason, created_at, ended_at)
  VALUES (NEW.msp_id, NEW.tenant_id, NEW.id, NEW.state, NEW.trigger, NEW.reason, NEW.created_at, NEW.ended_at)
  ON CONFLICT (tenant_id) DO UPDATE SET
    run_id = excluded.run_id, state = excluded.state, trigger = excluded.trigger,
    reason = excluded.reason, created_at = excluded.created_at, ended_at = excluded.ended_at
  WHERE kept.run_id = excluded.run_id
    OR (excluded.created_at, excluded.run_id) > (kept.created_at, kept.run_id);
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER keep_last_run AFTER INSERT OR UPDATE ON "runs"
  FOR EACH ROW EXECUTE FUNCTION keep_last_run();--> statement-breakpoint

-- Those of before. Whoever migrates owns the tables and is in no MSP.
ALTER TABLE "runs" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "last_runs" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
INSERT INTO "last_runs" (msp_id, tenant_id, run_id, state, trigger, reason, created_at, ended_at)
SELECT DISTINCT ON (tenant_id) msp_id, tenant_id, id, state, trigger, reason, created_at, ended_at
FROM "runs" ORDER BY tenant_id, created_at DESC, id DESC;--> statement-breakpoint
ALTER TABLE "runs" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "last_runs" FORCE ROW LEVEL SECURITY;
