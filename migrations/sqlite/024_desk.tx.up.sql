-- Kind words to an author, as a service changed those that it began with or added to them.
CREATE TABLE desk_words (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  key text NOT NULL,
  act text NOT NULL CHECK (act IN ('approve', 'ask', 'cover', 'hide', 'remove', 'lock')),
  name text NOT NULL,
  words text NOT NULL,
  -- Offered no more.
  gone boolean NOT NULL,
  changed_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, service_id, key),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
--bun:split
-- Whom somebody of the team knows outside: they decide nothing about them.
CREATE TABLE desk_links (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  member_id text NOT NULL,
  other_id text NOT NULL,
  said_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, member_id, other_id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, other_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX desk_links_by_other ON desk_links (tenant_id, other_id);
--bun:split
-- What somebody of the team read, once a shift for each item and each of what there was of it.
CREATE TABLE desk_exposures (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  member_id text NOT NULL,
  item_id text NOT NULL,
  what text NOT NULL CHECK (what IN ('words', 'pictures')),
  level text NOT NULL,
  weight integer NOT NULL,
  at timestamp NOT NULL,
  -- When they last had it open.
  seen_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, item_id) REFERENCES desk_items (tenant_id, id)
);
--bun:split
CREATE INDEX desk_exposures_by_member ON desk_exposures (tenant_id, member_id, seen_at);
--bun:split
CREATE INDEX desk_exposures_by_item ON desk_exposures (tenant_id, item_id, seen_at);
--bun:split
CREATE INDEX desk_exposures_by_time ON desk_exposures (tenant_id, service_id, at);
