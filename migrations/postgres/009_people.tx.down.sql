REVOKE UPDATE (email_sealed) ON platform_staff FROM sharon_app;
--bun:split
DROP INDEX audit_log_of_identity;
--bun:split
DROP TABLE tickets;
--bun:split
DROP TABLE phone_codes;
--bun:split
DROP TABLE identities;
--bun:split
DROP TABLE invitations;
