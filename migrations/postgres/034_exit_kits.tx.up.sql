-- Exit kits: a trust's whole data, for whoever has the secret key of the recipient. Only the platform's own words and counts are here.
CREATE TABLE platform_kits (
  trust_id uuid NOT NULL REFERENCES trusts (id),
  id uuid NOT NULL,
  staff_id uuid NOT NULL REFERENCES platform_staff (id),
  recipient text NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'making', 'ready', 'failed', 'expired', 'removed')),
  -- Whose work it is just now, and when it is anybody's again.
  claim uuid NOT NULL,
  due_at timestamptz NOT NULL,
  attempts integer NOT NULL,
  problem text NOT NULL,
  -- How far it has come; in the end, what is in it.
  table_rows bigint NOT NULL,
  table_count integer NOT NULL,
  file_count bigint NOT NULL,
  missing_files integer NOT NULL,
  bytes bigint NOT NULL,
  sha256 text NOT NULL,
  audit_records bigint NOT NULL,
  audit_problems integer NOT NULL,
  asked_at timestamptz NOT NULL,
  ready_at timestamptz,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (trust_id, id)
);
--bun:split
-- One at a time.
CREATE UNIQUE INDEX platform_kits_under_way ON platform_kits (trust_id) WHERE state IN ('waiting', 'making');
--bun:split
CREATE INDEX platform_kits_due ON platform_kits (state, due_at);
--bun:split
GRANT SELECT, INSERT, UPDATE ON platform_kits TO sharon_app;
--bun:split
-- The public key that a trust wants its exit kits for. It is the trust's own to choose: whoever has the secret one reads everything.
CREATE TABLE kit_keys (
  tenant_id uuid NOT NULL REFERENCES trusts (id),
  recipient text NOT NULL,
  account_id uuid NOT NULL,
  given_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
--bun:split
SELECT sharon_protect('kit_keys');
