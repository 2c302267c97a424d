package web

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

// remembered is how many events a form looks back on for payees to offer.
const remembered = 200

// lately is what the journal tells somebody who enters vouchers.
type lately struct {
	mine ledger.JournalPage  // what the person recorded today of the form's kind, the newest first
	last []ledger.JournalRow // of anybody and any kind, the newest first
}

// A todayView lists what the person recorded today of one kind, the newest first.
type todayView struct {
	Rows   []todayRow
	Count  int // of all, also of those that are not listed
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

// lately asks the journal.
func (r *request) lately(k ledger.EventKind) (l lately, err error) {
	mine := ledger.JournalQuery{Kinds: []ledger.EventKind{k}, By: r.actor.User, Since: midnight(r.today())}
	if l.mine, err = r.books.Journal(r.ctx, r.actor, r.programme(), mine); err != nil {
		return l, fmt.Errorf("read what was recorded today: %w", err)
	}
	page, err := r.books.Journal(r.ctx, r.actor, r.programme(), ledger.JournalQuery{Limit: remembered})
	if err != nil {
		return l, fmt.Errorf("read the last events: %w", err)
	}
	l.last = page.Rows
	slices.SortStableFunc(l.mine.Rows, func(a, b ledger.JournalRow) int { return cmp.Compare(b.Ref.Seq, a.Ref.Seq) })
	return l, nil
}

// midnight is the instant at which the day begins in Vietnam.
func midnight(d ledger.Date) time.Time {
	return time.Date(d.Year(), time.Month(d.Month()), d.Day(), 0, 0, 0, 0, zone)
}

// payees are those of the last events, each once, in the reader's order.
func (l lately) payees(compare func(a, b string) int) (all []string) {
	seen := map[string]bool{}
	for _, row := range l.last {
		if p := row.Event.Payee; p != "" && !seen[p] {
			seen[p] = true
			all = append(all, p)
		}
	}
	slices.SortFunc(all, compare)
	return all
}

// todays lists what the person recorded today. fresh is the entry that was
// recorded just now.
func (r *request) todays(l lately, k ledger.EventKind, fresh ledger.Seq) todayView {
	v := todayView{Count: l.mine.Count, Total: l.mine.Total, Cut: l.mine.Next != ""}
	for _, row := range l.mine.Rows {
		v.Rows = append(v.Rows, todayRow{JournalRow: row, Fresh: row.Ref.Seq == fresh,
			Name: cmp.Or(row.Document.Number, numberText(row.Number)), LineRef: row.Event.Line.Short().String()})
	}
	v.Export = r.path("journal.xlsx") + values{"kind": k.String(), "by": string(r.actor.User), "recorded": r.today().String()}.query()
	return v
}
