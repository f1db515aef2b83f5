DROP TABLE recovery_reminders;
--bun:split
DROP TABLE recovery_responses;
--bun:split
DROP TABLE recovery_assignments;
--bun:split
DROP TABLE recovery_definitions;
--bun:split
DROP TABLE recovery_prompts;
--bun:split
DROP TABLE recovery_entries;
--bun:split
DROP TABLE recovery_scores;
--bun:split
DROP TABLE recovery_goals;
--bun:split
DROP TABLE recovery_plans;
--bun:split
DROP TABLE recovery_looks;
--bun:split
DROP TABLE recovery_shares;
--bun:split
DROP TABLE recovery_check_ins;
