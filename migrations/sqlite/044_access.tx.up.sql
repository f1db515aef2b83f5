-- What somebody needs so that they are told things in a way that they can take in.
CREATE TABLE access_records (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  member_id text NOT NULL,
  needs_sealed text NOT NULL,
  -- They agree that it goes with them to another service.
  shared boolean NOT NULL,
  -- Who last wrote it down; null for whoever has left.
  recorded_by text,
  recorded_at timestamp NOT NULL,
  -- A day in London, 2027-11-04.
  review_on text NOT NULL,
  reminded_at timestamp,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, member_id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, recorded_by) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX access_records_review ON access_records (tenant_id, service_id, review_on);
--bun:split
-- How what somebody needs was met, in one contact with them.
CREATE TABLE access_contacts (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  member_id text NOT NULL,
  by_id text,
  on_day text NOT NULL,
  contact_sealed text NOT NULL,
  noted_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, by_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX access_contacts_of ON access_contacts (tenant_id, member_id, on_day);
