-- What a service's content notes are about. A topic that is offered no more still covers what has it.
CREATE TABLE topics (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  key text NOT NULL,
  name text NOT NULL,
  position integer NOT NULL,
  offered boolean NOT NULL,
  PRIMARY KEY (tenant_id, service_id, key),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
--bun:split
-- What somebody has begun to write: one for each kind and place, for nobody else's eyes.
CREATE TABLE drafts (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  member_id text NOT NULL,
  kind text NOT NULL,
  -- Whose wall, which thread, which post; all zeros for nothing in particular.
  about_id text NOT NULL,
  title text NOT NULL,
  body text NOT NULL,
  -- What one room or another lets its writer choose besides: where, in which series, whether people reply, on which day and when.
  board text NOT NULL,
  series text NOT NULL,
  no_replies boolean NOT NULL,
  on_date text NOT NULL,
  at_time text NOT NULL,
  audience text NOT NULL,
  quotes_id text,
  notes text NOT NULL,
  images text,
  saved_at timestamp NOT NULL,
  -- When it is published by itself; until then nothing changes it.
  due_at timestamp,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, member_id, kind, about_id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX drafts_due ON drafts (tenant_id, service_id, due_at) WHERE due_at IS NOT NULL;
--bun:split
-- A picture of a post, made anew from what was sent, in two sizes; storage has the bytes. Until it is in a post or a draft it is its sender's, for a day.
CREATE TABLE post_pictures (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  member_id text NOT NULL,
  draft_id text,
  post_id text,
  file text NOT NULL,
  type text NOT NULL,
  width integer NOT NULL,
  height integer NOT NULL,
  bytes bigint NOT NULL,
  small_file text NOT NULL,
  small_type text NOT NULL,
  small_width integer NOT NULL,
  small_height integer NOT NULL,
  small_bytes bigint NOT NULL,
  created_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, draft_id) REFERENCES drafts (tenant_id, id),
  FOREIGN KEY (tenant_id, post_id) REFERENCES posts (tenant_id, id)
);
--bun:split
CREATE INDEX post_pictures_of_draft ON post_pictures (tenant_id, draft_id) WHERE draft_id IS NOT NULL;
--bun:split
CREATE INDEX post_pictures_of_post ON post_pictures (tenant_id, post_id) WHERE post_id IS NOT NULL;
--bun:split
CREATE INDEX post_pictures_loose ON post_pictures (tenant_id, service_id, created_at) WHERE post_id IS NULL AND draft_id IS NULL;
--bun:split
CREATE INDEX post_pictures_file ON post_pictures (tenant_id, file);
--bun:split
CREATE INDEX post_pictures_small_file ON post_pictures (tenant_id, small_file);
