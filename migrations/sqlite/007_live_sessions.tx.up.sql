-- Conversations at an hour, with a host who must be present. closes_at is when it closes unless a host gives a sign before:
-- a while after the start as long as nobody has opened it, then five minutes after a host's last sign.
CREATE TABLE live_sessions (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  title text NOT NULL,
  about text NOT NULL,
  audience text NOT NULL,
  starts_at timestamp NOT NULL,
  minutes integer NOT NULL,
  questions boolean NOT NULL,
  anonymous boolean NOT NULL,
  slow_seconds integer NOT NULL,
  transcript boolean NOT NULL,
  version integer NOT NULL,
  created_by text NOT NULL,
  created_at timestamp NOT NULL,
  opened_at timestamp,
  closes_at timestamp NOT NULL,
  closed_at timestamp,
  ended text NOT NULL CHECK (ended IN ('', 'left', 'host', 'no_host', 'cancelled')),
  reason text NOT NULL,
  last_seq integer NOT NULL,
  pinned_seq integer NOT NULL,
  -- What its reminder in the outbox is about; another one once it has moved, so that the old reminder reminds nobody.
  reminder_id text NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, created_by) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX live_sessions_by_start ON live_sessions (tenant_id, service_id, starts_at, id);
--bun:split
CREATE INDEX live_sessions_due ON live_sessions (tenant_id, service_id, closes_at) WHERE closed_at IS NULL;
--bun:split
CREATE TABLE live_hosts (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  session_id text NOT NULL,
  member_id text NOT NULL,
  seen_at timestamp,
  left_at timestamp,
  PRIMARY KEY (tenant_id, session_id, member_id),
  FOREIGN KEY (tenant_id, session_id) REFERENCES live_sessions (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE TABLE live_messages (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  session_id text NOT NULL,
  seq integer NOT NULL,
  author_id text NOT NULL,
  body text NOT NULL,
  body_html text NOT NULL,
  rendered_by integer NOT NULL,
  said_at timestamp NOT NULL,
  removed_at timestamp,
  removed_by text,
  removed_why text NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, session_id, seq),
  FOREIGN KEY (tenant_id, session_id) REFERENCES live_sessions (tenant_id, id),
  FOREIGN KEY (tenant_id, author_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, removed_by) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX live_messages_by_author ON live_messages (tenant_id, author_id, session_id, said_at);
--bun:split
-- Who only reads for the rest of a session, because a host said so.
CREATE TABLE live_mutes (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  session_id text NOT NULL,
  member_id text NOT NULL,
  muted_by text NOT NULL,
  muted_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, session_id, member_id),
  FOREIGN KEY (tenant_id, session_id) REFERENCES live_sessions (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, muted_by) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE TABLE live_questions (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  session_id text NOT NULL,
  author_id text NOT NULL,
  anonymous boolean NOT NULL,
  body text NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'taken', 'answered', 'set_aside')),
  asked_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, session_id) REFERENCES live_sessions (tenant_id, id),
  FOREIGN KEY (tenant_id, author_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX live_questions_by_session ON live_questions (tenant_id, session_id, asked_at, id);
--bun:split
-- Who wants to be told half an hour before.
CREATE TABLE live_reminders (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  session_id text NOT NULL,
  member_id text NOT NULL,
  PRIMARY KEY (tenant_id, session_id, member_id),
  FOREIGN KEY (tenant_id, session_id) REFERENCES live_sessions (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
