-- What is prepared and not filed. It may be lost: nothing on the log follows from it, and what was signed is on the log.
CREATE SCHEMA IF NOT EXISTS intake;
CREATE TABLE IF NOT EXISTS intake.prepared (
    id           uuid        PRIMARY KEY,  -- of the preparer's key; its filing's own key is made of it
    jurisdiction text        NOT NULL,
    unit         text        NOT NULL,
    programme    text        NOT NULL,
    item         text        NOT NULL,
    type         text        NOT NULL,
    body         text        NOT NULL,     -- the submission as it will be filed, as JSON
    prepared_by  text        NOT NULL,     -- a person's id, or a unit's system's, as events have it
    prepared_at  timestamptz NOT NULL DEFAULT now(),
    state        text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'returned', 'signed', 'taken_back')),
    reason       text        NOT NULL DEFAULT '',
    decided_by   text,
    decided_at   timestamptz,
    submission   text                      -- of what was signed: the submission's id
);
CREATE INDEX IF NOT EXISTS prepared_open ON intake.prepared (jurisdiction, unit) WHERE state IN ('waiting', 'returned');
CREATE TABLE IF NOT EXISTS intake.form_draft (
    owner     text        NOT NULL,        -- jurisdiction, role, unit and id of whoever types
    programme text        NOT NULL,
    item      text        NOT NULL,
    form      text        NOT NULL,
    period    text        NOT NULL,
    fields    jsonb       NOT NULL,
    saved_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner, programme, item, form, period)
);
