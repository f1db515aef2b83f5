ALTER TABLE module_changes DROP COLUMN reason;
--bun:split
ALTER TABLE services DROP COLUMN house_rules_easy;
--bun:split
ALTER TABLE services DROP COLUMN welcome_easy;
--bun:split
ALTER TABLE services DROP COLUMN welcome;
