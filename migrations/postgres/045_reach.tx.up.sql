-- It grows with each change of when the team is there and whom to call.
ALTER TABLE services ADD COLUMN reach_version integer NOT NULL DEFAULT 1;
