-- Where this service stands in the topics that it reads; moved in the transaction of the effect.
CREATE TABLE inbox_position (
  topic TEXT NOT NULL,
  partition BIGINT NOT NULL,
  next_offset BIGINT NOT NULL,
  PRIMARY KEY (topic, partition)
);

-- Dead letters: messages that never succeed, and the later ones of their keys, which wait behind them.
CREATE TABLE inbox_letter (
  id {serial},
  topic TEXT NOT NULL,
  partition BIGINT NOT NULL,
  place BIGINT NOT NULL,                 -- the offset; not unique, as a topic that was made anew begins again
  key {blob} NOT NULL,
  value {blob},                          -- absent: a tombstone
  headers {blob} NOT NULL,
  written_at BIGINT NOT NULL,            -- by its producer
  reason TEXT NOT NULL,                  -- empty: it waits behind an earlier one
  kept_at BIGINT NOT NULL DEFAULT {now}
);
CREATE INDEX inbox_letter_key ON inbox_letter (topic, key);
