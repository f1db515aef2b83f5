DROP TABLE live_reminders;
--bun:split
DROP TABLE live_questions;
--bun:split
DROP TABLE live_mutes;
--bun:split
DROP TABLE live_messages;
--bun:split
DROP TABLE live_hosts;
--bun:split
DROP TABLE live_sessions;
