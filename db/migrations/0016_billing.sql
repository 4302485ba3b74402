CREATE TYPE "public"."account_state" AS ENUM('none', 'checkout', 'active', 'past-due', 'paused', 'ended');--> statement-breakpoint
CREATE TYPE "public"."closing_state" AS ENUM('open', 'closing', 'held', 'finalised');--> statement-breakpoint
CREATE TYPE "public"."meter_event_state" AS ENUM('waiting', 'accepted', 'refused', 'superseded');--> statement-breakpoint
CREATE TYPE "public"."plan_kind" AS ENUM('wholesale', 'resale');--> statement-breakpoint
CREATE TYPE "public"."stripe_event_state" AS ENUM('waiting', 'done', 'unknown-customer', 'failed');--> statement-breakpoint
CREATE TYPE "public"."verdict" AS ENUM('equal', 'differs', 'unknown');--> statement-breakpoint
CREATE TYPE "public"."usage_state" AS ENUM('protected', 'sealed', 'free');--> statement-breakpoint
CREATE TABLE "billing_accounts" (
	"msp_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"tenant_id" uuid,
	"plan_id" uuid,
	"stripe_customer_id" text,
	"stripe_subscription_id" text,
	"subscription_items" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"test_clock_id" text,
	"clock_at" timestamp (3) with time zone,
	"state" "account_state" DEFAULT 'none' NOT NULL,
	"started_period" text,
	"first_day" date,
	"observed_through" date,
	"payment_failed_at" timestamp (3) with time zone,
	"grace_until" timestamp (3) with time zone,
	"new_protection_paused_at" timestamp (3) with time zone,
	"trouble" text,
	"trouble_since" timestamp (3) with time zone,
	"ended_period" text,
	"synced_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_accounts_msp_id_id_pk" PRIMARY KEY("msp_id","id")
);
--> statement-breakpoint
ALTER TABLE "billing_accounts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "billing_closings" (
	"msp_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"tenant_id" uuid,
	"period" text NOT NULL,
	"state" "closing_state" NOT NULL,
	"step" text NOT NULL,
	"reason" text,
	"invoice_id" text,
	"started_at" timestamp (3) with time zone NOT NULL,
	"held_since" timestamp (3) with time zone,
	"finalised_at" timestamp (3) with time zone,
	"changed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_closings_msp_id_account_id_period_pk" PRIMARY KEY("msp_id","account_id","period")
);
--> statement-breakpoint
ALTER TABLE "billing_closings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "billing_invoices" (
	"msp_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"tenant_id" uuid,
	"id" text NOT NULL,
	"period" text NOT NULL,
	"number" text,
	"status" text NOT NULL,
	"currency" text NOT NULL,
	"total" text NOT NULL,
	"amount_due" text NOT NULL,
	"lines" jsonb NOT NULL,
	"hosted_url" text,
	"pdf_url" text,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"finalised_at" timestamp (3) with time zone,
	"paid_at" timestamp (3) with time zone,
	"due_at" timestamp (3) with time zone,
	"synced_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_invoices_msp_id_id_pk" PRIMARY KEY("msp_id","id")
);
--> statement-breakpoint
ALTER TABLE "billing_invoices" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "billing_reconciliations" (
	"msp_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"tenant_id" uuid,
	"id" uuid NOT NULL,
	"period" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"occasion" text NOT NULL,
	"verdict" "verdict" NOT NULL,
	"lines" jsonb NOT NULL,
	"reason" text,
	CONSTRAINT "billing_reconciliations_msp_id_id_pk" PRIMARY KEY("msp_id","id")
);
--> statement-breakpoint
ALTER TABLE "billing_reconciliations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "meter_events" (
	"msp_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"tenant_id" uuid,
	"identifier" text NOT NULL,
	"period" text NOT NULL,
	"day" date NOT NULL,
	"dimension" text NOT NULL,
	"revision" integer NOT NULL,
	"value" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"state" "meter_event_state" DEFAULT 'waiting' NOT NULL,
	"code" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"settled_at" timestamp (3) with time zone,
	CONSTRAINT "meter_events_msp_id_account_id_identifier_pk" PRIMARY KEY("msp_id","account_id","identifier")
);
--> statement-breakpoint
ALTER TABLE "meter_events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "plan_versions" (
	"msp_id" uuid,
	"plan_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"from_period" text NOT NULL,
	"terms" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "plan_versions_plan_id_version_pk" PRIMARY KEY("plan_id","version")
);
--> statement-breakpoint
ALTER TABLE "plan_versions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "plans" (
	"id" uuid PRIMARY KEY NOT NULL,
	"msp_id" uuid,
	"kind" "plan_kind" NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "plans" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "stripe_events" (
	"id" text PRIMARY KEY NOT NULL,
	"msp_id" uuid,
	"account_id" uuid,
	"type" text NOT NULL,
	"customer_id" text,
	"object_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"state" "stripe_event_state" DEFAULT 'waiting' NOT NULL,
	"handled_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "stripe_events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "usage_periods" (
	"msp_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"tenant_id" uuid,
	"period" text NOT NULL,
	"plan_id" uuid NOT NULL,
	"plan_version" integer NOT NULL,
	"quantities" jsonb NOT NULL,
	"amount" text NOT NULL,
	"input_hash" "bytea" NOT NULL,
	"previous_hash" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	"closed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "usage_periods_msp_id_account_id_period_pk" PRIMARY KEY("msp_id","account_id","period")
);
--> statement-breakpoint
ALTER TABLE "usage_periods" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "webhook_refusals" (
	"cause" text PRIMARY KEY NOT NULL,
	"times" integer NOT NULL,
	"first_at" timestamp (3) with time zone NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "webhook_refusals" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "usage_adjustments" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"period" text NOT NULL,
	"day" date NOT NULL,
	"version" integer NOT NULL,
	"dimension" text NOT NULL,
	"units" bigint NOT NULL,
	"amount" text NOT NULL,
	"currency" text NOT NULL,
	"booked_period" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "usage_adjustments_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "usage_adjustments" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "usage_days" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"day" date NOT NULL,
	"version" integer NOT NULL,
	"protected" integer NOT NULL,
	"sealed" integer NOT NULL,
	"free" integer NOT NULL,
	"reasons" jsonb NOT NULL,
	"trial" boolean DEFAULT false NOT NULL,
	"physical_bytes" bigint DEFAULT 0 NOT NULL,
	"logical_bytes" bigint DEFAULT 0 NOT NULL,
	"input_hash" "bytea" NOT NULL,
	"observed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "usage_days_tenant_id_day_version_pk" PRIMARY KEY("tenant_id","day","version")
);
--> statement-breakpoint
ALTER TABLE "usage_days" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "usage_mailbox_days" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"day" date NOT NULL,
	"subject" text NOT NULL,
	"version" integer NOT NULL,
	"state" "usage_state" NOT NULL,
	"reason" text,
	"mailbox_id" uuid NOT NULL,
	"run_id" uuid,
	"observed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "usage_mailbox_days_tenant_id_day_subject_version_pk" PRIMARY KEY("tenant_id","day","subject","version"),
	CONSTRAINT "usage_mailbox_days_reason" CHECK ((state = 'free') = (reason is not null))
);
--> statement-breakpoint
ALTER TABLE "usage_mailbox_days" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "usage_storage_days" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"day" date NOT NULL,
	"version" integer NOT NULL,
	"physical_bytes" bigint NOT NULL,
	"logical_bytes" bigint NOT NULL,
	"observed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "usage_storage_days_tenant_id_day_version_pk" PRIMARY KEY("tenant_id","day","version")
);
--> statement-breakpoint
ALTER TABLE "usage_storage_days" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "mailboxes" ADD COLUMN "licensed" boolean;--> statement-breakpoint
ALTER TABLE "tenants" ADD COLUMN "external_id" text;--> statement-breakpoint
ALTER TABLE "billing_accounts" ADD CONSTRAINT "billing_accounts_msp_id_msps_id_fk" FOREIGN KEY ("msp_id") REFERENCES "public"."msps"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_accounts" ADD CONSTRAINT "billing_accounts_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_accounts" ADD CONSTRAINT "billing_accounts_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_closings" ADD CONSTRAINT "billing_closings_msp_id_account_id_billing_accounts_msp_id_id_fk" FOREIGN KEY ("msp_id","account_id") REFERENCES "public"."billing_accounts"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_invoices" ADD CONSTRAINT "billing_invoices_msp_id_account_id_billing_accounts_msp_id_id_fk" FOREIGN KEY ("msp_id","account_id") REFERENCES "public"."billing_accounts"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_reconciliations" ADD CONSTRAINT "billing_reconciliations_msp_id_account_id_billing_accounts_msp_id_id_fk" FOREIGN KEY ("msp_id","account_id") REFERENCES "public"."billing_accounts"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "meter_events" ADD CONSTRAINT "meter_events_msp_id_account_id_billing_accounts_msp_id_id_fk" FOREIGN KEY ("msp_id","account_id") REFERENCES "public"."billing_accounts"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_versions" ADD CONSTRAINT "plan_versions_msp_id_msps_id_fk" FOREIGN KEY ("msp_id") REFERENCES "public"."msps"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_versions" ADD CONSTRAINT "plan_versions_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plans" ADD CONSTRAINT "plans_msp_id_msps_id_fk" FOREIGN KEY ("msp_id") REFERENCES "public"."msps"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_periods" ADD CONSTRAINT "usage_periods_msp_id_account_id_billing_accounts_msp_id_id_fk" FOREIGN KEY ("msp_id","account_id") REFERENCES "public"."billing_accounts"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_adjustments" ADD CONSTRAINT "usage_adjustments_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_days" ADD CONSTRAINT "usage_days_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_mailbox_days" ADD CONSTRAINT "usage_mailbox_days_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_storage_days" ADD CONSTRAINT "usage_storage_days_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "billing_accounts_msp" ON "billing_accounts" USING btree ("msp_id") WHERE tenant_id is null;--> statement-breakpoint
CREATE UNIQUE INDEX "billing_accounts_customer" ON "billing_accounts" USING btree ("msp_id","tenant_id") WHERE tenant_id is not null and ended_period is null;--> statement-breakpoint
CREATE UNIQUE INDEX "billing_accounts_stripe" ON "billing_accounts" USING btree ("stripe_customer_id");--> statement-breakpoint
CREATE INDEX "billing_invoices_latest" ON "billing_invoices" USING btree ("msp_id","issued_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "billing_reconciliations_latest" ON "billing_reconciliations" USING btree ("msp_id","account_id","at" DESC NULLS FIRST);--> statement-breakpoint
CREATE UNIQUE INDEX "meter_events_order" ON "meter_events" USING btree ("msp_id","account_id","dimension","at");--> statement-breakpoint
CREATE INDEX "meter_events_waiting" ON "meter_events" USING btree ("msp_id","account_id","dimension") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "plans_of_msp" ON "plans" USING btree ("msp_id");--> statement-breakpoint
CREATE INDEX "stripe_events_latest" ON "stripe_events" USING btree ("msp_id","received_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE UNIQUE INDEX "usage_adjustments_once" ON "usage_adjustments" USING btree ("tenant_id","day","version","dimension");--> statement-breakpoint
CREATE INDEX "usage_adjustments_booked" ON "usage_adjustments" USING btree ("msp_id","account_id","booked_period");--> statement-breakpoint
CREATE INDEX "usage_days_of_msp" ON "usage_days" USING btree ("msp_id","day");--> statement-breakpoint
CREATE POLICY "operator_read" ON "msps" AS PERMISSIVE FOR SELECT TO "app_worker" USING (current_setting('app.scope', true) = 'operator');--> statement-breakpoint
CREATE POLICY "msp_rows" ON "billing_accounts" AS PERMISSIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "customer_fence" ON "billing_accounts" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "by_stripe_customer" ON "billing_accounts" AS PERMISSIVE FOR SELECT TO public USING (stripe_customer_id = nullif(current_setting('app.door', true), ''));--> statement-breakpoint
CREATE POLICY "operator_read" ON "billing_accounts" AS PERMISSIVE FOR SELECT TO "app_worker" USING (current_setting('app.scope', true) = 'operator');--> statement-breakpoint
CREATE POLICY "msp_rows" ON "billing_closings" AS PERMISSIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "customer_fence" ON "billing_closings" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "msp_rows" ON "billing_invoices" AS PERMISSIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "customer_fence" ON "billing_invoices" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "msp_rows" ON "billing_reconciliations" AS PERMISSIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "customer_fence" ON "billing_reconciliations" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "msp_rows" ON "meter_events" AS PERMISSIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "customer_fence" ON "meter_events" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "msp_rows" ON "plan_versions" AS PERMISSIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "operator_lists" ON "plan_versions" AS PERMISSIVE FOR SELECT TO public USING (msp_id is null);--> statement-breakpoint
CREATE POLICY "operator_adds" ON "plan_versions" AS PERMISSIVE FOR INSERT TO "app_owner" WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "operator_sees" ON "plan_versions" AS PERMISSIVE FOR SELECT TO "app_owner" USING (true);--> statement-breakpoint
CREATE POLICY "resale_only" ON "plan_versions" AS RESTRICTIVE FOR INSERT TO "app_user" WITH CHECK (exists (select 1 from plans where plans.id = plan_id and plans.kind = 'resale' and plans.msp_id = plan_versions.msp_id));--> statement-breakpoint
CREATE POLICY "msp_rows" ON "plans" AS PERMISSIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "operator_lists" ON "plans" AS PERMISSIVE FOR SELECT TO public USING (msp_id is null);--> statement-breakpoint
CREATE POLICY "operator_adds" ON "plans" AS PERMISSIVE FOR INSERT TO "app_owner" WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "operator_sees" ON "plans" AS PERMISSIVE FOR SELECT TO "app_owner" USING (true);--> statement-breakpoint
CREATE POLICY "resale_only" ON "plans" AS RESTRICTIVE FOR INSERT TO "app_user" WITH CHECK (kind = 'resale');--> statement-breakpoint
CREATE POLICY "by_id" ON "stripe_events" AS PERMISSIVE FOR ALL TO public USING (id = nullif(current_setting('app.door', true), '')) WITH CHECK (id = nullif(current_setting('app.door', true), ''));--> statement-breakpoint
CREATE POLICY "own_events" ON "stripe_events" AS PERMISSIVE FOR SELECT TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "msp_rows" ON "usage_periods" AS PERMISSIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "customer_fence" ON "usage_periods" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "everybody" ON "webhook_refusals" AS PERMISSIVE FOR ALL TO public USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "msp_fence" ON "usage_adjustments" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "usage_adjustments" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "usage_adjustments" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "customer_fence" ON "usage_adjustments" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "msp_fence" ON "usage_days" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "usage_days" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "usage_days" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "customer_fence" ON "usage_days" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "msp_fence" ON "usage_mailbox_days" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "usage_mailbox_days" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "usage_mailbox_days" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "customer_fence" ON "usage_mailbox_days" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "msp_fence" ON "usage_storage_days" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "usage_storage_days" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "usage_storage_days" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "customer_fence" ON "usage_storage_days" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint

-- What drizzle-kit does not emit.

DO $$
DECLARE
  relation text;
BEGIN
  FOREACH relation IN ARRAY ARRAY['usage_mailbox_days', 'usage_storage_days', 'usage_days',
    'usage_adjustments', 'plans', 'plan_versions', 'billing_accounts', 'usage_periods',
    'billing_closings', 'meter_events', 'billing_reconciliations', 'billing_invoices',
    'stripe_events', 'webhook_refusals']
  LOOP
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', relation);
  END LOOP;
END
$$;--> statement-breakpoint

-- What may only grow. The grants below say so to the processes; these say it to everybody.
CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are added and never changed', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;--> statement-breakpoint
DO $$
DECLARE
  relation text;
BEGIN
  FOREACH relation IN ARRAY ARRAY['usage_mailbox_days', 'usage_storage_days', 'usage_days',
    'usage_adjustments', 'usage_periods', 'billing_reconciliations', 'plans', 'plan_versions']
  LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I
      FOR EACH ROW EXECUTE FUNCTION refuse_change()', relation);
    EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', relation);
  END LOOP;
END
$$;--> statement-breakpoint
-- What Stripe was told stays as it was told; only what became of it changes.
CREATE TRIGGER never_retold BEFORE UPDATE OF msp_id, account_id, tenant_id, identifier, period, day,
  dimension, revision, value, at, created_at ON "meter_events"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER never_forgotten BEFORE DELETE ON "meter_events"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint

-- Found without app.msp_id, beside what 0001 and 0007 name:
--   billing_accounts  by_stripe_customer  Stripe's name for it finds the account       app.door
--   stripe_events     by_id               the id of an event finds, adds and settles it app.door
--   msps, billing_accounts  operator_read the worker asks who there is                  app.scope = 'operator'

-- The ledger is the worker's; the portal reads it.
GRANT SELECT ON
  "usage_mailbox_days", "usage_storage_days", "usage_days", "usage_adjustments", "usage_periods",
  "billing_reconciliations", "meter_events", "billing_closings", "billing_invoices"
  TO app_user;--> statement-breakpoint
GRANT SELECT, INSERT ON
  "usage_mailbox_days", "usage_storage_days", "usage_days", "usage_adjustments", "usage_periods",
  "billing_reconciliations", "meter_events"
  TO app_worker;--> statement-breakpoint
GRANT UPDATE ("state", "code", "attempts", "sent_at", "settled_at") ON "meter_events" TO app_worker;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON "billing_closings", "billing_invoices" TO app_worker;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON "billing_accounts" TO app_user, app_worker;--> statement-breakpoint

-- Price lists: the MSP's own by the portal, the operator's by whoever owns the catalogue.
GRANT SELECT, INSERT ON "plans", "plan_versions" TO app_user;--> statement-breakpoint
GRANT SELECT ON "plans", "plan_versions" TO app_worker;--> statement-breakpoint

-- Webhooks are taken by the portal and settled by the worker.
GRANT SELECT, INSERT ON "stripe_events" TO app_user, app_worker;--> statement-breakpoint
GRANT UPDATE ("state", "msp_id", "account_id", "handled_at") ON "stripe_events" TO app_worker;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON "webhook_refusals" TO app_user;--> statement-breakpoint
GRANT SELECT ON "webhook_refusals" TO app_worker;
