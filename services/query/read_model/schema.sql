-- The read model: rows are only ever added, each with the business time at which it held (`time`), the place on the
-- log from which it was known (`part`, `pos`; `cause` is the submission that a ruling answers) and, where a broker's
-- clock matters, `logged_at`. What an answer shows is folded from the rows within its limits (a time, a log position).
-- Codes and ids are compared byte by byte (COLLATE "C"): their indexes are made in half the time.

CREATE TABLE position (
    topic text NOT NULL, part smallint NOT NULL,
    next bigint NOT NULL, last bigint NOT NULL, counted bigint NOT NULL,
    PRIMARY KEY (topic, part)
);

CREATE TABLE submission (
    part smallint NOT NULL, pos bigint NOT NULL, id text COLLATE "C" NOT NULL, programme text COLLATE "C" NOT NULL, item text COLLATE "C",
    type text COLLATE "C" NOT NULL, role text NOT NULL, person text NOT NULL, unit text,
    on_behalf_of text, prepared_by text,
    received_at timestamptz NOT NULL, logged_at timestamptz NOT NULL, digest text NOT NULL, data jsonb NOT NULL
);

CREATE TABLE ruling (
    part smallint NOT NULL, cause bigint NOT NULL, pos bigint NOT NULL, until bigint NOT NULL,
    causeid text COLLATE "C" NOT NULL, programme text COLLATE "C" NOT NULL, item text COLLATE "C", verdict text NOT NULL, codes text[] NOT NULL,
    rules text NOT NULL, policy text NOT NULL, time timestamptz NOT NULL, logged_at timestamptz NOT NULL
);

CREATE TABLE event (
    part smallint NOT NULL, pos bigint NOT NULL, cause bigint NOT NULL, ordinal smallint NOT NULL, id text COLLATE "C" NOT NULL,
    programme text COLLATE "C" NOT NULL, item text COLLATE "C", type text COLLATE "C" NOT NULL, time timestamptz NOT NULL, data jsonb NOT NULL
);

CREATE TABLE programme (
    part smallint NOT NULL, pos bigint NOT NULL, cause bigint NOT NULL, time timestamptz NOT NULL,
    programme text COLLATE "C" NOT NULL, title text NOT NULL, jurisdiction text NOT NULL, document text NOT NULL,
    issued_on date NOT NULL, simulated boolean NOT NULL, derived boolean NOT NULL,
    units jsonb NOT NULL, leaders jsonb NOT NULL
);

CREATE TABLE item (
    part smallint NOT NULL, pos bigint NOT NULL, cause bigint NOT NULL, time timestamptz NOT NULL,
    programme text COLLATE "C" NOT NULL, item text COLLATE "C" NOT NULL, title text NOT NULL, category text NOT NULL,
    classification text NOT NULL, source text NOT NULL, quarters text[] NOT NULL, periods jsonb NOT NULL,
    void text[] NOT NULL, simulated boolean NOT NULL, derived boolean NOT NULL,
    calendar_ends_on date NOT NULL, month_working_day smallint
);

CREATE TABLE holder (
    part smallint NOT NULL, pos bigint NOT NULL, cause bigint NOT NULL, time timestamptz NOT NULL,
    programme text COLLATE "C" NOT NULL, item text COLLATE "C" NOT NULL, lead_unit text NOT NULL, cooperating text[] NOT NULL,
    leader text NOT NULL
);

CREATE TABLE light (
    part smallint NOT NULL, pos bigint NOT NULL, cause bigint NOT NULL, time timestamptz NOT NULL,
    programme text COLLATE "C" NOT NULL, item text COLLATE "C" NOT NULL, period text COLLATE "C" NOT NULL, kind text NOT NULL,
    previous text NOT NULL, light text COLLATE "C" NOT NULL, settled boolean NOT NULL, rule text NOT NULL,
    because text[] NOT NULL, compared jsonb NOT NULL
);

CREATE TABLE escalation (
    part smallint NOT NULL, pos bigint NOT NULL, cause bigint NOT NULL, time timestamptz NOT NULL,
    programme text COLLATE "C" NOT NULL, item text COLLATE "C" NOT NULL, escalation text COLLATE "C" NOT NULL, level text, step text COLLATE "C" NOT NULL,
    ground text, source text, state text, due_at timestamptz, recipient text COLLATE "C", finding text, late boolean,
    reported_by text, extension text, rule text, because text[] NOT NULL
);

CREATE TABLE awaited (
    part smallint NOT NULL, pos bigint NOT NULL, cause bigint NOT NULL, time timestamptz NOT NULL,
    programme text COLLATE "C" NOT NULL, item text COLLATE "C" NOT NULL, act text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL,
    opens boolean NOT NULL, of text COLLATE "C", place smallint, weak boolean NOT NULL, due_at timestamptz
);

CREATE TABLE notice (
    part smallint NOT NULL, pos bigint NOT NULL, time timestamptz NOT NULL, logged_at timestamptz NOT NULL,
    programme text COLLATE "C" NOT NULL, item text COLLATE "C" NOT NULL, notice text COLLATE "C" NOT NULL, number text NOT NULL, kind text NOT NULL,
    title text NOT NULL, document text NOT NULL, body text NOT NULL, sha256 text NOT NULL, recipients jsonb NOT NULL,
    causes text[] NOT NULL, escalation text COLLATE "C", due_at timestamptz, simulated boolean NOT NULL
);

CREATE TABLE addressed (
    part smallint NOT NULL, pos bigint NOT NULL, time timestamptz NOT NULL, programme text COLLATE "C" NOT NULL,
    notice text COLLATE "C" NOT NULL, delivery text COLLATE "C" NOT NULL, recipient text COLLATE "C" NOT NULL, channel text COLLATE "C" NOT NULL
);

CREATE TABLE delivery (
    part smallint NOT NULL, pos bigint NOT NULL, time timestamptz NOT NULL, logged_at timestamptz NOT NULL,
    programme text COLLATE "C" NOT NULL, delivery text COLLATE "C" NOT NULL, step text COLLATE "C" NOT NULL, attempt integer, data jsonb NOT NULL
);
