-- What a service asks its members, and when. Days are as in London, 2026-11-04.
CREATE TABLE surveys (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  title text NOT NULL,
  intro text NOT NULL,
  -- JSON.
  questions text NOT NULL,
  -- Who is asked: comma-separated, and here for so many days.
  roles text NOT NULL,
  min_days integer NOT NULL,
  opens_on text NOT NULL,
  closes_on text NOT NULL,
  -- Of the yearly question; 0 for the service's own surveys.
  year integer NOT NULL,
  -- It opens on its day; otherwise it is a draft.
  planned boolean NOT NULL,
  -- Members were told that it is open, and that it closes soon.
  opened_at timestamptz,
  reminded boolean NOT NULL,
  closed_at timestamptz,
  -- How many were asked, once it is closed.
  asked integer NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
--bun:split
CREATE INDEX surveys_of ON surveys (tenant_id, service_id, opens_on);
--bun:split
CREATE UNIQUE INDEX surveys_yearly ON surveys (tenant_id, service_id, year) WHERE year > 0;
--bun:split
-- Who has answered, or does not want to. Nothing here says what, or when.
CREATE TABLE survey_people (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  survey_id uuid NOT NULL,
  member_id uuid NOT NULL,
  answered boolean NOT NULL,
  PRIMARY KEY (tenant_id, survey_id, member_id),
  FOREIGN KEY (tenant_id, survey_id) REFERENCES surveys (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX survey_people_of ON survey_people (tenant_id, member_id);
--bun:split
-- A survey's ballot box: the answers of all who answered, counted together. Nobody's
-- answers have a row or a time of their own.
CREATE TABLE survey_boxes (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  survey_id uuid NOT NULL,
  answered integer NOT NULL,
  -- JSON: by question, how many gave each of its answers.
  counts text NOT NULL,
  -- What people wrote, in alphabetical order; empty where nobody wrote anything.
  words_sealed text NOT NULL,
  PRIMARY KEY (tenant_id, survey_id),
  FOREIGN KEY (tenant_id, survey_id) REFERENCES surveys (tenant_id, id)
);
--bun:split
SELECT sharon_protect('surveys'),
  sharon_protect('survey_people'),
  sharon_protect('survey_boxes');
