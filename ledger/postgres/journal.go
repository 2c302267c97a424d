package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// A journalFilter collects the conditions of a journal query. $1 is the book.
type journalFilter struct {
	where []string
	args  []any
}

// and adds a condition whose %d verbs stand for the next parameters.
func (f *journalFilter) and(condition string, args ...any) {
	numbers := make([]any, len(args))
	for i := range args {
		numbers[i] = len(f.args) + 2 + i
	}
	f.where = append(f.where, fmt.Sprintf(condition, numbers...))
	f.args = append(f.args, args...)
}

// effects is the source of (seq, n, effect): an event's own amount, or what its
// legs add to a figure. Dimensions are those of the legs' accounts, so that the
// rows of a figure add up to it.
func (f *journalFilter) effects(figure ledger.Figure, ids []any) string {
	if figure == "" {
		return "SELECT seq, n, amount AS effect FROM event WHERE programme = $1"
	}
	var states, debits, credits, backings []int64
	for _, t := range figure.Terms() {
		states, debits = append(states, int64(t.State)), append(debits, int64(t.Debit))
		credits, backings = append(credits, int64(t.Credit)), append(backings, int64(t.Backing))
	}
	args := append([]any{pq.Array(states), pq.Array(debits), pq.Array(credits), pq.Array(backings)}, ids...)
	numbers := make([]any, len(args))
	for i := range args {
		numbers[i] = len(f.args) + 2 + i
	}
	f.args = append(f.args, args...)
	return fmt.Sprintf(`
		SELECT g.seq, g.event AS n, sum(g.amount * CASE WHEN g.side = 'D' THEN t.debit ELSE t.credit END) AS effect
		FROM unnest($%[1]d::int[], $%[2]d::int[], $%[3]d::int[], $%[4]d::int[]) t (state, debit, credit, backing)
		JOIN account a ON a.programme = $1 AND a.state = t.state
		JOIN leg g ON g.programme = $1 AND g.account = a.id
		LEFT JOIN line l ON l.programme = $1 AND l.id = a.line
		WHERE (t.backing = 0 OR t.backing = (SELECT backing FROM source WHERE programme = $1 AND id = a.source ORDER BY since DESC LIMIT 1))
			AND ($%[5]d::int[] IS NULL OR a.budget_year = ANY($%[5]d))
			AND ($%[6]d = 0 OR a.source = $%[6]d)
			AND ($%[7]d = 0 OR a.project = $%[7]d)
			AND ($%[8]d = 0 OR l.unit = $%[8]d)
			AND ($%[9]d = '' OR l.khoan = $%[9]d)
			AND ($%[10]d = '' OR l.nature = $%[10]d)
		GROUP BY g.seq, g.event
		HAVING sum(g.amount * CASE WHEN g.side = 'D' THEN t.debit ELSE t.credit END) <> 0`, numbers...)
}

// dimensions limits events by their own line or the line that receives.
func (f *journalFilter) dimensions(ids []any) {
	one := func(column string, id any) {
		if id != 0 && id != ledger.Code("") {
			f.and("(e."+column+" = $%[1]d OR t."+column+" = $%[1]d)", id)
		}
	}
	line := func(column string, v any) {
		if v != 0 && v != ledger.Code("") {
			f.and("(l."+column+" = $%[1]d OR t."+column+" = $%[1]d)", v)
		}
	}
	if ids[0] != nil {
		f.and("e.budget_year = ANY($%d)", ids[0])
	}
	one("source", ids[1])
	one("project", ids[2])
	line("unit", ids[3])
	line("khoan", ids[4])
	line("nature", ids[5])
}

// conditions adds everything that is not about dimensions.
func (f *journalFilter) conditions(q ledger.JournalQuery) {
	when := func(given bool, condition string, args ...any) {
		if given {
			f.and(condition, args...)
		}
	}
	when(!q.From.IsZero(), "en.posting_date >= $%d", q.From.String())
	when(!q.To.IsZero(), "en.posting_date <= $%d", q.To.String())
	when(!q.At.Date.IsZero(), "en.posting_date <= $%d", q.At.Date.String())
	when(q.At.Known != 0, "e.seq <= $%d", int64(q.At.Known))
	if len(q.Kinds) > 0 {
		kinds := make([]int64, len(q.Kinds))
		for i, k := range q.Kinds {
			kinds[i] = int64(k)
		}
		f.and("e.kind = ANY($%d)", pq.Array(kinds))
	}
	when(q.Type != "", "en.type = $%d", q.Type)
	when(q.Obligation != "", "(d.code = $%[1]d OR o.code = $%[1]d)", q.Obligation)
	when(q.Item != "", "e.item = $%d", q.Item)
	when(q.Payee != "", "payee.value = $%d", q.Payee)
	when(q.Amount.Valid(), "abs(e.amount) = $%d", q.Amount.Abs().String())
	when(q.Entry != 0, "e.seq = $%d", int64(q.Entry))
	when(q.By != "", "e.seq = ANY(ARRAY(SELECT seq FROM record WHERE programme = $1 AND actor = (SELECT id FROM person WHERE login = $%d)))", q.By)
	when(!q.Since.IsZero(), "e.seq >= (SELECT min(seq) FROM record WHERE programme = $1 AND recorded_at >= $%d)", q.Since.UTC())
	when(!q.Before.IsZero(), "e.seq <= (SELECT max(seq) FROM record WHERE programme = $1 AND recorded_at < $%d)", q.Before.UTC())
	when(q.Red, "(e.amount < 0 OR e.of_seq IS NOT NULL OR en.reverses IS NOT NULL)")
	if q.Text != "" {
		like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(lang.Fold(q.Text)) + "%"
		f.and(`(payee.search LIKE $%[1]d OR words.search LIKE $%[1]d OR lower(en.paper_number) LIKE $%[1]d
			OR lower(en.type || '-' || en.number) LIKE $%[1]d OR lower(d.code) LIKE $%[1]d OR lower(o.code) LIKE $%[1]d)`, like)
	}
}

// journalFrom joins an event with its voucher and texts; %s is the source of
// effects, then the conditions.
const journalFrom = `
	FROM (%s) x
	JOIN event e ON e.programme = $1 AND e.seq = x.seq AND e.n = x.n
	JOIN entry en ON en.programme = $1 AND en.seq = e.seq
	LEFT JOIN line l ON l.programme = $1 AND l.id = e.line
	LEFT JOIN line t ON t.programme = $1 AND t.id = e.to_line
	LEFT JOIN obligation d ON d.programme = $1 AND d.id = e.obligation
	LEFT JOIN obligation o ON o.programme = $1 AND o.id = e.opens
	LEFT JOIN event_text payee ON payee.programme = $1 AND payee.seq = e.seq AND payee.n = e.n AND payee.field = 'payee'
	LEFT JOIN event_text words ON words.programme = $1 AND words.seq = e.seq AND words.n = e.n AND words.field = 'text'
	WHERE true%s`

// journalColumns are those of a row beyond the event's own.
const journalColumns = `,
		coalesce(payee.value, ''),
		coalesce(words.value, ''),
		en.unit,
		en.posting_date,
		en.document_date,
		en.type,
		en.year,
		en.number,
		en.paper_number,
		coalesce(en.reverses, 0),
		coalesce((SELECT r.seq FROM entry r WHERE r.programme = $1 AND r.reverses = e.seq), 0),
		(SELECT p.login FROM person p WHERE p.id = rec.actor),
		rec.recorded_at,
		x.effect`

// Journal implements ledger.Books.
func (s *Store) Journal(ctx context.Context, by ledger.Actor, programme ledger.Code, q ledger.JournalQuery) (page ledger.JournalPage, err error) {
	if q.Limit <= 0 {
		q.Limit = ledger.DefaultPage
	}
	q.Limit = min(q.Limit, ledger.MaxPage)
	err = s.read(ctx, by, programme, func(l *load) error {
		c, err := readChart(l)
		if err != nil {
			return err
		}
		l.cur = c.programme.Currency
		page.Total = l.cur.Zero()
		ids, ok := c.filter(q.Filter)
		if !ok {
			return nil
		}
		f := &journalFilter{}
		from := f.effects(q.Figure, ids)
		if q.Figure == "" {
			f.dimensions(ids)
		}
		f.conditions(q)
		if err := l.journalTotal(f, from, &page); err != nil || page.Count == 0 {
			return err
		}
		return l.journalRows(f, from, &c, q, &page)
	})
	return page, err
}

func (f *journalFilter) from(effects string) string {
	conditions := ""
	for _, c := range f.where {
		conditions += "\n\t\tAND " + c
	}
	return fmt.Sprintf(journalFrom, effects, conditions)
}

func (l *load) journalTotal(f *journalFilter, effects string, page *ledger.JournalPage) error {
	var total string
	row := l.tx.QueryRowxContext(l.ctx, "SELECT count(*), coalesce(sum(x.effect), 0)"+f.from(effects), append([]any{l.book}, f.args...)...)
	if err := row.Scan(&page.Count, &total); err != nil {
		return fmt.Errorf("journal total: %w", err)
	}
	var err error
	page.Total, err = ledger.MoneyFromStore(total, l.cur)
	return err
}

func (l *load) journalRows(f *journalFilter, effects string, c *chart, q ledger.JournalQuery, page *ledger.JournalPage) error {
	if q.After != "" {
		var day string
		var seq, n int64
		if _, err := fmt.Sscanf(q.After, "%10s.%d.%d", &day, &seq, &n); err != nil {
			return ledger.Refuse(ledger.InvalidCode, "after", "value", q.After)
		}
		if _, err := ledger.ParseDate(day); err != nil {
			return ledger.Refuse(ledger.InvalidCode, "after", "value", q.After)
		}
		f.and("(en.posting_date, e.seq, e.n) < ($%d::date, $%d::bigint, $%d::int)", day, seq, n)
	}
	columns := strings.TrimSuffix(eventColumns[:strings.Index(eventColumns, "FROM event e")], "\n\t")
	query := columns + journalColumns + strings.Replace(f.from(effects), "WHERE true",
		"JOIN record rec ON rec.programme = $1 AND rec.seq = e.seq\n\tWHERE true", 1) +
		fmt.Sprintf("\n\tORDER BY en.posting_date DESC, e.seq DESC, e.n DESC\n\tLIMIT %d", q.Limit+1)
	err := l.each(query, func(r *sqlx.Rows) error {
		row, err := c.scanJournal(r)
		page.Rows = append(page.Rows, row)
		return err
	}, f.args...)
	if err != nil {
		return fmt.Errorf("journal rows: %w", err)
	}
	if len(page.Rows) > q.Limit {
		page.Rows = page.Rows[:q.Limit]
		last := page.Rows[q.Limit-1]
		page.Next = fmt.Sprintf("%s.%d.%d", last.Date, last.Ref.Seq, last.Ref.N)
	}
	return nil
}

func (c *chart) scanJournal(r *sqlx.Rows) (row ledger.JournalRow, err error) {
	var payee, words, effect string
	var unit int
	var posting, document sql.NullTime
	var at time.Time
	row.Ref, row.Event, err = c.scanEvent(r, &payee, &words, &unit, &posting, &document, &row.Document.Type,
		&row.Number.Year, &row.Number.Number, &row.Document.Number, &row.Reverses, &row.Reversed, &row.By, &at, &effect)
	if err != nil {
		return row, err
	}
	row.Event.Payee, row.Event.Text = payee, words
	row.Date, row.Document.Date = date(posting), date(document)
	row.Number.Unit, row.Number.Type = c.units[unit].Code, row.Document.Type
	row.At = at.UTC().Format(time.RFC3339Nano)
	row.Effect, err = ledger.MoneyFromStore(effect, c.programme.Currency)
	return row, err
}
