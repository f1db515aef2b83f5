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
