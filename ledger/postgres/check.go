package postgres

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/seal"
)

// A Finding is one thing that a check found wrong.
type Finding struct {
	Check string     // which proof failed
	Seq   ledger.Seq // the record, 0 if it is about something else
	Text  string     // what was found, for people
}

// String returns the finding on one line.
func (f Finding) String() string {
	if f.Seq == 0 {
		return f.Check + ": " + f.Text
	}
	return fmt.Sprintf("%s: record %d: %s", f.Check, f.Seq, f.Text)
}

// A CheckReport says what was checked and what was found. Findings are at most
// maxFindings.
type CheckReport struct {
	Records, Legs, Accounts int64
	Root                    [32]byte // of the tree over the records as they are
	Findings                []Finding
}

// maxFindings bounds a report: more say nothing new.
const maxFindings = 1000

// Check proves a book from its rows alone: every record says what was sealed,
// the records are gapless and their tree is the head's, and everything derived
// (balances, months, obligations, numbers) follows from the legs. It reads one
// snapshot; memory does not grow with the number of records.
// Errors: not_found for the programme, and failures to read.
func (s *Store) Check(ctx context.Context, programme ledger.Code) (report CheckReport, err error) {
	tx, err := s.owner.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return report, translate(ctx, err)
	}
	defer tx.Rollback()
	l := &load{ctx: ctx, tx: tx, code: programme}
	err = tx.GetContext(ctx, &l.book, "SELECT id FROM programme WHERE code = $1", programme)
	if errors.Is(err, sql.ErrNoRows) {
		return report, ledger.Refuse(ledger.NotFound, "programme", "what", "programme", "value", string(programme))
	}
	if err != nil {
		return report, translate(ctx, err)
	}
	c := &checker{load: l, report: &report, next: 1}
	if err := c.log(); err != nil {
		return report, translate(ctx, err)
	}
	for _, q := range checks {
		if err := c.query(q); err != nil {
			return report, translate(ctx, fmt.Errorf("check %s: %w", q.name, err))
		}
	}
	err = tx.QueryRowxContext(ctx, `
		SELECT (SELECT count(*) FROM leg WHERE programme = $1), (SELECT count(*) FROM account WHERE programme = $1)`, l.book).
		Scan(&report.Legs, &report.Accounts)
	return report, translate(ctx, err)
}

type checker struct {
	*load
	report *CheckReport
	next   ledger.Seq // that the log should go on with
}

func (c *checker) found(check string, seq ledger.Seq, format string, args ...any) {
	if len(c.report.Findings) < maxFindings {
		c.report.Findings = append(c.report.Findings, Finding{check, seq, fmt.Sprintf(format, args...)})
	}
}

// log reads every record, compares it with what was sealed and grows the tree.
func (c *checker) log() error {
	var head ledger.Seq
	var root []byte
	if err := c.tx.QueryRowxContext(c.ctx, "SELECT seq, root FROM head WHERE programme = $1", c.book).Scan(&head, &root); err != nil {
		return err
	}
	rr, err := newRecordReader(c.load)
	if err != nil {
		return err
	}
	tree, err := seal.NewTree(0, nil)
	if err != nil {
		return err
	}
	for after := ledger.Seq(0); ; {
		to, err := rr.end(after)
		if err != nil {
			return err
		}
		if to == 0 {
			break
		}
		if err := c.chunk(rr, after+1, to, tree); err != nil {
			return err
		}
		after = to
	}
	c.report.Root = tree.Root()
	if ledger.Seq(tree.Size()) != head {
		c.found("gap", 0, "the head counts %d records, there are %d", head, tree.Size())
	}
	if !bytes.Equal(c.report.Root[:], root) {
		c.found("tree", 0, "the head's root %x is not the root %x of the records", root, c.report.Root)
	}
	return nil
}

// chunk checks the records of one stretch. Rows that contradict each other
// cannot be put together; then each record is tried alone, to name those.
func (c *checker) chunk(rr *recordReader, from, to ledger.Seq, tree *seal.Tree) error {
	recs, err := rr.between(from, to)
	if err != nil && from < to && c.ctx.Err() == nil {
		for seq := from; seq <= to; seq++ {
			if err := c.chunk(rr, seq, seq, tree); err != nil {
				return err
			}
		}
		return nil
	}
	if err != nil {
		if c.ctx.Err() != nil {
			return err
		}
		c.found("record", from, "its rows contradict each other: %v", err)
		if recs, err = rr.records(); err != nil {
			return err
		}
	}
	for _, r := range recs {
		if r.Seq > c.next {
			c.found("gap", c.next, "is missing, and all before %d", r.Seq)
		}
		c.record(r, tree)
		c.next = r.Seq + 1
	}
	return nil
}

func (c *checker) record(r *storedRecord, tree *seal.Tree) {
	c.report.Records++
	changed, err := seal.Compare(r.canon, r.Salt, sealFields(&r.Record))
	if err != nil {
		c.found("seal", r.Seq, "%v", err)
	}
	if len(changed) > 0 {
		c.found("seal", r.Seq, "differs from what was sealed: %s", strings.Join(changed, ", "))
	}
	if r.Entry != nil && r.legCount != len(r.Entry.Legs) {
		c.found("legs", r.Seq, "has %d legs, was recorded with %d", len(r.Entry.Legs), r.legCount)
	}
	if !bytes.Equal(seal.PackHashes(tree.Append(r.canon)), r.hashes) {
		c.found("tree", r.Seq, "its tree hashes do not follow from the records up to it")
	}
}

// A checkQuery finds rows that should not be: each is (record or 0, text).
type checkQuery struct{ name, sql string }

func (c *checker) query(q checkQuery) error {
	return c.each(withStates.Replace(q.sql)+fmt.Sprintf(" LIMIT %d", maxFindings), func(r *sqlx.Rows) error {
		var seq ledger.Seq
		var text string
		err := r.Scan(&seq, &text)
		c.found(q.name, seq, "%s", text)
		return err
	})
}

// stateSums adds up the states of every line.
const stateSums = `
	WITH s AS (
		SELECT line, source, budget_year, project,
			coalesce(sum(debit - credit) FILTER (WHERE state = {line.Committed}), 0) AS committed,
			coalesce(sum(debit - credit) FILTER (WHERE state = {line.Advanced}), 0) AS advanced,
			coalesce(sum(debit - credit) FILTER (WHERE state IN ({line.Actual}, {line.Claimed}, {line.Settled}, {line.Disallowed})), 0) AS actual,
			coalesce(sum(debit - credit) FILTER (WHERE state = {fund.Advances}), 0) AS fund_advances,
			coalesce(sum(debit - credit) FILTER (WHERE state IN ({fund.Spent}, {fund.Recoverable})), 0) AS fund_spent
		FROM account WHERE programme = $1 AND line IS NOT NULL
		GROUP BY line, source, budget_year, project)`

// withStates puts the numbers of account states where {book.State} stands.
var withStates = func() *strings.Replacer {
	books := map[ledger.Book]string{ledger.PlanBook: "plan", ledger.PoolBook: "pool", ledger.LineBook: "line", ledger.FundBook: "fund"}
	var pairs []string
	for _, s := range ledger.States {
		pairs = append(pairs, fmt.Sprintf("{%s.%s}", books[s.Book], s.Name), fmt.Sprintf("%d", uint8(s.State)))
	}
	return strings.NewReplacer(pairs...)
}()

// checks are the proofs that SQL does on the whole book.
var checks = []checkQuery{
	{"balance", `
		SELECT 0, format('account %s %s has debit %s credit %s, its legs have %s and %s', a.id, r.path, a.debit, a.credit, g.debit, g.credit)
		FROM account a
		JOIN ring r ON r.programme = a.programme AND r.id = a.ring
		LEFT JOIN LATERAL (
			SELECT coalesce(sum(amount) FILTER (WHERE side = 'D'), 0) AS debit, coalesce(sum(amount) FILTER (WHERE side = 'C'), 0) AS credit
			FROM leg WHERE programme = a.programme AND account = a.id) g ON true
		WHERE a.programme = $1 AND (a.debit <> g.debit OR a.credit <> g.credit)`},
	{"month total", `
		SELECT 0, format('account %s month %s has debit %s credit %s, its legs have %s and %s',
			coalesce(m.account, g.account), coalesce(m.month, g.month), m.debit, m.credit, g.debit, g.credit)
		FROM (SELECT * FROM month_total WHERE programme = $1) m
		FULL JOIN (
			SELECT account, date_trunc('month', posting_date)::date AS month,
				coalesce(sum(amount) FILTER (WHERE side = 'D'), 0) AS debit, coalesce(sum(amount) FILTER (WHERE side = 'C'), 0) AS credit
			FROM leg WHERE programme = $1 GROUP BY 1, 2) g ON g.account = m.account AND g.month = m.month
		WHERE (m.debit, m.credit) IS DISTINCT FROM (g.debit, g.credit)`},
	{"ring", `
		SELECT g.seq, format('the legs in ring %s add up to %s', r.path, sum(CASE WHEN g.side = 'D' THEN g.amount ELSE -g.amount END))
		FROM leg g
		JOIN account a ON a.programme = g.programme AND a.id = g.account
		JOIN ring r ON r.programme = a.programme AND r.id = a.ring
		WHERE g.programme = $1
		GROUP BY g.seq, r.path
		HAVING sum(CASE WHEN g.side = 'D' THEN g.amount ELSE -g.amount END) <> 0`},
	{"posting date", `
		SELECT g.seq, format('leg %s has date %s, its entry %s', g.n, g.posting_date, e.posting_date)
		FROM leg g JOIN entry e ON e.programme = g.programme AND e.seq = g.seq
		WHERE g.programme = $1 AND g.posting_date <> e.posting_date`},
	{"guard", `
		SELECT 0, format('account %s %s is guarded and stands at %s', a.id, r.path, a.debit - a.credit)
		FROM account a JOIN ring r ON r.programme = a.programme AND r.id = a.ring
		WHERE a.programme = $1 AND a.guarded AND a.debit < a.credit`},
	{"obligation", `
		SELECT 0, format('obligations on account %s have %s open, the account %s', a.id, coalesce(sum(o.opened - o.used), 0), a.debit - a.credit)
		FROM account a
		LEFT JOIN obligation o ON o.programme = a.programme AND o.account = a.id
		WHERE a.programme = $1 AND a.state IN ({line.Committed}, {line.Accrued}, {line.Advanced}, {fund.PledgeDue})
		GROUP BY a.id, a.debit, a.credit
		HAVING coalesce(sum(o.opened - o.used), 0) <> a.debit - a.credit`},
	{"number", `
		SELECT 0, format('vouchers %s of unit %s, year %s: %s numbers up to %s, counter at %s', e.type, e.unit, e.year, count(*), max(e.number), c.last)
		FROM entry e
		LEFT JOIN voucher_counter c ON c.programme = e.programme AND c.unit = e.unit AND c.type = e.type AND c.year = e.year
		WHERE e.programme = $1
		GROUP BY e.unit, e.type, e.year, c.last
		HAVING count(*) <> max(e.number) OR max(e.number) IS DISTINCT FROM c.last`},
	{"advances", stateSums + `
		SELECT 0, format('line %s: advances are %s in the budget and %s in the fund', line, advanced, fund_advances)
		FROM s WHERE advanced <> fund_advances`},
	{"spending", stateSums + `
		SELECT 0, format('line %s: actual spending is %s in the budget and %s in the fund', line, actual, fund_spent)
		FROM s WHERE actual <> fund_spent`},
	{"treasury", `
		SELECT 0, format('source %s is drawn by appropriation but has %s in the Treasury', a.source, sum(a.debit - a.credit))
		FROM account a
		WHERE a.programme = $1 AND a.state = {fund.Treasury}
			AND (SELECT backing FROM source WHERE programme = $1 AND id = a.source ORDER BY since DESC LIMIT 1) = 1
		GROUP BY a.source
		HAVING sum(a.debit - a.credit) <> 0`},
	{"plan", `
		SELECT 0, format('plan of project %s, source %s, year %s: funded %s, assigned to lines %s', project, source, budget_year, funded, assigned)
		FROM (
			SELECT project, source, budget_year,
				coalesce(sum(debit - credit) FILTER (WHERE state = {plan.Funded}), 0) AS funded,
				coalesce(sum(credit - debit) FILTER (WHERE state IN ({line.Original}, {line.Supplement}, {line.LateSupplement}, {line.Provisional}, {line.TransferIn}, {line.TransferOut}, {line.Withdrawn})), 0) AS assigned
			FROM account WHERE programme = $1 AND project IS NOT NULL
			GROUP BY project, source, budget_year) x
		WHERE funded <> assigned`},
	{"allotment", `
		SELECT 0, format('pool of source %s, year %s: allotted %s, held by lines %s', source, budget_year, allotted, held)
		FROM (
			SELECT source, budget_year,
				coalesce(sum(debit - credit) FILTER (WHERE state = {pool.Allotted}), 0) AS allotted,
				coalesce(sum(credit - debit) FILTER (WHERE state IN ({line.Original}, {line.Supplement}, {line.LateSupplement}, {line.Provisional}, {line.TransferIn}, {line.CarryInUndrawn}, {line.CarryInAdvance}, {line.TransferOut}, {line.Withdrawn})), 0) AS held
			FROM account WHERE programme = $1 AND budget_year IS NOT NULL
			GROUP BY source, budget_year) x
		WHERE allotted <> held`},
}
