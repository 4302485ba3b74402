ALTER TABLE "billing_credits" ADD COLUMN "instead_of" uuid;--> statement-breakpoint
ALTER TABLE "billing_credits" ADD CONSTRAINT "billing_credits_msp_id_instead_of_billing_credits_msp_id_id_fk" FOREIGN KEY ("msp_id","instead_of") REFERENCES "public"."billing_credits"("msp_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_credits" ADD CONSTRAINT "billing_credits_instead_once" UNIQUE("msp_id","instead_of");--> statement-breakpoint
ALTER TABLE "billing_credits" ADD CONSTRAINT "billing_credits_instead" CHECK (instead_of is null or way = 'refund');