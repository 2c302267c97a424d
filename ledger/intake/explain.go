package intake

import (
	"strconv"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

// Explain leads refusals of the ledger back to the file: it returns *Problems
// with the rows whose events were refused, or nil when no result is a refusal.
// rs and results are those of one post; requests that were only refused because
// of another one are left out.
func (x *Execution) Explain(rs []ledger.Request, results []ledger.Result) error {
	var p Problems
	for i, result := range results {
		if result.Outcome != ledger.Refused || i >= len(rs) {
			continue
		}
		for _, f := range ledger.Faults(result.Err) {
			if f.Rule != ledger.TogetherRefused {
				p.add(x.locate(rs[i], f))
			}
		}
	}
	return p.orNil()
}

// locate finds the row and the column of a fault in a voucher.
func (x *Execution) locate(r ledger.Request, f *ledger.Fault) *RowError {
	e := &RowError{Sheet: x.sheet, Rule: f.Rule, Operands: f.Operands}
	t, known := x.traces[r.Key]
	posting, ok := r.Action.(ledger.Posting)
	if !known || !ok {
		return e
	}
	e.Column = letterOf(x.columns[t.stage])
	n := eventNumber(f.Field)
	if n < 0 || n >= len(t.rows) {
		return e
	}
	e.Row, e.Value = t.rows[n], posting.Events[n].Amount.String()
	return e
}

// eventNumber reads n of "events[n].amount", -1 when there is none.
func eventNumber(field string) int {
	rest, ok := strings.CutPrefix(field, "events[")
	if !ok {
		return -1
	}
	number, _, _ := strings.Cut(rest, "]")
	n, err := strconv.Atoi(number)
	if err != nil {
		return -1
	}
	return n
}
