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
-- Posts that members asked the team to look at. What came of it is on the desk.
CREATE TABLE post_reports (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  post_id uuid NOT NULL,
  reporter_id uuid NOT NULL,
  reason text NOT NULL,
  words text NOT NULL,
  reported_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, post_id, reporter_id),
  FOREIGN KEY (tenant_id, post_id) REFERENCES posts (tenant_id, id),
  FOREIGN KEY (tenant_id, reporter_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX post_reports_by_reporter ON post_reports (tenant_id, reporter_id, reported_at);
--bun:split
SELECT sharon_protect('ties'),
  sharon_protect('word_filters'),
  sharon_protect('post_reports');
