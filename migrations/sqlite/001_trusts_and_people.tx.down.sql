DROP TABLE module_changes;
--bun:split
DROP TABLE service_modules;
--bun:split
DROP TABLE policy_rules;
--bun:split
DROP TABLE receipts;
--bun:split
DROP TABLE throttles;
--bun:split
DROP TABLE sessions;
--bun:split
DROP TABLE members;
--bun:split
DROP TABLE accounts;
--bun:split
DROP TABLE services;
--bun:split
DROP TABLE trusts;
