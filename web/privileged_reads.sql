-- Who read what only few may read. Beside the read model, which is rebuilt, and never changed or deleted by a service.
CREATE SCHEMA IF NOT EXISTS audit_trail;
CREATE TABLE IF NOT EXISTS audit_trail.privileged_read (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL DEFAULT now(),
    service      text        NOT NULL,
    request_id   text        NOT NULL,
    person       text        NOT NULL,
    role         text        NOT NULL,
    unit         text,
    operation    text        NOT NULL,
    kind         text        NOT NULL,  -- evidence, internal_item, inspection_plan
    jurisdiction text        NOT NULL,
    programme    text        NOT NULL,  -- empty: a file that no item cites yet
    item         text        NOT NULL,  -- empty: several, or none known
    about        text        NOT NULL   -- the file's SHA-256, the plan's number; of several items: which
);
CREATE INDEX IF NOT EXISTS privileged_read_where ON audit_trail.privileged_read (jurisdiction, id);
