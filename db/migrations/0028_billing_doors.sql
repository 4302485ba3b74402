CREATE POLICY "world_clock" ON "billing_accounts" AS RESTRICTIVE FOR INSERT TO "app_user" WITH CHECK (test_clock_id is null and clock_at is null);--> statement-breakpoint
CREATE POLICY "write_off" ON "billing_closings" AS RESTRICTIVE FOR UPDATE TO "app_user" USING (state = 'held' and step = 'left-out') WITH CHECK (state = 'finalised' and step = 'written-off' and reason is not null);--> statement-breakpoint
-- By hand. The clock that an account lives by is set by whoever runs Holdfast, for a demonstration.
REVOKE UPDATE ("test_clock_id", "clock_at") ON "billing_accounts" FROM app_user;--> statement-breakpoint
-- Within the policy above: what somebody writes off.
GRANT UPDATE ("state", "step", "reason", "held_since", "finalised_at", "changed_at")
  ON "billing_closings" TO app_user;
