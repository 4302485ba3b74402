CREATE TYPE "public"."actor_kind" AS ENUM('user', 'workflow', 'system');--> statement-breakpoint
CREATE TYPE "public"."item_kind" AS ENUM('message', 'event', 'contact', 'task', 'note', 'other');--> statement-breakpoint
CREATE TYPE "public"."item_outcome" AS ENUM('stored', 'reused', 'removed', 'skipped', 'failed');--> statement-breakpoint
CREATE TYPE "public"."mailbox_kind" AS ENUM('user', 'shared', 'room', 'equipment', 'archive');--> statement-breakpoint
CREATE TYPE "public"."mailbox_state" AS ENUM('discovered', 'protected', 'excluded', 'sealed', 'erased');--> statement-breakpoint
CREATE TYPE "public"."member_role" AS ENUM('owner', 'admin', 'technician', 'billing', 'auditor');--> statement-breakpoint
CREATE TYPE "public"."capture_mode" AS ENUM('dual', 'stream', 'readable');--> statement-breakpoint
CREATE TYPE "public"."collision_rule" AS ENUM('skip', 'copy', 'replace');--> statement-breakpoint
CREATE TYPE "public"."export_state" AS ENUM('queued', 'running', 'done', 'failed', 'cancelled', 'expired');--> statement-breakpoint
CREATE TYPE "public"."preview_state" AS ENUM('waiting', 'ready', 'failed');--> statement-breakpoint
CREATE TYPE "public"."restore_action" AS ENUM('write', 'skip-present', 'copy', 'replace', 'cannot');--> statement-breakpoint
CREATE TYPE "public"."restore_item_state" AS ENUM('planned', 'writing', 'written', 'verified', 'differs', 'skipped', 'failed');--> statement-breakpoint
CREATE TYPE "public"."restore_route" AS ENUM('stream', 'json');--> statement-breakpoint
CREATE TYPE "public"."restore_state" AS ENUM('planning', 'planned', 'running', 'verifying', 'done', 'failed', 'cancelled');--> statement-breakpoint
CREATE TYPE "public"."run_mailbox_state" AS ENUM('waiting', 'running', 'deferred', 'done', 'failed', 'cancelled');--> statement-breakpoint
CREATE TYPE "public"."run_state" AS ENUM('queued', 'running', 'paused', 'done', 'incomplete', 'failed', 'cancelled');--> statement-breakpoint
CREATE TYPE "public"."run_trigger" AS ENUM('schedule', 'manual', 'onboarding');--> statement-breakpoint
CREATE TYPE "public"."connect_step" AS ENUM('open', 'signed-in', 'sent', 'checking', 'connected', 'refused');--> statement-breakpoint
CREATE TYPE "public"."connection_state" AS ENUM('waiting', 'connected', 'refused', 'lost');--> statement-breakpoint
CREATE TYPE "public"."entra_app" AS ENUM('backup', 'restore');--> statement-breakpoint
CREATE TYPE "public"."tenant_state" AS ENUM('connecting', 'connected', 'consent-lost', 'disconnected');--> statement-breakpoint
CREATE TABLE "audit_events" (
	"msp_id" uuid NOT NULL,
	"chain_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"tenant_id" uuid,
	"at" timestamp (3) with time zone NOT NULL,
	"action" text NOT NULL,
	"actor_kind" "actor_kind" NOT NULL,
	"actor" text NOT NULL,
	"entity" text NOT NULL,
	"entity_id" text,
	"facts" jsonb NOT NULL,
	"previous_hash" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "audit_events_msp_id_chain_id_seq_pk" PRIMARY KEY("msp_id","chain_id","seq")
);
--> statement-breakpoint
ALTER TABLE "audit_events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "folder_cursors" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"mailbox_id" uuid NOT NULL,
	"folder_id" text NOT NULL,
	"cursor" text,
	"round_complete" boolean NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "folder_cursors_tenant_id_mailbox_id_folder_id_pk" PRIMARY KEY("tenant_id","mailbox_id","folder_id")
);
--> statement-breakpoint
ALTER TABLE "folder_cursors" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "folders" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"mailbox_id" uuid NOT NULL,
	"source_id" text NOT NULL,
	"parent_source_id" text,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"well_known" text,
	"from_seq" integer NOT NULL,
	"to_seq" integer,
	CONSTRAINT "folders_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "folders" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "item_retries" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"mailbox_id" uuid NOT NULL,
	"source_id" text NOT NULL,
	"folder_id" text NOT NULL,
	"attempts" integer NOT NULL,
	"cause" text NOT NULL,
	"detail" text,
	"first_failed_at" timestamp (3) with time zone NOT NULL,
	"last_failed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "item_retries_tenant_id_mailbox_id_source_id_pk" PRIMARY KEY("tenant_id","mailbox_id","source_id")
);
--> statement-breakpoint
ALTER TABLE "item_retries" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "items" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"mailbox_id" uuid NOT NULL,
	"source_id" text NOT NULL,
	"change_key" text NOT NULL,
	"folder_id" text NOT NULL,
	"kind" "item_kind" NOT NULL,
	"item_class" text NOT NULL,
	"subject" text NOT NULL,
	"sender" text NOT NULL,
	"recipients" text NOT NULL,
	"at" timestamp (3) with time zone,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"has_attachments" boolean NOT NULL,
	"categories" text[] NOT NULL,
	"content_id" text NOT NULL,
	"internet_message_id" text,
	"ref" text NOT NULL,
	"stream_bytes" bigint,
	"readable_bytes" bigint,
	"note" text,
	"from_seq" integer NOT NULL,
	"to_seq" integer,
	CONSTRAINT "items_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
) PARTITION BY HASH ("tenant_id");
--> statement-breakpoint
ALTER TABLE "items" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "mailbox_leases" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"mailbox_id" uuid NOT NULL,
	"owner" text NOT NULL,
	"epoch" bigint NOT NULL,
	"taken_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "mailbox_leases_tenant_id_mailbox_id_pk" PRIMARY KEY("tenant_id","mailbox_id")
);
--> statement-breakpoint
ALTER TABLE "mailbox_leases" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "mailboxes" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" "mailbox_kind" NOT NULL,
	"state" "mailbox_state" NOT NULL,
	"entra_user_id" text NOT NULL,
	"exchange_id" text,
	"address" text NOT NULL,
	"display_name" text NOT NULL,
	"next_seq" integer DEFAULT 1 NOT NULL,
	"last_good_at" timestamp (3) with time zone,
	"last_outcome" text,
	"items" bigint DEFAULT 0 NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"discovered_at" timestamp (3) with time zone NOT NULL,
	"sealed_at" timestamp (3) with time zone,
	CONSTRAINT "mailboxes_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "mailboxes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "snapshots" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"mailbox_id" uuid NOT NULL,
	"run_id" uuid,
	"sequence" integer NOT NULL,
	"vault_snapshot_id" text NOT NULL,
	"root" text NOT NULL,
	"previous" text,
	"taken_at" timestamp (3) with time zone NOT NULL,
	"items" bigint DEFAULT 0 NOT NULL,
	"added" bigint DEFAULT 0 NOT NULL,
	"removed" bigint DEFAULT 0 NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"pages_written" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "snapshots_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "snapshots_sequence" UNIQUE("tenant_id","mailbox_id","sequence")
);
--> statement-breakpoint
ALTER TABLE "snapshots" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "vaults" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"target" text NOT NULL,
	"key_id" text NOT NULL,
	"stored_bytes" bigint DEFAULT 0 NOT NULL,
	"packs" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"measured_at" timestamp (3) with time zone,
	CONSTRAINT "vaults_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "vaults_one" UNIQUE("tenant_id")
);
--> statement-breakpoint
ALTER TABLE "vaults" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "members" (
	"msp_id" uuid NOT NULL,
	"subject" text NOT NULL,
	"name" text NOT NULL,
	"role" "member_role" NOT NULL,
	"enrolled_at" timestamp (3) with time zone NOT NULL,
	"disabled_at" timestamp (3) with time zone,
	CONSTRAINT "members_msp_id_subject_pk" PRIMARY KEY("msp_id","subject")
);
--> statement-breakpoint
ALTER TABLE "members" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "msps" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "msps" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "policies" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"every_minutes" integer NOT NULL,
	"mode" "capture_mode" DEFAULT 'dual' NOT NULL,
	"lanes" integer DEFAULT 4 NOT NULL,
	"paused" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "policies_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "policies" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "exports" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"mailbox_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"selection" jsonb NOT NULL,
	"state" "export_state" NOT NULL,
	"refusal" text,
	"file" text,
	"sha256" text,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"items" bigint DEFAULT 0 NOT NULL,
	"failed" bigint DEFAULT 0 NOT NULL,
	"requested_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone,
	CONSTRAINT "exports_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "exports" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "previews" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"mailbox_id" uuid NOT NULL,
	"item_id" uuid NOT NULL,
	"state" "preview_state" NOT NULL,
	"headers" jsonb,
	"text" text,
	"attachments" jsonb,
	"truncated" boolean DEFAULT false NOT NULL,
	"refusal" text,
	"requested_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "previews_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "previews" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "restore_items" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"restore_id" uuid NOT NULL,
	"batch" integer NOT NULL,
	"position" integer NOT NULL,
	"item_id" uuid NOT NULL,
	"source_id" text NOT NULL,
	"ref" text NOT NULL,
	"content_id" text NOT NULL,
	"kind" "item_kind" NOT NULL,
	"item_class" text NOT NULL,
	"subject" text NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"target_path" text[] NOT NULL,
	"folder_id" text NOT NULL,
	"action" "restore_action" NOT NULL,
	"route" "restore_route" NOT NULL,
	"existing_id" text,
	"state" "restore_item_state" DEFAULT 'planned' NOT NULL,
	"cause" text,
	"detail" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"restore_key" text,
	"written_id" text,
	"written_at" timestamp (3) with time zone,
	"verified_at" timestamp (3) with time zone,
	CONSTRAINT "restore_items_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "restore_items_position" UNIQUE("tenant_id","restore_id","position")
);
--> statement-breakpoint
ALTER TABLE "restore_items" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "restores" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"mailbox_id" uuid NOT NULL,
	"target_mailbox_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"selection" jsonb NOT NULL,
	"destination" jsonb NOT NULL,
	"collisions" "collision_rule" NOT NULL,
	"state" "restore_state" NOT NULL,
	"plan" jsonb,
	"refusal" text,
	"requested_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"planned_at" timestamp (3) with time zone,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "restores_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "restores" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "run_items" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"mailbox_id" uuid NOT NULL,
	"source_id" text NOT NULL,
	"folder_id" text NOT NULL,
	"outcome" "item_outcome" NOT NULL,
	"cause" text NOT NULL,
	"detail" text,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "run_items_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "run_items_source" UNIQUE("tenant_id","run_id","mailbox_id","source_id")
);
--> statement-breakpoint
ALTER TABLE "run_items" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "run_mailboxes" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"mailbox_id" uuid NOT NULL,
	"shard" integer NOT NULL,
	"position" integer NOT NULL,
	"state" "run_mailbox_state" DEFAULT 'waiting' NOT NULL,
	"not_before" timestamp (3) with time zone,
	"cause" text,
	"detail" text,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"snapshot_id" uuid,
	"enumerated" bigint DEFAULT 0 NOT NULL,
	"stored" bigint DEFAULT 0 NOT NULL,
	"reused" bigint DEFAULT 0 NOT NULL,
	"removed" bigint DEFAULT 0 NOT NULL,
	"skipped" bigint DEFAULT 0 NOT NULL,
	"failed" bigint DEFAULT 0 NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"stored_bytes" bigint DEFAULT 0 NOT NULL,
	"requests" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "run_mailboxes_tenant_id_run_id_mailbox_id_pk" PRIMARY KEY("tenant_id","run_id","mailbox_id"),
	CONSTRAINT "run_mailboxes_position" UNIQUE("tenant_id","run_id","shard","position")
);
--> statement-breakpoint
ALTER TABLE "run_mailboxes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "runs" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"policy_id" uuid NOT NULL,
	"workflow_id" text NOT NULL,
	"trigger" "run_trigger" NOT NULL,
	"state" "run_state" NOT NULL,
	"reason" text,
	"requested_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"shards" integer DEFAULT 0 NOT NULL,
	"enumerated" bigint DEFAULT 0 NOT NULL,
	"stored" bigint DEFAULT 0 NOT NULL,
	"reused" bigint DEFAULT 0 NOT NULL,
	"removed" bigint DEFAULT 0 NOT NULL,
	"skipped" bigint DEFAULT 0 NOT NULL,
	"failed" bigint DEFAULT 0 NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"stored_bytes" bigint DEFAULT 0 NOT NULL,
	"requests" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "runs_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "runs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "accounts" (
	"provider" text NOT NULL,
	"provider_account_id" text NOT NULL,
	"user_id" uuid NOT NULL,
	CONSTRAINT "accounts_provider_provider_account_id_pk" PRIMARY KEY("provider","provider_account_id")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"token_hash" "bytea" PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "connect_doors" (
	"hash" text PRIMARY KEY NOT NULL,
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"link_id" uuid NOT NULL
);
--> statement-breakpoint
ALTER TABLE "connect_doors" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "connect_links" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"apps" "entra_app"[] NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"step" "connect_step" DEFAULT 'open' NOT NULL,
	"app" "entra_app" DEFAULT 'backup' NOT NULL,
	"refusal" text,
	"refusal_facts" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"used_at" timestamp (3) with time zone,
	"state_hash" text,
	"state_expires_at" timestamp (3) with time zone,
	"state_used_at" timestamp (3) with time zone,
	"browser_hash" text,
	"admin_subject" text,
	"admin_tid" uuid,
	"proofs" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"mailboxes" integer,
	CONSTRAINT "connect_links_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "connect_links" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "connections" (
	"msp_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"app" "entra_app" NOT NULL,
	"state" "connection_state" NOT NULL,
	"proofs" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"refusal" text,
	"verified_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "connections_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "connections_app" UNIQUE("tenant_id","app")
);
--> statement-breakpoint
ALTER TABLE "connections" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "tenants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"msp_id" uuid NOT NULL,
	"name" text NOT NULL,
	"state" "tenant_state" DEFAULT 'connecting' NOT NULL,
	"entra_tid" uuid,
	"connected_at" timestamp (3) with time zone,
	"throttled_until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "tenants_msp_id" UNIQUE("msp_id","id")
);
--> statement-breakpoint
ALTER TABLE "tenants" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_msp_id_msps_id_fk" FOREIGN KEY ("msp_id") REFERENCES "public"."msps"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "folder_cursors" ADD CONSTRAINT "folder_cursors_tenant_id_mailbox_id_mailboxes_tenant_id_id_fk" FOREIGN KEY ("tenant_id","mailbox_id") REFERENCES "public"."mailboxes"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "folder_cursors" ADD CONSTRAINT "folder_cursors_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "folders" ADD CONSTRAINT "folders_tenant_id_mailbox_id_mailboxes_tenant_id_id_fk" FOREIGN KEY ("tenant_id","mailbox_id") REFERENCES "public"."mailboxes"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "folders" ADD CONSTRAINT "folders_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "item_retries" ADD CONSTRAINT "item_retries_tenant_id_mailbox_id_mailboxes_tenant_id_id_fk" FOREIGN KEY ("tenant_id","mailbox_id") REFERENCES "public"."mailboxes"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "item_retries" ADD CONSTRAINT "item_retries_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "items" ADD CONSTRAINT "items_tenant_id_mailbox_id_mailboxes_tenant_id_id_fk" FOREIGN KEY ("tenant_id","mailbox_id") REFERENCES "public"."mailboxes"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "items" ADD CONSTRAINT "items_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mailbox_leases" ADD CONSTRAINT "mailbox_leases_tenant_id_mailbox_id_mailboxes_tenant_id_id_fk" FOREIGN KEY ("tenant_id","mailbox_id") REFERENCES "public"."mailboxes"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mailbox_leases" ADD CONSTRAINT "mailbox_leases_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mailboxes" ADD CONSTRAINT "mailboxes_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "snapshots" ADD CONSTRAINT "snapshots_tenant_id_mailbox_id_mailboxes_tenant_id_id_fk" FOREIGN KEY ("tenant_id","mailbox_id") REFERENCES "public"."mailboxes"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "snapshots" ADD CONSTRAINT "snapshots_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vaults" ADD CONSTRAINT "vaults_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_msp_id_msps_id_fk" FOREIGN KEY ("msp_id") REFERENCES "public"."msps"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policies" ADD CONSTRAINT "policies_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exports" ADD CONSTRAINT "exports_tenant_id_mailbox_id_mailboxes_tenant_id_id_fk" FOREIGN KEY ("tenant_id","mailbox_id") REFERENCES "public"."mailboxes"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exports" ADD CONSTRAINT "exports_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "previews" ADD CONSTRAINT "previews_tenant_id_mailbox_id_mailboxes_tenant_id_id_fk" FOREIGN KEY ("tenant_id","mailbox_id") REFERENCES "public"."mailboxes"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "previews" ADD CONSTRAINT "previews_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "restore_items" ADD CONSTRAINT "restore_items_tenant_id_restore_id_restores_tenant_id_id_fk" FOREIGN KEY ("tenant_id","restore_id") REFERENCES "public"."restores"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "restore_items" ADD CONSTRAINT "restore_items_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "restores" ADD CONSTRAINT "restores_tenant_id_mailbox_id_mailboxes_tenant_id_id_fk" FOREIGN KEY ("tenant_id","mailbox_id") REFERENCES "public"."mailboxes"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "restores" ADD CONSTRAINT "restores_tenant_id_target_mailbox_id_mailboxes_tenant_id_id_fk" FOREIGN KEY ("tenant_id","target_mailbox_id") REFERENCES "public"."mailboxes"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "restores" ADD CONSTRAINT "restores_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_items" ADD CONSTRAINT "run_items_tenant_id_run_id_runs_tenant_id_id_fk" FOREIGN KEY ("tenant_id","run_id") REFERENCES "public"."runs"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_items" ADD CONSTRAINT "run_items_tenant_id_mailbox_id_mailboxes_tenant_id_id_fk" FOREIGN KEY ("tenant_id","mailbox_id") REFERENCES "public"."mailboxes"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_items" ADD CONSTRAINT "run_items_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_mailboxes" ADD CONSTRAINT "run_mailboxes_tenant_id_run_id_runs_tenant_id_id_fk" FOREIGN KEY ("tenant_id","run_id") REFERENCES "public"."runs"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_mailboxes" ADD CONSTRAINT "run_mailboxes_tenant_id_mailbox_id_mailboxes_tenant_id_id_fk" FOREIGN KEY ("tenant_id","mailbox_id") REFERENCES "public"."mailboxes"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_mailboxes" ADD CONSTRAINT "run_mailboxes_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_tenant_id_policy_id_policies_tenant_id_id_fk" FOREIGN KEY ("tenant_id","policy_id") REFERENCES "public"."policies"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connect_doors" ADD CONSTRAINT "connect_doors_tenant_id_link_id_connect_links_tenant_id_id_fk" FOREIGN KEY ("tenant_id","link_id") REFERENCES "public"."connect_links"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connect_doors" ADD CONSTRAINT "connect_doors_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connect_links" ADD CONSTRAINT "connect_links_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_msp_id_tenant_id_tenants_msp_id_id_fk" FOREIGN KEY ("msp_id","tenant_id") REFERENCES "public"."tenants"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tenants" ADD CONSTRAINT "tenants_msp_id_msps_id_fk" FOREIGN KEY ("msp_id") REFERENCES "public"."msps"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_events_latest" ON "audit_events" USING btree ("msp_id","at" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "folders_open" ON "folders" USING btree ("tenant_id","mailbox_id","source_id") WHERE to_seq is null;--> statement-breakpoint
CREATE INDEX "folders_of_mailbox" ON "folders" USING btree ("tenant_id","mailbox_id","from_seq");--> statement-breakpoint
CREATE UNIQUE INDEX "items_open" ON "items" USING btree ("tenant_id","mailbox_id","source_id") WHERE to_seq is null;--> statement-breakpoint
CREATE INDEX "items_versions" ON "items" USING btree ("tenant_id","mailbox_id","source_id","from_seq");--> statement-breakpoint
CREATE INDEX "items_listing" ON "items" USING btree ("tenant_id","mailbox_id","folder_id","at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "items_content" ON "items" USING btree ("tenant_id","mailbox_id","content_id");--> statement-breakpoint
CREATE INDEX "items_started" ON "items" USING btree ("tenant_id","mailbox_id","from_seq");--> statement-breakpoint
CREATE INDEX "items_ended" ON "items" USING btree ("tenant_id","mailbox_id","to_seq") WHERE to_seq is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "mailboxes_primary_of_user" ON "mailboxes" USING btree ("tenant_id","entra_user_id") WHERE kind <> 'archive';--> statement-breakpoint
CREATE UNIQUE INDEX "mailboxes_archive_of_user" ON "mailboxes" USING btree ("tenant_id","entra_user_id") WHERE kind = 'archive';--> statement-breakpoint
CREATE INDEX "exports_latest" ON "exports" USING btree ("tenant_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "previews_expiry" ON "previews" USING btree ("tenant_id","expires_at");--> statement-breakpoint
CREATE INDEX "restore_items_batch" ON "restore_items" USING btree ("tenant_id","restore_id","batch");--> statement-breakpoint
CREATE INDEX "restores_latest" ON "restores" USING btree ("tenant_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "run_items_cause" ON "run_items" USING btree ("tenant_id","run_id","cause");--> statement-breakpoint
CREATE INDEX "run_mailboxes_of_mailbox" ON "run_mailboxes" USING btree ("tenant_id","mailbox_id","run_id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "runs_latest" ON "runs" USING btree ("tenant_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "runs_open" ON "runs" USING btree ("tenant_id","policy_id") WHERE state in ('queued', 'running', 'paused');--> statement-breakpoint
CREATE INDEX "accounts_user" ON "accounts" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "tenants_one_active_link" ON "tenants" USING btree ("entra_tid") WHERE state in ('connected', 'consent-lost');--> statement-breakpoint
CREATE POLICY "msp_fence" ON "audit_events" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "audit_events" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "audit_events" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_events" ON "audit_events" AS PERMISSIVE FOR INSERT TO public WITH CHECK (tenant_id is null and current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_fence" ON "folder_cursors" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "folder_cursors" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "folder_cursors" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_fence" ON "folders" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "folders" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "folders" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_fence" ON "item_retries" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "item_retries" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "item_retries" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_fence" ON "items" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "items" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "items" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_fence" ON "mailbox_leases" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "mailbox_leases" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "mailbox_leases" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_fence" ON "mailboxes" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "mailboxes" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "mailboxes" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_fence" ON "snapshots" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "snapshots" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "snapshots" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_fence" ON "vaults" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "vaults" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "vaults" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_rows" ON "members" AS PERMISSIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "own_memberships" ON "members" AS PERMISSIVE FOR SELECT TO public USING (subject = nullif(current_setting('app.subject', true), ''));--> statement-breakpoint
CREATE POLICY "msp_rows" ON "msps" AS PERMISSIVE FOR ALL TO public USING (id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "msp_fence" ON "policies" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "policies" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "policies" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_fence" ON "exports" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "exports" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "exports" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_fence" ON "previews" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "previews" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "previews" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_fence" ON "restore_items" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "restore_items" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "restore_items" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_fence" ON "restores" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "restores" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "restores" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_fence" ON "run_items" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "run_items" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "run_items" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_fence" ON "run_mailboxes" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "run_mailboxes" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "run_mailboxes" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_fence" ON "runs" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "runs" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "runs" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_rows" ON "connect_doors" AS PERMISSIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "by_hash" ON "connect_doors" AS PERMISSIVE FOR SELECT TO public USING (hash = nullif(current_setting('app.door', true), ''));--> statement-breakpoint
CREATE POLICY "msp_fence" ON "connect_links" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "connect_links" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "connect_links" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_fence" ON "connections" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "connections" AS PERMISSIVE FOR ALL TO public USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "connections" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');--> statement-breakpoint
CREATE POLICY "msp_fence" ON "tenants" AS RESTRICTIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_rows" ON "tenants" AS PERMISSIVE FOR ALL TO public USING (id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (id = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "fleet_read" ON "tenants" AS PERMISSIVE FOR SELECT TO public USING (current_setting('app.scope', true) = 'msp');