DROP TABLE programme_links;
--bun:split
DROP TABLE programme_comments;
--bun:split
DROP TABLE programme_benefits;
--bun:split
DROP TABLE programme_entries;
--bun:split
DROP TABLE programme_attendance;
--bun:split
DROP TABLE programme_meetings;
--bun:split
DROP TABLE programme_actions;
--bun:split
DROP TABLE programme_holidays;
--bun:split
DROP TABLE programme_absences;
--bun:split
DROP TABLE programme_evidence;
--bun:split
DROP TABLE programme_tasks;
--bun:split
DROP TABLE programme_phases;
--bun:split
DROP TABLE programme_people;
--bun:split
DROP TABLE programmes;
