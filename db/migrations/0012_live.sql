-- Who looks at a page is told that something on it has changed: a topic and ids, never more, on one
-- channel that the portal filters by MSP and reach (`db/listen.ts` reads the form, `-` is none):
--   topic msp tenant mailbox id
-- Postgres says what is said twice in a transaction once, and nothing of one that is rolled back.

CREATE FUNCTION live_tell(topic text, msp uuid, tenant uuid, mailbox uuid, id text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT pg_notify('holdfast_live', concat_ws(' ', topic, coalesce(msp::text, '-'),
    coalesce(tenant::text, '-'), coalesce(mailbox::text, '-'), id))
$$;--> statement-breakpoint

-- Rows that are the thing itself. The topic is the argument of the trigger.
CREATE FUNCTION live_row() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM live_tell(TG_ARGV[0], NEW.msp_id, NEW.tenant_id, NULL, NEW.id::text);
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE FUNCTION live_mailbox_row() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM live_tell(TG_ARGV[0], NEW.msp_id, NEW.tenant_id, NEW.mailbox_id, NEW.id::text);
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER live AFTER INSERT OR UPDATE ON "runs"
  FOR EACH ROW EXECUTE FUNCTION live_row('run');--> statement-breakpoint
CREATE TRIGGER live AFTER INSERT OR UPDATE ON "restores"
  FOR EACH ROW EXECUTE FUNCTION live_mailbox_row('restore');--> statement-breakpoint
CREATE TRIGGER live AFTER INSERT OR UPDATE ON "exports"
  FOR EACH ROW EXECUTE FUNCTION live_mailbox_row('export');--> statement-breakpoint
CREATE TRIGGER live AFTER INSERT OR UPDATE ON "previews"
  FOR EACH ROW EXECUTE FUNCTION live_mailbox_row('preview');--> statement-breakpoint

-- Rows that come by the thousand: once a statement for each run, restore or customer they belong to.
CREATE FUNCTION live_run_parts() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM live_tell('run', part.msp_id, part.tenant_id, NULL, part.run_id::text)
    FROM (SELECT DISTINCT msp_id, tenant_id, run_id FROM changed) AS part;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER live AFTER UPDATE ON "run_mailboxes" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION live_run_parts();--> statement-breakpoint
CREATE FUNCTION live_restore_parts() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM live_tell('restore', whole.msp_id, whole.tenant_id, whole.mailbox_id, whole.id::text)
    FROM (SELECT DISTINCT tenant_id, restore_id FROM changed) AS part
    JOIN restores AS whole ON whole.tenant_id = part.tenant_id AND whole.id = part.restore_id;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER live AFTER UPDATE ON "restore_items" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION live_restore_parts();--> statement-breakpoint

-- What a customer's page says of it.
CREATE FUNCTION live_customer_row() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM live_tell(TG_ARGV[0], NEW.msp_id, NEW.tenant_id, NULL, NEW.tenant_id::text);
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE FUNCTION live_tenant() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM live_tell('customer', NEW.msp_id, NEW.id, NULL, NEW.id::text);
  IF TG_OP = 'UPDATE' AND NEW.self_service IS DISTINCT FROM OLD.self_service THEN
    PERFORM live_tell('person', NEW.msp_id, NEW.id, NULL, NEW.id::text);
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE FUNCTION live_customer_parts() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM live_tell('customer', part.msp_id, part.tenant_id, NULL, part.tenant_id::text)
    FROM (SELECT DISTINCT msp_id, tenant_id FROM changed) AS part;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER live AFTER INSERT OR UPDATE ON "tenants"
  FOR EACH ROW EXECUTE FUNCTION live_tenant();--> statement-breakpoint
CREATE TRIGGER live AFTER INSERT OR UPDATE ON "connections"
  FOR EACH ROW EXECUTE FUNCTION live_customer_row('customer');--> statement-breakpoint
CREATE TRIGGER live AFTER INSERT OR UPDATE ON "connect_links"
  FOR EACH ROW EXECUTE FUNCTION live_customer_row('customer');--> statement-breakpoint
CREATE TRIGGER live AFTER INSERT OR UPDATE ON "incident_notes"
  FOR EACH ROW EXECUTE FUNCTION live_customer_row('incident');--> statement-breakpoint
CREATE TRIGGER live_found AFTER INSERT ON "mailboxes" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION live_customer_parts();--> statement-breakpoint
CREATE TRIGGER live_state AFTER UPDATE ON "mailboxes"
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
  EXECUTE FUNCTION live_customer_row('customer');--> statement-breakpoint

-- Who may look. An open stream whose viewer is named ends, and is asked anew when it comes back.
CREATE FUNCTION live_session() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM live_tell('session', NULL, NULL, NULL, OLD.user_id::text);
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE FUNCTION live_member() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM live_tell('person', OLD.msp_id, NULL, NULL, OLD.subject);
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE FUNCTION live_customer_person() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM live_tell('person', OLD.msp_id, OLD.tenant_id, NULL, OLD.subject);
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER live_ended AFTER DELETE ON "sessions"
  FOR EACH ROW EXECUTE FUNCTION live_session();--> statement-breakpoint
CREATE TRIGGER live_shortened AFTER UPDATE OF expires_at ON "sessions"
  FOR EACH ROW EXECUTE FUNCTION live_session();--> statement-breakpoint
CREATE TRIGGER live AFTER UPDATE OR DELETE ON "members"
  FOR EACH ROW EXECUTE FUNCTION live_member();--> statement-breakpoint
CREATE TRIGGER live AFTER UPDATE OR DELETE ON "customer_people"
  FOR EACH ROW EXECUTE FUNCTION live_customer_person();
