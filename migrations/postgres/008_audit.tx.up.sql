-- Who did what to what, when and why; never what members wrote. Rows are added and never changed.
CREATE TABLE audit_log (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  action text NOT NULL,
  service_id uuid,
  account_id uuid,
  subject_id uuid,
  reason text NOT NULL,
  before text NOT NULL,
  after text NOT NULL,
  address text NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
--bun:split
CREATE INDEX audit_log_by_time ON audit_log (tenant_id, at DESC, id DESC);
--bun:split
-- The chain: each record in the order of its sealing, with a hash over it and the hash before; upto is how far in time the
-- log is closed with it. No reference to the record: one that is gone must show as gone.
CREATE TABLE audit_seals (
  tenant_id uuid NOT NULL REFERENCES trusts (id),
  number bigint NOT NULL,
  record_id uuid NOT NULL,
  upto timestamptz NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (tenant_id, number),
  UNIQUE (tenant_id, record_id)
);
--bun:split
-- What can happen again and again, such as a refusal: counted here for a few minutes, then one record.
CREATE TABLE audit_tallies (
  tenant_id uuid NOT NULL REFERENCES trusts (id),
  action text NOT NULL,
  account_id uuid NOT NULL,
  service_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  what text NOT NULL,
  times integer NOT NULL,
  address text NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, action, account_id, service_id, subject_id, what)
);
--bun:split
SELECT sharon_protect('audit_log'), sharon_protect('audit_seals'), sharon_protect('audit_tallies');
--bun:split
REVOKE UPDATE, DELETE ON audit_log, audit_seals FROM sharon_app;
