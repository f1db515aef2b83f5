-- What members of a service can give each other. A service without rows has the preset of its area.
CREATE TABLE gift_kinds (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  -- One of SHaRON's drawings; empty where there is a picture of the service's own.
  art text NOT NULL,
  file text NOT NULL,
  type text NOT NULL,
  bytes bigint NOT NULL,
  name text NOT NULL,
  alt text NOT NULL,
  position integer NOT NULL,
  retired_at timestamptz,
  added_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
--bun:split
CREATE INDEX gift_kinds_of ON gift_kinds (tenant_id, service_id, position);
--bun:split
CREATE INDEX gift_kinds_file ON gift_kinds (tenant_id, file);
--bun:split
CREATE TABLE gifts (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  kind_id uuid NOT NULL,
  from_id uuid NOT NULL,
  to_id uuid NOT NULL,
  -- What it was given for; null for no post.
  post_id uuid,
  note text NOT NULL,
  -- The receiver is not told.
  quiet boolean NOT NULL,
  given_at timestamptz NOT NULL,
  opened_at timestamptz,
  put_away_at timestamptz,
  -- When the receiver asked the team to look at it, and why.
  reported_at timestamptz,
  reason text NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, kind_id) REFERENCES gift_kinds (tenant_id, id),
  FOREIGN KEY (tenant_id, from_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, to_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, post_id) REFERENCES posts (tenant_id, id)
);
--bun:split
CREATE INDEX gifts_to ON gifts (tenant_id, to_id, given_at DESC, id DESC);
--bun:split
CREATE INDEX gifts_reported ON gifts (tenant_id, service_id, reported_at) WHERE reported_at IS NOT NULL;
--bun:split
CREATE INDEX gifts_from ON gifts (tenant_id, from_id, given_at);
--bun:split
-- Whether a member takes gifts from everybody. Without a row: yes.
CREATE TABLE gift_doors (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  member_id uuid NOT NULL,
  door text NOT NULL CHECK (door IN ('open', 'quiet', 'shut')),
  PRIMARY KEY (tenant_id, member_id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
-- Whether they take gifts from one other. Without a row: as from everybody.
CREATE TABLE gift_doors_to (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  member_id uuid NOT NULL,
  from_id uuid NOT NULL,
  door text NOT NULL CHECK (door IN ('quiet', 'shut')),
  PRIMARY KEY (tenant_id, member_id, from_id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, from_id) REFERENCES members (tenant_id, id)
);
--bun:split
SELECT sharon_protect('gift_kinds'),
  sharon_protect('gifts'),
  sharon_protect('gift_doors'),
  sharon_protect('gift_doors_to');
