-- What stands between two members. Each tie is two rows, one from either side, so that all that a member has to do with
-- others is one range of the primary key.
CREATE TABLE ties (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  member_id uuid NOT NULL,
  other_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('friend', 'asking', 'asked_by', 'muting', 'muted_by', 'blocking', 'blocked_by')),
  since timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, member_id, other_id, kind),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, other_id) REFERENCES members (tenant_id, id)
);
--bun:split
-- Words that a member does not want to come upon.
CREATE TABLE word_filters (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  member_id uuid NOT NULL,
  words text NOT NULL,
  how text NOT NULL CHECK (how IN ('cover', 'hide')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, member_id, words),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
-- Posts that members asked the team to look at. What the post said then is kept with it.
CREATE TABLE post_reports (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  post_id uuid NOT NULL,
  reporter_id uuid NOT NULL,
  reason text NOT NULL,
  words text NOT NULL,
  title text NOT NULL,
  body text NOT NULL,
  reported_at timestamptz NOT NULL,
  seen_by uuid,
  seen_at timestamptz,
  decided_by uuid,
  decided_at timestamptz,
  note text NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, post_id, reporter_id),
  FOREIGN KEY (tenant_id, post_id) REFERENCES posts (tenant_id, id),
  FOREIGN KEY (tenant_id, reporter_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, seen_by) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, decided_by) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX post_reports_open ON post_reports (tenant_id, service_id, reported_at) WHERE decided_at IS NULL;
--bun:split
CREATE INDEX post_reports_decided ON post_reports (tenant_id, service_id, decided_at) WHERE decided_at IS NOT NULL;
--bun:split
SELECT sharon_protect('ties'),
  sharon_protect('word_filters'),
  sharon_protect('post_reports');
