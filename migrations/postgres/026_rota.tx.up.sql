-- What the rota says of the next weeks, in the service's own row, which every node keeps in memory.
ALTER TABLE services ADD COLUMN roster jsonb;
--bun:split
-- The weekly pattern: who has which hours of a weekday. A row ends and stays.
CREATE TABLE rota_rows (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('duty', 'on_call', 'second')),
  weekday text NOT NULL CHECK (weekday IN ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')),
  -- Times as a clock on a wall in London shows them; until not after from: of the next day.
  from_time text NOT NULL,
  to_time text NOT NULL,
  -- Days like 2026-11-23, the last one included.
  valid_from text NOT NULL,
  valid_until text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX rota_rows_by_service ON rota_rows (tenant_id, service_id, valid_until);
--bun:split
-- Shifts outside the pattern, and those that somebody took over from it: these
-- stand in place of a row's shift of a day.
CREATE TABLE rota_shifts (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('duty', 'on_call', 'second')),
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  row_id uuid,
  day text,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CHECK (starts_at < ends_at),
  CHECK ((row_id IS NULL) = (day IS NULL)),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, row_id) REFERENCES rota_rows (tenant_id, id)
);
--bun:split
CREATE UNIQUE INDEX rota_shifts_instead ON rota_shifts (tenant_id, row_id, day) WHERE row_id IS NOT NULL;
--bun:split
CREATE INDEX rota_shifts_by_time ON rota_shifts (tenant_id, service_id, ends_at);
--bun:split
CREATE TABLE rota_absences (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CHECK (starts_at < ends_at),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX rota_absences_by_time ON rota_absences (tenant_id, service_id, ends_at);
--bun:split
-- Days on which the service is closed, and bank holidays on which it is open.
CREATE TABLE rota_days (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  day text NOT NULL,
  name text NOT NULL,
  open boolean NOT NULL,
  PRIMARY KEY (tenant_id, service_id, day),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
--bun:split
-- Somebody offers a shift of theirs. It is of the pattern (row, day) or a shift.
CREATE TABLE rota_swaps (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  -- To whom; null for anybody of the team.
  to_id uuid,
  shift_key text NOT NULL,
  kind text NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'withdrawn')),
  answered_by uuid,
  answered_at timestamptz,
  offered_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, to_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, answered_by) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE UNIQUE INDEX rota_swaps_open ON rota_swaps (tenant_id, service_id, shift_key) WHERE state = 'open';
--bun:split
CREATE INDEX rota_swaps_by_time ON rota_swaps (tenant_id, service_id, offered_at);
--bun:split
-- What one shift tells the next.
CREATE TABLE rota_notes (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  author_id uuid NOT NULL,
  words text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, author_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX rota_notes_by_time ON rota_notes (tenant_id, service_id, at);
--bun:split
-- The private address of somebody's own shifts, for their calendar: its hash.
CREATE TABLE rota_feeds (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  member_id uuid NOT NULL,
  token_hash text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, member_id),
  UNIQUE (tenant_id, token_hash),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
-- Gaps of which the lead was told, a week (7) or a day (1) before.
CREATE TABLE rota_warnings (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  starts_at timestamptz NOT NULL,
  days integer NOT NULL,
  PRIMARY KEY (tenant_id, service_id, starts_at, days),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
--bun:split
SELECT sharon_protect('rota_rows'), sharon_protect('rota_shifts'), sharon_protect('rota_absences'), sharon_protect('rota_days'), sharon_protect('rota_swaps'), sharon_protect('rota_notes'), sharon_protect('rota_feeds'), sharon_protect('rota_warnings');
