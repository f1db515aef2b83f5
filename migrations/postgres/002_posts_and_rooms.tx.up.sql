-- Where posts are gathered: a board, somebody's wall, later a blog. The room that owns it names itself in module.
CREATE TABLE places (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  module text NOT NULL,
  slug text NOT NULL,
  name text NOT NULL,
  about text NOT NULL,
  owner_id uuid,
  audience text NOT NULL,
  who_may_post text NOT NULL,
  position integer NOT NULL,
  version integer NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, service_id, module, slug),
  UNIQUE (tenant_id, service_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE UNIQUE INDEX places_by_owner ON places (tenant_id, owner_id, module) WHERE owner_id IS NOT NULL;
--bun:split
CREATE TABLE posts (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  module text NOT NULL,
  place_id uuid NOT NULL,
  author_id uuid NOT NULL,
  parent_id uuid,
  quotes_id uuid,
  audience text NOT NULL,
  -- Whose friends read it, where the audience is friends.
  circle_id uuid,
  state text NOT NULL CHECK (state IN ('visible', 'held', 'hidden', 'removed')),
  title text NOT NULL,
  body text NOT NULL,
  body_html text NOT NULL,
  rendered_by integer NOT NULL,
  -- Who is named in it and may read it, by handle.
  mentions text NOT NULL,
  version integer NOT NULL,
  with_you integer NOT NULL,
  hug integer NOT NULL,
  thank_you integer NOT NULL,
  hope integer NOT NULL,
  replies integer NOT NULL,
  published_at timestamptz NOT NULL,
  edited_at timestamptz,
  -- Topics that cover the words until the reader opens them: ',key,key,', or empty.
  notes text NOT NULL,
  -- The team settled the notes: the author can add to them, and take none away.
  notes_settled boolean NOT NULL,
  -- The pictures as they are shown; null for none.
  images jsonb,
  PRIMARY KEY (tenant_id, id),
  -- Its place's service, which is there because the place is: one look-up a post, and no lock on the service's row.
  FOREIGN KEY (tenant_id, service_id, place_id) REFERENCES places (tenant_id, service_id, id),
  FOREIGN KEY (tenant_id, author_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, circle_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, parent_id) REFERENCES posts (tenant_id, id),
  FOREIGN KEY (tenant_id, quotes_id) REFERENCES posts (tenant_id, id)
);
--bun:split
CREATE INDEX posts_timeline ON posts (tenant_id, service_id, published_at DESC, id DESC) WHERE parent_id IS NULL;
--bun:split
CREATE INDEX posts_by_place ON posts (tenant_id, place_id, published_at DESC, id DESC) WHERE parent_id IS NULL;
--bun:split
CREATE INDEX posts_by_parent ON posts (tenant_id, parent_id, published_at, id) WHERE parent_id IS NOT NULL;
--bun:split
CREATE INDEX posts_by_quote ON posts (tenant_id, quotes_id) WHERE quotes_id IS NOT NULL;
--bun:split
CREATE INDEX posts_by_author ON posts (tenant_id, author_id, published_at);
--bun:split
-- What a post said before each edit or removal; staff may look.
CREATE TABLE post_versions (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  post_id uuid NOT NULL,
  version integer NOT NULL,
  title text NOT NULL,
  body text NOT NULL,
  audience text NOT NULL,
  state text NOT NULL,
  changed_by uuid NOT NULL,
  changed_at timestamptz NOT NULL,
  notes text NOT NULL,
  images jsonb,
  PRIMARY KEY (tenant_id, post_id, version),
  FOREIGN KEY (tenant_id, post_id) REFERENCES posts (tenant_id, id),
  FOREIGN KEY (tenant_id, changed_by) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE TABLE reactions (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  post_id uuid NOT NULL,
  member_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('with_you', 'hug', 'thank_you', 'hope')),
  PRIMARY KEY (tenant_id, post_id, member_id),
  FOREIGN KEY (tenant_id, post_id) REFERENCES posts (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
-- Whole, so that "what did I say to these twenty posts" is answered from the index whichever way the planner turns.
CREATE INDEX reactions_by_member ON reactions (tenant_id, member_id, post_id, kind);
--bun:split
CREATE TABLE follows (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  post_id uuid NOT NULL,
  member_id uuid NOT NULL,
  followed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, post_id, member_id),
  FOREIGN KEY (tenant_id, post_id) REFERENCES posts (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX follows_by_member ON follows (tenant_id, member_id, followed_at);
--bun:split
CREATE TABLE threads (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  post_id uuid NOT NULL,
  place_id uuid NOT NULL,
  pinned boolean NOT NULL,
  locked boolean NOT NULL,
  answered boolean NOT NULL,
  version integer NOT NULL,
  -- Who has the latest word: nobody is told of their own. The post has the reference.
  active_by uuid NOT NULL,
  active_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, post_id),
  FOREIGN KEY (tenant_id, post_id) REFERENCES posts (tenant_id, id),
  FOREIGN KEY (tenant_id, place_id) REFERENCES places (tenant_id, id)
);
--bun:split
CREATE INDEX threads_by_board ON threads (tenant_id, place_id, pinned DESC, active_at DESC, post_id DESC);
--bun:split
CREATE INDEX threads_unanswered ON threads (tenant_id, service_id, active_at DESC, post_id DESC) WHERE NOT answered;
--bun:split
CREATE INDEX threads_by_activity ON threads (tenant_id, service_id, active_at DESC, post_id DESC);
--bun:split
-- How far a member has read a thread.
CREATE TABLE thread_reads (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  member_id uuid NOT NULL,
  post_id uuid NOT NULL,
  read_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, member_id, post_id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, post_id) REFERENCES posts (tenant_id, id)
);
--bun:split
SELECT sharon_protect('places'),
  sharon_protect('posts'),
  sharon_protect('post_versions'),
  sharon_protect('reactions'),
  sharon_protect('follows'),
  sharon_protect('threads'),
  sharon_protect('thread_reads');
