-- Copies of what is kept about somebody. The bytes are in storage, for a week.
CREATE TABLE data_exports (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  account_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'ready')),
  file text NOT NULL,
  bytes bigint NOT NULL,
  asked_at timestamptz NOT NULL,
  ready_at timestamptz,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
--bun:split
CREATE INDEX data_exports_by_account ON data_exports (tenant_id, account_id, asked_at DESC);
--bun:split
CREATE INDEX data_exports_by_end ON data_exports (tenant_id, expires_at);
--bun:split
-- Who leaves, and how far that has come: waiting for due_at, working, held because of a legal hold, or done.
CREATE TABLE leavings (
  tenant_id uuid NOT NULL,
  account_id uuid NOT NULL,
  keep_words boolean NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'working', 'held', 'done')),
  asked_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  done_at timestamptz,
  PRIMARY KEY (tenant_id, account_id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
--bun:split
-- How long the trust keeps a class of records, where it chose otherwise than we suggest.
CREATE TABLE retention_periods (
  tenant_id uuid NOT NULL REFERENCES trusts (id),
  class text NOT NULL,
  days integer NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, class)
);
--bun:split
-- Nothing of somebody under a legal hold is removed.
CREATE TABLE legal_holds (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  account_id uuid NOT NULL,
  reason text NOT NULL,
  placed_by uuid NOT NULL,
  placed_at timestamptz NOT NULL,
  lifted_by uuid,
  lifted_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
  FOREIGN KEY (tenant_id, placed_by) REFERENCES accounts (tenant_id, id),
  FOREIGN KEY (tenant_id, lifted_by) REFERENCES accounts (tenant_id, id)
);
--bun:split
CREATE UNIQUE INDEX legal_holds_standing ON legal_holds (tenant_id, account_id) WHERE lifted_at IS NULL;
--bun:split
SELECT sharon_protect('data_exports'), sharon_protect('leavings'), sharon_protect('retention_periods'), sharon_protect('legal_holds');
