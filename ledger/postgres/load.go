package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/seal"
)

// errMoved says that another writer changed the book since the state was read.
var errMoved = errors.New("the head has moved")

// load is what a loader reads from: one snapshot of one book.
type load struct {
	ctx  context.Context
	tx   *sqlx.Tx
	book int
	code ledger.Code
	cur  ledger.Currency
}

func (l *load) get(to any, query string, args ...any) error {
	return l.tx.GetContext(l.ctx, to, query, append([]any{l.book}, args...)...)
}

// each runs a query whose first argument is the book and scans every row.
func (l *load) each(query string, scan func(*sqlx.Rows) error, args ...any) error {
	rows, err := l.tx.QueryxContext(l.ctx, query, append([]any{l.book}, args...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// base reads what a State starts from, the tree, and when the last record was
// recorded.
func (l *load) base() (s *ledger.State, tree *seal.Tree, last time.Time, err error) {
	b := ledger.Base{People: map[ledger.Login]int{}}
	var root []byte
	head := "SELECT seq, root, recorded_at FROM head WHERE programme = $1"
	if err := l.tx.QueryRowxContext(l.ctx, head, l.book).Scan(&b.Seq, &root, &last); err != nil {
		return nil, nil, last, fmt.Errorf("read head: %w", err)
	}
	c, err := readChart(l)
	if err != nil {
		return nil, nil, last, fmt.Errorf("read chart: %w", err)
	}
	b.Programme, b.Units, b.Projects, b.Sources, b.Closed = c.programme, c.units, c.projects, c.sources, c.closed
	if b.Grants, err = readGrants(l); err != nil {
		return nil, nil, last, fmt.Errorf("read grants: %w", err)
	}
	if err := errors.Join(l.counters(&b), l.lastIDs(&b), l.programmes(&b)); err != nil {
		return nil, nil, last, fmt.Errorf("read book: %w", err)
	}
	if tree, err = seal.Restore(int64(b.Seq), l.hashes); err != nil {
		return nil, nil, last, fmt.Errorf("restore tree: %w", err)
	}
	if h := tree.Root(); string(h[:]) != string(root) {
		return nil, nil, last, fmt.Errorf("book %s: the head's root is not the tree's: run check", l.code)
	}
	l.cur = b.Programme.Currency
	return ledger.NewState(b), tree, last.UTC(), nil
}

// hashes returns the tree hashes that the leaves at seqs complete.
func (l *load) hashes(seqs []int64) (map[int64][]byte, error) {
	found := make(map[int64][]byte, len(seqs))
	err := l.each("SELECT seq, hashes FROM record WHERE programme = $1 AND seq = ANY($2)", func(r *sqlx.Rows) error {
		var seq int64
		var packed []byte
		err := r.Scan(&seq, &packed)
		found[seq] = packed
		return err
	}, pq.Array(seqs))
	return found, err
}

func (l *load) counters(b *ledger.Base) error {
	return l.each(`
		SELECT DISTINCT ON (c.unit, c.type, c.year) u.code, c.type, c.year, c.last
		FROM voucher_counter c
		JOIN unit u ON u.programme = c.programme AND u.id = c.unit
		WHERE c.programme = $1
		ORDER BY c.unit, c.type, c.year, u.since DESC`, func(r *sqlx.Rows) error {
		var n ledger.Number
		err := r.Scan(&n.Unit, &n.Type, &n.Year, &n.Number)
		b.Counters = append(b.Counters, n)
		return err
	})
}

func (l *load) lastIDs(b *ledger.Base) error {
	return l.tx.QueryRowxContext(l.ctx, `
		SELECT
			coalesce((SELECT max(id) FROM line WHERE programme = $1), 0),
			coalesce((SELECT max(id) FROM ring WHERE programme = $1), 0),
			coalesce((SELECT max(id) FROM account WHERE programme = $1), 0),
			coalesce((SELECT max(id) FROM obligation WHERE programme = $1), 0),
			coalesce((SELECT max(id) FROM person), 0)`, l.book).
		Scan(&b.LastLine, &b.LastRing, &b.LastAccount, &b.LastObligation, &b.LastPerson)
}

func (l *load) programmes(b *ledger.Base) error {
	if l.code != ledger.System {
		return nil
	}
	return l.tx.SelectContext(l.ctx, &b.Programmes, "SELECT code FROM programme")
}

// needs adds to the State what it asks for.
func (l *load) needs(s *ledger.State, needs []ledger.Need) error {
	var seq ledger.Seq
	if err := l.get(&seq, "SELECT seq FROM head WHERE programme = $1"); err != nil {
		return err
	}
	if seq != s.Changes().Before {
		return errMoved
	}
	w := sortNeeds(needs, l.code)
	if err := errors.Join(l.lines(s, w), l.accounts(s, w), l.obligations(s, w), l.people(s, w), l.keys(s, w), l.entries(s, w)); err != nil {
		return err
	}
	s.Loaded(needs)
	return nil
}

// wanted are needs, sorted by how they are found.
type wanted struct {
	lines       []ledger.Line
	rings       []string
	obligations []string
	entries     []int64
	logins      []string
	keys        []ledger.Key
	lineIDs     []int64
}

func sortNeeds(needs []ledger.Need, programme ledger.Code) *wanted {
	w := &wanted{}
	for _, n := range needs {
		switch {
		case !possible(n):
		case n.Line != (ledger.Line{}):
			w.lines = append(w.lines, n.Line)
		case n.Pool != (ledger.Line{}):
			w.rings = append(w.rings, ledger.Account{State: ledger.PoolUnallocated, Line: n.Pool}.Ring(programme))
		case n.Plan != (ledger.Line{}):
			w.rings = append(w.rings, ledger.Account{State: ledger.PlanBasis, Line: n.Plan}.Ring(programme))
		case n.Fund != "":
			w.rings = append(w.rings, ledger.Account{State: ledger.FundTreasury, Line: ledger.Line{Source: n.Fund}}.Ring(programme))
		case n.Obligation != "":
			w.obligations = append(w.obligations, string(n.Obligation))
		case n.Entry != 0:
			w.entries = append(w.entries, int64(n.Entry))
		case n.Person != "":
			w.logins = append(w.logins, string(n.Person))
		case n.Key != (ledger.Key{}):
			w.keys = append(w.keys, n.Key)
		}
	}
	return w
}

// possible reports whether the database can have what a need asks for. Needs are
// read before a request is checked, and for all requests of a batch at once: what
// the server cannot even compare must not fail the others.
func possible(n ledger.Need) bool {
	codes := []ledger.Code{n.Fund, n.Obligation}
	for _, l := range []ledger.Line{n.Line, n.Pool, n.Plan} {
		if l.Year < 0 || l.Year > 9999 {
			return false
		}
		codes = append(codes, l.Source, l.Project, l.Unit)
	}
	for _, c := range codes {
		if c != "" && !c.Valid() {
			return false
		}
	}
	return n.Person == "" || n.Person.Valid()
}

// lines adds the lines that begin with year, source, project and unit.
func (l *load) lines(s *ledger.State, w *wanted) error {
	if len(w.lines) == 0 {
		return nil
	}
	var years, sources, projects, units []int64
	for _, p := range w.lines {
		years = append(years, int64(p.Year))
		sources = append(sources, int64(s.SourceID(p.Source)))
		projects = append(projects, int64(s.ProjectID(p.Project)))
		units = append(units, int64(s.UnitID(p.Unit)))
	}
	return l.each(lineColumns+`
		FROM unnest($2::int[], $3::int[], $4::int[], $5::int[]) w (year, source, project, unit)
		JOIN line l ON l.programme = $1 AND l.budget_year = w.year AND l.source = w.source
			AND l.project = w.project AND l.unit = w.unit`+lineCodes, func(r *sqlx.Rows) error {
		var id int
		line, err := scanLine(r, &id)
		s.AddLine(id, line)
		w.lineIDs = append(w.lineIDs, int64(id))
		return err
	}, pq.Array(years), pq.Array(sources), pq.Array(projects), pq.Array(units))
}

// accounts adds all accounts of the wanted lines, and those of the wanted rings
// that belong to no line.
func (l *load) accounts(s *ledger.State, w *wanted) error {
	if len(w.lineIDs)+len(w.rings) == 0 {
		return nil
	}
	return l.each(accountQuery+`
		AND (a.line = ANY($2) OR a.line IS NULL AND a.ring = ANY(ARRAY(
			SELECT id FROM ring WHERE programme = $1 AND path = ANY($3))))`, func(r *sqlx.Rows) error {
		a, err := scanAccount(r, l.cur)
		if err == nil {
			s.AddAccount(a.id, a.ring, a.account, a.debit, a.credit)
		}
		return err
	}, pq.Array(w.lineIDs), pq.Array(w.rings))
}

func (l *load) obligations(s *ledger.State, w *wanted) error {
	if len(w.obligations) == 0 {
		return nil
	}
	return l.each(obligationQuery+" AND o.code = ANY($2)", func(r *sqlx.Rows) error {
		id, o, err := scanObligation(r, l.cur)
		if err == nil {
			s.AddObligation(id, o)
		}
		return err
	}, pq.Array(w.obligations))
}

func (l *load) people(s *ledger.State, w *wanted) error {
	if len(w.logins) == 0 {
		return nil
	}
	rows, err := l.tx.QueryxContext(l.ctx, "SELECT id, login FROM person WHERE login = ANY($1)", pq.Array(w.logins))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int
		var login ledger.Login
		if err := rows.Scan(&id, &login); err != nil {
			return err
		}
		s.AddPerson(id, login)
	}
	return rows.Err()
}

func (l *load) keys(s *ledger.State, w *wanted) error {
	if len(w.keys) == 0 {
		return nil
	}
	known, err := readKeys(l.ctx, l.tx, l.book, w.keys)
	for k, v := range known {
		s.AddKey(k, v)
	}
	return err
}

// readKeys returns what was recorded under those of the keys that are taken.
func readKeys(ctx context.Context, db sqlx.QueryerContext, book int, keys []ledger.Key) (map[ledger.Key]ledger.KnownKey, error) {
	var spaces, values []string
	for _, k := range keys {
		if text := k.Space + k.Value; utf8.ValidString(text) && !strings.ContainsRune(text, 0) {
			spaces, values = append(spaces, k.Space), append(values, k.Value)
		}
	}
	rows, err := db.QueryxContext(ctx, `
		SELECT r.key_space, r.key, r.request, r.seq, coalesce(u.code, ''), coalesce(e.type, ''), coalesce(e.year, 0), coalesce(e.number, 0)
		FROM unnest($2::text[], $3::text[]) w (key_space, key)
		JOIN record r ON r.programme = $1 AND r.key_space = w.key_space AND r.key = w.key
		LEFT JOIN entry e ON e.programme = r.programme AND e.seq = r.seq
		LEFT JOIN LATERAL (SELECT code FROM unit WHERE programme = $1 AND id = e.unit ORDER BY since DESC LIMIT 1) u ON true`,
		book, pq.Array(spaces), pq.Array(values))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	known := make(map[ledger.Key]ledger.KnownKey)
	for rows.Next() {
		var k ledger.Key
		var v ledger.KnownKey
		var request []byte
		n := &v.Number
		if err := rows.Scan(&k.Space, &k.Value, &request, &v.Seq, &n.Unit, &n.Type, &n.Year, &n.Number); err != nil {
			return nil, err
		}
		copy(v.Request[:], request)
		known[k] = v
	}
	return known, rows.Err()
}

// entries adds recorded entries with what was taken back of them. Of a return
// that was itself taken back nothing counts.
func (l *load) entries(s *ledger.State, w *wanted) error {
	for _, seq := range w.entries {
		rec, err := readRecord(l, ledger.Seq(seq))
		if errors.Is(err, sql.ErrNoRows) || err == nil && rec.Entry == nil {
			continue
		}
		if err != nil {
			return err
		}
		var reversed sql.NullInt64
		if err := l.get(&reversed, "SELECT max(seq) FROM entry WHERE programme = $1 AND reverses = $2", seq); err != nil {
			return err
		}
		reduced := map[int]ledger.Money{}
		err = l.each(`
			SELECT f.of_n, sum(f.amount)
			FROM event f
			JOIN entry e ON e.programme = f.programme AND e.seq = f.seq
			WHERE f.programme = $1 AND f.of_seq = $2 AND e.reverses IS NULL
				AND NOT EXISTS (SELECT FROM entry r WHERE r.programme = $1 AND r.reverses = f.seq)
			GROUP BY f.of_n`, func(r *sqlx.Rows) error {
			var n int
			var sum string
			if err := r.Scan(&n, &sum); err != nil {
				return err
			}
			reduced[n], err = ledger.MoneyFromStore(sum, l.cur)
			return err
		}, seq)
		if err != nil {
			return err
		}
		s.AddEntry(rec.Seq, *rec.Entry, ledger.Seq(reversed.Int64), reduced)
	}
	return nil
}
