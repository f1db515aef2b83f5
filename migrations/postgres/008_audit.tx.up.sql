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
SELECT sharon_protect('audit_log');
