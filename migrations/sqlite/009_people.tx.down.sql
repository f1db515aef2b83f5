DROP INDEX audit_log_of_identity;
--bun:split
DROP TABLE tickets;
--bun:split
DROP TABLE phone_codes;
--bun:split
DROP TABLE identities;
--bun:split
DROP TABLE invitations;
