-- A stored instant counts only as far as the wait that was stored with it: an instant further away was written by a
-- clock that ran ahead and was set back.
ALTER TABLE account ADD COLUMN poll_wait BIGINT NOT NULL DEFAULT 0;      -- microseconds from the end of the poll
ALTER TABLE account ADD COLUMN lease_length BIGINT NOT NULL DEFAULT 0;   -- microseconds from its last renewal
ALTER TABLE account ADD COLUMN failing_since BIGINT;                     -- the first failure since the last success

-- The contents before the present one that had the same updated_at: "<content hash>/<recipients mac>", oldest first,
-- with a blank between them. `back` is the one that the last times_back reads in a row showed.
ALTER TABLE orders ADD COLUMN earlier TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN back TEXT NOT NULL DEFAULT '';
UPDATE orders SET earlier = before_content_hash || '/' || coalesce(before_recipients_mac, ''), times_back = 0
  WHERE before_content_hash IS NOT NULL;
ALTER TABLE orders DROP COLUMN before_content_hash;
ALTER TABLE orders DROP COLUMN before_recipients_mac;

-- How often the order was asked for alone because of an older answer, and before when it is not asked for again.
ALTER TABLE orders ADD COLUMN older_asks BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN ask_older_from BIGINT;

-- Counts and lists the orders of an account without looking at those of the others.
CREATE INDEX orders_by_account ON orders (account_id, last_changed_at, order_key);

-- When the last try was over that we make by ourselves.
ALTER TABLE unreadable_order ADD COLUMN given_up_at BIGINT;
