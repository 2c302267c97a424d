package postgres_test

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/sokinhphi/kinhphi/ledger/ledgertest"
)

// as connects with the rights of a role; "" is the superuser, whom only triggers
// and constraints stop.
func as(t *testing.T, url, role string) *sqlx.DB {
	t.Helper()
	url += "&search_path=core"
	if role != "" {
		url += "&role=" + role
	}
	db, err := sqlx.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// column returns the one column of a query.
func column(t *testing.T, db *sqlx.DB, query string, args ...any) (all []string) {
	t.Helper()
	if err := db.Select(&all, query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return all
}

// sealed are the tables of what was recorded; derived is what follows from them.
// A new table must be put somewhere.
var (
	sealed = []string{"access_grant", "entry", "event", "leg", "line", "period", "person_version", "programme_version",
		"project", "record", "ring", "source", "unit"}
	named    = []string{"person", "programme"} // of all books
	texts    = []string{"event_text"}          // may be destroyed by the owner of the database, by law
	derived  = []string{"account", "head", "month_total", "obligation", "voucher_counter"}
	secretly = []string{"api_token", "credential", "session", "sign_in_failure"} // sign-in
)

func TestEveryTableHasItsPlace(t *testing.T) {
	db := as(t, ledgertest.URL(t), "")
	all := slices.Sorted(slices.Values(slices.Concat(sealed, named, texts, derived, secretly)))
	have := column(t, db, "SELECT relname::text FROM pg_class WHERE relnamespace = 'core'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname COLLATE \"C\"")
	if !slices.Equal(all, have) {
		t.Errorf("tables\n%v, of which the tests know\n%v", have, all)
	}
}

// denied says that a statement is refused for want of a right.
func denied(t *testing.T, db *sqlx.DB, statement string, want string) {
	t.Helper()
	tx := db.MustBegin()
	defer tx.Rollback()
	_, err := tx.Exec(statement)
	if pe := (*pq.Error)(nil); !errors.As(err, &pe) || pe.Code != "42501" || !strings.Contains(pe.Message, want) {
		t.Errorf("%s: %v, want %q", statement, err, want)
	}
}

// changes are the statements that would change what a table has.
func changes(t *testing.T, db *sqlx.DB, table string) []string {
	t.Helper()
	first := column(t, db, "SELECT attname::text FROM pg_attribute WHERE attrelid = ('core.' || $1)::regclass AND attnum = 1", table)[0]
	return []string{fmt.Sprintf("UPDATE %s SET %s = %[2]s", table, first), "DELETE FROM " + table, "TRUNCATE " + table + " CASCADE"}
}

func TestRolesChangeNothingRecorded(t *testing.T) {
	url := ledgertest.URL(t)
	lived(t, ledgertest.Open(t, url))
	owner, writer, app := as(t, url, ""), as(t, url, "kinhphi_writer"), as(t, url, "kinhphi_app")
	for _, table := range slices.Concat(sealed, named, texts, derived) {
		statements := append(changes(t, owner, table), fmt.Sprintf("INSERT INTO %s SELECT * FROM %[1]s", table))
		for _, statement := range statements {
			denied(t, app, statement, "permission denied for table")
			denied(t, writer, statement, "permission denied for table") // write_batch is the only way
		}
	}
	for _, table := range secretly {
		denied(t, writer, "SELECT FROM "+table, "permission denied for table "+table)
		denied(t, app, "TRUNCATE "+table, "permission denied for table "+table)
	}
	for _, db := range []*sqlx.DB{writer, app} {
		denied(t, db, "SELECT set_config('session_replication_role', 'replica', true)", "permission denied")
		denied(t, db, "ALTER TABLE leg DISABLE TRIGGER ALL", "must be owner of")
		denied(t, db, "CREATE TABLE core.more ()", "permission denied for schema core")
		denied(t, db, "UPDATE public.schema_file SET sha256 = ''", "permission denied")
	}
	denied(t, app, fmt.Sprintf("SELECT write_batch(0, 0, NULL, NULL%s)", strings.Repeat(", NULL", 12)), "permission denied for function write_batch")
	clean(t, ledgertest.Open(t, url))
}

func TestTriggersStopEvenTheOwner(t *testing.T) {
	url := ledgertest.URL(t)
	lived(t, ledgertest.Open(t, url))
	owner := as(t, url, "")
	for _, table := range slices.Concat(sealed, named) {
		for _, statement := range changes(t, owner, table) {
			denied(t, owner, statement, "is append-only")
		}
	}
	denied(t, owner, "TRUNCATE head CASCADE", "is append-only") // reaches the log by its foreign keys
}

func TestRolesAreNobody(t *testing.T) {
	url := ledgertest.URL(t)
	db := as(t, url, "")
	if got := column(t, db, `SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'kinhphi\_%'
		AND NOT (rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls) ORDER BY 1`); !slices.Equal(got, []string{"kinhphi_app", "kinhphi_writer"}) {
		t.Errorf("roles without any power: %v", got)
	}
	if got := column(t, db, `SELECT c.relname || ' ' || a.privilege_type FROM pg_class c, aclexplode(c.relacl) a
		WHERE c.relnamespace = 'core'::regnamespace AND a.grantee = 0`); len(got) > 0 {
		t.Errorf("everybody may %v", got)
	}
}

// TestCatalog holds what every table and function must have.
func TestCatalog(t *testing.T) {
	db := as(t, ledgertest.URL(t), "")
	for name, query := range map[string]string{
		"keys that do not begin with the programme": `
			SELECT i.indexrelid::regclass::text FROM pg_index i
			JOIN pg_attribute first ON first.attrelid = i.indrelid AND first.attnum = i.indkey[0]
			WHERE i.indisunique AND first.attname <> 'programme' AND i.indrelid = ANY($1::text[]::regclass[])`,
		"indexes that do not begin with the programme": `
			SELECT i.indexrelid::regclass::text FROM pg_index i
			JOIN pg_attribute first ON first.attrelid = i.indrelid AND first.attnum = i.indkey[0]
			WHERE first.attname <> 'programme' AND i.indrelid = ANY($1::text[]::regclass[])`,
		"tables without a primary key": `
			SELECT oid::regclass::text FROM pg_class c WHERE oid = ANY($1::text[]::regclass[])
				AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid AND indisprimary)`,
		"columns that are bare numbers": `
			SELECT attrelid::regclass || '.' || attname FROM pg_attribute
			WHERE attrelid = ANY($1::text[]::regclass[]) AND attnum > 0
				AND atttypid IN ('numeric'::regtype, 'real'::regtype, 'double precision'::regtype, 'money'::regtype)`,
		"foreign keys that anything follows": `
			SELECT conname::text FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY($1::text[]::regclass[])
				AND (confdeltype <> 'a' OR confupdtype <> 'a' OR NOT convalidated OR condeferrable)`,
		"functions without a search_path, or with the rights of another": `
			SELECT proname::text FROM pg_proc
			WHERE pronamespace IN ('core'::regnamespace, 'public'::regnamespace) AND $1::text[] IS NOT NULL
				AND (prosecdef AND proname NOT IN ('write_batch', 'lock_head') OR NOT coalesce((SELECT bool_or(c LIKE 'search_path=pg_catalog%') FROM unnest(proconfig) c), false))`,
		"triggers that are off or do not always fire": `
			SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = ANY($1::text[]::regclass[]) AND tgenabled <> 'O'`,
	} {
		if got := column(t, db, query, pq.Array(slices.Concat(sealed, texts, derived))); len(got) > 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// forged is a batch of one payment, made from the one before it. Words in braces
// are replaced by what is wrong with it.
const forged = `
	WITH h AS (SELECT * FROM head WHERE programme = {book}),
	r AS (SELECT * FROM record WHERE programme = {book} AND key = 'pay/0'),
	e AS (SELECT e.* FROM entry e JOIN r USING (programme, seq)),
	v AS (SELECT * FROM event JOIN r USING (programme, seq)),
	c AS (SELECT c.last FROM voucher_counter c JOIN e USING (programme, unit, type, year)),
	l AS (SELECT l.programme, h.seq + 1 AS seq, l.n, l.event, l.account, l.posting_date, l.side, l.red, {amount} AS amount
		FROM leg l JOIN e USING (programme, seq), h WHERE {those}),
	g AS (SELECT account, coalesce(sum(amount) FILTER (WHERE side = 'D'), 0) AS debit, coalesce(sum(amount) FILTER (WHERE side = 'C'), 0) AS credit
		FROM l GROUP BY account)
	SELECT write_batch({book}, {expected}, h.root, {at},
		ARRAY(SELECT ROW(r.programme, {seq}, r.kind, r.actor, r.key_space, {key}, r.request, h.recorded_at, r.salt, {canon}, r.hashes)::core.record FROM r),
		NULL, NULL, NULL, NULL,
		ARRAY(SELECT ROW(a.id, a.debit + g.debit, a.credit + g.credit + {taken}, h.seq + 1)::turnover FROM g JOIN account a ON a.programme = {book} AND a.id = g.account),
		{obligations},
		ARRAY(SELECT ROW(e.programme, {seq}, e.unit, e.posting_date, e.document_date, e.type, e.year, {number}, {paper}, {reverses}, {legs})::entry FROM e, c),
		ARRAY(SELECT ROW(e.programme, h.seq + 1, 1, 27, e.unit, 2019, (SELECT min(id) FROM line WHERE programme = {book}), NULL, {source}, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, {sum}, NULL)::event FROM e),
		NULL,
		(SELECT array_agg(ROW(l.programme, {legseq}, l.n + {shift}, l.event, {account}, NULL, l.posting_date, l.side, {red}, l.amount)::leg) FROM l),
		ARRAY(SELECT ROW({book}, g.account, {month}, g.debit, g.credit)::month_total FROM g))
	FROM h`

// sound is a forged batch with nothing wrong.
var sound = map[string]string{
	"expected": "h.seq", "at": "h.recorded_at", "seq": "h.seq + 1", "key": "'forged'", "canon": "r.canon", "taken": "0", "obligations": "NULL",
	"number": "c.last + 1", "paper": "e.paper_number", "reverses": "NULL", "legs": "e.legs", "source": "1", "sum": "1000",
	"amount": "1000", "those": "true", "legseq": "h.seq + 1", "shift": "0", "account": "l.account", "red": "l.red", "month": "'2019-06-01'",
}

// forge writes the batch with changes, takes it back, and returns what write_batch
// said.
func forge(t *testing.T, db *sqlx.DB, wrong map[string]string) (written bool, err error) {
	t.Helper()
	pairs := []string{"{book}", "(SELECT id FROM programme WHERE code = 'CT')"}
	words := maps.Clone(sound)
	maps.Copy(words, wrong)
	for word, with := range words {
		pairs = append(pairs, "{"+word+"}", with)
	}
	statement := strings.NewReplacer(pairs...).Replace(forged)
	tx := db.MustBegin()
	defer tx.Rollback()
	return written, tx.QueryRow(strings.ReplaceAll(statement, pairs[0], pairs[1])).Scan(&written)
}

func TestWriteBatchRefusesByName(t *testing.T) {
	url := ledgertest.URL(t)
	lived(t, ledgertest.Open(t, url))
	writer := as(t, url, "kinhphi_writer")
	if written, err := forge(t, writer, nil); err != nil || !written {
		t.Fatalf("the sound batch: written %v, %v", written, err)
	}
	for _, c := range []struct {
		name  string
		wrong map[string]string
		want  string // the constraint
	}{
		{"legs that do not balance", map[string]string{"amount": "1000 + (l.n = 1)::int"}, "leg_balanced"},
		{"a leg left out", map[string]string{"those": "l.n <> 1"}, "leg_balanced"},
		{"a ring left out", map[string]string{"those": "l.n > 2"}, "leg_balanced"},
		{"all legs left out", map[string]string{"those": "false"}, "leg_balanced"},
		{"one leg too few by count", map[string]string{"legs": "e.legs + 1"}, "leg_balanced"},
		{"legs for an old entry", map[string]string{"legseq": "(SELECT e.seq FROM e)", "shift": "100"}, "leg_balanced"},
		{"legs numbered from elsewhere", map[string]string{"shift": "100"}, "leg_balanced"},
		{"NaN", map[string]string{"amount": "'NaN'::numeric"}, "amount_check"},
		{"NaN as turnover", map[string]string{"taken": "'NaN'::numeric"}, "amount_check"},
		{"infinity", map[string]string{"amount": "'Infinity'::numeric"}, "amount_check"},
		{"too many decimals", map[string]string{"amount": "0.00001"}, "amount_check"},
		{"too large", map[string]string{"amount": "1e27"}, "amount_check"},
		{"an event of nothing", map[string]string{"sum": "0"}, "event_amount_check"},
		{"a negative leg that is not red", map[string]string{"amount": "-1000"}, "leg_sign"},
		{"a red leg that is not negative", map[string]string{"red": "true"}, "leg_sign"},
		{"below zero", map[string]string{"taken": "1e12"}, "account_never_below_zero"},
		{"an obligation exceeded", map[string]string{"obligations": "ARRAY(SELECT ROW(o.programme, o.id, o.code, o.kind, o.line, o.source, o.account, o.opened, o.opened + 1, o.due, o.by_seq, o.by_n, o.seq)::obligation FROM obligation o)"}, "obligation_not_exceeded"},
		{"a gap", map[string]string{"seq": "h.seq + 2"}, "record_gapless"},
		{"a record in the past", map[string]string{"seq": "h.seq"}, "record_gapless"},
		{"the same key", map[string]string{"key": "r.key"}, "record_key_unique"},
		{"half a commitment", map[string]string{"canon": "substring(r.canon FROM 2)"}, "record_canon_check"},
		{"the same number", map[string]string{"number": "c.last"}, "entry_number"},
		{"the same entry taken back twice", map[string]string{"reverses": "(SELECT reverses FROM entry WHERE programme = e.programme AND reverses IS NOT NULL)"}, "entry_reverses_unique"},
		{"taking back what is to come", map[string]string{"reverses": "h.seq + 1"}, "entry_check"},
		{"text in another normal form", map[string]string{"paper": "normalize('Số 7', NFD)"}, "words_check"},
		{"an unknown account", map[string]string{"account": "l.account + 100000"}, "leg_balanced"},
		{"a month that is a day", map[string]string{"month": "'2019-06-02'"}, "month_total_month_check"},
	} {
		_, err := forge(t, writer, c.wrong)
		if pe := (*pq.Error)(nil); !errors.As(err, &pe) || pe.Constraint != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	for name, wrong := range map[string]map[string]string{
		"a head that has moved":      {"expected": "h.seq - 1"},
		"a head that is to come":     {"expected": "h.seq + 1"},
		"a time before the last":     {"at": "h.recorded_at - interval '1 microsecond'"},
		"another book's expectation": {"expected": "(SELECT seq FROM head WHERE programme = 0)"},
	} {
		if written, err := forge(t, writer, wrong); written || err != nil && !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("%s: written %v, %v", name, written, err)
		}
	}
	clean(t, ledgertest.Open(t, url))
}
