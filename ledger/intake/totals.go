package intake

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

// totals adds the detail rows and the total rows of each key up, to compare
// them. Total rows need not stand next to their details, and a key may have
// several: they are parts of one total.
type totals struct {
	r    *reader
	keys map[string]*comparison
	rows int // total rows, those without figures included
}

type comparison struct {
	key             string // as a person reads it
	details, totals amounts
	detailRow       int // the first; 0 = none
	totalRow        int
	unreported      bool // a total row had no figures
	incomplete      bool // a detail or total row was refused: no use in comparing
}

func newTotals(r *reader) *totals { return &totals{r: r, keys: map[string]*comparison{}} }

// of returns the comparison that a row belongs to.
func (t *totals) of(cells []string) *comparison {
	var values []string
	for _, column := range t.r.columns.totalKey {
		values = append(values, fold(at(cells, column)))
	}
	id := strings.Join(values, "\x1f")
	c := t.keys[id]
	if c == nil {
		c = &comparison{key: strings.Join(values, " / ")}
		for i := range c.details {
			c.details[i], c.totals[i] = t.r.currency.Zero(), t.r.currency.Zero()
		}
		t.keys[id] = c
	}
	return c
}

func (t *totals) detail(n int, cells []string, x amounts) {
	if len(t.r.m.Rows.Total) == 0 {
		return
	}
	c := t.of(cells)
	if c.detailRow == 0 {
		c.detailRow = n
	}
	for i := range x {
		c.details[i] = c.details[i].Add(x[i])
	}
}

// incomplete says that a detail row of the key could not be read.
func (t *totals) incomplete(cells []string) { t.of(cells).incomplete = true }

// total takes a total row. One without figures is only counted.
func (t *totals) total(n int, cells []string) {
	t.rows++
	c := t.of(cells)
	if t.unreported(n, cells) {
		c.unreported = true
		t.r.warnAt(n, t.r.columns.stages[approved], at(cells, t.r.columns.stages[approved]), TotalUnreported, operands("key", c.key))
		return
	}
	if c.totalRow == 0 {
		c.totalRow = n
	}
	for i, column := range t.r.columns.stages {
		x, ok := t.r.amount(n, column, cells)
		if !ok {
			c.incomplete = true
			continue
		}
		c.totals[i] = c.totals[i].Add(x)
	}
}

// unreported reports whether a total row says "not reported" in every column.
func (t *totals) unreported(n int, cells []string) bool {
	return !slices.ContainsFunc(t.r.columns.stages[:], func(column int) bool {
		return column >= 0 && !slices.Contains(t.r.m.Amounts.NotReported, at(cells, column))
	})
}

// compare reports every key on which details and totals differ.
func (t *totals) compare() {
	inOrder := slices.SortedFunc(maps.Values(t.keys), func(a, b *comparison) int {
		return cmp.Or(a.totalRow-b.totalRow, a.detailRow-b.detailRow)
	})
	for _, c := range inOrder {
		switch {
		case c.incomplete:
		case c.detailRow > 0 && c.totalRow == 0 && !c.unreported:
			t.r.failAt(c.detailRow, -1, "", TotalMissing, operands("key", c.key))
		case c.totalRow > 0:
			t.differences(c)
		}
	}
}

func (t *totals) differences(c *comparison) {
	for i, column := range t.r.columns.stages {
		if column < 0 || c.details[i].Equal(c.totals[i]) {
			continue
		}
		t.r.failAt(c.totalRow, column, c.totals[i].String(), TotalMismatch,
			operands("key", c.key, "details", c.details[i].String(), "totals", c.totals[i].String()))
	}
}

// sum adds one stage of all detail rows up.
func sum(details []detail, stage int, currency ledger.Currency) ledger.Money {
	total := currency.Zero()
	for i := range details {
		total = total.Add(details[i].amounts[stage])
	}
	return total
}
