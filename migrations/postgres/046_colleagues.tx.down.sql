DROP TABLE platform_staff_log;
--bun:split
REVOKE UPDATE (roles, status, password_hash) ON platform_staff FROM sharon_app;
--bun:split
ALTER TABLE platform_staff DROP COLUMN version;
