CREATE TYPE "public"."customer_role" AS ENUM('administrator', 'mailbox-owner');--> statement-breakpoint
CREATE TYPE "public"."invited_role" AS ENUM('owner', 'admin', 'technician', 'billing', 'auditor', 'administrator', 'mailbox-owner');--> statement-breakpoint
CREATE TYPE "public"."preview_form" AS ENUM('view', 'attachment', 'mime');--> statement-breakpoint
CREATE TYPE "public"."self_service_mode" AS ENUM('off', 'invited', 'everyone');--> statement-breakpoint
ALTER TYPE "public"."actor_kind" ADD VALUE 'key';--> statement-breakpoint
CREATE TABLE "api_allowances" (
	"msp_id" uuid NOT NULL,
	"key_id" uuid NOT NULL,
	"tokens" real NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "api_allowances_msp_id_key_id_pk" PRIMARY KEY("msp_id","key_id")
);
--> statement-breakpoint
ALTER TABLE "api_allowances" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "api_answers" (
	"msp_id" uuid NOT NULL,
	"key_id" uuid NOT NULL,
	"idempotency_key" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" integer,
	"body" jsonb,
	"location" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "api_answers_msp_id_key_id_idempotency_key_pk" PRIMARY KEY("msp_id","key_id","idempotency_key")
);
--> statement-breakpoint
ALTER TABLE "api_answers" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "api_keys" (
	"msp_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"secret_hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"customers" uuid[],
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_keys_msp_id_id_pk" PRIMARY KEY("msp_id","id")
);
--> statement-breakpoint
ALTER TABLE "api_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "customer_figures" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"mailboxes" integer DEFAULT 0 NOT NULL,
	"protected" integer DEFAULT 0 NOT NULL,
	"sealed" integer DEFAULT 0 NOT NULL,
	"covered" integer DEFAULT 0 NOT NULL,
	"unexplained" integer DEFAULT 0 NOT NULL,
	"oldest_good_at" timestamp (3) with time zone,
	"newest_good_at" timestamp (3) with time zone,
	"items" bigint DEFAULT 0 NOT NULL,
	"raw_bytes" bigint DEFAULT 0 NOT NULL,
	"stored_bytes" bigint DEFAULT 0 NOT NULL,
	"target_free_bytes" bigint DEFAULT 0 NOT NULL,
	"target_known" boolean DEFAULT false NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "customer_figures_tenant_id_pk" PRIMARY KEY("tenant_id")
);
--> statement-breakpoint
ALTER TABLE "customer_figures" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "incident_notes" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"cause" text NOT NULL,
	"taken_by" text,
	"taken_at" timestamp (3) with time zone,
	"snoozed_until" timestamp (3) with time zone,
	"snooze_reason" text,
	"snoozed_at" integer,
	"ticket" text,
	"changed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "incident_notes_tenant_id_cause_pk" PRIMARY KEY("tenant_id","cause")
);
--> statement-breakpoint
ALTER TABLE "incident_notes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "customer_people" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"subject" text NOT NULL,
	"name" text NOT NULL,
	"role" "customer_role" NOT NULL,
	"mailbox_id" uuid,
	"enrolled_at" timestamp (3) with time zone NOT NULL,
	"disabled_at" timestamp (3) with time zone,
	CONSTRAINT "customer_people_tenant_id_subject_pk" PRIMARY KEY("tenant_id","subject")
);
--> statement-breakpoint
ALTER TABLE "customer_people" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "invitations" (
	"msp_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"tenant_id" uuid,
	"token_hash" text NOT NULL,
	"role" "invited_role" NOT NULL,
	"name" text NOT NULL,
	"customers" uuid[],
	"mailbox_id" uuid,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"used_by" text,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "invitations_msp_id_id_pk" PRIMARY KEY("msp_id","id")
);
--> statement-breakpoint
ALTER TABLE "invitations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "self_service_doors" (
	"entra_tid" uuid PRIMARY KEY NOT NULL,
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL
);
--> statement-breakpoint
ALTER TABLE "self_service_doors" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "search_documents" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"mailbox_id" uuid NOT NULL,
	"content_id" text NOT NULL,
	"kind" "item_kind" NOT NULL,
	"at" timestamp (3) with time zone,
	"language" text NOT NULL,
	"words" "tsvector" NOT NULL,
	"excerpt" text NOT NULL,
	CONSTRAINT "search_documents_tenant_id_mailbox_id_content_id_pk" PRIMARY KEY("tenant_id","mailbox_id","content_id")
) PARTITION BY HASH ("tenant_id");
--> statement-breakpoint
ALTER TABLE "search_documents" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "searches" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"mailbox_id" uuid,
	"words" text NOT NULL,
	"filter" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"requested_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "searches_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "searches" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "mailboxes" ADD COLUMN "indexed" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "mailboxes" ADD COLUMN "sealed_cause" text;--> statement-breakpoint
ALTER TABLE "vaults" ADD COLUMN "free_bytes" bigint;--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "customers" uuid[];--> statement-breakpoint
ALTER TABLE "previews" ADD COLUMN "form" "preview_form" DEFAULT 'view' NOT NULL;--> statement-breakpoint
ALTER TABLE "previews" ADD COLUMN "part" integer;--> statement-breakpoint
ALTER TABLE "previews" ADD COLUMN "html" text;--> statement-breakpoint
ALTER TABLE "previews" ADD COLUMN "header_lines" jsonb;--> statement-breakpoint
ALTER TABLE "previews" ADD COLUMN "details" jsonb;--> statement-breakpoint
ALTER TABLE "previews" ADD COLUMN "remote" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "previews" ADD COLUMN "file" text;--> statement-breakpoint
ALTER TABLE "previews" ADD COLUMN "file_name" text;--> statement-breakpoint
ALTER TABLE "previews" ADD COLUMN "bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "id" uuid NOT NULL DEFAULT gen_random_uuid();--> statement-breakpoint
ALTER TABLE "sessions" ALTER COLUMN "id" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "last_seen_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "browser" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "tenants" ADD COLUMN "self_service" "self_service_mode" DEFAULT 'off' NOT NULL;--> statement-breakpoint
ALTER TABLE "api_allowances" ADD CONSTRAINT "api_allowances_msp_id_key_id_api_keys_msp_id_id_fk" FOREIGN KEY ("msp_id","key_id") REFERENCES "public"."api_keys"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_answers" ADD CONSTRAINT "api_answers_msp_id_key_id_api_keys_msp_id_id_fk" FOREIGN KEY ("msp_id","key_id") REFERENCES "public"."api_keys"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_msp_id_msps_id_fk" FOREIGN KEY ("msp_id") REFERENCES "public"."msps"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "customer_figures" ADD CONSTRAINT "customer_figures_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_notes" ADD CONSTRAINT "incident_notes_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "customer_people" ADD CONSTRAINT "customer_people_tenant_id_mailbox_id_mailboxes_tenant_id_id_fk" FOREIGN KEY ("tenant_id","mailbox_id") REFERENCES "public"."mailboxes"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "customer_people" ADD CONSTRAINT "customer_people_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_msp_id_msps_id_fk" FOREIGN KEY ("msp_id") REFERENCES "public"."msps"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "self_service_doors" ADD CONSTRAINT "self_service_doors_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "search_documents" ADD CONSTRAINT "search_documents_tenant_id_mailbox_id_mailboxes_tenant_id_id_fk" FOREIGN KEY ("tenant_id","mailbox_id") REFERENCES "public"."mailboxes"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "search_documents" ADD CONSTRAINT "search_documents_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "searches" ADD CONSTRAINT "searches_tenant_id_mailbox_id_mailboxes_tenant_id_id_fk" FOREIGN KEY ("tenant_id","mailbox_id") REFERENCES "public"."mailboxes"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "searches" ADD CONSTRAINT "searches_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_answers_expiry" ON "api_answers" USING btree ("msp_id","expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_secret" ON "api_keys" USING btree ("secret_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "invitations_token" ON "invitations" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "invitations_latest" ON "invitations" USING btree ("msp_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "search_documents_words" ON "search_documents" USING gin ("words");--> statement-breakpoint
CREATE INDEX "search_documents_latest" ON "search_documents" USING btree ("tenant_id","at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "searches_expiry" ON "searches" USING btree ("tenant_id","expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_id" ON "sessions" USING btree ("id");--> statement-breakpoint
CREATE POLICY "customer_fence" ON "audit_events" AS RESTRICTIVE FOR ALL TO public USING ((tenant_id is null or ((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])))) WITH CHECK ((tenant_id is null or ((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "folder_cursors" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "folders" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "mailbox_fence" ON "folders" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.mailboxes', true), '')) is null or mailbox_id = any((select string_to_array(nullif(current_setting('app.mailboxes', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.mailboxes', true), '')) is null or mailbox_id = any((select string_to_array(nullif(current_setting('app.mailboxes', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "item_retries" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "items" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "mailbox_fence" ON "items" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.mailboxes', true), '')) is null or mailbox_id = any((select string_to_array(nullif(current_setting('app.mailboxes', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.mailboxes', true), '')) is null or mailbox_id = any((select string_to_array(nullif(current_setting('app.mailboxes', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "mailbox_leases" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "mailboxes" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "mailbox_fence" ON "mailboxes" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.mailboxes', true), '')) is null or id = any((select string_to_array(nullif(current_setting('app.mailboxes', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.mailboxes', true), '')) is null or id = any((select string_to_array(nullif(current_setting('app.mailboxes', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "snapshots" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "mailbox_fence" ON "snapshots" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.mailboxes', true), '')) is null or mailbox_id = any((select string_to_array(nullif(current_setting('app.mailboxes', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.mailboxes', true), '')) is null or mailbox_id = any((select string_to_array(nullif(current_setting('app.mailboxes', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "vaults" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "policies" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "exports" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "mailbox_fence" ON "exports" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.mailboxes', true), '')) is null or mailbox_id = any((select string_to_array(nullif(current_setting('app.mailboxes', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.mailboxes', true), '')) is null or mailbox_id = any((select string_to_array(nullif(current_setting('app.mailboxes', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "previews" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "mailbox_fence" ON "previews" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.mailboxes', true), '')) is null or mailbox_id = any((select string_to_array(nullif(current_setting('app.mailboxes', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.mailboxes', true), '')) is null or mailbox_id = any((select string_to_array(nullif(current_setting('app.mailboxes', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "restore_items" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "restores" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "mailbox_fence" ON "restores" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.mailboxes', true), '')) is null or mailbox_id = any((select string_to_array(nullif(current_setting('app.mailboxes', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.mailboxes', true), '')) is null or mailbox_id = any((select string_to_array(nullif(current_setting('app.mailboxes', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "run_items" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "run_mailboxes" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "runs" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "connect_links" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "connections" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "customer_fence" ON "tenants" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "msp_rows" ON "api_allowances" AS PERMISSIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "msp_rows" ON "api_answers" AS PERMISSIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "msp_rows" ON "api_keys" AS PERMISSIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "by_hash" ON "api_keys" AS PERMISSIVE FOR SELECT TO public USING (secret_hash = nullif(current_setting('app.door', true), ''));--> statement-breakpoint
CREATE POLICY "msp_fence" ON "customer_figures" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "customer_figures" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "customer_figures" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "customer_fence" ON "customer_figures" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "msp_fence" ON "incident_notes" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "incident_notes" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "incident_notes" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "customer_fence" ON "incident_notes" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "msp_rows" ON "customer_people" AS PERMISSIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "customer_fence" ON "customer_people" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "own_place" ON "customer_people" AS PERMISSIVE FOR SELECT TO public USING (subject = nullif(current_setting('app.subject', true), ''));--> statement-breakpoint
CREATE POLICY "msp_rows" ON "invitations" AS PERMISSIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "by_hash" ON "invitations" AS PERMISSIVE FOR SELECT TO public USING (token_hash = nullif(current_setting('app.door', true), ''));--> statement-breakpoint
CREATE POLICY "msp_rows" ON "self_service_doors" AS PERMISSIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "customer_fence" ON "self_service_doors" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "own_organisation" ON "self_service_doors" AS PERMISSIVE FOR SELECT TO public USING (entra_tid::text = nullif(current_setting('app.organisation', true), ''));--> statement-breakpoint
CREATE POLICY "msp_fence" ON "search_documents" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "search_documents" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "search_documents" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "customer_fence" ON "search_documents" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "mailbox_fence" ON "search_documents" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.mailboxes', true), '')) is null or mailbox_id = any((select string_to_array(nullif(current_setting('app.mailboxes', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.mailboxes', true), '')) is null or mailbox_id = any((select string_to_array(nullif(current_setting('app.mailboxes', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "msp_fence" ON "searches" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "searches" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "searches" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "customer_fence" ON "searches" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "mailbox_fence" ON "searches" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.mailboxes', true), '')) is null or mailbox_id = any((select string_to_array(nullif(current_setting('app.mailboxes', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.mailboxes', true), '')) is null or mailbox_id = any((select string_to_array(nullif(current_setting('app.mailboxes', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint

-- What drizzle-kit does not emit; "search_documents" above is partitioned by our hand, and so is the
-- default with which "sessions"."id" is filled.
CREATE TABLE "search_documents_0" PARTITION OF "search_documents" FOR VALUES WITH (MODULUS 8, REMAINDER 0);--> statement-breakpoint
CREATE TABLE "search_documents_1" PARTITION OF "search_documents" FOR VALUES WITH (MODULUS 8, REMAINDER 1);--> statement-breakpoint
CREATE TABLE "search_documents_2" PARTITION OF "search_documents" FOR VALUES WITH (MODULUS 8, REMAINDER 2);--> statement-breakpoint
CREATE TABLE "search_documents_3" PARTITION OF "search_documents" FOR VALUES WITH (MODULUS 8, REMAINDER 3);--> statement-breakpoint
CREATE TABLE "search_documents_4" PARTITION OF "search_documents" FOR VALUES WITH (MODULUS 8, REMAINDER 4);--> statement-breakpoint
CREATE TABLE "search_documents_5" PARTITION OF "search_documents" FOR VALUES WITH (MODULUS 8, REMAINDER 5);--> statement-breakpoint
CREATE TABLE "search_documents_6" PARTITION OF "search_documents" FOR VALUES WITH (MODULUS 8, REMAINDER 6);--> statement-breakpoint
CREATE TABLE "search_documents_7" PARTITION OF "search_documents" FOR VALUES WITH (MODULUS 8, REMAINDER 7);--> statement-breakpoint

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

-- Besides those of 0001, what may be read without app.msp_id, each by one proven value or secret:
--   customer_people     own_place         a signed-in subject finds the customer it belongs to   app.subject
--   self_service_doors  own_organisation  a proven organisation finds its customer               app.organisation
--   invitations         by_hash           the token of a link finds its invitation               app.door
--   api_keys            by_hash           a secret finds its key                                 app.door

GRANT SELECT, INSERT, UPDATE ON
  "customer_people", "invitations", "api_keys", "api_allowances", "searches", "incident_notes"
  TO app_user;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "api_answers", "self_service_doors" TO app_user;--> statement-breakpoint
GRANT DELETE ON "searches", "incident_notes" TO app_user;--> statement-breakpoint
GRANT SELECT ON "search_documents", "customer_figures" TO app_user;--> statement-breakpoint

GRANT SELECT, INSERT, UPDATE, DELETE ON
  "search_documents", "customer_figures", "searches"
  TO app_worker;--> statement-breakpoint
GRANT SELECT ON "incident_notes" TO app_worker;
