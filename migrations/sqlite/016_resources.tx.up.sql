-- The library. An item belongs to the service that looks after it; a shared one is shown in all services of the trust.
CREATE TABLE resources (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  shared boolean NOT NULL,
  kind text NOT NULL CHECK (kind IN ('article', 'link', 'file', 'organisation')),
  state text NOT NULL CHECK (state IN ('suggested', 'published', 'declined', 'archived')),
  title text NOT NULL,
  summary text NOT NULL,
  body text NOT NULL,
  body_html text NOT NULL,
  rendered_by integer NOT NULL,
  url text NOT NULL,
  area text NOT NULL,
  phone text NOT NULL,
  email text NOT NULL,
  hours text NOT NULL,
  eligibility text NOT NULL,
  -- Each between commas: ,feeding,sleep,
  tags text NOT NULL,
  file text NOT NULL,
  file_type text NOT NULL,
  file_bytes bigint NOT NULL,
  -- Who looks after it; null for the leads of the service.
  owner_id text,
  suggested_by text,
  answer text NOT NULL,
  review_at timestamp,
  -- When somebody was reminded of this review_at.
  reminded_at timestamp,
  version integer NOT NULL,
  created_at timestamp NOT NULL,
  changed_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, suggested_by) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX resources_file ON resources (tenant_id, file);
--bun:split
CREATE INDEX resources_of ON resources (tenant_id, service_id, state, changed_at DESC, id DESC);
--bun:split
CREATE INDEX resources_shared ON resources (tenant_id, changed_at DESC, id DESC) WHERE shared;
--bun:split
CREATE INDEX resources_due ON resources (tenant_id, service_id, review_at) WHERE reminded_at IS NULL;
--bun:split
-- What members said of an item: it helped, or it did not.
CREATE TABLE resource_votes (
  tenant_id text NOT NULL,
  resource_id text NOT NULL,
  member_id text NOT NULL,
  helpful boolean NOT NULL,
  PRIMARY KEY (tenant_id, resource_id, member_id),
  FOREIGN KEY (tenant_id, resource_id) REFERENCES resources (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
