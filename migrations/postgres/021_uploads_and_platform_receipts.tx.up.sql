-- Every file that a member sent, from before it was stored until it is gone. What the table in used_by does not have is in nobody's use.
CREATE TABLE uploads (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  file text NOT NULL,
  used_by text NOT NULL,
  stored_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, file),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
--bun:split
CREATE INDEX uploads_by_age ON uploads (tenant_id, service_id, used_by, stored_at);
--bun:split
SELECT sharon_protect('uploads');
--bun:split
-- What a command of the console answered, by the key that its form or client sent: the second click gets the first answer.
CREATE TABLE platform_receipts (
  staff_id uuid NOT NULL REFERENCES platform_staff (id),
  once_key text NOT NULL,
  command text NOT NULL,
  location text NOT NULL,
  answer text NOT NULL,
  done boolean NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (staff_id, once_key)
);
--bun:split
CREATE INDEX platform_receipts_by_age ON platform_receipts (created_at);
--bun:split
GRANT SELECT, INSERT, UPDATE, DELETE ON platform_receipts TO sharon_app;
