-- Which database this is: it stands in the metadata of the progress on Kafka, so that another one is noticed.
CREATE TABLE outbox_installation (
  only_one BIGINT PRIMARY KEY CHECK (only_one = 1),
  id TEXT NOT NULL
);
INSERT INTO outbox_installation (only_one, id) VALUES (1, replace(gen_random_uuid()::text, '-', ''));

-- The topics that were published to, and the number of partitions by which their keys were spread: it never changes.
CREATE TABLE outbox_topic (
  topic TEXT PRIMARY KEY,
  partitions BIGINT NOT NULL,
  slot BIGINT NOT NULL UNIQUE        -- its progress is in the partitions from slot * partitions on of the progress topic
);

-- Which lane carries which partition, of every topic. Changed by a command that owns every lane, never by a setting.
CREATE TABLE outbox_lane (
  partition BIGINT PRIMARY KEY,
  lane BIGINT NOT NULL
);
INSERT INTO outbox_lane (partition, lane) SELECT p, p % 4 FROM generate_series(0, 11) AS p;

-- Who runs a lane. Each transaction of the owner locks its row first; the token grows with each take-over.
CREATE TABLE outbox_lease (
  lane BIGINT PRIMARY KEY,
  owner TEXT NOT NULL,
  token BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
INSERT INTO outbox_lease (lane, owner, token, expires_at) SELECT DISTINCT lane, '', 0, 0 FROM outbox_lane;

-- A stream is a partition of a topic.
CREATE TABLE outbox_stream (
  topic TEXT NOT NULL,
  partition BIGINT NOT NULL,
  counter BIGINT NOT NULL,           -- the last sequence that was given out
  published BIGINT NOT NULL,         -- the last progress that was seen on Kafka; may lag, so nothing is published by it
  log_base BIGINT NOT NULL,          -- the sequences up to this one are not on the topic of today (reconcile sets it)
  PRIMARY KEY (topic, partition)
);

CREATE TABLE outbox_row (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- for fairness only: no order follows from it
  topic TEXT NOT NULL,
  partition BIGINT NOT NULL,
  seq BIGINT,                        -- given by the lane's owner
  key TEXT NOT NULL,
  version BIGINT NOT NULL,
  ordinal BIGINT NOT NULL,
  type TEXT NOT NULL,
  event_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  event_time BIGINT NOT NULL,        -- microseconds since 1970, UTC
  traceparent TEXT NOT NULL,
  value TEXT,                        -- base64; absent: read when it is published
  created_at BIGINT NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
  UNIQUE (topic, key, version, type),
  UNIQUE (topic, partition, seq)
);
CREATE INDEX outbox_row_unnumbered ON outbox_row (id) WHERE seq IS NULL;
