-- What people wait for, with the words that they read meanwhile.
CREATE TABLE waiting_pathways (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  -- The name as files and other systems write it, in small letters.
  key text NOT NULL,
  name text NOT NULL,
  next_words text NOT NULL,
  -- How long it takes: worked out, in the team's words, or not said.
  range_shown text NOT NULL CHECK (range_shown IN ('figures', 'words', 'off')),
  range_words text NOT NULL,
  -- Days from one check-in to the next.
  cadence integer NOT NULL,
  target_weeks integer NOT NULL,
  -- Of the items of the library that fit; empty for none.
  tag text NOT NULL,
  retired boolean NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, service_id, key),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
--bun:split
-- Somebody on the waiting list. Days are as in London, 2026-11-04.
CREATE TABLE waiting_entries (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  -- What the trust's own system calls it.
  reference text NOT NULL,
  pathway_id text NOT NULL,
  referred_on text NOT NULL,
  priority text NOT NULL CHECK (priority IN ('urgent', 'soon', 'routine')),
  -- From and until, both without waiting: 2026-01-05/2026-02-02, separated by blanks.
  pauses text NOT NULL,
  -- Zero for the pathway's.
  target_weeks integer NOT NULL,
  keyworker_id text,
  -- Empty while they wait.
  outcome text NOT NULL CHECK (outcome IN ('', 'first_appointment', 'treatment_began', 'declined', 'discharged', 'moved', 'not_needed')),
  outcome_on text NOT NULL,
  closed_at timestamp,
  handed_to text,
  email_sealed text NOT NULL,
  email_lookup text NOT NULL,
  nhs_sealed text NOT NULL,
  nhs_lookup text NOT NULL,
  invitation_id text,
  invited_at timestamp,
  member_id text,
  joined_at timestamp,
  -- When they are next asked how they are, how often they were asked since they last said, and how often nothing came.
  ask_at timestamp,
  asked integer NOT NULL,
  missed integer NOT NULL,
  -- What they last said, and how much of what they said nobody has read.
  pulse text NOT NULL,
  said_at timestamp,
  unread integer NOT NULL,
  contact text NOT NULL,
  contact_words text NOT NULL,
  added_at timestamp NOT NULL,
  changed_at timestamp NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, service_id, reference),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, pathway_id) REFERENCES waiting_pathways (tenant_id, id),
  FOREIGN KEY (tenant_id, keyworker_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, handed_to) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE UNIQUE INDEX waiting_entries_person ON waiting_entries (tenant_id, service_id, nhs_lookup) WHERE outcome = '' AND nhs_lookup <> '';
--bun:split
CREATE UNIQUE INDEX waiting_entries_email ON waiting_entries (tenant_id, service_id, email_lookup) WHERE outcome = '' AND email_lookup <> '';
--bun:split
CREATE UNIQUE INDEX waiting_entries_member ON waiting_entries (tenant_id, member_id) WHERE outcome = '' AND member_id IS NOT NULL;
--bun:split
CREATE INDEX waiting_entries_open ON waiting_entries (tenant_id, service_id, referred_on, id) WHERE outcome = '';
--bun:split
CREATE INDEX waiting_entries_ask ON waiting_entries (tenant_id, service_id, ask_at) WHERE ask_at IS NOT NULL;
--bun:split
CREATE INDEX waiting_entries_invitation ON waiting_entries (tenant_id, invitation_id) WHERE invitation_id IS NOT NULL;
--bun:split
CREATE INDEX waiting_entries_pathway ON waiting_entries (tenant_id, pathway_id, outcome_on);
--bun:split
-- What somebody who waits told the team.
CREATE TABLE waiting_notes (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  entry_id text NOT NULL,
  member_id text,
  kind text NOT NULL CHECK (kind IN ('same', 'worse', 'better', 'changed', 'not_needed')),
  words text NOT NULL,
  at timestamp NOT NULL,
  seen_at timestamp,
  seen_by text,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, entry_id) REFERENCES waiting_entries (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, seen_by) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX waiting_notes_of ON waiting_notes (tenant_id, entry_id, at);
--bun:split
CREATE INDEX waiting_notes_at ON waiting_notes (tenant_id, service_id, at);
--bun:split
CREATE INDEX waiting_notes_member ON waiting_notes (tenant_id, member_id) WHERE member_id IS NOT NULL;
--bun:split
-- A file that somebody looks through and has not confirmed yet.
CREATE TABLE waiting_files (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  account_id text NOT NULL,
  id text NOT NULL,
  sealed text NOT NULL,
  made_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, service_id, account_id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
--bun:split
-- What a column of the service's files is, by its heading in small letters.
CREATE TABLE waiting_columns (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  heading text NOT NULL,
  field text NOT NULL,
  PRIMARY KEY (tenant_id, service_id, heading),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
