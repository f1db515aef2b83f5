DROP TABLE administrator_invitations;
--bun:split
DROP TABLE platform_log;
--bun:split
DROP TABLE platform_views;
--bun:split
DROP TABLE platform_services;
--bun:split
DROP TABLE platform_registers;
--bun:split
DROP TABLE platform_trusts;
