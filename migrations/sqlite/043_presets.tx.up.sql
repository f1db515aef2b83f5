-- What a service says to whoever comes: Markdown, each also as Easy Read; empty for nothing.
ALTER TABLE services ADD COLUMN welcome text NOT NULL DEFAULT '';
--bun:split
ALTER TABLE services ADD COLUMN welcome_easy text NOT NULL DEFAULT '';
--bun:split
ALTER TABLE services ADD COLUMN house_rules_easy text NOT NULL DEFAULT '';
--bun:split
ALTER TABLE module_changes ADD COLUMN reason text NOT NULL DEFAULT '';
