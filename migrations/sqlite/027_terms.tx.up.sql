-- How often a service's watched terms changed, and which version of its area's list it has. Whoever changes a term locks this row.
CREATE TABLE term_lists (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  version integer NOT NULL,
  taken text NOT NULL,
  PRIMARY KEY (tenant_id, service_id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
--bun:split
-- What a service looks for in what its members write. Nothing here is a member's.
CREATE TABLE watched_terms (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  -- What makes two terms the same: the folded text.
  key text NOT NULL,
  text text NOT NULL,
  sort text NOT NULL CHECK (sort IN ('word', 'phrase', 'pattern')),
  prefix boolean NOT NULL,
  hold boolean NOT NULL,
  topic text NOT NULL,
  support boolean NOT NULL,
  level text NOT NULL CHECK (level IN ('', 'crisis', 'red', 'amber', 'green')),
  -- It is as the list of the area has it.
  listed boolean NOT NULL,
  active boolean NOT NULL,
  version integer NOT NULL,
  changed_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, service_id, key),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
--bun:split
-- Every change of a term: what it was and is as JSON, who and why. Only a name is taken out of it later.
CREATE TABLE term_changes (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  term_id text NOT NULL,
  what text NOT NULL,
  before text NOT NULL,
  after text NOT NULL,
  reason text NOT NULL,
  account_id text,
  changed_by text NOT NULL,
  changed_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, term_id) REFERENCES watched_terms (tenant_id, id)
);
--bun:split
CREATE INDEX term_changes_by_time ON term_changes (tenant_id, service_id, changed_at, id);
--bun:split
CREATE INDEX term_changes_by_term ON term_changes (tenant_id, term_id, changed_at);
--bun:split
CREATE INDEX term_changes_by_account ON term_changes (tenant_id, account_id) WHERE account_id IS NOT NULL;
--bun:split
-- A file of terms that somebody looked through and has not confirmed yet: one of each account.
CREATE TABLE term_drafts (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  account_id text NOT NULL,
  id text NOT NULL,
  list text NOT NULL,
  PRIMARY KEY (tenant_id, service_id, account_id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
