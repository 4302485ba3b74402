ALTER TABLE "mailboxes" ADD COLUMN "waits_for" text;--> statement-breakpoint
CREATE POLICY "by_clock" ON "billing_accounts" AS PERMISSIVE FOR SELECT TO public USING (test_clock_id = nullif(current_setting('app.door', true), ''));--> statement-breakpoint

-- By hand. Whose customer an event names is found out by the worker.
GRANT INSERT, UPDATE ON "webhook_refusals" TO app_worker;
