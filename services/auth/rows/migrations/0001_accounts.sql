-- A client id: its credentials, its token, and the claim to ask for the next one. Shared by every account that uses it.
CREATE TABLE client (
  client_id TEXT PRIMARY KEY,
  sealed_secret TEXT NOT NULL,
  revision BIGINT NOT NULL,              -- another one with each new secret; never used again
  refusal TEXT NOT NULL DEFAULT '',      -- why the marketplace refused the credentials; empty when it did not

  sealed_token TEXT,                     -- the token that is held; its columns are all there or all absent
  fingerprint TEXT,
  issued_at BIGINT,                      -- instants are microseconds since 1970, UTC
  renew_at BIGINT,
  expires_at BIGINT,
  replaces_rejected BIGINT,

  lease BIGINT NOT NULL DEFAULT 0,       -- grows with each claim to ask: an older claim is void
  asked_until BIGINT,                    -- a caller asks for a token, and has until then

  failures BIGINT NOT NULL DEFAULT 0,    -- in a row
  pause_until BIGINT,                    -- no caller asks before then; pause_* are all there or all absent
  pause_code TEXT,
  pause_reason TEXT
);

CREATE TABLE account (
  account_id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  seller_id TEXT NOT NULL,
  sales_channel_id TEXT NOT NULL,
  client_id TEXT NOT NULL REFERENCES client (client_id),
  enabled BIGINT NOT NULL,
  refusal TEXT NOT NULL,
  version BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  UNIQUE (seller_id, sales_channel_id)   -- else each of the seller's orders would come twice
);
CREATE INDEX account_by_client ON account (client_id);

-- Each request for a token, counted before it is sent. It outlives the client: the quota is the marketplace's.
CREATE TABLE token_request (
  client_id TEXT NOT NULL,
  asked_at BIGINT NOT NULL
);
CREATE INDEX token_request_by_client ON token_request (client_id, asked_at);
