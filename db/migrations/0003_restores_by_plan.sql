ALTER TYPE "public"."restore_action" ADD VALUE 'skip-changed';--> statement-breakpoint
ALTER TABLE "restore_items" ADD COLUMN "folder_key" text NOT NULL;--> statement-breakpoint
ALTER TABLE "restore_items" ADD COLUMN "internet_message_id" text;--> statement-breakpoint
ALTER TABLE "restore_items" ADD COLUMN "present_ids" text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "restore_items" ADD COLUMN "target_folder_id" text;--> statement-breakpoint
ALTER TABLE "restore_items" ADD COLUMN "intended_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "restore_items" ADD COLUMN "adopted" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "restore_items" ADD COLUMN "same_bytes" boolean;--> statement-breakpoint
ALTER TABLE "restores" ADD COLUMN "target_folders" jsonb;--> statement-breakpoint
CREATE INDEX "restore_items_written" ON "restore_items" USING btree ("tenant_id","restore_id","written_id");--> statement-breakpoint
ALTER TABLE "restore_items" DROP COLUMN "folder_id";--> statement-breakpoint
ALTER TABLE "restore_items" DROP COLUMN "restore_key";