-- By hand. The portal writes of an account what somebody does there: how it is made known to Stripe, how
-- it was subscribed to, that a customer's own one ends; and the clock that a demonstration puts it on.
-- What is paid and what the ledger has of it is the worker's. A column that a verb of the portal is to
-- write is added here.
REVOKE UPDATE ON "billing_accounts" FROM app_user;--> statement-breakpoint
GRANT UPDATE ("plan_id", "stripe_customer_id", "stripe_subscription_id", "subscription_items", "state",
  "started_period", "first_day", "ended_period", "trouble", "trouble_since", "test_clock_id", "clock_at")
  ON "billing_accounts" TO app_user;
