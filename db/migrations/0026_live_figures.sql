-- Lists and the pages of a customer show sums that the worker keeps: who looks is told when they are new.
CREATE TRIGGER live AFTER INSERT OR UPDATE ON "customer_figures"
  FOR EACH ROW EXECUTE FUNCTION live_customer_row('customer');
