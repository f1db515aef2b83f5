-- Accounts of platform staff can be closed, opened again and given another role.
ALTER TABLE platform_staff ADD COLUMN version integer NOT NULL DEFAULT 1;
--bun:split
-- What was done with an account of platform staff. Nothing of it is ever changed.
CREATE TABLE platform_staff_log (
  id uuid NOT NULL PRIMARY KEY,
  at timestamptz NOT NULL,
  -- Null for who runs the machine, at its command line.
  by_id uuid REFERENCES platform_staff (id),
  staff_id uuid NOT NULL REFERENCES platform_staff (id),
  action text NOT NULL,
  reason text NOT NULL
);
--bun:split
CREATE INDEX platform_staff_log_by_staff ON platform_staff_log (staff_id, id);
--bun:split
GRANT UPDATE (roles, status, password_hash, version) ON platform_staff TO sharon_app;
--bun:split
GRANT SELECT, INSERT ON platform_staff_log TO sharon_app;
