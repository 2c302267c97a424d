package intake

import (
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

// decide lets the ledger itself, without a store, take all requests of x into
// the book s, and fails on the first refusal. It returns how many it answered
// from memory.
func decide(t testing.TB, s *ledger.State, x *Execution, have ledger.Structure) (replayed int) {
	t.Helper()
	rs, err := x.Requests(have)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rs {
		result := decideOne(s, r)
		if result.Outcome == ledger.Refused {
			t.Fatal(x.Explain([]ledger.Request{r}, []ledger.Result{result}))
		}
		if result.Outcome == ledger.Replayed {
			replayed++
		}
	}
	return replayed
}

func decideOne(s *ledger.State, r ledger.Request) ledger.Result {
	s.Loaded(s.Missing(ledger.LocalActor(), []ledger.Request{r}, false))
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return s.Decide(ledger.LocalActor(), r, ledger.Stamp{At: at, Salt: func() (salt [16]byte) { return }})
}

// figures adds the accounts of a new book up, as a report does.
func figures(t testing.TB, s *ledger.State, x *Execution) ledger.Values {
	t.Helper()
	cells := func(yield func(ledger.Cell, error) bool) {
		for _, a := range s.Changes().Accounts {
			if !yield(ledger.Cell{Account: a.Account, Debit: a.Debit, Credit: a.Credit}, nil) {
				return
			}
		}
	}
	summary, err := ledger.Summarize(cells, ledger.Structure{Programme: x.Programme, Sources: x.Sources}, ledger.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return summary.Total
}

func wantFigures(t testing.TB, have ledger.Values, want map[ledger.Figure]string) {
	t.Helper()
	for f, amount := range want {
		if m, ok := have.Get(f); !ok || m.String() != amount {
			t.Errorf("%s is %v, want %s", f, m, amount)
		}
	}
}

func TestSampleInBooks(t *testing.T) {
	x := readBytes(t, workbook(t, sampleRows()), mapFile(t, "testdata/sample.toml"))
	s := ledger.NewState(ledger.Base{Programme: x.Programme})
	decide(t, s, x, ledger.Structure{})
	want := map[ledger.Figure]string{
		ledger.Original: "495000.50", ledger.Appropriated: "501001.13", ledger.Allocated: "501001.13", ledger.Received: "425000.50",
		ledger.CommittedTotal: "413000.25", ledger.AccruedTotal: "282000.62", ledger.Actual: "246000.37",
		ledger.CommittedOpen: "130999.63", ledger.AccruedOpen: "36000.25",
	}
	wantFigures(t, figures(t, s, x), want)

	seq := s.Seq()
	have := ledger.Structure{Programme: x.Programme, Units: x.Units, Projects: x.Projects, Sources: x.Sources}
	if n := decide(t, s, x, have); n != 6 || s.Seq() != seq {
		t.Errorf("again: %d vouchers answered from memory, book at %d, was at %d", n, s.Seq(), seq)
	}
	if n := decide(t, s, x, ledger.Structure{}); n != 6+6+4+2 || s.Seq() != seq {
		t.Errorf("again, with structure: %d answered from memory, book at %d, was at %d", n, s.Seq(), seq)
	}
}

// TestChangedFile: the same report with another amount must not be posted
// beside the first one.
func TestChangedFile(t *testing.T) {
	m := mapFile(t, "testdata/sample.toml")
	first := readBytes(t, workbook(t, sampleRows()), m)
	s := ledger.NewState(ledger.Base{Programme: first.Programme})
	decide(t, s, first, ledger.Structure{})

	rows := sampleRows()
	rows[10][noteCell-1], rows[10][paidCell] = "0", "0" // as it was
	rows[10][receivedCell], rows[11][receivedCell] = "9", "9"
	second := readBytes(t, workbook(t, rows), m)
	refused := refusals(t, s, second)
	if len(refused) != 1 || refused[0].Err == nil || ledger.Faults(refused[0].Err)[0].Rule != ledger.KeyReused {
		t.Errorf("a changed file: %v", refused)
	}
	m.Posting.Number += "-2"
	third := readBytes(t, workbook(t, rows), m)
	if refused := refusals(t, s, third); len(refused) != 0 {
		t.Errorf("under a number of its own: %v", refused[0].Err)
	}
}

func refusals(t testing.TB, s *ledger.State, x *Execution) (refused []ledger.Result) {
	t.Helper()
	rs, err := x.Requests(ledger.Structure{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rs {
		if result := decideOne(s, r); result.Outcome == ledger.Refused {
			refused = append(refused, result)
		}
	}
	return refused
}

// TestExplain: what the ledger refuses is found again in the file.
func TestExplain(t *testing.T) {
	x := readBytes(t, workbook(t, sampleRows()), mapFile(t, "testdata/sample.toml"))
	rs, err := x.Requests(ledger.Structure{})
	if err != nil {
		t.Fatal(err)
	}
	s := ledger.NewState(ledger.Base{Programme: x.Programme})
	var got []ledger.Result
	for _, r := range rs {
		if p, ok := r.Action.(ledger.Posting); ok && p.Document.Type == "TN" {
			got = append(got, ledger.Result{Outcome: ledger.Refused, Err: ledger.TogetherRefused})
			continue // no cash: payments must be refused
		}
		got = append(got, decideOne(s, r))
	}
	var p *Problems
	if err := x.Explain(rs, got); !asProblems(err, &p) || len(p.Rows) == 0 {
		t.Fatalf("Explain: %v", err)
	}
	first := p.Rows[0]
	if first.Rule != ledger.OverLimit || first.Place() != "ThucHien!T6" || first.Value != "75000.00" || first.Operands["available"] == "" {
		t.Errorf("first problem: %v", first)
	}
	if err := x.Explain(rs[:1], got[:1]); err != nil {
		t.Errorf("nothing refused, but %v", err)
	}
}
