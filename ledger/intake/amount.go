package intake

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

// amount reads the amount in a column of a row. Every spelling that is not the
// canonical one is refused unless the map allows it; nothing is rounded. A
// column below 0 is nothing.
func (r *reader) amount(n, column int, cells []string) (ledger.Money, bool) {
	if column < 0 {
		return r.currency.Zero(), true
	}
	s := at(cells, column)
	if slices.Contains(r.m.Amounts.NotReported, s) {
		r.failAt(n, column, s, NotReported, nil)
		return ledger.Money{}, false
	}
	x, err := r.parse(s)
	if err != nil {
		rule, ops := rule(err)
		r.failAt(n, column, s, rule, ops)
	}
	return x, err == nil
}

func (r *reader) parse(s string) (ledger.Money, error) {
	if s == "" {
		return ledger.Money{}, ledger.Refuse(ledger.Required, "")
	}
	if r.m.Amounts.BareFraction && strings.HasPrefix(s, ".") {
		s = "0" + s
	}
	x, err := ledger.ParseMoney(s, r.currency)
	if err == nil && (x.Sign() < 0 || strings.HasPrefix(s, "-")) {
		err = ledger.Refuse(ledger.Negative, "", "value", s)
	}
	return x, err
}

// bounds are the pairs of stages of which the first may not exceed the second:
// nothing is committed beyond the budget, and each later stage is part of the
// one before.
var bounds = [...][2]int{{committed, modified}, {accrued, committed}, {exercised, accrued}, {paid, exercised}}

// bounds checks a row's amounts against each other. Paid above received is only
// worth a warning: what counts is the cash of the whole source.
func (r *reader) bounds(d detail) {
	for _, pair := range bounds {
		x, limit := d.amounts[pair[0]], d.amounts[pair[1]]
		if x.Cmp(limit) <= 0 {
			continue
		}
		column := r.columns.stages[pair[0]]
		if column < 0 { // exercised stands for paid
			column = r.columns.stages[paid]
		}
		r.failAt(d.row, column, x.String(), AboveColumn,
			operands("bound", r.header(pair[1]), "limit", limit.String()))
	}
	if x, limit := d.amounts[paid], d.amounts[received]; x.Cmp(limit) > 0 {
		r.warnAt(d.row, r.columns.stages[paid], x.String(), PaidOverReceipt, operands("received", limit.String()))
	}
}

// header returns the header of a stage's column.
func (r *reader) header(stage int) string { return at(r.columns.headers, r.columns.stages[stage]) }

func itoa(n int) string { return strconv.Itoa(n) }

// rule returns the first rule of an error that the ledger made.
func rule(err error) (ledger.Rule, map[string]string) {
	for _, f := range ledger.Faults(err) {
		return f.Rule, f.Operands
	}
	return NotWorkbook, operands("reason", err.Error())
}
