-- Accounts as auth announces them, with the state of their polling. One row is what a poller leases and locks, before
-- any other row. Instants and durations are microseconds, instants since 1970, UTC.
CREATE TABLE account (
  account_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  seller_id TEXT NOT NULL,
  sales_channel_id TEXT NOT NULL,
  enabled BIGINT NOT NULL,
  version BIGINT NOT NULL,             -- of the account's announcement: an older one changes nothing
  generation BIGINT NOT NULL,          -- what was begun under an older one is void
  cursor_at BIGINT,                    -- of the marketplace's clock
  write_counter BIGINT NOT NULL DEFAULT 0,
  -- A stored instant counts only as far as the wait that was stored with it: an instant further away was written by a
  -- clock that ran ahead and was set back.
  next_poll_at BIGINT NOT NULL DEFAULT 0,
  poll_wait BIGINT NOT NULL DEFAULT 0,     -- from the end of the poll
  lease_owner TEXT NOT NULL DEFAULT '',
  lease_token BIGINT NOT NULL DEFAULT 0,
  lease_until BIGINT NOT NULL DEFAULT 0,
  lease_length BIGINT NOT NULL DEFAULT 0,  -- from its last renewal
  last_poll_at BIGINT,
  last_success_at BIGINT,
  last_error TEXT NOT NULL DEFAULT '',
  failures BIGINT NOT NULL DEFAULT 0,
  failing_since BIGINT                     -- the first failure since the last success
);
CREATE INDEX account_due ON account (next_poll_at) WHERE enabled = 1;

-- The newest version of each order, without personal data. Keyed by channel, seller and order id, so that it outlives
-- the account.
CREATE TABLE orders (
  order_key TEXT PRIMARY KEY,          -- "<channel>/<seller>/<order id>"
  order_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  status TEXT NOT NULL,                -- as announced
  updated_at BIGINT,
  newest_stamp BIGINT,                 -- the latest updated_at that any answer showed
  content_scheme BIGINT NOT NULL,      -- the form under which content_hash was made
  content_hash TEXT NOT NULL,
  recipients_mac TEXT NOT NULL,
  -- The contents before the present one since newest_stamp was first seen: "<content hash>/<recipients mac>", oldest
  -- first, with a blank between them. `back` is the one that the last times_back reads in a row showed.
  earlier TEXT NOT NULL DEFAULT '',
  back TEXT NOT NULL DEFAULT '',
  times_back BIGINT NOT NULL DEFAULT 0,
  -- How often the order was asked for alone because of an older answer, and before when it is not asked for again.
  older_asks BIGINT NOT NULL DEFAULT 0,
  ask_older_from BIGINT,
  written_at BIGINT NOT NULL,          -- the account's write_counter
  first_seen_at BIGINT NOT NULL,
  last_changed_at BIGINT NOT NULL,
  payload {blob} NOT NULL              -- cdiscount.orders.v1.Order
);
CREATE INDEX orders_by_id ON orders (order_id);
CREATE INDEX orders_by_change ON orders (last_changed_at, order_key);
-- Counts and lists the orders of an account without looking at those of the others.
CREATE INDEX orders_by_account ON orders (account_id, last_changed_at, order_key);

-- The only table with personal data: cdiscount.events.v1.OrderRecipients, encrypted for its row. Erased = the row is gone.
CREATE TABLE order_recipients (
  order_key TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  sealed TEXT NOT NULL
);

-- Answers that could not be read: kept, counted, asked for again.
CREATE TABLE unreadable_order (
  account_id TEXT NOT NULL,
  id TEXT NOT NULL,                    -- the order id, or "sha256:..." of the text when it shows none
  order_id TEXT,
  reason TEXT NOT NULL,
  sealed TEXT NOT NULL,                -- the raw answer, encrypted for its row
  window_min BIGINT NOT NULL,
  first_seen_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  next_try_at BIGINT NOT NULL,
  given_up_at BIGINT,                  -- when the last try was over that we make by ourselves
  PRIMARY KEY (account_id, id)
);

-- The key of the recipients' hash, encrypted. Another key makes every recipient look changed.
CREATE TABLE fingerprint_key (
  only_one BIGINT PRIMARY KEY CHECK (only_one = 1),
  sealed TEXT NOT NULL
);
