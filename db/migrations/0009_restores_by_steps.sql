ALTER TYPE "public"."restore_state" ADD VALUE 'draft' BEFORE 'planning';--> statement-breakpoint
ALTER TABLE "restores" ADD COLUMN "group_id" uuid;--> statement-breakpoint
ALTER TABLE "restores" ADD COLUMN "outcome" jsonb;--> statement-breakpoint
ALTER TABLE "connect_links" ADD COLUMN "opened_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "exports_of_msp" ON "exports" USING btree ("msp_id","created_at","id");--> statement-breakpoint
CREATE INDEX "restores_of_msp" ON "restores" USING btree ("msp_id","created_at","id");--> statement-breakpoint
CREATE INDEX "runs_of_msp" ON "runs" USING btree ("msp_id","created_at","id");