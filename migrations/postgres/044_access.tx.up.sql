-- What somebody needs so that they are told things in a way that they can take in.
CREATE TABLE access_records (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  needs_sealed text NOT NULL,
  -- They agree that it goes with them to another service.
  shared boolean NOT NULL,
  -- Who last wrote it down; null for whoever has left.
  recorded_by uuid,
  recorded_at timestamptz NOT NULL,
  -- A day in London, 2027-11-04.
  review_on text NOT NULL,
  reminded_at timestamptz,
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
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  by_id uuid,
  on_day text NOT NULL,
  contact_sealed text NOT NULL,
  noted_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, by_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX access_contacts_of ON access_contacts (tenant_id, member_id, on_day);
--bun:split
SELECT sharon_protect('access_records'), sharon_protect('access_contacts');
