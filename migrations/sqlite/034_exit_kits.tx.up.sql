-- Exit kits: a trust's whole data, for whoever has the secret key of the recipient. Only the platform's own words and counts are here.
CREATE TABLE platform_kits (
  trust_id TEXT NOT NULL REFERENCES trusts (id),
  id TEXT NOT NULL,
  staff_id TEXT NOT NULL REFERENCES platform_staff (id),
  recipient TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'making', 'ready', 'failed', 'expired', 'removed')),
  -- Whose work it is just now, and when it is anybody's again.
  claim TEXT NOT NULL,
  due_at timestamp NOT NULL,
  attempts INTEGER NOT NULL,
  problem TEXT NOT NULL,
  -- How far it has come; in the end, what is in it.
  table_rows bigint NOT NULL,
  table_count INTEGER NOT NULL,
  file_count bigint NOT NULL,
  missing_files INTEGER NOT NULL,
  bytes bigint NOT NULL,
  sha256 TEXT NOT NULL,
  audit_records bigint NOT NULL,
  audit_problems INTEGER NOT NULL,
  asked_at timestamp NOT NULL,
  ready_at timestamp,
  expires_at timestamp NOT NULL,
  PRIMARY KEY (trust_id, id)
);
--bun:split
-- One at a time.
CREATE UNIQUE INDEX platform_kits_under_way ON platform_kits (trust_id) WHERE state IN ('waiting', 'making');
--bun:split
CREATE INDEX platform_kits_due ON platform_kits (state, due_at);
--bun:split
-- The public key that a trust wants its exit kits for. It is the trust's own to choose: whoever has the secret one reads everything.
CREATE TABLE kit_keys (
  tenant_id TEXT NOT NULL REFERENCES trusts (id),
  recipient TEXT NOT NULL,
  account_id TEXT NOT NULL,
  given_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
