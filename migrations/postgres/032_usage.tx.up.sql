-- The last day on which a member came, such as 2026-11-23; empty for never. Read with each request, so that a day is noted once.
ALTER TABLE members ADD COLUMN visited_on text NOT NULL DEFAULT '';
--bun:split
-- When a member left. Null for those of the team: figures count those whom a service is for.
ALTER TABLE members ADD COLUMN left_at timestamptz;
--bun:split
-- That a member came on a day, and on what kind of device first.
CREATE TABLE visits (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  day text NOT NULL,
  member_id uuid NOT NULL,
  device text NOT NULL CHECK (device IN ('phone', 'tablet', 'computer', 'other')),
  at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, service_id, day, member_id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX visits_by_member ON visits (tenant_id, member_id);
--bun:split
-- What was counted, for each day, week or month that is over; since is its first day. Nothing of a person is in it.
CREATE TABLE usage_counts (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  span text NOT NULL CHECK (span IN ('day', 'week', 'month')),
  since text NOT NULL,
  key text NOT NULL,
  -- A room, a device, a month of joining or a step of waiting; empty for none.
  part text NOT NULL,
  -- Not 9 to 5, Monday to Friday.
  outside boolean NOT NULL,
  n integer NOT NULL CHECK (n >= 0),
  PRIMARY KEY (tenant_id, service_id, span, since, key, part, outside),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
--bun:split
-- What of it leaves the trust: months, and multiples of five.
CREATE TABLE platform_usage (
  trust_id uuid NOT NULL REFERENCES trusts (id),
  service_id uuid NOT NULL,
  since text NOT NULL,
  key text NOT NULL,
  part text NOT NULL,
  outside boolean NOT NULL,
  n integer NOT NULL CHECK (n > 0 AND n % 5 = 0),
  PRIMARY KEY (trust_id, service_id, since, key, part, outside)
);
--bun:split
CREATE INDEX platform_usage_by_month ON platform_usage (since, key);
--bun:split
-- By what is counted each night.
CREATE INDEX posts_replied ON posts (tenant_id, service_id, published_at) WHERE parent_id IS NOT NULL;
--bun:split
CREATE INDEX thread_reads_by_time ON thread_reads (tenant_id, service_id, read_at);
--bun:split
CREATE INDEX messages_by_time ON messages (tenant_id, service_id, created_at);
--bun:split
CREATE INDEX gifts_by_time ON gifts (tenant_id, service_id, given_at);
--bun:split
CREATE INDEX desk_items_answered ON desk_items (tenant_id, service_id, responded_at) WHERE responded_at IS NOT NULL;
--bun:split
SELECT sharon_protect('visits');
--bun:split
SELECT sharon_protect('usage_counts');
--bun:split
GRANT SELECT, INSERT, UPDATE, DELETE ON platform_usage TO sharon_app;
