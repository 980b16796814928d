-- Who is signed in to the pages. It may be lost: whoever was signed in signs in again; the log knows nothing of it.
CREATE SCHEMA IF NOT EXISTS sessions;
CREATE TABLE IF NOT EXISTS sessions.session (
    id          bytea       PRIMARY KEY,  -- SHA-256 of what the browser's cookie holds
    subject     text        NOT NULL,     -- the provider's name for the person
    provider_session text,                -- and for its session
    identity    jsonb       NOT NULL,
    id_token    text        NOT NULL,
    began_at    timestamptz NOT NULL DEFAULT now(),
    seen_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS session_subject ON sessions.session (subject);
CREATE INDEX IF NOT EXISTS session_provider ON sessions.session (provider_session);
CREATE TABLE IF NOT EXISTS sessions.sign_in (
    state     bytea       PRIMARY KEY,    -- SHA-256 of the state that goes to the provider and back
    browser   bytea       NOT NULL,       -- SHA-256 of the cookie of the browser that began
    nonce     text        NOT NULL,
    verifier  text        NOT NULL,
    return_to text        NOT NULL,
    began_at  timestamptz NOT NULL DEFAULT now()
);
