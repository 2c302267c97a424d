package postgres_test

import (
	"errors"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/ledgertest"
	"github.com/sokinhphi/kinhphi/ledger/postgres"
)

// summary adds up the figures of a filter from the store's cells.
func summary(t *testing.T, s *postgres.Store, f ledger.Filter) ledger.Summary {
	t.Helper()
	ctx, by := t.Context(), ledger.LocalActor()
	st, err := s.Structure(ctx, by, ledgertest.Code)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := ledger.Summarize(s.Cells(ctx, by, ledgertest.Code, f, ledger.Detail{}), st, f)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func want(t *testing.T, v ledger.Values, figures map[ledger.Figure]int64) {
	t.Helper()
	for f, n := range figures {
		if m, ok := v.Get(f); !ok || !m.Equal(ledgertest.Dong(n)) {
			t.Errorf("%s = %v (present %v), want %d", f, m, ok, n)
		}
	}
}

func TestPostMovesBalances(t *testing.T) {
	s := ledgertest.New(t)
	ledgertest.Programme(t, s)
	line := ledgertest.Line("NSTW", "DA1", "CAT")
	res := ledgertest.Post(t, s, "pay", ledgertest.Day(3, 17), ledger.Event{Kind: ledger.Pay, Line: line.Short(),
		Amount: ledgertest.Dong(86_400_000), Payee: "Công ty Bình Minh", Item: "6503", Text: "Xăng dầu quý I"})
	if res.Number.Number != 1 || res.Number.Unit != "CAT" {
		t.Errorf("number %+v, want CAT 1", res.Number)
	}
	want(t, summary(t, s, ledger.Filter{Line: line}).Total, map[ledger.Figure]int64{
		ledger.Available: 913_600_000, ledger.Actual: 86_400_000, ledger.Drawn: 86_400_000, ledger.Usable: 1_000_000_000})
	rec, err := s.Record(t.Context(), ledger.LocalActor(), ledgertest.Code, res.Seq)
	if err != nil {
		t.Fatal(err)
	}
	if len(rec.Entry.Legs) != 6 || rec.Entry.Events[0].Line != line || rec.Entry.Events[0].Payee != "Công ty Bình Minh" {
		t.Errorf("record reads back as %+v", rec.Entry)
	}
}

func TestRefusalNamesOperandsAndChangesNothing(t *testing.T) {
	s := ledgertest.New(t)
	ledgertest.Programme(t, s)
	line := ledgertest.Line("VIENTRO", "DA3", "CAT")
	results, err := s.Post(t.Context(), ledger.LocalActor(), ledgertest.Code, ledger.Each, []ledger.Request{{
		Key: ledger.UserKey(ledger.LocalUser, "too much"), Action: ledger.Posting{Date: ledgertest.Day(5, 1),
			Document: ledger.Document{Type: "UNC"}, Events: []ledger.Event{
				{Kind: ledger.Pay, Line: line, Amount: ledgertest.Dong(1_000_000)},
				{Kind: ledger.Pay, Line: line, Amount: ledgertest.Dong(208_000_000)}}}}})
	if err != nil {
		t.Fatal(err)
	}
	faults := ledger.Faults(results[0].Err)
	if len(faults) != 2 { // the line and the Treasury account of the source
		t.Fatalf("faults %v, want two", results[0].Err)
	}
	for _, f := range faults {
		if f.Rule != ledger.OverLimit {
			t.Errorf("rule %s", f.Rule)
		}
	}
	if got := faults[0].Operands; got["available"] != "200000000" || got["needed"] != "209000000" || got["short"] != "9000000" {
		t.Errorf("operands %v", got)
	}
	want(t, summary(t, s, ledger.Filter{Line: line}).Total, map[ledger.Figure]int64{ledger.Available: 200_000_000, ledger.Actual: 0})
}

func TestSameKeyIsRecordedOnce(t *testing.T) {
	s := ledgertest.New(t)
	ledgertest.Programme(t, s)
	post := func(books *postgres.Store, amount int64) ledger.Result {
		res, err := books.Post(t.Context(), ledger.LocalActor(), ledgertest.Code, ledger.Each, []ledger.Request{{
			Key: ledger.UserKey(ledger.LocalUser, "k"), Action: ledger.Posting{Date: ledgertest.Day(5, 1),
				Document: ledger.Document{Type: "UNC"}, Events: []ledger.Event{
					{Kind: ledger.Pay, Line: ledgertest.Line("NSTW", "DA1", "CAT"), Amount: ledgertest.Dong(amount)}}}}})
		if err != nil {
			t.Fatal(err)
		}
		return res[0]
	}
	first := post(s, 5)
	if again := post(s, 5); again.Outcome != ledger.Replayed || again.Seq != first.Seq || again.Number != first.Number {
		t.Errorf("again %+v, want a replay of %+v", again, first)
	}
	if other := post(s, 6); !errors.Is(other.Err, ledger.KeyReused) {
		t.Errorf("other content: %v, want key_reused", other.Err)
	}
}

func TestForgottenKeyIsFoundByConstraint(t *testing.T) {
	url := ledgertest.URL(t)
	s := ledgertest.Open(t, url)
	ledgertest.Programme(t, s)
	pay := ledger.Posting{Date: ledgertest.Day(5, 1), Document: ledger.Document{Type: "UNC"}, Events: []ledger.Event{
		{Kind: ledger.Pay, Line: ledgertest.Line("NSTW", "DA1", "CAT"), Amount: ledgertest.Dong(7)}}}
	first := ledgertest.Do(t, s, ledgertest.Code, "k", pay)[0]
	second := ledgertest.Open(t, url) // has never heard of the key
	again := ledgertest.Do(t, second, ledgertest.Code, "k", pay)[0]
	if again.Outcome != ledger.Replayed || again.Seq != first.Seq || again.Number != first.Number {
		t.Errorf("again %+v, want a replay of %+v", again, first)
	}
	// The first store's head was not moved by a replay, but is now.
	ledgertest.Do(t, second, ledgertest.Code, "k2", pay)
	third := ledgertest.Do(t, s, ledgertest.Code, "k3", pay)[0]
	if third.Outcome != ledger.Accepted || third.Number.Number != first.Number.Number+2 {
		t.Errorf("after another instance wrote: %+v", third)
	}
}
