ALTER TABLE "customer_figures" ADD COLUMN "with_gaps" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "customer_figures" ADD COLUMN "failing" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "customer_figures" ADD COLUMN "target_place" text;--> statement-breakpoint
ALTER TABLE "customer_figures" ADD COLUMN "history" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "customer_figures" ADD COLUMN "history_from" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "customer_figures" ADD COLUMN "good_run_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "customer_figures" ADD COLUMN "worst_gap_ms" bigint;--> statement-breakpoint
ALTER TABLE "customer_figures" ADD COLUMN "median_gap_ms" bigint;--> statement-breakpoint
ALTER TABLE "customer_figures" ADD COLUMN "unexplained_items" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "lost_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "mailboxes_in_trouble" ON "mailboxes" USING btree ("msp_id","tenant_id") WHERE state = 'discovered' or (state = 'protected' and (last_good_at is null or last_outcome not like 'done%'));--> statement-breakpoint
CREATE INDEX "mailboxes_sealed" ON "mailboxes" USING btree ("msp_id","sealed_at" DESC NULLS LAST) WHERE state = 'sealed';