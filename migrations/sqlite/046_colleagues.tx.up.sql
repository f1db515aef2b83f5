-- Accounts of platform staff can be closed, opened again and given another role.
ALTER TABLE platform_staff ADD COLUMN version integer NOT NULL DEFAULT 1;
--bun:split
-- What was done with an account of platform staff. Nothing of it is ever changed.
CREATE TABLE platform_staff_log (
  id text NOT NULL PRIMARY KEY,
  at timestamp NOT NULL,
  -- Null for who runs the machine, at its command line.
  by_id text REFERENCES platform_staff (id),
  staff_id text NOT NULL REFERENCES platform_staff (id),
  action text NOT NULL,
  reason text NOT NULL
);
--bun:split
CREATE INDEX platform_staff_log_by_staff ON platform_staff_log (staff_id, id);
