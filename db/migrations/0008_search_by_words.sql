CREATE TYPE "public"."text_extent" AS ENUM('whole', 'beginning', 'none');--> statement-breakpoint
ALTER TABLE "mailboxes" ADD COLUMN "textless" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "mailboxes" ADD COLUMN "indexed_seq" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "search_documents" ADD COLUMN "extent" text_extent NOT NULL;--> statement-breakpoint
ALTER TABLE "searches" ADD COLUMN "found" integer;--> statement-breakpoint
ALTER TABLE "searches" ADD COLUMN "found_more" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "search_documents_of_mailbox" ON "search_documents" USING btree ("tenant_id","mailbox_id","at" DESC NULLS LAST);--> statement-breakpoint
CREATE POLICY "by_words" ON "search_documents" AS RESTRICTIVE FOR ALL TO "app_search" USING (words @@ nullif(current_setting('app.words', true), '')::tsquery);--> statement-breakpoint

-- What drizzle-kit does not emit. app_user turns into app_search for one query: what it then sees is
-- what it saw before, and of search documents only those that hold the words in app.words.
GRANT SELECT ON "search_documents", "items", "snapshots", "mailboxes" TO app_search;
