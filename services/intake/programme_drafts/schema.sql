-- Drafts of programmes. They may be lost: nothing on the log follows from them, what was published is on the log.
CREATE SCHEMA IF NOT EXISTS intake;
CREATE TABLE IF NOT EXISTS intake.programme_draft (
    programme  text        PRIMARY KEY,
    latest     integer     NOT NULL,      -- its latest version
    published  integer,                   -- the version that was sent to be published: it is changed no more
    proposal   text,                      -- SHA-256 of the ledger that was looked at last,
    proposed   jsonb,                     -- what the draft would be with it,
    proposed_on integer                   -- and the version that it was compared with
);
ALTER TABLE intake.programme_draft
    ADD COLUMN IF NOT EXISTS sent_under text,                     -- the key of its publication
    ADD COLUMN IF NOT EXISTS refusals integer NOT NULL DEFAULT 0, -- publications that were refused: it was open again
    ADD COLUMN IF NOT EXISTS refused_under text,                  -- the key of the last of them
    ADD COLUMN IF NOT EXISTS senders integer NOT NULL DEFAULT 0;  -- who sent it and was not turned away at the door
CREATE TABLE IF NOT EXISTS intake.programme_draft_version (
    programme  text        NOT NULL REFERENCES intake.programme_draft ON DELETE CASCADE,
    number     integer     NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT now(),
    made_by    text        NOT NULL,      -- the person's id, as events have it
    made_from  text        NOT NULL,      -- what was done: created, imported, edited ...
    content    jsonb       NOT NULL,
    PRIMARY KEY (programme, number)
);
