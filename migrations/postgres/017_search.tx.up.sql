-- The words of what can be found again: an index that the database keeps by itself, in the transaction of what it is of.
-- Who may see what is found is asked of the rows themselves, each time.
CREATE TABLE search_entries (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  number bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL,
  subject_id uuid NOT NULL,
  words tsvector NOT NULL,
  PRIMARY KEY (tenant_id, kind, subject_id)
);
--bun:split
-- What is new waits in a list that each search reads through and that whoever fills it must empty: 4 MB of it, which is
-- usual, would cost a search milliseconds and the writer a tenth of a second.
CREATE INDEX search_entries_words ON search_entries USING gin (words) WITH (gin_pending_list_limit = 128);
--bun:split
SELECT sharon_protect('search_entries');
--bun:split
-- Matching words is not "leakproof", so under row security PostgreSQL would not use the index: the search runs as the
-- table's owner, in the one function below, which asks for the transaction's tenant itself.
ALTER TABLE search_entries NO FORCE ROW LEVEL SECURITY;
--bun:split
-- Each entry also has its service as a word, so that a search walks what is of that service alone; what all services of
-- the trust share has its trust instead.
CREATE FUNCTION sharon_words(home uuid, title text, body text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
  SELECT array_to_tsvector(ARRAY['~' || replace(home::text, '-', '')]) || to_tsvector('english', title) || to_tsvector('english', body)
$$;
--bun:split
CREATE INDEX search_entries_latest ON search_entries (tenant_id, service_id, number);
--bun:split
-- Words that are everywhere stand in what is latest, so 500 entries are looked through first: mostly that is a page, and
-- all that a large service ever said of the night need not be sorted. (The function in place of @@ keeps the planner to
-- the order of the entries.)
CREATE FUNCTION sharon_search(service uuid, asked text, before bigint, most integer)
RETURNS TABLE (number bigint, kind text, subject_id uuid) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  tenant uuid := NULLIF(current_setting('app.tenant_id', true), '')::uuid;
  wanted tsquery := websearch_to_tsquery('english', asked);
  since bigint;
  given integer;
BEGIN
  IF numnode(wanted) = 0 THEN RETURN; END IF;
  since := COALESCE((SELECT e.number FROM search_entries AS e
    WHERE e.tenant_id = tenant AND e.service_id = service AND e.number < before ORDER BY e.number DESC OFFSET 500 LIMIT 1), 0);
  RETURN QUERY SELECT * FROM (
      (SELECT e.number, e.kind, e.subject_id FROM search_entries AS e
        WHERE e.tenant_id = tenant AND e.service_id = service AND e.number < before AND e.number > since AND ts_match_vq(e.words, wanted)
        ORDER BY e.number DESC LIMIT most)
      UNION ALL
      (SELECT e.number, e.kind, e.subject_id FROM search_entries AS e
        WHERE e.tenant_id = tenant AND e.service_id = tenant AND e.number < before AND e.number > since AND ts_match_vq(e.words, wanted)
        ORDER BY e.number DESC LIMIT most)
    ) AS latest ORDER BY latest.number DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most OR since = 0 THEN RETURN; END IF;
  wanted := ('''~' || replace(service::text, '-', '') || ''' | ''~' || replace(tenant::text, '-', '') || '''')::tsquery && wanted;
  RETURN QUERY SELECT e.number, e.kind, e.subject_id FROM search_entries AS e
    WHERE e.tenant_id = tenant AND e.words @@ wanted AND e.number <= since
    ORDER BY e.number DESC LIMIT most - given;
END $$;
--bun:split
CREATE FUNCTION sharon_index_post() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM search_entries WHERE tenant_id = OLD.tenant_id AND kind = 'post' AND subject_id = OLD.id;
  ELSIF TG_OP = 'UPDATE' THEN
    UPDATE search_entries SET words = sharon_words(NEW.service_id, NEW.title, NEW.body) WHERE tenant_id = NEW.tenant_id AND kind = 'post' AND subject_id = NEW.id;
  ELSE
    INSERT INTO search_entries (tenant_id, service_id, kind, subject_id, words) VALUES (NEW.tenant_id, NEW.service_id, 'post', NEW.id, sharon_words(NEW.service_id, NEW.title, NEW.body));
  END IF;
  RETURN NULL;
END $$;
--bun:split
CREATE TRIGGER index_post AFTER INSERT OR DELETE OR UPDATE OF title, body ON posts FOR EACH ROW EXECUTE FUNCTION sharon_index_post();
--bun:split
ALTER TABLE posts NO FORCE ROW LEVEL SECURITY;
--bun:split
INSERT INTO search_entries (tenant_id, service_id, kind, subject_id, words)
SELECT tenant_id, service_id, 'post', id, sharon_words(service_id, title, body) FROM posts ORDER BY published_at, id;
--bun:split
ALTER TABLE posts FORCE ROW LEVEL SECURITY;
--bun:split
CREATE FUNCTION sharon_index_resource() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  home uuid;
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM search_entries WHERE tenant_id = OLD.tenant_id AND kind = 'resource' AND subject_id = OLD.id;
    RETURN NULL;
  END IF;
  home := CASE WHEN NEW.shared THEN NEW.tenant_id ELSE NEW.service_id END;
  INSERT INTO search_entries (tenant_id, service_id, kind, subject_id, words) VALUES (NEW.tenant_id, home, 'resource', NEW.id,
    sharon_words(home, NEW.title, concat_ws(' ', NEW.summary, NEW.body, NEW.tags, NEW.area, NEW.eligibility)))
  ON CONFLICT (tenant_id, kind, subject_id) DO UPDATE SET service_id = EXCLUDED.service_id, words = EXCLUDED.words;
  RETURN NULL;
END $$;
--bun:split
CREATE TRIGGER index_resource AFTER INSERT OR DELETE OR UPDATE OF title, summary, body, tags, area, eligibility, shared ON resources
FOR EACH ROW EXECUTE FUNCTION sharon_index_resource();
