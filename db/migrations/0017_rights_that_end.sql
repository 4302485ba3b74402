-- Whoever listens is asked anew when their organisation is connected no more, or as another.
CREATE OR REPLACE FUNCTION live_tenant() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM live_tell('customer', NEW.msp_id, NEW.id, NULL, NEW.id::text);
  IF TG_OP = 'UPDATE' AND (NEW.self_service, NEW.state, NEW.entra_tid)
      IS DISTINCT FROM (OLD.self_service, OLD.state, OLD.entra_tid) THEN
    PERFORM live_tell('person', NEW.msp_id, NEW.id, NULL, NEW.id::text);
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint

-- For which MSP each of these works: the one that enrolled them first, as `places/find` has it. It
-- sees of others what "own_memberships" shows for one subject, and asks that for each in turn.
CREATE FUNCTION workplaces(subjects text[]) RETURNS TABLE (subject text, msp_id uuid)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  before text := current_setting('app.subject', true);
  one text;
BEGIN
  FOREACH one IN ARRAY subjects LOOP
    PERFORM set_config('app.subject', one, true);
    RETURN QUERY SELECT m.subject, m.msp_id FROM members AS m
      WHERE m.subject = one AND m.disabled_at IS NULL
      ORDER BY m.enrolled_at, m.msp_id LIMIT 1;
  END LOOP;
  PERFORM set_config('app.subject', coalesce(before, ''), true);
END $$;--> statement-breakpoint

-- Keys end with whoever made them, those of members who were turned away before this as well. The
-- owner of the tables is fenced in too, and has no MSP here.
ALTER TABLE "api_keys" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "members" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
UPDATE "api_keys" AS k SET revoked_at = m.disabled_at FROM "members" AS m
  WHERE m.msp_id = k.msp_id AND m.subject = k.created_by
    AND m.disabled_at IS NOT NULL AND k.revoked_at IS NULL;--> statement-breakpoint
ALTER TABLE "api_keys" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "members" FORCE ROW LEVEL SECURITY;
