DROP INDEX "audit_events_latest";--> statement-breakpoint
DROP INDEX "mailboxes_sealed";--> statement-breakpoint
DROP INDEX "invitations_latest";--> statement-breakpoint
DROP INDEX "exports_latest";--> statement-breakpoint
DROP INDEX "restores_latest";--> statement-breakpoint
DROP INDEX "runs_latest";--> statement-breakpoint
DROP INDEX "runs_open";--> statement-breakpoint
CREATE INDEX "audit_events_latest" ON "audit_events" USING btree ("msp_id","at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "mailboxes_sealed" ON "mailboxes" USING btree ("msp_id","sealed_at" DESC NULLS FIRST) WHERE state = 'sealed';--> statement-breakpoint
CREATE INDEX "invitations_latest" ON "invitations" USING btree ("msp_id","created_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "exports_latest" ON "exports" USING btree ("tenant_id","created_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "restores_latest" ON "restores" USING btree ("tenant_id","created_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "runs_latest" ON "runs" USING btree ("tenant_id","created_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "runs_open" ON "runs" USING btree ("msp_id","tenant_id","policy_id") WHERE state in ('queued', 'running', 'paused');