-- Which database this is: it stands in the metadata of the progress on Kafka, so that another one is noticed.
CREATE TABLE outbox_installation (
  only_one BIGINT PRIMARY KEY CHECK (only_one = 1),
  id TEXT NOT NULL
);
INSERT INTO outbox_installation (only_one, id) VALUES (1, {uuid});

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
INSERT INTO outbox_lane (partition, lane)
  WITH RECURSIVE p (partition) AS (SELECT 0 UNION ALL SELECT partition + 1 FROM p WHERE partition < 11)
  SELECT partition, {sqlite:0}{postgres:partition % 4} FROM p;

-- Who runs a lane (libs/work/lease.hpp). Each transaction of the owner locks its row first.
CREATE TABLE outbox_lease (
  lane BIGINT PRIMARY KEY,
  lease_owner TEXT NOT NULL DEFAULT '',
  lease_token BIGINT NOT NULL DEFAULT 0,
  lease_until BIGINT NOT NULL DEFAULT 0,
  lease_length BIGINT NOT NULL DEFAULT 0
);
INSERT INTO outbox_lease (lane) SELECT DISTINCT lane FROM outbox_lane;

-- A stream is a partition of a topic.
CREATE TABLE outbox_stream (
  topic TEXT NOT NULL,
  partition BIGINT NOT NULL,
  counter BIGINT NOT NULL,           -- the last sequence that was given out
  published BIGINT NOT NULL,         -- the last progress that was seen on Kafka; may lag, so nothing is published by it
  log_base BIGINT NOT NULL,          -- the sequences up to this one are not on the topic of today (reconcile sets it)
  log_end BIGINT NOT NULL DEFAULT 0, -- the largest end of the partition that was seen; may lag. A topic that was made anew
                                     -- under a running relay does not look wrong for long
  stopped TEXT NOT NULL DEFAULT '',  -- why it may not be published until a person has looked
  PRIMARY KEY (topic, partition)
);

CREATE TABLE outbox_row (
  id {serial},                       -- for fairness only: no order follows from it
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
  value {blob},                      -- absent: read when it is published
  created_at BIGINT NOT NULL DEFAULT {now},
  parked_at BIGINT,                  -- its value could not be read (its key is lost): it has no sequence and holds up
  parked_problem TEXT,               -- nothing; when it was tried last, and why in vain
  UNIQUE (topic, key, version, type),
  UNIQUE (topic, partition, seq)
);
-- In the order in which sequences are given out.
CREATE INDEX outbox_row_unnumbered ON outbox_row (topic, partition, key, version, ordinal)
  WHERE seq IS NULL AND parked_at IS NULL;
CREATE INDEX outbox_row_parked ON outbox_row (parked_at) WHERE parked_at IS NOT NULL;
CREATE INDEX outbox_row_parked_key ON outbox_row (topic, key) WHERE parked_at IS NOT NULL;
