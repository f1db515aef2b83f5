-- A service that belongs to another one: it is for those of an age, or for relatives and carers.
CREATE TABLE wings (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  parent_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('band', 'carers')),
  -- Which of its area's wings it began as; empty for one that somebody thought of.
  preset text NOT NULL,
  -- In years, both with; zero for relatives and carers.
  from_age integer NOT NULL,
  to_age integer NOT NULL,
  PRIMARY KEY (tenant_id, service_id),
  UNIQUE (tenant_id, parent_id, kind, from_age),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, parent_id) REFERENCES services (tenant_id, id)
);
--bun:split
-- When members of an age band are too old for it, and where they go then.
CREATE TABLE moving_on (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  member_id text NOT NULL,
  -- The first day on which they are too old; empty where nobody told their date of birth.
  leaves_on text NOT NULL,
  -- What the team has been told of it.
  told text NOT NULL CHECK (told IN ('', 'soon', 'late')),
  -- What a clinician arranged, and told them.
  to_id text,
  arranged_by text,
  arranged_at timestamp,
  PRIMARY KEY (tenant_id, member_id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, to_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, arranged_by) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX moving_on_by_day ON moving_on (tenant_id, service_id, leaves_on);
--bun:split
-- Who cares for whom outside, by account, for the team alone. It opens nothing to anybody.
CREATE TABLE kin (
  tenant_id text NOT NULL,
  carer_id text NOT NULL,
  person_id text NOT NULL,
  noted_by text NOT NULL,
  noted_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, carer_id, person_id),
  FOREIGN KEY (tenant_id, carer_id) REFERENCES accounts (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES accounts (tenant_id, id),
  FOREIGN KEY (tenant_id, noted_by) REFERENCES accounts (tenant_id, id)
);
--bun:split
CREATE INDEX kin_by_person ON kin (tenant_id, person_id);
