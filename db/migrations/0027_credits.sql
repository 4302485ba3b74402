CREATE TYPE "public"."credit_way" AS ENUM('next-invoice', 'refund');--> statement-breakpoint
CREATE TYPE "public"."refund_outcome" AS ENUM('given', 'refused');--> statement-breakpoint
CREATE TABLE "billing_credits" (
	"msp_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"tenant_id" uuid,
	"id" uuid NOT NULL,
	"way" "credit_way" NOT NULL,
	"amount" text NOT NULL,
	"currency" text NOT NULL,
	"reason" text NOT NULL,
	"invoice_id" text,
	"booked_period" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "billing_credits_msp_id_id_pk" PRIMARY KEY("msp_id","id"),
	CONSTRAINT "billing_credits_way" CHECK ((way = 'refund') = (booked_period is null) and (way <> 'refund' or invoice_id is not null))
);
--> statement-breakpoint
ALTER TABLE "billing_credits" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "billing_refunds" (
	"msp_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"tenant_id" uuid,
	"credit_id" uuid NOT NULL,
	"outcome" "refund_outcome" NOT NULL,
	"note_id" text,
	"reason" text,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_refunds_msp_id_credit_id_pk" PRIMARY KEY("msp_id","credit_id")
);
--> statement-breakpoint
ALTER TABLE "billing_refunds" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "billing_credits" ADD CONSTRAINT "billing_credits_msp_id_account_id_billing_accounts_msp_id_id_fk" FOREIGN KEY ("msp_id","account_id") REFERENCES "public"."billing_accounts"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_refunds" ADD CONSTRAINT "billing_refunds_msp_id_credit_id_billing_credits_msp_id_id_fk" FOREIGN KEY ("msp_id","credit_id") REFERENCES "public"."billing_credits"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_refunds" ADD CONSTRAINT "billing_refunds_msp_id_account_id_billing_accounts_msp_id_id_fk" FOREIGN KEY ("msp_id","account_id") REFERENCES "public"."billing_accounts"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "billing_credits_of_account" ON "billing_credits" USING btree ("msp_id","account_id");--> statement-breakpoint
CREATE POLICY "msp_rows" ON "billing_credits" AS PERMISSIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "customer_fence" ON "billing_credits" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
CREATE POLICY "msp_rows" ON "billing_refunds" AS PERMISSIVE FOR ALL TO public USING (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid) WITH CHECK (msp_id = nullif(current_setting('app.msp_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "customer_fence" ON "billing_refunds" AS RESTRICTIVE FOR ALL TO public USING (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[]))) WITH CHECK (((select nullif(current_setting('app.customers', true), '')) is null or tenant_id = any((select string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[])::uuid[])));--> statement-breakpoint
ALTER POLICY "operator_read" ON "billing_accounts" TO app_owner,app_worker USING (current_setting('app.scope', true) = 'operator');--> statement-breakpoint
ALTER POLICY "operator_read" ON "msps" TO app_owner,app_worker USING (current_setting('app.scope', true) = 'operator');--> statement-breakpoint

-- By hand. What drizzle-kit does not emit: fenced for the owner too, and added to only.
ALTER TABLE "billing_credits" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "billing_refunds" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
DO $$
DECLARE
  relation text;
BEGIN
  FOREACH relation IN ARRAY ARRAY['billing_credits', 'billing_refunds']
  LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I
      FOR EACH ROW EXECUTE FUNCTION refuse_change()', relation);
    EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', relation);
  END LOOP;
END
$$;--> statement-breakpoint

-- Money is given back by whoever owns the catalogue, and by no process of the product: those read what
-- was given, and the worker adds what Stripe answered.
GRANT SELECT ON "billing_credits", "billing_refunds" TO app_user, app_worker;--> statement-breakpoint
GRANT INSERT ON "billing_refunds" TO app_worker;
