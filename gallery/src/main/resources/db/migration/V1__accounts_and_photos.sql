CREATE TABLE accounts (
    id            uuid PRIMARY KEY,
    email         text NOT NULL CONSTRAINT accounts_email UNIQUE,
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE photos (
    id           uuid PRIMARY KEY,
    account_id   uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    -- The order of an album. Not shown to anybody: it would tell how much others upload.
    position     bigint GENERATED ALWAYS AS IDENTITY,
    status       text NOT NULL CHECK (status IN ('processing', 'ready', 'failed')),
    content_type text NOT NULL,
    width        integer NOT NULL,
    height       integer NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX photos_of_account ON photos (account_id, position DESC);
