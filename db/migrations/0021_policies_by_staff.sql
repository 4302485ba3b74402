-- Staff say how often a customer is backed up; whose a policy is and what it is called stays.
REVOKE UPDATE ON "policies" FROM app_user;--> statement-breakpoint
GRANT UPDATE ("every_minutes", "paused") ON "policies" TO app_user;--> statement-breakpoint
CREATE TRIGGER live AFTER UPDATE ON "policies"
  FOR EACH ROW EXECUTE FUNCTION live_customer_row('customer');
