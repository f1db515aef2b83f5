DROP TABLE platform_recovery_codes;
--bun:split
DROP TABLE provider_accounts;
--bun:split
DROP TABLE providers;
--bun:split
DROP TABLE ceremonies;
--bun:split
DROP TABLE passkeys;
--bun:split
DROP TABLE recovery_codes;
