-- What somebody of the team must look at. A subject is a row of the room that has this sort of thing.
CREATE TABLE desk_items (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  sort text NOT NULL,
  subject_id text NOT NULL,
  -- Whom it concerns; null for nobody.
  author_id text,
  level text NOT NULL CHECK (level IN ('crisis', 'red', 'amber', 'green')),
  -- Nobody else sees the subject until this is decided.
  held boolean NOT NULL,
  case_id text,
  raised_at timestamp NOT NULL,
  due_at timestamp NOT NULL,
  holder_id text,
  taken_at timestamp,
  -- When somebody of the team first took it or decided it.
  responded_at timestamp,
  decided_at timestamp,
  decided_by text,
  act text NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, author_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, holder_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, decided_by) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE UNIQUE INDEX desk_items_open ON desk_items (tenant_id, sort, subject_id) WHERE decided_at IS NULL;
--bun:split
CREATE INDEX desk_items_waiting ON desk_items (tenant_id, service_id, due_at, id) WHERE decided_at IS NULL;
--bun:split
CREATE INDEX desk_items_decided ON desk_items (tenant_id, service_id, decided_at, id) WHERE decided_at IS NOT NULL;
--bun:split
CREATE INDEX desk_items_raised ON desk_items (tenant_id, service_id, raised_at, id);
--bun:split
CREATE INDEX desk_items_by_author ON desk_items (tenant_id, author_id, raised_at) WHERE author_id IS NOT NULL;
--bun:split
-- Why an item is on the desk: a rule's finding, or a member's report.
CREATE TABLE desk_marks (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  item_id text NOT NULL,
  source text NOT NULL,
  detail text NOT NULL,
  level text NOT NULL,
  by_id text,
  at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, item_id) REFERENCES desk_items (tenant_id, id),
  FOREIGN KEY (tenant_id, by_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX desk_marks_by_item ON desk_marks (tenant_id, item_id, at);
--bun:split
CREATE INDEX desk_marks_by_member ON desk_marks (tenant_id, by_id, at) WHERE by_id IS NOT NULL;
--bun:split
-- What was done about an item: taken, handed over, decided. Only that it was undone is written later.
CREATE TABLE desk_deeds (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  item_id text NOT NULL,
  actor_id text,
  act text NOT NULL,
  rule text NOT NULL,
  reason text NOT NULL,
  words text NOT NULL,
  topics text NOT NULL,
  before text NOT NULL,
  to_id text,
  at timestamp NOT NULL,
  undone_at timestamp,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, item_id) REFERENCES desk_items (tenant_id, id),
  FOREIGN KEY (tenant_id, actor_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, to_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX desk_deeds_by_item ON desk_deeds (tenant_id, item_id, at);
--bun:split
-- Somebody who may be in danger, and what the team does about it.
CREATE TABLE cases (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  member_id text,
  item_id text,
  level text NOT NULL CHECK (level IN ('crisis', 'red', 'amber', 'green')),
  owner_id text,
  -- Whom the owner asks to take it over, and until when they can say yes.
  asked_id text,
  asked_until timestamp,
  drill boolean NOT NULL,
  opened_at timestamp NOT NULL,
  due_at timestamp NOT NULL,
  acked_at timestamp,
  closed_at timestamp,
  outcome text NOT NULL,
  reason text NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  -- Nothing is closed without saying how it ended and why.
  CHECK (closed_at IS NULL OR outcome <> '' AND reason <> ''),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, item_id) REFERENCES desk_items (tenant_id, id),
  FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, asked_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX cases_open ON cases (tenant_id, service_id, due_at, id) WHERE closed_at IS NULL;
--bun:split
CREATE INDEX cases_by_time ON cases (tenant_id, service_id, opened_at, id);
--bun:split
CREATE INDEX cases_by_member ON cases (tenant_id, member_id, opened_at) WHERE member_id IS NOT NULL;
--bun:split
-- A case's timeline. Rows are added and never changed.
CREATE TABLE case_entries (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  case_id text NOT NULL,
  at timestamp NOT NULL,
  actor_id text,
  what text NOT NULL,
  words text NOT NULL,
  subject_id text,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  FOREIGN KEY (tenant_id, actor_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX case_entries_by_case ON case_entries (tenant_id, case_id, at, id);
--bun:split
CREATE TRIGGER case_entries_stay BEFORE UPDATE ON case_entries BEGIN SELECT RAISE(ABORT, 'case_entries is append-only'); END;
--bun:split
CREATE TRIGGER case_entries_keep BEFORE DELETE ON case_entries BEGIN SELECT RAISE(ABORT, 'case_entries is append-only'); END;
