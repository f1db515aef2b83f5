-- Whom the team was called by, one rung of the escalation tree a row. What is not stopped and has a time is a deadline.
CREATE TABLE case_calls (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  case_id uuid NOT NULL,
  -- How often the tree was begun, and the rung: nobody is called twice for the same one.
  round integer NOT NULL,
  position integer NOT NULL,
  name text NOT NULL,
  people text NOT NULL,
  phone text NOT NULL,
  -- No rung comes after it.
  last boolean NOT NULL,
  called_at timestamptz NOT NULL,
  -- When the next one is called, if nobody has taken the case on.
  next_at timestamptz NOT NULL,
  -- When to try this one (again); null once somebody was reached.
  try_at timestamptz,
  tries integer NOT NULL,
  -- What became of it on each channel, as JSON.
  attempts jsonb NOT NULL,
  reached boolean NOT NULL,
  -- The whole tree was called before it, and nobody answered.
  again boolean NOT NULL,
  stopped_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, case_id, round, position),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id)
);
--bun:split
CREATE INDEX case_calls_running ON case_calls (tenant_id, service_id, next_at) WHERE stopped_at IS NULL;
--bun:split
-- What else belongs to a case: a post, a message, another thing that can be on the desk.
CREATE TABLE case_links (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  case_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  sort text NOT NULL,
  linked_at timestamptz NOT NULL,
  linked_by uuid,
  PRIMARY KEY (tenant_id, case_id, subject_id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  FOREIGN KEY (tenant_id, linked_by) REFERENCES members (tenant_id, id)
);
--bun:split
SELECT sharon_protect('case_calls'), sharon_protect('case_links');
