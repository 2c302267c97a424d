package web

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sokinhphi/kinhphi/ledger"
)

// window is how many of the last records a form looks back on.
const window = 200

// lately is what the last records of the book tell somebody who enters vouchers.
type lately struct {
	records  []ledger.Record           // entries only, the oldest first
	reversed map[ledger.Seq]ledger.Seq // which entry took which one back
	cut      bool                      // there are more today than were looked at
}

// A todayView lists what the person recorded today of one kind, the newest first.
type todayView struct {
	Rows   []todayRow
	Total  ledger.Money
	Export string
	Cut    bool // only the newest are listed
}

type todayRow struct {
	ledger.JournalRow
	Name    string // the paper's number, or ours where it has none
	LineRef string
	Fresh   bool // recorded just now
}

// lately reads the last records of the book.
func (r *request) lately() (l lately, err error) {
	l.reversed = map[ledger.Seq]ledger.Seq{}
	after := max(0, r.book.Seq-window)
	for rec, err := range r.books.Records(r.ctx, r.actor, r.programme(), after) {
		if err != nil {
			return l, fmt.Errorf("read the last records: %w", err)
		}
		if rec.Seq == after+1 {
			l.cut = after > 0 && r.isToday(rec) && rec.By != ledger.LocalUser // whose imports are nobody's day
		}
		if rec.Entry != nil {
			l.records = append(l.records, rec)
			l.reversed[rec.Entry.Reverses] = rec.Seq
		}
	}
	return l, nil
}

func (r *request) isToday(rec ledger.Record) bool {
	return ledger.DateOf(rec.At.In(zone)) == r.today()
}

// day is the posting date of the last entry.
func (l lately) day() ledger.Date {
	if len(l.records) == 0 {
		return ledger.Date{}
	}
	return l.records[len(l.records)-1].Entry.Date
}

// payees are those of the last records, each once, in the reader's order.
func (l lately) payees(compare func(a, b string) int) (all []string) {
	seen := map[string]bool{}
	for _, rec := range l.records {
		for _, e := range rec.Entry.Events {
			if e.Payee != "" && !seen[e.Payee] {
				seen[e.Payee] = true
				all = append(all, e.Payee)
			}
		}
	}
	slices.SortFunc(all, compare)
	return all
}

// today lists what the person recorded today of a kind. fresh is the entry that
// was recorded just now.
func (r *request) todays(l lately, k ledger.EventKind, fresh ledger.Seq) todayView {
	v := todayView{Total: r.book.Programme.Currency.Zero(), Cut: l.cut}
	span := values{"kind": k.String()}
	for _, rec := range slices.Backward(l.records) {
		if rec.By != r.actor.User || !r.isToday(rec) {
			continue
		}
		for i, e := range rec.Entry.Events {
			if e.Kind != k {
				continue
			}
			row := todayRow{JournalRow: ledger.JournalRow{Ref: ledger.EventRef{Seq: rec.Seq, N: i + 1}, Date: rec.Entry.Date, Document: rec.Entry.Document,
				Event: e, Reverses: rec.Entry.Reverses, Reversed: l.reversed[rec.Seq], Effect: e.Amount},
				Name: cmp.Or(rec.Entry.Document.Number, numberText(rec.Entry.Number)), LineRef: e.Line.Short().String(), Fresh: rec.Seq == fresh}
			v.Rows = append(v.Rows, row)
			v.Total = v.Total.Add(e.Amount)
			span.widen(rec.Entry.Date)
		}
	}
	v.Export = r.path("journal.xlsx") + span.query()
	return v
}

// widen lets the dates from and to take in a further one.
func (v values) widen(d ledger.Date) {
	if day := d.String(); v["from"] == "" || day < v["from"] {
		v["from"] = day
	}
	if day := d.String(); day > v["to"] {
		v["to"] = day
	}
}
