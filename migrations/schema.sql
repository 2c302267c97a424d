-- What the numbered files make, as pg_dump 15 tells it. Not applied: for readers.

CREATE SCHEMA core;

CREATE DOMAIN core.amount AS numeric
	CONSTRAINT amount_check CHECK (((VALUE <> 'NaN'::numeric) AND (abs(VALUE) < '1000000000000000000000000000'::numeric) AND (scale(VALUE) <= 4)));

CREATE DOMAIN core.code AS text
	CONSTRAINT code_check CHECK ((VALUE ~ '^[A-Z0-9][A-Z0-9-]{0,39}$'::text));

CREATE DOMAIN core.digest AS bytea
	CONSTRAINT digest_check CHECK ((octet_length(VALUE) = 32));

CREATE DOMAIN core.salt AS bytea
	CONSTRAINT salt_check CHECK ((octet_length(VALUE) = 16));

CREATE TYPE core.turnover AS (
	account integer,
	debit core.amount,
	credit core.amount,
	seq bigint
);

CREATE DOMAIN core.words AS text
	CONSTRAINT words_check CHECK (((VALUE IS NFC NORMALIZED) AND (octet_length(VALUE) <= 4000)));

CREATE FUNCTION core.append_only() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = TG_TABLE_NAME || ' is append-only';
END $$;

CREATE FUNCTION core.event_text_whole() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'core'
    AS $$
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

CREATE FUNCTION core.event_whole() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'core'
    AS $$
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

CREATE FUNCTION core.leg_balanced() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'core'
    AS $$
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

CREATE FUNCTION core.lock_head(book integer) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'core', 'pg_temp'
    AS $$
  SELECT seq FROM head WHERE programme = book FOR UPDATE
$$;

CREATE TABLE core.account (
    programme integer NOT NULL,
    id integer NOT NULL,
    ring integer NOT NULL,
    state smallint NOT NULL,
    sub core.code,
    budget_year smallint,
    line integer,
    source integer NOT NULL,
    project integer,
    unit integer NOT NULL,
    guarded boolean NOT NULL,
    debit core.amount NOT NULL,
    credit core.amount NOT NULL,
    seq bigint NOT NULL,
    CONSTRAINT account_never_below_zero CHECK (((NOT guarded) OR (((debit)::numeric - (credit)::numeric) >= (0)::numeric)))
)
WITH (fillfactor='50');

CREATE TABLE core.entry (
    programme integer NOT NULL,
    seq bigint NOT NULL,
    unit integer NOT NULL,
    posting_date date NOT NULL,
    document_date date NOT NULL,
    type core.code NOT NULL,
    year smallint NOT NULL,
    number integer NOT NULL,
    paper_number core.words NOT NULL,
    reverses bigint,
    legs smallint NOT NULL,
    CONSTRAINT entry_check CHECK ((reverses < seq)),
    CONSTRAINT entry_legs_check CHECK ((legs >= 2)),
    CONSTRAINT entry_number_check CHECK ((number > 0))
);

CREATE TABLE core.event (
    programme integer NOT NULL,
    seq bigint NOT NULL,
    n smallint NOT NULL,
    kind smallint NOT NULL,
    unit integer NOT NULL,
    budget_year smallint,
    line integer,
    to_line integer,
    source integer NOT NULL,
    project integer,
    treasury core.code,
    from_state smallint,
    obligation integer,
    opens integer,
    due date,
    of_seq bigint,
    of_n smallint,
    amount core.amount NOT NULL,
    item core.code,
    CONSTRAINT event_amount_check CHECK (((amount)::numeric <> (0)::numeric)),
    CONSTRAINT event_n_check CHECK ((n > 0))
);

CREATE TABLE core.event_text (
    programme integer NOT NULL,
    seq bigint NOT NULL,
    n smallint NOT NULL,
    field text NOT NULL,
    value core.words NOT NULL,
    search text NOT NULL,
    salt core.salt NOT NULL,
    CONSTRAINT event_text_field_check CHECK ((field = ANY (ARRAY['payee'::text, 'text'::text])))
);

CREATE TABLE core.leg (
    programme integer NOT NULL,
    seq bigint NOT NULL,
    n smallint NOT NULL,
    event smallint NOT NULL,
    account integer NOT NULL,
    obligation integer,
    posting_date date NOT NULL,
    side "char" NOT NULL,
    red boolean NOT NULL,
    amount core.amount NOT NULL,
    CONSTRAINT leg_n_check CHECK ((n > 0)),
    CONSTRAINT leg_side_check CHECK ((side = ANY (ARRAY['D'::"char", 'C'::"char"]))),
    CONSTRAINT leg_sign CHECK (
CASE
    WHEN red THEN ((amount)::numeric < (0)::numeric)
    ELSE ((amount)::numeric > (0)::numeric)
END)
);

CREATE TABLE core.line (
    programme integer NOT NULL,
    id integer NOT NULL,
    since bigint NOT NULL,
    budget_year smallint NOT NULL,
    source integer NOT NULL,
    project integer NOT NULL,
    unit integer NOT NULL,
    khoan core.code NOT NULL,
    nature core.code NOT NULL
);

CREATE TABLE core.month_total (
    programme integer NOT NULL,
    account integer NOT NULL,
    month date NOT NULL,
    debit core.amount NOT NULL,
    credit core.amount NOT NULL,
    CONSTRAINT month_total_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric))
)
WITH (fillfactor='50');

CREATE TABLE core.obligation (
    programme integer NOT NULL,
    id integer NOT NULL,
    code core.code NOT NULL,
    kind smallint NOT NULL,
    line integer,
    source integer NOT NULL,
    account integer NOT NULL,
    opened core.amount NOT NULL,
    used core.amount NOT NULL,
    due date,
    by_seq bigint NOT NULL,
    by_n smallint NOT NULL,
    seq bigint NOT NULL,
    CONSTRAINT obligation_not_exceeded CHECK ((((used)::numeric >= (0)::numeric) AND ((used)::numeric <= (opened)::numeric)))
)
WITH (fillfactor='50');

CREATE TABLE core.record (
    programme integer NOT NULL,
    seq bigint NOT NULL,
    kind smallint NOT NULL,
    actor integer NOT NULL,
    key_space text NOT NULL,
    key text NOT NULL,
    request core.digest NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    salt core.salt NOT NULL,
    canon bytea NOT NULL,
    hashes bytea NOT NULL,
    CONSTRAINT record_canon_check CHECK (((octet_length(canon) % 32) = 0)),
    CONSTRAINT record_hashes_check CHECK (((octet_length(hashes) % 32) = 0)),
    CONSTRAINT record_key_check CHECK (((octet_length(key) >= 1) AND (octet_length(key) <= 128))),
    CONSTRAINT record_key_space_check CHECK (((octet_length(key_space) >= 1) AND (octet_length(key_space) <= 128))),
    CONSTRAINT record_seq_check CHECK ((seq > 0))
);

ALTER TABLE ONLY core.record ALTER COLUMN canon SET STORAGE EXTERNAL;

CREATE TABLE core.ring (
    programme integer NOT NULL,
    id integer NOT NULL,
    path text NOT NULL,
    book smallint NOT NULL,
    budget_year smallint,
    commodity core.code NOT NULL
);

CREATE FUNCTION core.write_batch(book integer, expected bigint, new_root core.digest, at timestamp with time zone, records core.record[], structure json, lines core.line[], rings core.ring[], accounts core.account[], turnovers core.turnover[], obligations core.obligation[], entries core.entry[], events core.event[], texts core.event_text[], legs core.leg[], months core.month_total[]) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'core', 'pg_temp'
    AS $$
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

CREATE TABLE core.access_grant (
    programme integer NOT NULL,
    since bigint NOT NULL,
    person integer NOT NULL,
    role text NOT NULL,
    revoked boolean NOT NULL
);

CREATE TABLE core.api_token (
    token_hash core.digest NOT NULL,
    person integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE core.credential (
    person integer NOT NULL,
    password_hash text NOT NULL,
    generation integer NOT NULL,
    changed_at timestamp with time zone NOT NULL
);

CREATE TABLE core.head (
    programme integer NOT NULL,
    seq bigint NOT NULL,
    root core.digest NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT head_seq_check CHECK ((seq >= 0))
)
WITH (fillfactor='50');

CREATE TABLE core.period (
    programme integer NOT NULL,
    since bigint NOT NULL,
    year smallint NOT NULL,
    month smallint NOT NULL,
    closed boolean NOT NULL,
    CONSTRAINT period_month_check CHECK (((month >= 1) AND (month <= 12)))
);

CREATE TABLE core.person (
    id integer NOT NULL,
    login text NOT NULL,
    CONSTRAINT person_login_check CHECK ((login ~ '^[a-z][a-z0-9._-]{0,39}$'::text))
);

CREATE TABLE core.person_version (
    programme integer DEFAULT 0 NOT NULL,
    since bigint NOT NULL,
    id integer NOT NULL,
    name core.words NOT NULL,
    disabled boolean NOT NULL
);

CREATE TABLE core.programme (
    id integer NOT NULL,
    code core.code NOT NULL
);

CREATE TABLE core.programme_version (
    programme integer DEFAULT 0 NOT NULL,
    since bigint NOT NULL,
    id integer NOT NULL,
    name core.words NOT NULL,
    currency core.code NOT NULL,
    scale smallint NOT NULL,
    adjustment_days smallint NOT NULL,
    sample boolean NOT NULL,
    CONSTRAINT programme_version_adjustment_days_check CHECK (((adjustment_days >= 0) AND (adjustment_days <= 366))),
    CONSTRAINT programme_version_scale_check CHECK (((scale >= 0) AND (scale <= 4)))
);

CREATE TABLE core.project (
    programme integer NOT NULL,
    id integer NOT NULL,
    since bigint NOT NULL,
    code core.code NOT NULL,
    name core.words NOT NULL,
    owner integer
);

CREATE TABLE core.session (
    token_hash core.digest NOT NULL,
    person integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL
);

CREATE TABLE core.sign_in_failure (
    subject text NOT NULL,
    count integer NOT NULL,
    last_at timestamp with time zone NOT NULL,
    CONSTRAINT sign_in_failure_count_check CHECK ((count >= 0)),
    CONSTRAINT sign_in_failure_subject_check CHECK ((octet_length(subject) <= 128))
);

CREATE TABLE core.source (
    programme integer NOT NULL,
    id integer NOT NULL,
    since bigint NOT NULL,
    code core.code NOT NULL,
    name core.words NOT NULL,
    kind smallint NOT NULL,
    backing smallint NOT NULL,
    treasury core.code NOT NULL,
    CONSTRAINT source_backing_check CHECK ((backing = ANY (ARRAY[1, 2])))
);

CREATE TABLE core.unit (
    programme integer NOT NULL,
    id integer NOT NULL,
    since bigint NOT NULL,
    code core.code NOT NULL,
    name core.words NOT NULL,
    parent integer,
    chapter core.code,
    valid_from date NOT NULL,
    valid_to date
);

CREATE TABLE core.voucher_counter (
    programme integer NOT NULL,
    unit integer NOT NULL,
    type core.code NOT NULL,
    year smallint NOT NULL,
    last integer NOT NULL,
    CONSTRAINT voucher_counter_last_check CHECK ((last > 0))
)
WITH (fillfactor='50');

CREATE TABLE public.schema_file (
    version bigint NOT NULL,
    sha256 text NOT NULL
);

CREATE TABLE public.schema_version (
    id integer NOT NULL,
    version_id bigint NOT NULL,
    is_applied boolean NOT NULL,
    tstamp timestamp without time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.schema_version ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.schema_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY core.access_grant
    ADD CONSTRAINT access_grant_pkey PRIMARY KEY (programme, person, role, since);

ALTER TABLE ONLY core.account
    ADD CONSTRAINT account_key UNIQUE NULLS NOT DISTINCT (programme, ring, state, sub, line);

ALTER TABLE ONLY core.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (programme, id);

ALTER TABLE ONLY core.api_token
    ADD CONSTRAINT api_token_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY core.credential
    ADD CONSTRAINT credential_pkey PRIMARY KEY (person);

ALTER TABLE ONLY core.entry
    ADD CONSTRAINT entry_number UNIQUE (programme, unit, type, year, number);

ALTER TABLE ONLY core.entry
    ADD CONSTRAINT entry_pkey PRIMARY KEY (programme, seq);

ALTER TABLE ONLY core.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (programme, seq, n);

ALTER TABLE ONLY core.event_text
    ADD CONSTRAINT event_text_pkey PRIMARY KEY (programme, seq, n, field);

ALTER TABLE ONLY core.head
    ADD CONSTRAINT head_pkey PRIMARY KEY (programme);

ALTER TABLE ONLY core.leg
    ADD CONSTRAINT leg_pkey PRIMARY KEY (programme, seq, n);

ALTER TABLE ONLY core.line
    ADD CONSTRAINT line_key UNIQUE (programme, budget_year, source, project, unit, khoan, nature);

ALTER TABLE ONLY core.line
    ADD CONSTRAINT line_pkey PRIMARY KEY (programme, id);

ALTER TABLE ONLY core.month_total
    ADD CONSTRAINT month_total_pkey PRIMARY KEY (programme, account, month);

ALTER TABLE ONLY core.obligation
    ADD CONSTRAINT obligation_code UNIQUE (programme, code);

ALTER TABLE ONLY core.obligation
    ADD CONSTRAINT obligation_pkey PRIMARY KEY (programme, id);

ALTER TABLE ONLY core.period
    ADD CONSTRAINT period_pkey PRIMARY KEY (programme, year, month, since);

ALTER TABLE ONLY core.person
    ADD CONSTRAINT person_login_key UNIQUE (login);

ALTER TABLE ONLY core.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (id);

ALTER TABLE ONLY core.person_version
    ADD CONSTRAINT person_version_pkey PRIMARY KEY (programme, id, since);

ALTER TABLE ONLY core.programme
    ADD CONSTRAINT programme_code_key UNIQUE (code);

ALTER TABLE ONLY core.programme
    ADD CONSTRAINT programme_pkey PRIMARY KEY (id);

ALTER TABLE ONLY core.programme_version
    ADD CONSTRAINT programme_version_pkey PRIMARY KEY (programme, id, since);

ALTER TABLE ONLY core.project
    ADD CONSTRAINT project_pkey PRIMARY KEY (programme, id, since);

ALTER TABLE ONLY core.record
    ADD CONSTRAINT record_key_unique UNIQUE (programme, key_space, key);

ALTER TABLE ONLY core.record
    ADD CONSTRAINT record_pkey PRIMARY KEY (programme, seq);

ALTER TABLE ONLY core.ring
    ADD CONSTRAINT ring_path UNIQUE (programme, path);

ALTER TABLE ONLY core.ring
    ADD CONSTRAINT ring_pkey PRIMARY KEY (programme, id);

ALTER TABLE ONLY core.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY core.sign_in_failure
    ADD CONSTRAINT sign_in_failure_pkey PRIMARY KEY (subject);

ALTER TABLE ONLY core.source
    ADD CONSTRAINT source_pkey PRIMARY KEY (programme, id, since);

ALTER TABLE ONLY core.unit
    ADD CONSTRAINT unit_pkey PRIMARY KEY (programme, id, since);

ALTER TABLE ONLY core.voucher_counter
    ADD CONSTRAINT voucher_counter_pkey PRIMARY KEY (programme, unit, type, year);

ALTER TABLE ONLY public.schema_file
    ADD CONSTRAINT schema_file_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (id);

CREATE INDEX account_line ON core.account USING btree (programme, line);

CREATE INDEX entry_date ON core.entry USING btree (programme, posting_date, seq);

CREATE UNIQUE INDEX entry_reverses_unique ON core.entry USING btree (programme, reverses) WHERE (reverses IS NOT NULL);

CREATE INDEX event_line ON core.event USING btree (programme, line, seq);

CREATE INDEX event_of ON core.event USING btree (programme, of_seq, of_n) WHERE (of_seq IS NOT NULL);

CREATE INDEX leg_account ON core.leg USING btree (programme, account, posting_date) INCLUDE (seq, event, side, amount);

CREATE INDEX obligation_line ON core.obligation USING btree (programme, line);

CREATE INDEX session_person ON core.session USING btree (person);

CREATE INDEX sign_in_failure_last ON core.sign_in_failure USING btree (last_at);

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON core.access_grant FOR EACH STATEMENT EXECUTE FUNCTION core.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON core.entry FOR EACH STATEMENT EXECUTE FUNCTION core.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON core.event FOR EACH STATEMENT EXECUTE FUNCTION core.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON core.leg FOR EACH STATEMENT EXECUTE FUNCTION core.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON core.line FOR EACH STATEMENT EXECUTE FUNCTION core.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON core.period FOR EACH STATEMENT EXECUTE FUNCTION core.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON core.person FOR EACH STATEMENT EXECUTE FUNCTION core.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON core.person_version FOR EACH STATEMENT EXECUTE FUNCTION core.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON core.programme FOR EACH STATEMENT EXECUTE FUNCTION core.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON core.programme_version FOR EACH STATEMENT EXECUTE FUNCTION core.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON core.project FOR EACH STATEMENT EXECUTE FUNCTION core.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON core.record FOR EACH STATEMENT EXECUTE FUNCTION core.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON core.ring FOR EACH STATEMENT EXECUTE FUNCTION core.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON core.source FOR EACH STATEMENT EXECUTE FUNCTION core.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON core.unit FOR EACH STATEMENT EXECUTE FUNCTION core.append_only();

CREATE TRIGGER event_text_whole AFTER INSERT ON core.event_text REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION core.event_text_whole();

CREATE TRIGGER event_whole AFTER INSERT ON core.event REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION core.event_whole();

CREATE TRIGGER leg_balanced AFTER INSERT ON core.leg REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION core.leg_balanced();

ALTER TABLE ONLY core.access_grant
    ADD CONSTRAINT access_grant_person_fkey FOREIGN KEY (person) REFERENCES core.person(id);

ALTER TABLE ONLY core.access_grant
    ADD CONSTRAINT access_grant_programme_since_fkey FOREIGN KEY (programme, since) REFERENCES core.record(programme, seq);

ALTER TABLE ONLY core.account
    ADD CONSTRAINT account_programme_line_fkey FOREIGN KEY (programme, line) REFERENCES core.line(programme, id);

ALTER TABLE ONLY core.account
    ADD CONSTRAINT account_programme_ring_fkey FOREIGN KEY (programme, ring) REFERENCES core.ring(programme, id);

ALTER TABLE ONLY core.api_token
    ADD CONSTRAINT api_token_person_fkey FOREIGN KEY (person) REFERENCES core.person(id);

ALTER TABLE ONLY core.credential
    ADD CONSTRAINT credential_person_fkey FOREIGN KEY (person) REFERENCES core.person(id);

ALTER TABLE ONLY core.entry
    ADD CONSTRAINT entry_programme_seq_fkey FOREIGN KEY (programme, seq) REFERENCES core.record(programme, seq);

ALTER TABLE ONLY core.head
    ADD CONSTRAINT head_programme_fkey FOREIGN KEY (programme) REFERENCES core.programme(id);

ALTER TABLE ONLY core.line
    ADD CONSTRAINT line_programme_since_fkey FOREIGN KEY (programme, since) REFERENCES core.record(programme, seq);

ALTER TABLE ONLY core.month_total
    ADD CONSTRAINT month_total_programme_account_fkey FOREIGN KEY (programme, account) REFERENCES core.account(programme, id);

ALTER TABLE ONLY core.obligation
    ADD CONSTRAINT obligation_programme_account_fkey FOREIGN KEY (programme, account) REFERENCES core.account(programme, id);

ALTER TABLE ONLY core.period
    ADD CONSTRAINT period_programme_since_fkey FOREIGN KEY (programme, since) REFERENCES core.record(programme, seq);

ALTER TABLE ONLY core.person_version
    ADD CONSTRAINT person_version_id_fkey FOREIGN KEY (id) REFERENCES core.person(id);

ALTER TABLE ONLY core.person_version
    ADD CONSTRAINT person_version_programme_since_fkey FOREIGN KEY (programme, since) REFERENCES core.record(programme, seq);

ALTER TABLE ONLY core.programme_version
    ADD CONSTRAINT programme_version_id_fkey FOREIGN KEY (id) REFERENCES core.programme(id);

ALTER TABLE ONLY core.programme_version
    ADD CONSTRAINT programme_version_programme_since_fkey FOREIGN KEY (programme, since) REFERENCES core.record(programme, seq);

ALTER TABLE ONLY core.project
    ADD CONSTRAINT project_programme_since_fkey FOREIGN KEY (programme, since) REFERENCES core.record(programme, seq);

ALTER TABLE ONLY core.record
    ADD CONSTRAINT record_actor_fkey FOREIGN KEY (actor) REFERENCES core.person(id);

ALTER TABLE ONLY core.record
    ADD CONSTRAINT record_programme_fkey FOREIGN KEY (programme) REFERENCES core.head(programme);

ALTER TABLE ONLY core.session
    ADD CONSTRAINT session_person_fkey FOREIGN KEY (person) REFERENCES core.person(id);

ALTER TABLE ONLY core.source
    ADD CONSTRAINT source_programme_since_fkey FOREIGN KEY (programme, since) REFERENCES core.record(programme, seq);

ALTER TABLE ONLY core.unit
    ADD CONSTRAINT unit_programme_since_fkey FOREIGN KEY (programme, since) REFERENCES core.record(programme, seq);
GRANT USAGE ON SCHEMA core TO kinhphi_writer;
GRANT USAGE ON SCHEMA core TO kinhphi_app;
REVOKE ALL ON FUNCTION core.lock_head(book integer) FROM PUBLIC;
GRANT ALL ON FUNCTION core.lock_head(book integer) TO kinhphi_writer;
GRANT SELECT ON TABLE core.account TO kinhphi_writer;
GRANT SELECT ON TABLE core.account TO kinhphi_app;
GRANT SELECT ON TABLE core.entry TO kinhphi_writer;
GRANT SELECT ON TABLE core.entry TO kinhphi_app;
GRANT SELECT ON TABLE core.event TO kinhphi_writer;
GRANT SELECT ON TABLE core.event TO kinhphi_app;
GRANT SELECT ON TABLE core.event_text TO kinhphi_writer;
GRANT SELECT ON TABLE core.event_text TO kinhphi_app;
GRANT SELECT ON TABLE core.leg TO kinhphi_writer;
GRANT SELECT ON TABLE core.leg TO kinhphi_app;
GRANT SELECT ON TABLE core.line TO kinhphi_writer;
GRANT SELECT ON TABLE core.line TO kinhphi_app;
GRANT SELECT ON TABLE core.month_total TO kinhphi_writer;
GRANT SELECT ON TABLE core.month_total TO kinhphi_app;
GRANT SELECT ON TABLE core.obligation TO kinhphi_writer;
GRANT SELECT ON TABLE core.obligation TO kinhphi_app;
GRANT SELECT ON TABLE core.record TO kinhphi_writer;
GRANT SELECT ON TABLE core.record TO kinhphi_app;
GRANT SELECT ON TABLE core.ring TO kinhphi_writer;
GRANT SELECT ON TABLE core.ring TO kinhphi_app;
REVOKE ALL ON FUNCTION core.write_batch(book integer, expected bigint, new_root core.digest, at timestamp with time zone, records core.record[], structure json, lines core.line[], rings core.ring[], accounts core.account[], turnovers core.turnover[], obligations core.obligation[], entries core.entry[], events core.event[], texts core.event_text[], legs core.leg[], months core.month_total[]) FROM PUBLIC;
GRANT ALL ON FUNCTION core.write_batch(book integer, expected bigint, new_root core.digest, at timestamp with time zone, records core.record[], structure json, lines core.line[], rings core.ring[], accounts core.account[], turnovers core.turnover[], obligations core.obligation[], entries core.entry[], events core.event[], texts core.event_text[], legs core.leg[], months core.month_total[]) TO kinhphi_writer;
GRANT SELECT ON TABLE core.access_grant TO kinhphi_writer;
GRANT SELECT ON TABLE core.access_grant TO kinhphi_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE core.api_token TO kinhphi_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE core.credential TO kinhphi_app;
GRANT SELECT ON TABLE core.head TO kinhphi_writer;
GRANT SELECT ON TABLE core.head TO kinhphi_app;
GRANT SELECT ON TABLE core.period TO kinhphi_writer;
GRANT SELECT ON TABLE core.period TO kinhphi_app;
GRANT SELECT ON TABLE core.person TO kinhphi_writer;
GRANT SELECT ON TABLE core.person TO kinhphi_app;
GRANT SELECT ON TABLE core.person_version TO kinhphi_writer;
GRANT SELECT ON TABLE core.person_version TO kinhphi_app;
GRANT SELECT ON TABLE core.programme TO kinhphi_writer;
GRANT SELECT ON TABLE core.programme TO kinhphi_app;
GRANT SELECT ON TABLE core.programme_version TO kinhphi_writer;
GRANT SELECT ON TABLE core.programme_version TO kinhphi_app;
GRANT SELECT ON TABLE core.project TO kinhphi_writer;
GRANT SELECT ON TABLE core.project TO kinhphi_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE core.session TO kinhphi_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE core.sign_in_failure TO kinhphi_app;
GRANT SELECT ON TABLE core.source TO kinhphi_writer;
GRANT SELECT ON TABLE core.source TO kinhphi_app;
GRANT SELECT ON TABLE core.unit TO kinhphi_writer;
GRANT SELECT ON TABLE core.unit TO kinhphi_app;
GRANT SELECT ON TABLE core.voucher_counter TO kinhphi_writer;
GRANT SELECT ON TABLE core.voucher_counter TO kinhphi_app;
