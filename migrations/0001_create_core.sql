-- +goose Up
-- The books: one append-only log of records per programme, and what is derived from it.
-- Every table's key begins with the programme. Everything in the log is inserted by
-- write_batch, in one statement per table, and never changes.

-- Roles have no login: connections take them on. They belong to the whole server, so
-- another database of the same server, or its administrator, may have made them. Who
-- may take them on already needs no right to give them.
-- +goose StatementBegin
DO $$
DECLARE r text;
BEGIN
  FOREACH r IN ARRAY ARRAY['kinhphi_writer', 'kinhphi_app'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', r);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
    IF NOT pg_has_role(r, 'MEMBER') THEN
      EXECUTE format('GRANT %I TO %I', r, current_user);
    END IF;
  END LOOP;
END $$;
-- +goose StatementEnd

-- What was applied, so that an edited file is noticed.
CREATE TABLE public.schema_file (
  version bigint PRIMARY KEY,
  sha256  text   NOT NULL
);

CREATE SCHEMA core;
SET search_path = core;

CREATE DOMAIN code   AS text    CHECK (VALUE ~ '^[A-Z0-9][A-Z0-9-]{0,39}$');
CREATE DOMAIN words  AS text    CHECK (VALUE IS NFC NORMALIZED AND octet_length(VALUE) <= 4000);
CREATE DOMAIN digest AS bytea   CHECK (octet_length(VALUE) = 32);
CREATE DOMAIN salt   AS bytea   CHECK (octet_length(VALUE) = 16);
CREATE DOMAIN amount AS numeric CHECK (VALUE <> 'NaN' AND abs(VALUE) < 1e27 AND scale(VALUE) <= 4);

-- Users. Id 0 is "local": commands run on the machine itself.
CREATE TABLE person (
  id    int  PRIMARY KEY,
  login text NOT NULL UNIQUE CHECK (login ~ '^[a-z][a-z0-9._-]{0,39}$')
);
INSERT INTO person VALUES (0, 'local');

-- Books. Id 0 is SYSTEM: users and programmes; it has records, never legs.
CREATE TABLE programme (
  id   int  PRIMARY KEY,
  code code NOT NULL UNIQUE
);
INSERT INTO programme VALUES (0, 'SYSTEM');

-- One row per book. Its lock is the only write lock of the book.
CREATE TABLE head (
  programme   int         PRIMARY KEY REFERENCES programme,
  seq         bigint      NOT NULL CHECK (seq >= 0), -- number of records = size of the tree
  root        digest      NOT NULL,                  -- RFC 6962 root over all records
  recorded_at timestamptz NOT NULL                   -- of the last record
) WITH (fillfactor = 50);
INSERT INTO head VALUES (0, 0, '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', '1970-01-01Z');

-- The log. Every kind of change is a record: gapless over all kinds.
CREATE TABLE record (
  programme   int         NOT NULL REFERENCES head,
  seq         bigint      NOT NULL CHECK (seq > 0),
  kind        smallint    NOT NULL,
  actor       int         NOT NULL REFERENCES person,
  key_space   text        NOT NULL CHECK (octet_length(key_space) BETWEEN 1 AND 128),
  key         text        NOT NULL CHECK (octet_length(key) BETWEEN 1 AND 128),
  request     digest      NOT NULL,  -- of the decoded request
  recorded_at timestamptz NOT NULL,
  salt        salt        NOT NULL,
  canon       bytea       NOT NULL CHECK (octet_length(canon) % 32 = 0), -- one commitment per field
  hashes      bytea       NOT NULL CHECK (octet_length(hashes) % 32 = 0), -- tree hashes that this leaf completes, level 0 first
  PRIMARY KEY (programme, seq),
  CONSTRAINT record_key_unique UNIQUE (programme, key_space, key)
);

ALTER TABLE record ALTER COLUMN canon SET STORAGE EXTERNAL; -- hashes do not compress

-- Structure is versioned by sequence: the row with the largest since is in force,
-- and what was known at an earlier sequence can still be printed.
CREATE TABLE programme_version (
  programme       int      NOT NULL DEFAULT 0, -- the book of the record: SYSTEM
  since           bigint   NOT NULL,
  id              int      NOT NULL REFERENCES programme,
  name            words    NOT NULL,
  currency        code     NOT NULL,
  scale           smallint NOT NULL CHECK (scale BETWEEN 0 AND 4),
  adjustment_days smallint NOT NULL CHECK (adjustment_days BETWEEN 0 AND 366),
  sample          boolean  NOT NULL,
  PRIMARY KEY (programme, id, since),
  FOREIGN KEY (programme, since) REFERENCES record
);
CREATE TABLE person_version (
  programme int     NOT NULL DEFAULT 0,
  since     bigint  NOT NULL,
  id        int     NOT NULL REFERENCES person,
  name      words   NOT NULL,
  disabled  boolean NOT NULL,
  PRIMARY KEY (programme, id, since),
  FOREIGN KEY (programme, since) REFERENCES record
);
CREATE TABLE unit (
  programme  int    NOT NULL,
  id         int    NOT NULL,
  since      bigint NOT NULL,
  code       code   NOT NULL,
  name       words  NOT NULL,
  parent     int,                -- null for the root only
  chapter    code,
  valid_from date   NOT NULL,
  valid_to   date,
  PRIMARY KEY (programme, id, since),
  FOREIGN KEY (programme, since) REFERENCES record
);
CREATE TABLE project (
  programme int    NOT NULL,
  id        int    NOT NULL,
  since     bigint NOT NULL,
  code      code   NOT NULL,
  name      words  NOT NULL,
  owner     int,                 -- a unit
  PRIMARY KEY (programme, id, since),
  FOREIGN KEY (programme, since) REFERENCES record
);
CREATE TABLE source (
  programme int      NOT NULL,
  id        int      NOT NULL,
  since     bigint   NOT NULL,
  code      code     NOT NULL,
  name      words    NOT NULL,
  kind      smallint NOT NULL,
  backing   smallint NOT NULL CHECK (backing IN (1, 2)),
  treasury  code     NOT NULL,
  PRIMARY KEY (programme, id, since),
  FOREIGN KEY (programme, since) REFERENCES record
);
CREATE TABLE period (
  programme int      NOT NULL,
  since     bigint   NOT NULL,
  year      smallint NOT NULL,
  month     smallint NOT NULL CHECK (month BETWEEN 1 AND 12),
  closed    boolean  NOT NULL,
  PRIMARY KEY (programme, year, month, since),
  FOREIGN KEY (programme, since) REFERENCES record
);
CREATE TABLE access_grant (
  programme int     NOT NULL,
  since     bigint  NOT NULL,
  person    int     NOT NULL REFERENCES person,
  role      text    NOT NULL,
  revoked   boolean NOT NULL,
  PRIMARY KEY (programme, person, role, since),
  FOREIGN KEY (programme, since) REFERENCES record
);

-- The key of hard control; it never changes.
CREATE TABLE line (
  programme   int      NOT NULL,
  id          int      NOT NULL,
  since       bigint   NOT NULL,
  budget_year smallint NOT NULL,
  source      int      NOT NULL,
  project     int      NOT NULL,
  unit        int      NOT NULL,
  khoan       code     NOT NULL,
  nature      code     NOT NULL,
  PRIMARY KEY (programme, id),
  CONSTRAINT line_key UNIQUE (programme, budget_year, source, project, unit, khoan, nature),
  FOREIGN KEY (programme, since) REFERENCES record
);

-- A ring is a subtree of the chart of accounts whose balances add up to zero.
CREATE TABLE ring (
  programme   int      NOT NULL,
  id          int      NOT NULL,
  path        text     NOT NULL,
  book        smallint NOT NULL,
  budget_year smallint,
  commodity   code     NOT NULL,
  PRIMARY KEY (programme, id),
  CONSTRAINT ring_path UNIQUE (programme, path)
);
-- Dimensions are repeated from the line so that reports group without joining.
-- What has no unit of its own belongs to the root unit.
CREATE TABLE account (
  programme   int      NOT NULL,
  id          int      NOT NULL,
  ring        int      NOT NULL,
  state       smallint NOT NULL,
  sub         code,
  budget_year smallint,
  line        int,
  source      int      NOT NULL,
  project     int,
  unit        int      NOT NULL,
  guarded     boolean  NOT NULL,
  debit       amount   NOT NULL, -- turnover, red amounts included, so that red nets
  credit      amount   NOT NULL,
  seq         bigint   NOT NULL, -- the last record that touched it
  PRIMARY KEY (programme, id),
  CONSTRAINT account_key UNIQUE NULLS NOT DISTINCT (programme, ring, state, sub, line),
  CONSTRAINT account_never_below_zero CHECK (NOT guarded OR debit - credit >= 0),
  FOREIGN KEY (programme, ring) REFERENCES ring,
  FOREIGN KEY (programme, line) REFERENCES line
) WITH (fillfactor = 50);
CREATE INDEX account_line ON account (programme, line);

-- A commitment, acceptance, advance or pledge: the limit of one document.
CREATE TABLE obligation (
  programme int      NOT NULL,
  id        int      NOT NULL,
  code      code     NOT NULL,
  kind      smallint NOT NULL,
  line      int,
  source    int      NOT NULL,
  account   int      NOT NULL,
  opened    amount   NOT NULL,
  used      amount   NOT NULL,
  due       date,
  by_seq    bigint   NOT NULL, -- the event that opened it
  by_n      smallint NOT NULL,
  seq       bigint   NOT NULL,
  PRIMARY KEY (programme, id),
  CONSTRAINT obligation_code UNIQUE (programme, code),
  CONSTRAINT obligation_not_exceeded CHECK (used >= 0 AND used <= opened),
  FOREIGN KEY (programme, account) REFERENCES account
) WITH (fillfactor = 50);
CREATE INDEX obligation_line ON obligation (programme, line);

CREATE TABLE month_total (
  programme int    NOT NULL,
  account   int    NOT NULL,
  month     date   NOT NULL CHECK (extract(day FROM month) = 1), -- of posting
  debit     amount NOT NULL,
  credit    amount NOT NULL,
  PRIMARY KEY (programme, account, month),
  FOREIGN KEY (programme, account) REFERENCES account
) WITH (fillfactor = 50);

-- The last voucher number given, per unit, type and year.
CREATE TABLE voucher_counter (
  programme int      NOT NULL,
  unit      int      NOT NULL,
  type      code     NOT NULL,
  year      smallint NOT NULL,
  last      int      NOT NULL CHECK (last > 0),
  PRIMARY KEY (programme, unit, type, year)
) WITH (fillfactor = 50);

-- One posted voucher is one entry.
CREATE TABLE entry (
  programme     int      NOT NULL,
  seq           bigint   NOT NULL,
  unit          int      NOT NULL,
  posting_date  date     NOT NULL,
  document_date date     NOT NULL,
  type          code     NOT NULL,
  year          smallint NOT NULL,
  number        int      NOT NULL CHECK (number > 0), -- ours, gapless
  paper_number  words    NOT NULL,                    -- theirs, free
  reverses      bigint   CHECK (reverses < seq),
  legs          smallint NOT NULL CHECK (legs >= 2),
  PRIMARY KEY (programme, seq),
  FOREIGN KEY (programme, seq) REFERENCES record,
  CONSTRAINT entry_number UNIQUE (programme, unit, type, year, number)
);
CREATE UNIQUE INDEX entry_reverses_unique ON entry (programme, reverses) WHERE reverses IS NOT NULL;
CREATE INDEX entry_date ON entry (programme, posting_date, seq);
CREATE TABLE event (
  programme  int      NOT NULL,
  seq        bigint   NOT NULL,
  n          smallint NOT NULL CHECK (n > 0),
  kind       smallint NOT NULL,
  unit       int      NOT NULL,
  budget_year smallint,
  line       int,
  to_line    int,
  source     int      NOT NULL,
  project    int,
  treasury   code,
  from_state smallint,
  obligation int,       -- drawn upon
  opens      int,       -- created
  due        date,
  of_seq     bigint,    -- the event that a return or correction reduces
  of_n       smallint,
  amount     amount   NOT NULL CHECK (amount <> 0), -- negative in corrections and changes downwards
  item       code,
  PRIMARY KEY (programme, seq, n) -- entry and lines: event_whole
);
CREATE INDEX event_of ON event (programme, of_seq, of_n) WHERE of_seq IS NOT NULL;
CREATE INDEX event_line ON event (programme, line, seq);
-- Personal and free text behind its own salt: it can be destroyed without breaking a proof.
CREATE TABLE event_text (
  programme int      NOT NULL,
  seq       bigint   NOT NULL,
  n         smallint NOT NULL,
  field     text     NOT NULL CHECK (field IN ('payee', 'text')),
  value     words    NOT NULL,
  search    text     NOT NULL, -- the value without accents and capitals
  salt      salt     NOT NULL,
  PRIMARY KEY (programme, seq, n, field) -- event: event_text_whole
);
CREATE TABLE leg (
  programme    int      NOT NULL,
  seq          bigint   NOT NULL,
  n            smallint NOT NULL CHECK (n > 0),
  event        smallint NOT NULL,
  account      int      NOT NULL,
  obligation   int,
  posting_date date     NOT NULL,
  side         "char"   NOT NULL CHECK (side IN ('D', 'C')),
  red          boolean  NOT NULL,
  amount       amount   NOT NULL,
  PRIMARY KEY (programme, seq, n),
  CONSTRAINT leg_sign CHECK (CASE WHEN red THEN amount < 0 ELSE amount > 0 END) -- entry and account: leg_balanced
);
CREATE INDEX leg_account ON leg (programme, account, posting_date) INCLUDE (seq, event, side, amount);

-- Walls. The legs of every ring of an entry add up to zero, and they are there at once,
-- numbered from 1 up to what the entry says, so that none can be added later.
-- +goose StatementBegin
CREATE FUNCTION leg_balanced() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, core AS $$
BEGIN
  IF EXISTS (
      SELECT FROM (SELECT programme, seq, count(*) AS n, max(n) AS last FROM added GROUP BY programme, seq) l
      LEFT JOIN LATERAL (SELECT legs FROM entry e WHERE e.programme = l.programme AND e.seq = l.seq OFFSET 0) e ON true
      WHERE e.legs IS DISTINCT FROM l.n OR l.last > e.legs)
    OR EXISTS (
      SELECT FROM added l
      LEFT JOIN LATERAL (SELECT ring FROM account a WHERE a.programme = l.programme AND a.id = l.account OFFSET 0) a ON true
      GROUP BY l.programme, l.seq, a.ring
      HAVING a.ring IS NULL OR sum(CASE WHEN l.side = 'D' THEN l.amount ELSE -l.amount END) <> 0)
  THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'leg_balanced', MESSAGE = 'legs do not balance';
  END IF;
  RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER leg_balanced AFTER INSERT ON leg REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION leg_balanced();

-- What an event and its texts refer to is there. Foreign keys would say the same, row
-- by row; these look once per batch.
-- +goose StatementBegin
CREATE FUNCTION event_whole() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, core AS $$
BEGIN
  IF EXISTS (
    SELECT FROM added x
    LEFT JOIN LATERAL (SELECT true AS here FROM entry e WHERE e.programme = x.programme AND e.seq = x.seq OFFSET 0) e ON true
    LEFT JOIN LATERAL (SELECT true AS here FROM line l WHERE l.programme = x.programme AND l.id = x.line OFFSET 0) l ON true
    LEFT JOIN LATERAL (SELECT true AS here FROM line t WHERE t.programme = x.programme AND t.id = x.to_line OFFSET 0) t ON true
    WHERE e.here IS NULL OR x.line IS NOT NULL AND l.here IS NULL OR x.to_line IS NOT NULL AND t.here IS NULL)
  THEN
    RAISE EXCEPTION USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'event_whole', MESSAGE = 'an event refers to what is not there';
  END IF;
  RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER event_whole AFTER INSERT ON event REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION event_whole();
-- +goose StatementBegin
CREATE FUNCTION event_text_whole() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, core AS $$
BEGIN
  IF EXISTS (
    SELECT FROM added x
    LEFT JOIN LATERAL (SELECT true AS here FROM event e WHERE e.programme = x.programme AND e.seq = x.seq AND e.n = x.n OFFSET 0) e ON true
    WHERE e.here IS NULL)
  THEN
    RAISE EXCEPTION USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'event_text_whole', MESSAGE = 'a text refers to no event';
  END IF;
  RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER event_text_whole AFTER INSERT ON event_text REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION event_text_whole();

-- +goose StatementBegin
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = TG_TABLE_NAME || ' is append-only';
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['person', 'programme', 'record', 'programme_version', 'person_version', 'unit', 'project', 'source', 'period',
                           'access_grant', 'line', 'ring', 'entry', 'event', 'leg'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
                    FOR EACH STATEMENT EXECUTE FUNCTION append_only()', t);
  END LOOP;
END $$;
-- +goose StatementEnd

-- What a batch changes of an account.
CREATE TYPE turnover AS (account int, debit amount, credit amount, seq bigint);

-- The only way into the log. Compare-and-swap on the head: returns false, having done
-- nothing, when the head is not at expected. All rows of a table come as one array;
-- structure, which is rare, as one JSON object of arrays, by table. No rows are null.
-- +goose StatementBegin
CREATE FUNCTION write_batch(
  book int, expected bigint, new_root digest, at timestamptz,
  records core.record[], structure json,
  lines core.line[], rings core.ring[], accounts core.account[], turnovers core.turnover[], obligations core.obligation[],
  entries core.entry[], events core.event[], texts core.event_text[], legs core.leg[], months core.month_total[]
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, core, pg_temp AS $$
BEGIN
  UPDATE head SET seq = expected + cardinality(records), root = new_root, recorded_at = at
   WHERE programme = book AND seq = expected AND recorded_at <= at;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  IF EXISTS (SELECT FROM unnest(records) WITH ORDINALITY r WHERE r.programme <> book OR r.seq <> expected + r.ordinality) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'record_gapless', MESSAGE = 'records are not gapless';
  END IF;
  INSERT INTO record SELECT * FROM unnest(records);
  IF structure IS NOT NULL THEN
    INSERT INTO programme SELECT * FROM json_populate_recordset(null::core.programme, structure->'programme');
    INSERT INTO head SELECT * FROM json_populate_recordset(null::core.head, structure->'head');
    INSERT INTO person SELECT * FROM json_populate_recordset(null::core.person, structure->'person') ON CONFLICT DO NOTHING;
    INSERT INTO programme_version SELECT * FROM json_populate_recordset(null::core.programme_version, structure->'programme_version');
    INSERT INTO person_version SELECT * FROM json_populate_recordset(null::core.person_version, structure->'person_version');
    INSERT INTO unit SELECT * FROM json_populate_recordset(null::core.unit, structure->'unit');
    INSERT INTO project SELECT * FROM json_populate_recordset(null::core.project, structure->'project');
    INSERT INTO source SELECT * FROM json_populate_recordset(null::core.source, structure->'source');
    INSERT INTO period SELECT * FROM json_populate_recordset(null::core.period, structure->'period');
    INSERT INTO access_grant SELECT * FROM json_populate_recordset(null::core.access_grant, structure->'access_grant');
  END IF;
  IF entries IS NULL THEN
    RETURN true;
  END IF;
  IF accounts IS NOT NULL THEN
    INSERT INTO line SELECT * FROM unnest(lines);
    INSERT INTO ring SELECT * FROM unnest(rings);
    INSERT INTO account SELECT * FROM unnest(accounts);
  END IF;
  IF obligations IS NOT NULL THEN
    INSERT INTO obligation SELECT * FROM unnest(obligations)
      ON CONFLICT (programme, id) DO UPDATE SET opened = excluded.opened, used = excluded.used, seq = excluded.seq;
  END IF;
  IF (SELECT sum(e.legs) FROM unnest(entries) e) IS DISTINCT FROM cardinality(legs) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'leg_balanced', MESSAGE = 'legs are missing';
  END IF;
  INSERT INTO entry SELECT * FROM unnest(entries);
  INSERT INTO event SELECT * FROM unnest(events);
  IF texts IS NOT NULL THEN
    INSERT INTO event_text SELECT * FROM unnest(texts);
  END IF;
  UPDATE account a SET debit = t.debit, credit = t.credit, seq = t.seq
    FROM unnest(turnovers) t WHERE a.programme = book AND a.id = t.account;
  INSERT INTO leg SELECT * FROM unnest(legs);
  INSERT INTO month_total AS m SELECT * FROM unnest(months)
    ON CONFLICT (programme, account, month) DO UPDATE SET debit = m.debit + excluded.debit, credit = m.credit + excluded.credit;
  INSERT INTO voucher_counter AS c (programme, unit, type, year, last)
    SELECT programme, unit, type, year, max(number) FROM unnest(entries) GROUP BY programme, unit, type, year
    ON CONFLICT (programme, unit, type, year) DO UPDATE SET last = excluded.last;
  RETURN true;
END $$;
-- +goose StatementEnd

-- Holds the head until the end of the transaction and says where it is.
-- +goose StatementBegin
CREATE FUNCTION lock_head(book int) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, core, pg_temp AS $$
  SELECT seq FROM head WHERE programme = book FOR UPDATE
$$;
-- +goose StatementEnd

-- Sign-in: not part of the log.
CREATE TABLE credential (
  person        int         PRIMARY KEY REFERENCES person,
  password_hash text        NOT NULL,
  generation    int         NOT NULL, -- of the password; hashing the same one anew keeps it
  changed_at    timestamptz NOT NULL
);
CREATE TABLE session (
  token_hash digest      PRIMARY KEY,
  person     int         NOT NULL REFERENCES person,
  created_at timestamptz NOT NULL,
  seen_at    timestamptz NOT NULL
);
CREATE INDEX session_person ON session (person);
CREATE TABLE api_token (
  token_hash digest      PRIMARY KEY,
  person     int         NOT NULL REFERENCES person,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE TABLE sign_in_failure (
  subject text        PRIMARY KEY CHECK (octet_length(subject) <= 128), -- an account or an address
  count   int         NOT NULL CHECK (count >= 0),
  last_at timestamptz NOT NULL
);
CREATE INDEX sign_in_failure_last ON sign_in_failure (last_at);

GRANT USAGE ON SCHEMA core TO kinhphi_writer, kinhphi_app;
GRANT SELECT ON ALL TABLES IN SCHEMA core TO kinhphi_writer, kinhphi_app;
REVOKE ALL ON credential, session, api_token, sign_in_failure FROM kinhphi_writer;
GRANT INSERT, UPDATE, DELETE ON credential, session, api_token, sign_in_failure TO kinhphi_app;
-- Nobody else can change the log, and the writer only through this function.
REVOKE EXECUTE ON FUNCTION write_batch, lock_head FROM PUBLIC;
GRANT EXECUTE ON FUNCTION write_batch, lock_head TO kinhphi_writer;
RESET search_path;
