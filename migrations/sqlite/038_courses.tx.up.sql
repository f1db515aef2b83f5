-- Small courses among the recovery tools. Who makes them writes the first two tables.
CREATE TABLE recovery_courses (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  title text NOT NULL,
  about text NOT NULL,
  for_whom text NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'published', 'withdrawn')),
  -- Grows with each change of the course or of its parts.
  version integer NOT NULL,
  made_at timestamp NOT NULL,
  changed_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
--bun:split
CREATE INDEX recovery_courses_of ON recovery_courses (tenant_id, service_id, title);
--bun:split
CREATE TABLE recovery_course_parts (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  course_id text NOT NULL,
  -- From 1, among those that are in the course.
  place integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('page', 'video', 'exercise')),
  title text NOT NULL,
  body text NOT NULL,
  -- The post of a video, which may be gone.
  film_id text,
  -- What an exercise asks, a prompt a line.
  prompts text NOT NULL,
  body_html text NOT NULL,
  rendered_by integer NOT NULL,
  version integer NOT NULL,
  -- A part is never deleted: what members wrote into it stays theirs.
  out_at timestamp,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, course_id) REFERENCES recovery_courses (tenant_id, id)
);
--bun:split
CREATE INDEX recovery_course_parts_of ON recovery_course_parts (tenant_id, course_id, place);
--bun:split
-- Members' own: which courses they began, which parts they did, what they wrote.
CREATE TABLE recovery_course_progress (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  member_id text NOT NULL,
  course_id text NOT NULL,
  begun_at timestamp NOT NULL,
  finished_at timestamp,
  PRIMARY KEY (tenant_id, member_id, course_id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, course_id) REFERENCES recovery_courses (tenant_id, id)
);
--bun:split
CREATE INDEX recovery_course_progress_of ON recovery_course_progress (tenant_id, course_id);
--bun:split
CREATE TABLE recovery_course_marks (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  member_id text NOT NULL,
  part_id text NOT NULL,
  done_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, member_id, part_id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, part_id) REFERENCES recovery_course_parts (tenant_id, id)
);
--bun:split
CREATE TABLE recovery_course_answers (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  member_id text NOT NULL,
  part_id text NOT NULL,
  answer_sealed text NOT NULL,
  written_at timestamp NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, member_id, part_id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, part_id) REFERENCES recovery_course_parts (tenant_id, id)
);
