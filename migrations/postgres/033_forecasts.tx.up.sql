-- How each service's onboarding stands, as its trust said last. The reason names nobody.
CREATE TABLE platform_programmes (
  trust_id uuid NOT NULL REFERENCES trusts (id),
  service_id uuid NOT NULL,
  month integer NOT NULL,
  light text NOT NULL CHECK (light IN ('red', 'amber', 'green')),
  reason text NOT NULL,
  -- Percent of the work.
  done integer NOT NULL,
  -- Days like 2027-06-02 on which the service was, and is likely, to open.
  planned text NOT NULL,
  likely text NOT NULL,
  ended boolean NOT NULL,
  stated_at timestamptz NOT NULL,
  PRIMARY KEY (trust_id, service_id)
);
--bun:split
GRANT SELECT, INSERT, UPDATE, DELETE ON platform_programmes TO sharon_app;
