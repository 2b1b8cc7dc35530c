-- A topic that was made anew under a running relay does not look wrong for long: what was seen of it stays here.
ALTER TABLE outbox_stream ADD COLUMN log_end BIGINT NOT NULL DEFAULT 0;  -- the largest end of the partition that was seen; may lag
ALTER TABLE outbox_stream ADD COLUMN stopped TEXT NOT NULL DEFAULT '';   -- why it may not be published until a person has looked

-- A row whose value cannot be read now (its key is lost): it has no sequence and holds up nothing.
ALTER TABLE outbox_row ADD COLUMN parked_at BIGINT;                      -- when it was tried last
ALTER TABLE outbox_row ADD COLUMN parked_problem TEXT;
DROP INDEX outbox_row_unnumbered;
CREATE INDEX outbox_row_unnumbered ON outbox_row (id) WHERE seq IS NULL AND parked_at IS NULL;
CREATE INDEX outbox_row_parked ON outbox_row (parked_at) WHERE parked_at IS NOT NULL;
CREATE INDEX outbox_row_parked_key ON outbox_row (topic, key) WHERE parked_at IS NOT NULL;
