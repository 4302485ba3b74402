-- Staff say how often a customer is backed up; who it belongs to and what it is called stays.
GRANT UPDATE ("every_minutes", "paused") ON "policies" TO app_user;--> statement-breakpoint
CREATE TRIGGER live AFTER UPDATE ON "policies"
  FOR EACH ROW EXECUTE FUNCTION live_customer_row('customer');
