-- What has happened and what must follow from it. A row is written in the transaction of what happened; whatever is lost
-- besides, the consequence is found here. due_at is when a relay may hand it to the queue (again); null once it is done, or
-- given up for good (failed_at). Done rows stay for a while: streams that were cut are answered from them.
CREATE TABLE outbox (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  module text NOT NULL,
  queue text NOT NULL,
  subject_id uuid NOT NULL,
  about_id uuid,
  actor_id uuid,
  audience text NOT NULL,
  readers text NOT NULL,
  -- Those of the audience who are not told: between them and the actor stands a block, or they muted the actor.
  unseen_by text NOT NULL,
  version integer NOT NULL,
  attempts integer NOT NULL,
  created_at timestamptz NOT NULL,
  due_at timestamptz,
  failed_at timestamptz,
  error text NOT NULL,
  PRIMARY KEY (tenant_id, id),
  -- Not the trust: every transaction of a trust would lock that one row.
  FOREIGN KEY (tenant_id, actor_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX outbox_due ON outbox (tenant_id, due_at) WHERE due_at IS NOT NULL;
--bun:split
CREATE INDEX outbox_failed ON outbox (tenant_id, failed_at) WHERE failed_at IS NOT NULL;
--bun:split
SELECT sharon_protect('outbox');
