-- A message that nobody else gets until the team has looked; unseen_by has the others meanwhile.
ALTER TABLE messages ADD COLUMN held boolean NOT NULL DEFAULT false;
--bun:split
-- Said in a session, or written with a gift, and not shown to others until the team has looked.
ALTER TABLE live_messages ADD COLUMN held boolean NOT NULL DEFAULT false;
--bun:split
ALTER TABLE gifts ADD COLUMN note_held boolean NOT NULL DEFAULT false;
--bun:split
-- Why a post waits for the team, for the words that its author reads; empty for one that does not.
ALTER TABLE posts ADD COLUMN held_for text NOT NULL DEFAULT '';
--bun:split
-- What somebody said when they asked for a human of the team.
CREATE TABLE help_requests (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  member_id text NOT NULL,
  words text NOT NULL,
  asked_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX help_requests_by_member ON help_requests (tenant_id, member_id, asked_at);
--bun:split
-- How a room is looked after, where that differs from reading what was posted. The empty module is the whole service.
CREATE TABLE room_modes (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  module text NOT NULL,
  -- 'after': read once posted; 'before': everything waits for the team.
  mode text NOT NULL CHECK (mode IN ('after', 'before')),
  -- What is posted while the team is away waits for it.
  away boolean NOT NULL,
  -- So many first posts of a new member wait.
  first_posts integer NOT NULL,
  -- While nobody is on duty or on call.
  unattended text NOT NULL CHECK (unattended IN ('take', 'hold', 'refuse')),
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, service_id, module),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
