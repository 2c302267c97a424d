package postgres_test

import (
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/ledgertest"
	"github.com/sokinhphi/kinhphi/ledger/postgres"
)

// A yearStep is one line of the worked year, in millions: what is posted, and
// the figures after it, as the settlement forms count them: E usable,
// H withheld, C committed, T advances, X actual, R drawn, A available.
type yearStep struct {
	name                string
	month, day          int
	events              []ledger.Event
	E, H, C, T, X, R, A int64
}

func (s yearStep) figures() map[ledger.Figure]int64 {
	const m = 1_000_000
	return map[ledger.Figure]int64{
		ledger.Usable: s.E * m, ledger.Withheld: s.H * m, ledger.CommittedOpen: s.C * m, ledger.AdvancesOpen: s.T * m,
		ledger.Actual: s.X * m, ledger.Drawn: s.R * m, ledger.Available: s.A * m,
	}
}

// workedYear is a year of one line with every kind of thing that happens to it.
// A refund of the direct payment gets the payment's sequence when it is known.
func workedYear(l ledger.Line) []yearStep {
	on := func(kind ledger.EventKind, amount int64) ledger.Event {
		return ledger.Event{Kind: kind, Line: l, Amount: ledgertest.Dong(amount * 1_000_000)}
	}
	pool := func(kind ledger.EventKind, amount int64) ledger.Event {
		return ledger.Event{Kind: kind, Line: ledger.Line{Year: l.Year, Source: l.Source}, Amount: ledgertest.Dong(amount * 1_000_000)}
	}
	upon := func(kind ledger.EventKind, obligation ledger.Code, amount int64) ledger.Event {
		return ledger.Event{Kind: kind, Obligation: obligation, Amount: ledgertest.Dong(amount * 1_000_000)}
	}
	opens := func(e ledger.Event, code ledger.Code) ledger.Event { e.Opens = code; return e }
	refund := ledger.Event{Kind: ledger.Refund, Amount: ledgertest.Dong(15_000_000)}
	return []yearStep{
		{"opening", 1, 1, []ledger.Event{on(ledger.OpenUndrawn, 150), opens(on(ledger.OpenAdvance, 50), "TU-2018")}, 200, 0, 0, 50, 0, 0, 150},
		{"original", 1, 2, []ledger.Event{pool(ledger.Appropriate, 5000), on(ledger.Allocate, 5000)}, 5200, 0, 0, 50, 0, 0, 5150},
		{"withhold", 2, 20, []ledger.Event{on(ledger.Withhold, 200)}, 5200, 200, 0, 50, 0, 0, 4950},
		{"advance", 3, 15, []ledger.Event{opens(on(ledger.Advance, 300), "TU-3")}, 5200, 200, 0, 350, 0, 300, 4650},
		{"clear", 4, 10, []ledger.Event{upon(ledger.Clear, "TU-3", 280)}, 5200, 200, 0, 70, 280, 300, 4650},
		{"return", 4, 15, []ledger.Event{upon(ledger.ReturnAdvance, "TU-3", 20)}, 5200, 200, 0, 50, 280, 280, 4670},
		{"commit", 5, 5, []ledger.Event{opens(on(ledger.Commit, 2400), "HD-5")}, 5200, 200, 2400, 50, 280, 280, 2270},
		{"contract advance", 5, 20, []ledger.Event{opens(upon(ledger.Advance, "HD-5", 720), "TU-HD-5")}, 5200, 200, 1680, 770, 280, 1000, 2270},
		{"acceptance", 8, 30, []ledger.Event{upon(ledger.Clear, "TU-HD-5", 720), upon(ledger.Pay, "HD-5", 1280)}, 5200, 200, 400, 50, 2280, 2280, 2270},
		{"supplement", 9, 10, []ledger.Event{pool(ledger.Supplement, 600), on(ledger.AllocateSupplement, 600)}, 5800, 200, 400, 50, 2280, 2280, 2870},
		{"reduce", 10, 10, []ledger.Event{on(ledger.Reduce, 400)}, 5400, 200, 400, 50, 2280, 2280, 2470},
		{"pay", 11, 5, []ledger.Event{on(ledger.Pay, 900)}, 5400, 200, 400, 50, 3180, 3180, 1570},
		{"refund", 11, 20, []ledger.Event{refund}, 5400, 200, 400, 50, 3165, 3165, 1585},
		{"late supplement", 12, 15, []ledger.Event{pool(ledger.LateSupplement, 250), on(ledger.AllocateLateSupplement, 250)}, 5650, 200, 400, 50, 3165, 3165, 1835},
		{"december advance", 12, 25, []ledger.Event{opens(on(ledger.Advance, 120), "TU-12")}, 5650, 200, 400, 170, 3165, 3285, 1715},
		{"january, year N", 13, 15, []ledger.Event{upon(ledger.Clear, "TU-2018", 50)}, 5650, 200, 400, 120, 3215, 3285, 1715},
	}
}

// civil reads month 13 as January of the next year.
func civil(t *testing.T, month, day int) ledger.Date {
	t.Helper()
	d, err := ledger.NewDate(2019+(month-1)/12, (month-1)%12+1, day)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// postYear posts every step and checks the figures of the line after each. The
// source has no money before, so the year starts from nothing.
func postYear(t *testing.T, s *postgres.Store, l ledger.Line) {
	t.Helper()
	f := ledger.Filter{Years: []int{l.Year}, Line: l}
	var paid ledger.Seq
	for _, step := range workedYear(l) {
		if step.name == "refund" {
			step.events[0].Of = ledger.EventRef{Seq: paid, N: 1}
		}
		res := ledgertest.Post(t, s, step.name, civil(t, step.month, step.day), step.events...)
		if step.name == "pay" {
			paid = res.Seq
		}
		t.Run(step.name, func(t *testing.T) { want(t, summary(t, s, f).Total, step.figures()) })
	}
}

func TestWorkedYear(t *testing.T) {
	url := ledgertest.URL(t)
	s := ledgertest.Open(t, url)
	ledgertest.Define(t, s)
	l := ledgertest.Line("NST", "DA1", "CAT")
	postYear(t, s, l)

	report, err := s.Check(t.Context(), ledgertest.Code)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) > 0 {
		t.Errorf("check found %v", report.Findings)
	}

	// Points of view: the end of December does not know what January did, and
	// another service reads the same figures from the same rows.
	steps := workedYear(l)
	december := steps[len(steps)-2]
	at := ledger.Filter{Years: []int{l.Year}, Line: l, At: ledger.AsOf{Date: civil(t, 12, 31)}}
	want(t, summary(t, s, at).Total, december.figures())
	other := ledgertest.Open(t, url)
	want(t, summary(t, other, ledger.Filter{Line: l}).Total, steps[len(steps)-1].figures())
}

// TestWorkedYearByMonths: the months of the cells add up to the same figures,
// and each end of month to those of the last step in it.
func TestWorkedYearByMonths(t *testing.T) {
	s := ledgertest.New(t)
	ledgertest.Define(t, s)
	l := ledgertest.Line("NST", "DA1", "CAT")
	for _, step := range workedYear(l)[:12] {
		ledgertest.Post(t, s, step.name, civil(t, step.month, step.day), step.events...)
	}
	st, err := s.Structure(t.Context(), ledger.LocalActor(), ledgertest.Code)
	if err != nil {
		t.Fatal(err)
	}
	for month, last := range map[int]int{1: 1, 2: 2, 3: 3, 4: 5, 5: 7, 6: 7, 8: 8, 10: 10, 11: 11} {
		f := ledger.Filter{Years: []int{l.Year}, Line: l, At: ledger.AsOf{Date: civil(t, month+1, 1).AddDays(-1)}}
		sum, err := ledger.Summarize(s.Cells(t.Context(), ledger.LocalActor(), ledgertest.Code, f, ledger.Detail{ByLine: true, ByMonth: true}), st, f)
		if err != nil {
			t.Fatal(err)
		}
		want(t, sum.Total, workedYear(l)[last].figures())
	}
}
