-- Conversations: two members, a small group, or one member and the whole team (whose side is whoever may, and has no rows).
CREATE TABLE conversations (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('direct', 'group', 'team')),
  name text NOT NULL,
  -- Who it is between, so that the same two never have two conversations; null for a group.
  pair text,
  last_seq bigint NOT NULL,
  active_at timestamptz NOT NULL,
  -- Since when a member waits for a word of the team's.
  waiting_since timestamptz,
  -- Who of the team has it.
  holder_id uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, pair),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, holder_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX conversations_of_team ON conversations (tenant_id, service_id, active_at DESC, id DESC) WHERE kind = 'team';
--bun:split
CREATE INDEX conversations_waiting ON conversations (tenant_id, service_id, waiting_since) WHERE kind = 'team' AND waiting_since IS NOT NULL;
--bun:split
-- last_seq is the last message that this participant can see, read_seq how far they have read.
CREATE TABLE participants (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  member_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('in', 'asked', 'declined', 'left')),
  -- Who wrote to them without having written with them before.
  asked_by uuid,
  muted boolean NOT NULL,
  last_seq bigint NOT NULL,
  delivered_seq bigint NOT NULL,
  read_seq bigint NOT NULL,
  active_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, conversation_id, member_id),
  FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, asked_by) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX participants_by_asker ON participants (tenant_id, asked_by, conversation_id) WHERE asked_by IS NOT NULL;
--bun:split
CREATE INDEX participants_by_member ON participants (tenant_id, member_id, state, active_at DESC, conversation_id DESC);
--bun:split
CREATE TABLE messages (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  seq bigint NOT NULL,
  author_id uuid NOT NULL,
  -- Made by whoever sends, so that sending again makes no second one.
  client_id uuid NOT NULL,
  body text NOT NULL,
  body_html text NOT NULL,
  rendered_by integer NOT NULL,
  -- Those who will never see it, because of a block when it was sent.
  unseen_by text NOT NULL,
  -- Seconds that a member had waited for this word of the team's; null for any other message.
  answered_after integer,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, conversation_id, seq),
  UNIQUE (tenant_id, author_id, client_id),
  FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
  FOREIGN KEY (tenant_id, author_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX messages_answers ON messages (tenant_id, service_id, created_at, answered_after) WHERE answered_after IS NOT NULL;
--bun:split
-- A picture of a message, made anew from what was sent; storage has its bytes.
CREATE TABLE message_pictures (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  message_id uuid NOT NULL,
  position integer NOT NULL,
  file text NOT NULL,
  type text NOT NULL,
  width integer NOT NULL,
  height integer NOT NULL,
  bytes bigint NOT NULL,
  alt text NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, message_id, position),
  UNIQUE (tenant_id, file),
  FOREIGN KEY (tenant_id, message_id) REFERENCES messages (tenant_id, id)
);
--bun:split
-- What a member chose about messages, and when they last used them. Without a row: all on.
CREATE TABLE message_choices (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  member_id uuid NOT NULL,
  receipts boolean NOT NULL,
  presence boolean NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, member_id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
-- Who took a thread of the team's mailbox, handed it over or gave it back.
CREATE TABLE mailbox_moves (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  act text NOT NULL CHECK (act IN ('take', 'hand', 'give_back', 'done')),
  by_id uuid NOT NULL,
  to_id uuid,
  note text NOT NULL,
  moved_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
  FOREIGN KEY (tenant_id, by_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, to_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX mailbox_moves_of ON mailbox_moves (tenant_id, conversation_id, moved_at);
--bun:split
-- A message that a member asked the team to look at, with the ids of those around it: all that staff may read of it.
CREATE TABLE message_reports (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  message_id uuid NOT NULL,
  reporter_id uuid NOT NULL,
  reason text NOT NULL,
  context text NOT NULL,
  reported_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, message_id, reporter_id),
  FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
  FOREIGN KEY (tenant_id, message_id) REFERENCES messages (tenant_id, id),
  FOREIGN KEY (tenant_id, reporter_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX message_reports_made ON message_reports (tenant_id, service_id, reported_at);
--bun:split
SELECT sharon_protect('conversations'),
  sharon_protect('participants'),
  sharon_protect('messages'),
  sharon_protect('message_pictures'),
  sharon_protect('message_choices'),
  sharon_protect('mailbox_moves'),
  sharon_protect('message_reports');
