package postgres

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/sokinhphi/kinhphi/ledger"
)

// read runs f on one snapshot of a programme that by may read.
func (s *Store) read(ctx context.Context, by ledger.Actor, programme ledger.Code, f func(*load) error) error {
	if err := by.May(ledger.Read, programme); err != nil {
		return err
	}
	tx, err := s.app.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return translate(ctx, err)
	}
	defer tx.Rollback()
	l := &load{ctx: ctx, tx: tx, code: programme}
	err = tx.GetContext(ctx, &l.book, "SELECT id FROM programme WHERE code = $1", programme)
	if errors.Is(err, sql.ErrNoRows) {
		return ledger.Refuse(ledger.NotFound, "programme", "what", "programme", "value", string(programme))
	}
	if err != nil {
		return translate(ctx, err)
	}
	return translate(ctx, f(l))
}

// Programmes implements ledger.Books.
func (s *Store) Programmes(ctx context.Context, by ledger.Actor) ([]ledger.Programme, error) {
	rows, err := s.app.QueryxContext(ctx, programmeQuery+" ORDER BY p.id, v.since DESC")
	if err != nil {
		return nil, translate(ctx, err)
	}
	defer rows.Close()
	var all []ledger.Programme
	for rows.Next() {
		p, err := scanProgramme(rows)
		if err != nil {
			return nil, err
		}
		if by.May(ledger.Read, p.Code) == nil {
			all = append(all, p)
		}
	}
	return all, translate(ctx, rows.Err())
}

// Structure implements ledger.Books.
func (s *Store) Structure(ctx context.Context, by ledger.Actor, programme ledger.Code) (st ledger.Structure, err error) {
	err = s.read(ctx, by, programme, func(l *load) error {
		c, err := readChart(l)
		if err != nil {
			return err
		}
		st = ledger.Structure{Programme: c.programme, Units: byID(c.units), Projects: byID(c.projects), Sources: byID(c.sources), Closed: c.closed}
		return l.get(&st.Seq, "SELECT seq FROM head WHERE programme = $1")
	})
	return st, err
}

// byID lists values in the order of their ids, which is the order in which they
// were defined.
func byID[T any](m map[int]T) []T {
	ids := make([]int, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	all := make([]T, len(ids))
	for i, id := range ids {
		all[i] = m[id]
	}
	return all
}

// Grants implements ledger.Books.
func (s *Store) Grants(ctx context.Context, by ledger.Actor, programme ledger.Code) (grants []ledger.Grant, err error) {
	err = s.read(ctx, by, programme, func(l *load) error {
		grants, err = readGrants(l)
		return err
	})
	return grants, err
}

// Lines implements ledger.Books.
func (s *Store) Lines(ctx context.Context, by ledger.Actor, programme ledger.Code, pattern ledger.Line) (lines []ledger.Line, err error) {
	err = s.read(ctx, by, programme, func(l *load) error {
		return l.each(lineColumns+" FROM line l"+lineCodes+`
			WHERE l.programme = $1
				AND ($2 = 0 OR l.budget_year = $2)
				AND ($3 = '' OR ls.code = $3)
				AND ($4 = '' OR lp.code = $4)
				AND ($5 = '' OR lu.code = $5)
				AND ($6 = '' OR l.khoan = $6)
				AND ($7 = '' OR l.nature = $7)`, func(r *sqlx.Rows) error {
			var id int
			line, err := scanLine(r, &id)
			lines = append(lines, line)
			return err
		}, pattern.Year, pattern.Source, pattern.Project, pattern.Unit, pattern.Khoan, pattern.Nature)
	})
	slices.SortFunc(lines, ledger.Line.Compare)
	return lines, err
}

// Obligations implements ledger.Books.
func (s *Store) Obligations(ctx context.Context, by ledger.Actor, programme ledger.Code, q ledger.ObligationQuery) (all []ledger.Obligation, err error) {
	limit := q.Limit
	if limit <= 0 || limit > ledger.MaxPage {
		limit = ledger.MaxPage
	}
	err = s.read(ctx, by, programme, func(l *load) error {
		p, err := readProgramme(l)
		if err != nil {
			return err
		}
		return l.each(obligationQuery+`
				AND ($2 = 0 OR o.kind = $2)
				AND ($3 = 0 OR l.budget_year = $3)
				AND ($4 = '' OR s.code = $4)
				AND ($5 = '' OR p.code = $5)
				AND ($6 = '' OR u.code = $6)
				AND ($7 = '' OR l.khoan = $7)
				AND ($8 = '' OR l.nature = $8)
				AND (NOT $9 OR o.opened > o.used)
				AND ($10 = '' OR o.due <= nullif($10, '')::date)
				AND starts_with(o.code, $11)
			ORDER BY o.code
			LIMIT $12`, func(r *sqlx.Rows) error {
			_, o, err := scanObligation(r, p.Currency)
			all = append(all, o)
			return err
		}, q.Kind, q.Line.Year, q.Line.Source, q.Line.Project, q.Line.Unit, q.Line.Khoan, q.Line.Nature,
			q.Open, q.DueBy.String(), q.Prefix, limit)
	})
	return all, err
}

// The sources of turnovers by account and month; which one serves depends on
// the point of view. $2 is the last posting date, $3 the last sequence.
const (
	turnoversNow   = `SELECT id AS account, NULL::date AS month, debit, credit FROM account WHERE programme = $1 AND $2 = '' AND $3 = 0`
	turnoversMonth = `SELECT account, month, debit, credit FROM month_total WHERE programme = $1 AND $2 = '' AND $3 = 0`
	turnoversDate  = `
		SELECT account, month, debit, credit FROM month_total
		WHERE programme = $1 AND month < date_trunc('month', $2::date) AND $3 = 0
		UNION ALL
		SELECT l.account, date_trunc('month', $2::date)::date,
			CASE WHEN l.side = 'D' THEN l.amount ELSE 0 END,
			CASE WHEN l.side = 'C' THEN l.amount ELSE 0 END
		FROM entry e
		JOIN leg l ON l.programme = e.programme AND l.seq = e.seq
		WHERE e.programme = $1 AND e.posting_date BETWEEN date_trunc('month', $2::date) AND $2::date`
	turnoversKnown = `
		SELECT account, date_trunc('month', posting_date)::date AS month,
			CASE WHEN side = 'D' THEN amount ELSE 0 END AS debit,
			CASE WHEN side = 'C' THEN amount ELSE 0 END AS credit
		FROM leg
		WHERE programme = $1 AND seq <= $3 AND ($2 = '' OR posting_date <= nullif($2, '')::date)`
)

func turnovers(at ledger.AsOf, byMonth bool) string {
	switch {
	case at.Known != 0:
		return turnoversKnown
	case !at.Date.IsZero():
		return turnoversDate
	case byMonth:
		return turnoversMonth
	}
	return turnoversNow
}

// cellQuery groups turnovers by dimensions and state; it knows no formula.
func cellQuery(at ledger.AsOf, d ledger.Detail) string {
	columns := "a.state, coalesce(a.budget_year, 0), a.source, coalesce(a.project, 0), CASE WHEN a.line IS NULL THEN 0 ELSE a.unit END"
	if d.Totals {
		columns = "a.state, coalesce(a.budget_year, 0), 0, 0, 0"
	}
	if d.ByLine {
		columns += ", coalesce(l.khoan, ''), coalesce(l.nature, ''), coalesce(a.sub, '')"
	} else {
		columns += ", '', '', ''"
	}
	if d.ByMonth {
		columns += ", t.month"
	} else {
		columns += ", NULL::date"
	}
	return "SELECT " + columns + `, sum(t.debit), sum(t.credit)
		FROM (` + turnovers(at, d.ByMonth) + `) t
		JOIN account a ON a.programme = $1 AND a.id = t.account
		LEFT JOIN line l ON l.programme = $1 AND l.id = a.line
		WHERE ($4::int[] IS NULL OR a.budget_year = ANY($4))
			AND ($5 = 0 OR a.source = $5)
			AND ($6 = 0 OR a.project = $6)
			AND ($7 = 0 OR l.unit = $7)
			AND ($8 = '' OR l.khoan = $8)
			AND ($9 = '' OR l.nature = $9)
			AND ($10::int[] IS NULL OR a.state = ANY($10))
		GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`
}

// Cells implements ledger.Books.
func (s *Store) Cells(ctx context.Context, by ledger.Actor, programme ledger.Code, f ledger.Filter, d ledger.Detail) iter.Seq2[ledger.Cell, error] {
	return func(yield func(ledger.Cell, error) bool) {
		err := s.read(ctx, by, programme, func(l *load) error {
			c, err := readChart(l)
			if err != nil {
				return err
			}
			args, ok := c.filter(f)
			if !ok {
				return nil // a code that does not exist selects nothing
			}
			stop := errors.New("stopped")
			err = l.each(cellQuery(f.At, d), func(r *sqlx.Rows) error {
				cell, err := c.scanCell(r)
				if err == nil && !yield(cell, nil) {
					return stop
				}
				return err
			}, append(append([]any{f.At.Date.String(), f.At.Known}, args...), states(f.Figures))...)
			if errors.Is(err, stop) {
				return nil
			}
			return err
		})
		if err != nil {
			yield(ledger.Cell{}, err)
		}
	}
}

// states are the account states that the figures are made of; nil for all.
func states(figures []ledger.Figure) any {
	if len(figures) == 0 {
		return nil
	}
	var all []int64
	for _, f := range figures {
		for _, t := range f.Terms() {
			all = append(all, int64(t.State))
		}
	}
	return pq.Array(all)
}

// filter gives a filter's conditions as ids; ok is false if it names a code
// that does not exist.
func (c *chart) filter(f ledger.Filter) (args []any, ok bool) {
	source, ok1 := idOf(c.sources, f.Line.Source, func(s ledger.Source) ledger.Code { return s.Code })
	project, ok2 := idOf(c.projects, f.Line.Project, func(p ledger.Project) ledger.Code { return p.Code })
	unit, ok3 := idOf(c.units, f.Line.Unit, func(u ledger.Unit) ledger.Code { return u.Code })
	years := f.Years
	if f.Line.Year != 0 {
		years = []int{f.Line.Year}
	}
	var list any
	if len(years) > 0 {
		list = pq.Array(years)
	}
	return []any{list, source, project, unit, f.Line.Khoan, f.Line.Nature}, ok1 && ok2 && ok3
}

func idOf[T any](m map[int]T, code ledger.Code, of func(T) ledger.Code) (int, bool) {
	if code == "" {
		return 0, true
	}
	for id, v := range m {
		if of(v) == code {
			return id, true
		}
	}
	return 0, false
}

func (c *chart) scanCell(r *sqlx.Rows) (cell ledger.Cell, err error) {
	var source, project, unit int
	var month sql.NullTime
	var debit, credit string
	a := &cell.Account
	if err := r.Scan(&a.State, &a.Line.Year, &source, &project, &unit, &a.Line.Khoan, &a.Line.Nature, &a.Sub,
		&month, &debit, &credit); err != nil {
		return cell, err
	}
	a.Line.Source, a.Line.Project, a.Line.Unit = c.sources[source].Code, c.projects[project].Code, c.units[unit].Code
	cell.Month = date(month)
	if cell.Debit, err = ledger.MoneyFromStore(debit, c.programme.Currency); err != nil {
		return cell, err
	}
	cell.Credit, err = ledger.MoneyFromStore(credit, c.programme.Currency)
	return cell, err
}
