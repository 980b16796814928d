-- Who people are. All personal data of this system lies here and in the copies that services keep of it; the log has
-- ids alone. Nothing here can be derived from the log: it is backed up.
CREATE SCHEMA IF NOT EXISTS directory;
CREATE TABLE IF NOT EXISTS directory.revision (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    number bigint  NOT NULL DEFAULT 0       -- counts the changes: a copy asks for it and reads on only when it rose
);
INSERT INTO directory.revision DEFAULT VALUES ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS directory.jurisdiction (
    code text PRIMARY KEY CHECK (code ~ '^[0-9]{6}$'),
    name text NOT NULL
);
CREATE TABLE IF NOT EXISTS directory.unit (
    jurisdiction text NOT NULL REFERENCES directory.jurisdiction,
    id           text NOT NULL,
    name         text NOT NULL,
    kind         text NOT NULL,
    PRIMARY KEY (jurisdiction, id)
);
CREATE TABLE IF NOT EXISTS directory.leader (
    jurisdiction text NOT NULL REFERENCES directory.jurisdiction,
    id           text NOT NULL,
    label        text NOT NULL,
    PRIMARY KEY (jurisdiction, id)
);
CREATE TABLE IF NOT EXISTS directory.person (
    id           text PRIMARY KEY,
    jurisdiction text NOT NULL REFERENCES directory.jurisdiction,
    name         text NOT NULL,
    role         text NOT NULL CHECK (role IN ('office', 'unit', 'leader', 'chief', 'auditor')),
    unit         text,
    head         boolean NOT NULL,
    leader       text,
    active       boolean NOT NULL,
    erased       boolean NOT NULL,
    channels     jsonb   NOT NULL,
    successor    text REFERENCES directory.person,
    account      text,
    version      integer NOT NULL,
    FOREIGN KEY (jurisdiction, unit) REFERENCES directory.unit,
    FOREIGN KEY (jurisdiction, leader) REFERENCES directory.leader,
    CHECK ((role = 'unit') = (unit IS NOT NULL)),
    CHECK ((role = 'leader') = (leader IS NOT NULL)),
    CHECK (NOT (erased AND (active OR name <> '' OR channels <> '{}'::jsonb OR account IS NOT NULL)))
);
-- A leader in charge is one person at a time: the log knows the leader, not the person.
CREATE UNIQUE INDEX IF NOT EXISTS person_in_charge ON directory.person (jurisdiction, leader) WHERE active;
CREATE UNIQUE INDEX IF NOT EXISTS person_account ON directory.person (account);
CREATE TABLE IF NOT EXISTS directory.absence (
    person   text NOT NULL REFERENCES directory.person,
    first_on date NOT NULL,
    last_on  date NOT NULL CHECK (last_on >= first_on),
    stand_in text REFERENCES directory.person,
    PRIMARY KEY (person, first_on)
);
CREATE TABLE IF NOT EXISTS directory.shared_contact (
    scope     text NOT NULL,                -- a programme, a jurisdiction, or empty for everywhere
    reference text NOT NULL,
    id        text NOT NULL,
    channels  jsonb NOT NULL,
    PRIMARY KEY (scope, reference, id)
);
-- Units' systems that were given access. Their credentials are at the sign-in provider; what is not active is refused.
CREATE TABLE IF NOT EXISTS directory.program (
    id           text PRIMARY KEY,
    jurisdiction text NOT NULL,
    unit         text NOT NULL,
    active       boolean NOT NULL,
    FOREIGN KEY (jurisdiction, unit) REFERENCES directory.unit
);
