-- A session from before does not know the role of its account: everybody signs in once more.
DELETE FROM "sessions";--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "administrator" boolean NOT NULL;
