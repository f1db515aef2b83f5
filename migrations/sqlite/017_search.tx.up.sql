-- The words of what can be found again: an index that the database keeps by itself, in the transaction of what it is of.
-- Who may see what is found is asked of the rows themselves, each time. subject_id and service_id are words too, without
-- their hyphens: so an entry is found again by what it is of, and a search walks what is of one service alone.
CREATE VIRTUAL TABLE search_entries USING fts5(tenant_id UNINDEXED, service_id, kind UNINDEXED, subject_id, words, tokenize = 'porter unicode61 remove_diacritics 2');
--bun:split
CREATE TRIGGER index_new_post AFTER INSERT ON posts BEGIN
  INSERT INTO search_entries (tenant_id, service_id, kind, subject_id, words) VALUES (NEW.tenant_id, replace(NEW.service_id, '-', ''), 'post', replace(NEW.id, '-', ''), NEW.title || char(10) || NEW.body);
END;
--bun:split
CREATE TRIGGER index_changed_post AFTER UPDATE OF title, body ON posts BEGIN
  UPDATE search_entries SET words = NEW.title || char(10) || NEW.body WHERE search_entries MATCH 'subject_id:' || replace(NEW.id, '-', '') AND tenant_id = NEW.tenant_id;
END;
--bun:split
CREATE TRIGGER index_deleted_post AFTER DELETE ON posts BEGIN
  DELETE FROM search_entries WHERE search_entries MATCH 'subject_id:' || replace(OLD.id, '-', '') AND tenant_id = OLD.tenant_id;
END;
--bun:split
INSERT INTO search_entries (tenant_id, service_id, kind, subject_id, words)
SELECT tenant_id, replace(service_id, '-', ''), 'post', replace(id, '-', ''), title || char(10) || body FROM posts ORDER BY published_at, id;
--bun:split
-- What all services of the trust share has the trust for its service.
CREATE TRIGGER index_new_resource AFTER INSERT ON resources BEGIN
  INSERT INTO search_entries (tenant_id, service_id, kind, subject_id, words) VALUES (NEW.tenant_id, replace(iif(NEW.shared, NEW.tenant_id, NEW.service_id), '-', ''), 'resource', replace(NEW.id, '-', ''),
    concat_ws(' ', NEW.title, NEW.summary, NEW.body, NEW.tags, NEW.area, NEW.eligibility));
END;
--bun:split
CREATE TRIGGER index_changed_resource AFTER UPDATE OF title, summary, body, tags, area, eligibility, shared ON resources BEGIN
  UPDATE search_entries SET service_id = replace(iif(NEW.shared, NEW.tenant_id, NEW.service_id), '-', ''), words = concat_ws(' ', NEW.title, NEW.summary, NEW.body, NEW.tags, NEW.area, NEW.eligibility)
  WHERE search_entries MATCH 'subject_id:' || replace(NEW.id, '-', '') AND tenant_id = NEW.tenant_id;
END;
--bun:split
CREATE TRIGGER index_deleted_resource AFTER DELETE ON resources BEGIN
  DELETE FROM search_entries WHERE search_entries MATCH 'subject_id:' || replace(OLD.id, '-', '') AND tenant_id = OLD.tenant_id;
END;
