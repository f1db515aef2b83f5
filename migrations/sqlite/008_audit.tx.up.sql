-- Who did what to what, when and why; never what members wrote. Rows are added and never changed.
CREATE TABLE audit_log (
  tenant_id text NOT NULL,
  id text NOT NULL,
  at timestamp NOT NULL,
  action text NOT NULL,
  service_id text,
  account_id text,
  subject_id text,
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
CREATE TRIGGER audit_log_stays BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
--bun:split
CREATE TRIGGER audit_log_keeps BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
--bun:split
-- The chain: each record in the order of its sealing, with a hash over it and the hash before; upto is how far in time the
-- log is closed with it. No reference to the record: one that is gone must show as gone.
CREATE TABLE audit_seals (
  tenant_id text NOT NULL REFERENCES trusts (id),
  number bigint NOT NULL,
  record_id text NOT NULL,
  upto timestamp NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (tenant_id, number),
  UNIQUE (tenant_id, record_id)
) WITHOUT ROWID;
--bun:split
CREATE TRIGGER audit_seals_stay BEFORE UPDATE ON audit_seals BEGIN SELECT RAISE(ABORT, 'audit_seals is append-only'); END;
--bun:split
CREATE TRIGGER audit_seals_keep BEFORE DELETE ON audit_seals BEGIN SELECT RAISE(ABORT, 'audit_seals is append-only'); END;
--bun:split
-- What can happen again and again, such as a refusal: counted here for a few minutes, then one record.
CREATE TABLE audit_tallies (
  tenant_id text NOT NULL REFERENCES trusts (id),
  action text NOT NULL,
  account_id text NOT NULL,
  service_id text NOT NULL,
  subject_id text NOT NULL,
  what text NOT NULL,
  times integer NOT NULL,
  address text NOT NULL,
  first_at timestamp NOT NULL,
  last_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, action, account_id, service_id, subject_id, what)
) WITHOUT ROWID;
