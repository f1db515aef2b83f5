-- The eight-month onboarding of a service.
CREATE TABLE programmes (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  -- Days like 2026-11-23.
  starts_on text NOT NULL,
  ends_on text NOT NULL,
  live_on text NOT NULL,
  -- How far the money has come; pence are what was quoted or invoiced.
  money text NOT NULL CHECK (money IN ('', 'quoted', 'ordered', 'invoiced', 'paid', 'overdue')),
  pence bigint NOT NULL,
  -- Billing says how far the money has come, and nobody by hand.
  billed boolean NOT NULL,
  ended_at timestamp,
  -- Why it ended before its last gate; empty where it did not.
  ended_why text NOT NULL,
  -- The day for which the weekly update was sent last, or the first on which it may be.
  weekly_on text NOT NULL,
  created_at timestamp NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
--bun:split
CREATE UNIQUE INDEX programmes_running ON programmes (tenant_id, service_id) WHERE ended_at IS NULL;
--bun:split
-- Whom a programme needs. The email is sealed.
CREATE TABLE programme_people (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  programme_id text NOT NULL,
  name text NOT NULL,
  role text NOT NULL,
  side text NOT NULL CHECK (side IN ('trust', 'platform')),
  email_lookup text NOT NULL,
  email_sealed text NOT NULL,
  engagement text NOT NULL,
  required boolean NOT NULL,
  -- Gets the weekly update.
  weekly boolean NOT NULL,
  left_at timestamp,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, programme_id) REFERENCES programmes (tenant_id, id)
);
--bun:split
CREATE INDEX programme_people_by_programme ON programme_people (tenant_id, programme_id);
--bun:split
-- A month of it, with the gate at its end: open once it is signed.
CREATE TABLE programme_phases (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  programme_id text NOT NULL,
  number integer NOT NULL,
  name text NOT NULL,
  starts_on text NOT NULL,
  gate text NOT NULL,
  gate_on text NOT NULL,
  -- The finance stage must have come to an order.
  money boolean NOT NULL,
  -- A meeting with its quorum must have been held.
  quorum boolean NOT NULL,
  approver_role text NOT NULL,
  approver_id text,
  signed_at timestamp,
  signed_by text,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, programme_id) REFERENCES programmes (tenant_id, id),
  FOREIGN KEY (tenant_id, approver_id) REFERENCES programme_people (tenant_id, id),
  FOREIGN KEY (tenant_id, signed_by) REFERENCES programme_people (tenant_id, id)
);
--bun:split
CREATE UNIQUE INDEX programme_phases_by_number ON programme_phases (tenant_id, programme_id, number);
--bun:split
CREATE TABLE programme_tasks (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  programme_id text NOT NULL,
  phase integer NOT NULL,
  position integer NOT NULL,
  key text NOT NULL,
  name text NOT NULL,
  side text NOT NULL CHECK (side IN ('trust', 'platform')),
  owner_id text,
  -- Working days.
  days integer NOT NULL CHECK (days > 0),
  -- Keys of tasks that come before, comma-separated.
  after_keys text NOT NULL,
  planned_from text NOT NULL,
  planned_to text NOT NULL,
  moved_to text NOT NULL,
  done_on text NOT NULL,
  done_by text NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, programme_id) REFERENCES programmes (tenant_id, id),
  FOREIGN KEY (tenant_id, owner_id) REFERENCES programme_people (tenant_id, id)
);
--bun:split
CREATE UNIQUE INDEX programme_tasks_by_key ON programme_tasks (tenant_id, programme_id, key);
--bun:split
-- What a gate asks for, or what somebody put to a task; there once it has a link or a file.
CREATE TABLE programme_evidence (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  phase_id text NOT NULL,
  task_id text,
  position integer NOT NULL,
  name text NOT NULL,
  link text NOT NULL,
  -- Its key in storage; empty for none.
  file text NOT NULL,
  file_type text NOT NULL,
  file_bytes bigint NOT NULL,
  given_by text NOT NULL,
  given_at timestamp,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, phase_id) REFERENCES programme_phases (tenant_id, id),
  FOREIGN KEY (tenant_id, task_id) REFERENCES programme_tasks (tenant_id, id)
);
--bun:split
CREATE INDEX programme_evidence_by_phase ON programme_evidence (tenant_id, phase_id);
--bun:split
CREATE INDEX programme_evidence_file ON programme_evidence (tenant_id, file);
--bun:split
CREATE TABLE programme_absences (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  person_id text NOT NULL,
  from_day text NOT NULL,
  to_day text NOT NULL,
  cover_id text,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES programme_people (tenant_id, id),
  FOREIGN KEY (tenant_id, cover_id) REFERENCES programme_people (tenant_id, id)
);
--bun:split
CREATE INDEX programme_absences_by_person ON programme_absences (tenant_id, person_id);
--bun:split
-- When many are away: a copy of the usual calendar for each programme, to be put right.
CREATE TABLE programme_holidays (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  programme_id text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('school', 'year_end', 'other')),
  from_day text NOT NULL,
  to_day text NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, programme_id) REFERENCES programmes (tenant_id, id)
);
--bun:split
CREATE INDEX programme_holidays_by_programme ON programme_holidays (tenant_id, programme_id);
--bun:split
-- What somebody said they would do.
CREATE TABLE programme_actions (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  programme_id text NOT NULL,
  what text NOT NULL,
  owner_id text NOT NULL,
  due_on text NOT NULL,
  created_at timestamp NOT NULL,
  done_at timestamp,
  answer text NOT NULL,
  answered_at timestamp,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, programme_id) REFERENCES programmes (tenant_id, id),
  FOREIGN KEY (tenant_id, owner_id) REFERENCES programme_people (tenant_id, id)
);
--bun:split
CREATE INDEX programme_actions_by_programme ON programme_actions (tenant_id, programme_id);
--bun:split
CREATE TABLE programme_meetings (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  programme_id text NOT NULL,
  name text NOT NULL,
  starts_at timestamp NOT NULL,
  -- In minutes.
  length integer NOT NULL,
  place text NOT NULL,
  -- What was said, and when that was first written down.
  minutes text NOT NULL,
  held_at timestamp,
  called_off_at timestamp,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, programme_id) REFERENCES programmes (tenant_id, id)
);
--bun:split
CREATE INDEX programme_meetings_by_time ON programme_meetings (tenant_id, programme_id, starts_at);
--bun:split
-- Who is invited to a meeting, and who came.
CREATE TABLE programme_attendance (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  meeting_id text NOT NULL,
  person_id text NOT NULL,
  came boolean NOT NULL,
  -- When the invitation went out by email.
  invited_at timestamp,
  PRIMARY KEY (tenant_id, meeting_id, person_id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, meeting_id) REFERENCES programme_meetings (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES programme_people (tenant_id, id)
);
--bun:split
-- Decisions, risks, issues and assumptions.
CREATE TABLE programme_entries (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  programme_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('decision', 'risk', 'issue', 'assumption')),
  words text NOT NULL,
  response text NOT NULL,
  weight text NOT NULL CHECK (weight IN ('', 'low', 'medium', 'high')),
  by_name text NOT NULL,
  created_at timestamp NOT NULL,
  closed_at timestamp,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, programme_id) REFERENCES programmes (tenant_id, id)
);
--bun:split
CREATE INDEX programme_entries_by_programme ON programme_entries (tenant_id, programme_id);
--bun:split
-- What the service is to be good for, and whether it is.
CREATE TABLE programme_benefits (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  programme_id text NOT NULL,
  claim text NOT NULL,
  -- How the value comes about, in plain words.
  formula text NOT NULL,
  -- The figure of SHaRON's own that gives the value; empty where somebody writes it down.
  figure text NOT NULL,
  baseline double precision NOT NULL,
  target double precision NOT NULL,
  value double precision,
  valued_at timestamp,
  owner_id text NOT NULL,
  review_on text NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, programme_id) REFERENCES programmes (tenant_id, id),
  FOREIGN KEY (tenant_id, owner_id) REFERENCES programme_people (tenant_id, id)
);
--bun:split
CREATE INDEX programme_benefits_by_programme ON programme_benefits (tenant_id, programme_id);
--bun:split
-- What somebody said about a task or a gate.
CREATE TABLE programme_comments (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  subject_id text NOT NULL,
  words text NOT NULL,
  by_name text NOT NULL,
  side text NOT NULL,
  at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
--bun:split
CREATE INDEX programme_comments_by_subject ON programme_comments (tenant_id, subject_id, at);
--bun:split
-- Doors for people without an account; the address is a signature and stands nowhere.
CREATE TABLE programme_links (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  person_id text NOT NULL,
  purpose text NOT NULL CHECK (purpose IN ('answer', 'task', 'sign', 'look', 'weekly', 'meet', 'off')),
  subject_id text NOT NULL,
  created_at timestamp NOT NULL,
  expires_at timestamp NOT NULL,
  sent_at timestamp,
  used_at timestamp,
  uses integer NOT NULL,
  answered_at timestamp,
  ended_at timestamp,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES programme_people (tenant_id, id)
);
--bun:split
CREATE INDEX programme_links_by_subject ON programme_links (tenant_id, subject_id);
