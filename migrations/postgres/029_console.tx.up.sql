-- Who answers for the data at a trust. What is sealed is of people at work there.
CREATE TABLE platform_trusts (
  trust_id uuid NOT NULL PRIMARY KEY REFERENCES trusts (id),
  contacts_sealed text NOT NULL,
  version integer NOT NULL,
  changed_at timestamptz NOT NULL
);
--bun:split
-- What a trust must have for data protection and clinical safety, each with the day on which it ends. Days are 2026-11-20.
CREATE TABLE platform_registers (
  trust_id uuid NOT NULL REFERENCES trusts (id),
  kind text NOT NULL,
  reference text NOT NULL,
  dated text NOT NULL,
  expires text NOT NULL,
  link text NOT NULL,
  version integer NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (trust_id, kind)
);
--bun:split
CREATE INDEX platform_registers_by_expiry ON platform_registers (expires);
--bun:split
-- Every service in a line, as it was when it was counted last. A count below 5 stays in the trust: it is null here.
CREATE TABLE platform_services (
  trust_id uuid NOT NULL REFERENCES trusts (id),
  service_id uuid NOT NULL,
  name text NOT NULL,
  slug text NOT NULL,
  area text NOT NULL,
  status text NOT NULL,
  members integer,
  -- New posts of each of the last weeks, the oldest first: [7, null, 12].
  weeks jsonb NOT NULL,
  counted_at timestamptz NOT NULL,
  PRIMARY KEY (trust_id, service_id)
);
--bun:split
-- A way to look at the portfolio that a colleague gave a name.
CREATE TABLE platform_views (
  staff_id uuid NOT NULL REFERENCES platform_staff (id),
  name text NOT NULL,
  query text NOT NULL,
  PRIMARY KEY (staff_id, name)
);
--bun:split
-- What the platform did to a trust. Nothing of it is ever changed.
CREATE TABLE platform_log (
  id uuid NOT NULL PRIMARY KEY,
  at timestamptz NOT NULL,
  staff_id uuid NOT NULL REFERENCES platform_staff (id),
  trust_id uuid NOT NULL REFERENCES trusts (id),
  action text NOT NULL,
  reason text NOT NULL
);
--bun:split
CREATE INDEX platform_log_by_trust ON platform_log (trust_id, id);
--bun:split
-- Somebody is asked to run a trust, by the platform. As in invitations; whoever has answered is not in it any more.
CREATE TABLE administrator_invitations (
  tenant_id uuid NOT NULL REFERENCES trusts (id),
  id uuid NOT NULL,
  email_lookup text NOT NULL,
  email_sealed text NOT NULL,
  sends integer NOT NULL,
  -- One of the platform's staff.
  invited_by uuid NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  sent_at timestamptz,
  bounced_at timestamptz,
  opened_at timestamptz,
  accepted_at timestamptz,
  revoked_at timestamptz,
  closed_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);
--bun:split
-- One at a time.
CREATE UNIQUE INDEX administrator_invitations_open ON administrator_invitations (tenant_id) WHERE closed_at IS NULL;
--bun:split
SELECT sharon_protect('administrator_invitations');
--bun:split
GRANT SELECT, INSERT, UPDATE ON platform_trusts, platform_registers TO sharon_app;
--bun:split
GRANT SELECT, INSERT, UPDATE, DELETE ON platform_services, platform_views TO sharon_app;
--bun:split
GRANT SELECT, INSERT ON platform_log TO sharon_app;
