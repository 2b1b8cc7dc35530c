-- Where this service stands in the topics that it reads; moved in the transaction of the effect.
CREATE TABLE inbox_position (
  topic TEXT NOT NULL,
  partition BIGINT NOT NULL,
  next_offset BIGINT NOT NULL,
  PRIMARY KEY (topic, partition)
);
