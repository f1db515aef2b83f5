DROP TABLE recovery_course_answers;
--bun:split
DROP TABLE recovery_course_marks;
--bun:split
DROP TABLE recovery_course_progress;
--bun:split
DROP TABLE recovery_course_parts;
--bun:split
DROP TABLE recovery_courses;
