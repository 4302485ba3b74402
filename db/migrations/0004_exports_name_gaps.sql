ALTER TABLE "exports" ADD COLUMN "total" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "exports" ADD COLUMN "failures" jsonb DEFAULT '[]'::jsonb NOT NULL;