-- What a blog post has beside its post. What was begun once is published once.
CREATE TABLE blog_posts (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  post_id text NOT NULL,
  author_id text NOT NULL,
  begun_id text NOT NULL,
  -- Empty for none; the key is its part of the address.
  series text NOT NULL,
  series_key text NOT NULL,
  no_replies boolean NOT NULL,
  PRIMARY KEY (tenant_id, post_id),
  UNIQUE (tenant_id, author_id, begun_id),
  FOREIGN KEY (tenant_id, post_id) REFERENCES posts (tenant_id, id),
  FOREIGN KEY (tenant_id, author_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX blog_posts_in_series ON blog_posts (tenant_id, author_id, series_key) WHERE series_key <> '';
--bun:split
-- What somebody keeps to read later.
CREATE TABLE blog_kept (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  member_id text NOT NULL,
  post_id text NOT NULL,
  kept_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, member_id, post_id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, post_id) REFERENCES posts (tenant_id, id)
);
--bun:split
CREATE INDEX blog_kept_post ON blog_kept (tenant_id, post_id);
