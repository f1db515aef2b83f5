-- What members keep to get better with. What they wrote is sealed.
CREATE TABLE recovery_check_ins (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  member_id text NOT NULL,
  at timestamp NOT NULL,
  mood text NOT NULL,
  sleep text NOT NULL,
  energy text NOT NULL,
  -- Empty where there are no words.
  words_sealed text NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX recovery_check_ins_of ON recovery_check_ins (tenant_id, member_id, at DESC, id DESC);
--bun:split
-- What a member shows to the clinicians of their service. Without a row: nothing.
CREATE TABLE recovery_shares (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  member_id text NOT NULL,
  what text NOT NULL,
  -- Days in London, inclusive; empty for no limit.
  from_day text NOT NULL,
  until_day text NOT NULL,
  shared_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, member_id, what),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
-- Who of the team saw what a member shares, for the member to see.
CREATE TABLE recovery_looks (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  member_id text NOT NULL,
  what text NOT NULL,
  by_id text NOT NULL,
  at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, by_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX recovery_looks_at ON recovery_looks (tenant_id, member_id, at DESC);
--bun:split
CREATE INDEX recovery_looks_by ON recovery_looks (tenant_id, by_id);
--bun:split
-- Versions of safety plans; the highest is the one that counts.
CREATE TABLE recovery_plans (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  member_id text NOT NULL,
  version integer NOT NULL,
  plan_sealed text NOT NULL,
  written_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, member_id, version),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE TABLE recovery_goals (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  member_id text NOT NULL,
  goal_sealed text NOT NULL,
  begun_at timestamp NOT NULL,
  -- How it ended, if it has.
  ended text NOT NULL CHECK (ended IN ('', 'reached', 'let_go')),
  ended_at timestamp,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX recovery_goals_of ON recovery_goals (tenant_id, member_id, begun_at DESC);
--bun:split
-- How near to a goal its owner felt, from 0 to 10.
CREATE TABLE recovery_scores (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  goal_id text NOT NULL,
  score integer NOT NULL CHECK (score >= 0 AND score <= 10),
  at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, goal_id) REFERENCES recovery_goals (tenant_id, id) ON DELETE CASCADE
);
--bun:split
CREATE INDEX recovery_scores_of ON recovery_scores (tenant_id, goal_id, at);
--bun:split
-- What members write for nobody else.
CREATE TABLE recovery_entries (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  member_id text NOT NULL,
  entry_sealed text NOT NULL,
  written_at timestamp NOT NULL,
  edited_at timestamp,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX recovery_entries_of ON recovery_entries (tenant_id, member_id, written_at DESC, id DESC);
--bun:split
-- What a service asks in the journal, a prompt a line. Without a row: SHaRON's own.
CREATE TABLE recovery_prompts (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  prompts text NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, service_id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
--bun:split
-- Definition files of measures that a trust loaded, each with its revisions.
CREATE TABLE recovery_definitions (
  tenant_id text NOT NULL,
  key text NOT NULL,
  revision integer NOT NULL,
  file text NOT NULL,
  loaded_by text NOT NULL,
  loaded_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, key, revision),
  FOREIGN KEY (tenant_id, loaded_by) REFERENCES accounts (tenant_id, id)
);
--bun:split
CREATE TABLE recovery_assignments (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  member_id text NOT NULL,
  measure text NOT NULL,
  -- 0 for once.
  every_weeks integer NOT NULL,
  -- Null once there is nothing more to fill in.
  next_at timestamp,
  -- The member knows that it is due.
  told boolean NOT NULL,
  assigned_by text NOT NULL,
  assigned_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, assigned_by) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE UNIQUE INDEX recovery_assignments_of ON recovery_assignments (tenant_id, member_id, measure) WHERE next_at IS NOT NULL;
--bun:split
CREATE INDEX recovery_assignments_due ON recovery_assignments (tenant_id, service_id, next_at) WHERE NOT told;
--bun:split
CREATE TABLE recovery_responses (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  member_id text NOT NULL,
  assignment_id text NOT NULL,
  measure text NOT NULL,
  -- Of the definition by which it was scored; 0 for SHaRON's own.
  revision integer NOT NULL,
  response_sealed text NOT NULL,
  at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, assignment_id) REFERENCES recovery_assignments (tenant_id, id)
);
--bun:split
CREATE INDEX recovery_responses_of ON recovery_responses (tenant_id, member_id, at DESC);
--bun:split
-- When a member wants to be reminded. Without a row: never.
CREATE TABLE recovery_reminders (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  member_id text NOT NULL,
  -- In London, such as 19:30.
  hour text NOT NULL,
  next_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, member_id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX recovery_reminders_due ON recovery_reminders (tenant_id, service_id, next_at);
