-- A film that a member sends: first only its sender's, then the post of post_id. captions are WebVTT as we write it.
CREATE TABLE videos (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  owner_id uuid NOT NULL,
  post_id uuid,
  title text NOT NULL,
  about text NOT NULL,
  audience text NOT NULL CHECK (audience IN ('service', 'peers', 'carers', 'staff', 'clinicians')),
  state text NOT NULL CHECK (state IN ('empty', 'sending', 'waiting', 'working', 'ready', 'failed', 'withdrawn')),
  problem text NOT NULL,
  percent integer NOT NULL,
  length bigint NOT NULL,
  arrived bigint NOT NULL,
  mark text NOT NULL,
  claim uuid NOT NULL,
  seconds integer NOT NULL,
  captions text NOT NULL,
  transcript text NOT NULL,
  consented_at timestamptz NOT NULL,
  withdraw_at timestamptz,
  changed_at timestamptz NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, post_id),
  FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, post_id) REFERENCES posts (tenant_id, id)
);
--bun:split
CREATE INDEX videos_of ON videos (tenant_id, owner_id, changed_at);
--bun:split
CREATE INDEX videos_standing ON videos (tenant_id, service_id, state, changed_at);
--bun:split
-- What has arrived of a film and is not converted yet, in order.
CREATE TABLE video_pieces (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  video_id uuid NOT NULL,
  start bigint NOT NULL,
  bytes bigint NOT NULL,
  file text NOT NULL,
  PRIMARY KEY (tenant_id, video_id, start),
  FOREIGN KEY (tenant_id, video_id) REFERENCES videos (tenant_id, id)
);
--bun:split
-- What was made of it, to be shown.
CREATE TABLE video_files (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  video_id uuid NOT NULL,
  name text NOT NULL CHECK (name IN ('360p', '720p', 'poster')),
  file text NOT NULL,
  type text NOT NULL,
  bytes bigint NOT NULL,
  width integer NOT NULL,
  height integer NOT NULL,
  PRIMARY KEY (tenant_id, video_id, name),
  FOREIGN KEY (tenant_id, video_id) REFERENCES videos (tenant_id, id)
);
--bun:split
CREATE INDEX video_files_file ON video_files (tenant_id, file);
--bun:split
SELECT sharon_protect('videos'),
  sharon_protect('video_pieces'),
  sharon_protect('video_files');
