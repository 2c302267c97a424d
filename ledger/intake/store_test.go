package intake_test

import (
	"bytes"
	"context"
	"maps"
	"os"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/intake"
	"github.com/sokinhphi/kinhphi/ledger/ledgertest"
	"github.com/sokinhphi/kinhphi/ledger/postgres"
)

// read reads a file with the map beside it.
func read(t *testing.T, file, mapped string) *intake.Execution {
	t.Helper()
	text, err := os.ReadFile(mapped)
	if err != nil {
		t.Fatal(err)
	}
	m, err := intake.ReadMap(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		t.Skipf("SKIPPED: the file is not there: %s", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	x, err := intake.Read(context.Background(), bytes.NewReader(data), int64(len(data)), m)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// post imports x whole, the way the command does, and counts the outcomes.
func post(t *testing.T, store *postgres.Store, x *intake.Execution, have ledger.Structure) map[ledger.Outcome]int {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	rs, err := x.Requests(have)
	if err != nil {
		t.Fatal(err)
	}
	results, err := store.Post(ctx, ledger.LocalActor(), x.Programme.Code, ledger.Together, rs)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Explain(rs, results); err != nil {
		t.Fatal(err)
	}
	count := map[ledger.Outcome]int{}
	for _, r := range results {
		count[r.Outcome]++
	}
	return count
}

// importTwice imports x into a new book, then again with and without knowing
// the structure, and compares the figures each time.
func importTwice(t *testing.T, x *intake.Execution, want map[ledger.Figure]string) {
	t.Helper()
	ctx, store := context.Background(), ledgertest.New(t)
	ledgertest.Do(t, store, ledger.System, "programme", ledger.DefineProgramme{Programme: x.Programme})
	vouchers := 0
	for _, s := range x.Stages {
		vouchers += len(s.Vouchers)
	}
	structure := len(x.Units) + len(x.Projects) + len(x.Sources)

	started := time.Now()
	if got, want := post(t, store, x, ledger.Structure{}), (map[ledger.Outcome]int{ledger.Accepted: structure + vouchers}); !maps.Equal(got, want) {
		t.Errorf("first import: %v, want %v", got, want)
	}
	t.Logf("%d events posted in %v", x.Events(), time.Since(started).Round(time.Millisecond))
	seq := check(t, store, x.Programme.Code, want)

	st, err := store.Structure(ctx, ledger.LocalActor(), x.Programme.Code)
	if err != nil {
		t.Fatal(err)
	}
	for _, have := range []ledger.Structure{st, {}} {
		for outcome := range post(t, store, x, have) {
			if outcome != ledger.Replayed {
				t.Errorf("again: outcome %d", outcome)
			}
		}
		if now := check(t, store, x.Programme.Code, want); now != seq {
			t.Errorf("again: the book went from %d to %d", seq, now)
		}
	}
}

// check compares the book's figures and returns its head.
func check(t *testing.T, store *postgres.Store, programme ledger.Code, want map[ledger.Figure]string) ledger.Seq {
	t.Helper()
	ctx := context.Background()
	st, err := store.Structure(ctx, ledger.LocalActor(), programme)
	if err != nil {
		t.Fatal(err)
	}
	summary, err := ledger.Summarize(store.Cells(ctx, ledger.LocalActor(), programme, ledger.Filter{}, ledger.Detail{}), st, ledger.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for f, amount := range want {
		if have := summary.Total.Must(f); have.String() != amount {
			t.Errorf("%s is %s, want %s", f, have, amount)
		}
	}
	return st.Seq
}

func TestSampleStored(t *testing.T) {
	importTwice(t, read(t, "testdata/sample.xlsx", "testdata/sample.toml"), map[ledger.Figure]string{
		ledger.Original: "495000.50", ledger.Appropriated: "501001.13", ledger.Allocated: "501001.13", ledger.Received: "425000.50",
		ledger.CommittedTotal: "413000.25", ledger.AccruedTotal: "282000.62", ledger.Actual: "246000.37",
		ledger.CommittedOpen: "130999.63", ledger.AccruedOpen: "36000.25",
	})
}

func TestPueblaStored(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED in short runs: the real report takes seconds to post")
	}
	x := read(t, "../../../shared/data/mexico-avance-financiero-puebla-q1-2016.xlsx", "testdata/puebla.toml")
	importTwice(t, x, map[ledger.Figure]string{
		ledger.Original: "111592687557.14", ledger.Appropriated: "111746519346.43", ledger.Allocated: "111746519346.43",
		ledger.Received: "79319808203.68", ledger.CommittedTotal: "92415351788.15", ledger.AccruedTotal: "72498442420.13",
		ledger.Actual: "71474380289.69", ledger.CommittedOpen: "19916909368.02", ledger.AccruedOpen: "1024062130.44",
	})
}
