package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/sokinhphi/kinhphi/ledger"
)

// chunk is how many records are read at a time: memory is bounded by it.
const chunk = 1000

// Record implements ledger.Books.
func (s *Store) Record(ctx context.Context, by ledger.Actor, programme ledger.Code, seq ledger.Seq) (rec ledger.Record, err error) {
	err = s.read(ctx, by, programme, func(l *load) error {
		rec, err = readRecord(l, seq)
		if errors.Is(err, sql.ErrNoRows) {
			return ledger.Refuse(ledger.NotFound, "seq", "what", "record", "value", fmt.Sprint(seq))
		}
		return err
	})
	return rec, err
}

// Records implements ledger.Books.
func (s *Store) Records(ctx context.Context, by ledger.Actor, programme ledger.Code, after ledger.Seq) iter.Seq2[ledger.Record, error] {
	return func(yield func(ledger.Record, error) bool) {
		err := s.read(ctx, by, programme, func(l *load) error {
			rr, err := newRecordReader(l)
			if err != nil {
				return err
			}
			for {
				to, err := rr.end(after)
				if err != nil || to == 0 {
					return err
				}
				recs, err := rr.between(after+1, to)
				if err != nil {
					return err
				}
				for _, r := range recs {
					if !yield(r.Record, nil) {
						return nil
					}
				}
				after = to
			}
		})
		if err != nil {
			yield(ledger.Record{}, err)
		}
	}
}

// readRecord reads one whole record; sql.ErrNoRows if there is none.
func readRecord(l *load, seq ledger.Seq) (ledger.Record, error) {
	rr, err := newRecordReader(l)
	if err != nil {
		return ledger.Record{}, err
	}
	recs, err := rr.between(seq, seq)
	if err != nil {
		return ledger.Record{}, err
	}
	if len(recs) == 0 {
		return ledger.Record{}, sql.ErrNoRows
	}
	return recs[0].Record, nil
}

// A recordReader puts records together from their tables.
type recordReader struct {
	*load
	chart    chart
	people   map[int]ledger.Login
	from, to ledger.Seq
	bySeq    map[ledger.Seq]*storedRecord
}

// A storedRecord is a record with what only the store has of it.
type storedRecord struct {
	ledger.Record
	canon, hashes []byte
	legCount      int
}

func newRecordReader(l *load) (*recordReader, error) {
	c, err := readChart(l)
	if err != nil {
		return nil, err
	}
	l.cur = c.programme.Currency
	rr := &recordReader{load: l, chart: c, people: map[int]ledger.Login{}}
	rows, err := l.tx.QueryxContext(l.ctx, "SELECT id, login FROM person")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int
		var login ledger.Login
		if err := rows.Scan(&id, &login); err != nil {
			return nil, err
		}
		rr.people[id] = login
	}
	return rr, rows.Err()
}

// end returns the sequence that ends the next chunk, 0 if there are no more
// records.
func (rr *recordReader) end(after ledger.Seq) (to ledger.Seq, err error) {
	err = rr.tx.GetContext(rr.ctx, &to, `
		SELECT coalesce(max(seq), 0)
		FROM (SELECT seq FROM record WHERE programme = $1 AND seq > $2 ORDER BY seq LIMIT $3) r`, rr.book, after, chunk)
	return to, err
}

// between reads the records from one sequence to another, in order.
func (rr *recordReader) between(from, to ledger.Seq) (all []*storedRecord, err error) {
	rr.from, rr.to, rr.bySeq = from, to, map[ledger.Seq]*storedRecord{}
	if all, err = rr.records(); err != nil || len(all) == 0 {
		return nil, err
	}
	for _, part := range []func() error{rr.entries, rr.events, rr.texts, rr.legs, rr.changes} {
		if err := part(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (rr *recordReader) rows(query string, scan func(*sqlx.Rows) error) error {
	return rr.each(query, scan, rr.from, rr.to)
}

func (rr *recordReader) records() (all []*storedRecord, err error) {
	err = rr.rows(`
		SELECT seq, kind, actor, key_space, key, request, recorded_at, salt, canon, hashes
		FROM record
		WHERE programme = $1 AND seq BETWEEN $2 AND $3
		ORDER BY seq`, func(r *sqlx.Rows) error {
		rec := &storedRecord{Record: ledger.Record{Programme: rr.code}}
		var actor int
		var request, salt []byte
		var at time.Time
		err := r.Scan(&rec.Seq, &rec.Kind, &actor, &rec.Key.Space, &rec.Key.Value, &request, &at, &salt, &rec.canon, &rec.hashes)
		rec.By, rec.At = rr.people[actor], at.UTC()
		copy(rec.Request[:], request)
		copy(rec.Salt[:], salt)
		if rec.Kind == ledger.EntryRecord {
			rec.Entry = &ledger.Entry{}
		}
		all = append(all, rec)
		rr.bySeq[rec.Seq] = rec
		return err
	})
	return all, err
}

// entry returns the entry of a row's record. A row without one is damage.
func (rr *recordReader) entry(seq ledger.Seq) (*ledger.Entry, error) {
	rec := rr.bySeq[seq]
	if rec == nil || rec.Entry == nil {
		return nil, fmt.Errorf("sequence %d has rows of an entry but is no entry", seq)
	}
	return rec.Entry, nil
}

func (rr *recordReader) entries() error {
	return rr.rows(`
		SELECT seq, unit, posting_date, document_date, type, year, number, paper_number, coalesce(reverses, 0), legs
		FROM entry
		WHERE programme = $1 AND seq BETWEEN $2 AND $3`, func(r *sqlx.Rows) error {
		var e ledger.Entry
		var seq ledger.Seq
		var unit, legs int
		var posting, document sql.NullTime
		if err := r.Scan(&seq, &unit, &posting, &document, &e.Document.Type, &e.Number.Year, &e.Number.Number,
			&e.Document.Number, &e.Reverses, &legs); err != nil {
			return err
		}
		e.Unit, e.Date, e.Document.Date = rr.chart.units[unit].Code, date(posting), date(document)
		e.Number.Unit, e.Number.Type = e.Unit, e.Document.Type
		to, err := rr.entry(seq)
		if err != nil {
			return err
		}
		*to = e
		rr.bySeq[seq].legCount = legs
		return nil
	})
}

func (rr *recordReader) events() error {
	return rr.rows(eventColumns+`
		WHERE e.programme = $1 AND e.seq BETWEEN $2 AND $3
		ORDER BY e.seq, e.n`, func(r *sqlx.Rows) error {
		ref, e, err := rr.chart.scanEvent(r)
		if err != nil {
			return err
		}
		entry, err := rr.entry(ref.Seq)
		if err == nil {
			entry.Events = append(entry.Events, e)
		}
		return err
	})
}

// eventColumns gives events with their lines and obligations in full.
const eventColumns = `
	SELECT
		e.seq,
		e.n,
		e.kind,
		e.unit,
		coalesce(e.budget_year, 0),
		e.source,
		coalesce(e.project, 0),
		coalesce(l.unit, 0),
		coalesce(l.khoan, ''),
		coalesce(l.nature, ''),
		coalesce(t.budget_year, 0),
		coalesce(t.source, 0),
		coalesce(t.project, 0),
		coalesce(t.unit, 0),
		coalesce(t.khoan, ''),
		coalesce(t.nature, ''),
		coalesce(e.treasury, ''),
		coalesce(e.from_state, 0),
		coalesce(d.code, ''),
		coalesce(o.code, ''),
		e.due,
		coalesce(e.of_seq, 0),
		coalesce(e.of_n, 0),
		e.amount,
		coalesce(e.item, '')
	FROM event e
	LEFT JOIN line l ON l.programme = e.programme AND l.id = e.line
	LEFT JOIN line t ON t.programme = e.programme AND t.id = e.to_line
	LEFT JOIN obligation d ON d.programme = e.programme AND d.id = e.obligation
	LEFT JOIN obligation o ON o.programme = e.programme AND o.id = e.opens`

// scanEvent reads a row of eventColumns; more are further columns.
func (c *chart) scanEvent(r *sqlx.Rows, more ...any) (ref ledger.EventRef, e ledger.EntryEvent, err error) {
	var unit, source, project, lineUnit, toSource, toProject, toUnit int
	var due sql.NullTime
	var amount string
	l, t := &e.Line, &e.To
	if err := r.Scan(append([]any{&ref.Seq, &ref.N, &e.Kind, &unit, &l.Year, &source, &project, &lineUnit, &l.Khoan, &l.Nature,
		&t.Year, &toSource, &toProject, &toUnit, &t.Khoan, &t.Nature, &e.Treasury, &e.From, &e.Obligation, &e.Opens,
		&due, &e.Of.Seq, &e.Of.N, &amount, &e.Item}, more...)...); err != nil {
		return ref, e, err
	}
	e.Unit, e.Due = c.units[unit].Code, date(due)
	l.Source, l.Project, l.Unit = c.sources[source].Code, c.projects[project].Code, c.units[lineUnit].Code
	t.Source, t.Project, t.Unit = c.sources[toSource].Code, c.projects[toProject].Code, c.units[toUnit].Code
	e.Amount, err = ledger.MoneyFromStore(amount, c.programme.Currency)
	return ref, e, err
}

func (rr *recordReader) texts() error {
	return rr.rows(`
		SELECT seq, n, field, value, salt
		FROM event_text
		WHERE programme = $1 AND seq BETWEEN $2 AND $3`, func(r *sqlx.Rows) error {
		var seq ledger.Seq
		var n int
		var field, value string
		var salt []byte
		if err := r.Scan(&seq, &n, &field, &value, &salt); err != nil {
			return err
		}
		entry, err := rr.entry(seq)
		if err != nil {
			return err
		}
		if n > len(entry.Events) {
			return fmt.Errorf("sequence %d has a text of event %d but no such event", seq, n)
		}
		e := &entry.Events[n-1]
		own := [16]byte(salt)
		if field == "payee" {
			e.Payee, e.PayeeSalt = value, &own
		} else {
			e.Text, e.TextSalt = value, &own
		}
		return nil
	})
}

func (rr *recordReader) legs() error {
	return rr.rows(`
		SELECT g.seq, g.event, g.side, g.red, g.amount, coalesce(o.code, ''),
			a.state, coalesce(a.sub, ''), coalesce(a.budget_year, 0), a.source, coalesce(a.project, 0),
			coalesce(l.unit, 0), coalesce(l.khoan, ''), coalesce(l.nature, '')
		FROM leg g
		JOIN account a ON a.programme = g.programme AND a.id = g.account
		LEFT JOIN line l ON l.programme = a.programme AND l.id = a.line
		LEFT JOIN obligation o ON o.programme = g.programme AND o.id = g.obligation
		WHERE g.programme = $1 AND g.seq BETWEEN $2 AND $3
		ORDER BY g.seq, g.n`, func(r *sqlx.Rows) error {
		var seq ledger.Seq
		var leg ledger.Leg
		var side, amount string
		var source, project, unit int
		l := &leg.Account.Line
		if err := r.Scan(&seq, &leg.Event, &side, &leg.Red, &amount, &leg.Obligation, &leg.Account.State, &leg.Account.Sub,
			&l.Year, &source, &project, &unit, &l.Khoan, &l.Nature); err != nil {
			return err
		}
		l.Source, l.Project, l.Unit = rr.chart.sources[source].Code, rr.chart.projects[project].Code, rr.chart.units[unit].Code
		leg.Debit = side == "D"
		var err error
		if leg.Amount, err = ledger.MoneyFromStore(amount, rr.cur); err != nil {
			return err
		}
		entry, err := rr.entry(seq)
		if err == nil {
			entry.Legs = append(entry.Legs, leg)
		}
		return err
	})
}
