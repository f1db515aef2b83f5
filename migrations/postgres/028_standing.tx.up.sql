-- Until when somebody may not write to others, and until when they are on a break of their own.
ALTER TABLE members ADD COLUMN suspended_until timestamptz;
--bun:split
ALTER TABLE members ADD COLUMN away_until timestamptz;
--bun:split
-- A recorded breach of a rule. The desk's item and deed may be gone before it is.
CREATE TABLE strikes (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  item_id uuid NOT NULL,
  deed_id uuid NOT NULL,
  rule text NOT NULL,
  words text NOT NULL,
  act text NOT NULL,
  given_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX strikes_by_member ON strikes (tenant_id, member_id, expires_at);
--bun:split
CREATE INDEX strikes_by_time ON strikes (tenant_id, service_id, expires_at);
--bun:split
-- Times for which somebody may not write to others. members.suspended_until is the one that holds.
CREATE TABLE suspensions (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  by_id uuid NOT NULL,
  rule text NOT NULL,
  -- For the team.
  reason text NOT NULL,
  -- To the member.
  words text NOT NULL,
  began_at timestamptz NOT NULL,
  until_at timestamptz NOT NULL,
  lifted_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, by_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX suspensions_by_member ON suspensions (tenant_id, member_id, until_at);
--bun:split
CREATE INDEX suspensions_by_time ON suspensions (tenant_id, service_id, until_at);
--bun:split
-- Somebody asks that another of the team looks again: once at each decision.
CREATE TABLE appeals (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  sort text NOT NULL CHECK (sort IN ('decision', 'suspension')),
  -- The deed or the suspension, which may be gone before this is.
  about_id uuid NOT NULL,
  words text NOT NULL,
  made_at timestamptz NOT NULL,
  decided_at timestamptz,
  overturned boolean NOT NULL,
  answer text NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, about_id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX appeals_by_member ON appeals (tenant_id, member_id, made_at);
--bun:split
CREATE INDEX appeals_by_time ON appeals (tenant_id, service_id, made_at);
--bun:split
-- Who opened a conversation lately, for those that no room keeps it of. It goes after two days.
CREATE TABLE post_opens (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  member_id uuid NOT NULL,
  post_id uuid NOT NULL,
  opened_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, member_id, post_id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, post_id) REFERENCES posts (tenant_id, id)
);
--bun:split
CREATE INDEX post_opens_by_post ON post_opens (tenant_id, post_id, opened_at);
--bun:split
CREATE INDEX post_opens_by_time ON post_opens (tenant_id, service_id, opened_at);
--bun:split
CREATE INDEX thread_reads_by_post ON thread_reads (tenant_id, post_id, read_at);
--bun:split
-- Somebody is asked how they are after something hard: once for each item.
CREATE TABLE check_ins (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  item_id uuid NOT NULL,
  asked_at timestamptz NOT NULL,
  answer text NOT NULL CHECK (answer IN ('', 'fine', 'talk', 'no')),
  answered_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, item_id, member_id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX check_ins_by_member ON check_ins (tenant_id, member_id, asked_at);
--bun:split
CREATE INDEX check_ins_by_time ON check_ins (tenant_id, service_id, asked_at);
--bun:split
SELECT sharon_protect('strikes'), sharon_protect('suspensions'), sharon_protect('appeals'), sharon_protect('post_opens'), sharon_protect('check_ins');
