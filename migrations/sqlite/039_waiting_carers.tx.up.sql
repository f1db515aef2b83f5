-- The questionnaire that comes with the check-ins of a pathway; empty for none.
ALTER TABLE waiting_pathways ADD COLUMN measure text NOT NULL DEFAULT '';
--bun:split
-- Whom somebody who waits lets see where they are, by a link.
CREATE TABLE waiting_carers (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  entry_id text NOT NULL,
  member_id text NOT NULL,
  -- Who it is, and how to reach them; empty once it has ended.
  carer_sealed text NOT NULL,
  -- What of the page they see.
  sees_wait boolean NOT NULL,
  sees_next boolean NOT NULL,
  shared_at timestamp NOT NULL,
  until timestamp NOT NULL,
  -- The mail server does not take the address.
  refused boolean NOT NULL,
  opened_at timestamp,
  ended_at timestamp,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, entry_id) REFERENCES waiting_entries (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX waiting_carers_of ON waiting_carers (tenant_id, entry_id);
--bun:split
CREATE INDEX waiting_carers_member ON waiting_carers (tenant_id, member_id);
--bun:split
CREATE INDEX waiting_carers_until ON waiting_carers (tenant_id, service_id, until);
