-- By hand. Who disconnects a customer in the portal leaves no run behind that would add its figures up.
GRANT INSERT, UPDATE ON "customer_figures" TO app_user;
