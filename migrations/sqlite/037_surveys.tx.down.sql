DROP TABLE survey_boxes;
--bun:split
DROP TABLE survey_people;
--bun:split
DROP TABLE surveys;
