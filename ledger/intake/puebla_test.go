package intake

import (
	"bytes"
	"context"
	"maps"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

// The real report lies outside of the project; tests that need it say so and
// are skipped where it is not.
const (
	pueblaFile = "../../../shared/data/mexico-avance-financiero-puebla-q1-2016.xlsx"
	pueblaCSV  = "../../../shared/data/mexico-puebla-q1-2016-clean.csv"
)

// pueblaTotals are the sums of the file's columns over its detail rows, worked
// out apart with exact decimals.
var pueblaTotals = map[string]string{
	"approved": "111592687557.14", "modified": "111746519346.43", "received": "79319808203.68", "committed": "92415351788.15",
	"accrued": "72498442420.13", "exercised": "72154449762.64", "paid": "71474380289.69",
}

// pueblaEvents are how many rows have something to post: 4,564 with an approved
// amount and 763 with an increase, two events each, 668 decreases, 188 sources
// with receipts.
var pueblaEvents = map[string]int{
	"approved": 2 * 4564, "modified": 2*763 + 668, "received": 188, "committed": 3583, "accrued": 3159, "exercised": 0, "paid": 3122,
}

func readReal(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		t.Skipf("SKIPPED: the real file is not there: %s", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func mapFile(t testing.TB, file string) Map {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := ReadMap(f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func readBytes(t testing.TB, data []byte, m Map) *Execution {
	t.Helper()
	x, err := Read(context.Background(), bytes.NewReader(data), int64(len(data)), m)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestPuebla(t *testing.T) {
	data := readReal(t, pueblaFile)
	started := time.Now()
	x := readBytes(t, data, mapFile(t, "testdata/puebla.toml"))
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	t.Logf("read in %v; %d MB taken from the system", time.Since(started).Round(time.Millisecond), mem.Sys>>20)

	for _, s := range x.Stages {
		if s.Total.String() != pueblaTotals[s.Name] || s.Events != pueblaEvents[s.Name] {
			t.Errorf("%s: total %s, %d events; want %s, %d", s.Name, s.Total, s.Events, pueblaTotals[s.Name], pueblaEvents[s.Name])
		}
	}
	if x.DetailRows != 4818 || x.TotalRows != 632 || len(x.Units) != 1+429 || len(x.Projects) != 253 || len(x.Sources) != 193 {
		t.Errorf("%d details, %d totals, %d units, %d projects, %d sources", x.DetailRows, x.TotalRows, len(x.Units), len(x.Projects), len(x.Sources))
	}
	count := map[ledger.Rule]int{}
	for _, w := range x.Warnings {
		count[w.Rule]++
	}
	if want := (map[ledger.Rule]int{PaidOverReceipt: 11, TotalUnreported: 37, NamesDiffer: 2}); !maps.Equal(count, want) {
		t.Errorf("warnings %v, want %v", count, want)
	}
	checkEvents(t, x)
	checkTotalsBy(t, x)
}

// A tally adds events up in a simple way of its own: sums by kind and, event by
// event, what every line, pool, obligation and source has left.
type tally struct {
	t      *testing.T
	zero   ledger.Money
	left   map[string]ledger.Money
	byKind map[ledger.EventKind]ledger.Money
}

func (y *tally) add(place string, amount ledger.Money) {
	have, ok := y.left[place]
	if !ok {
		have = y.zero
	}
	if y.left[place] = have.Add(amount); y.left[place].Sign() < 0 {
		y.t.Fatalf("%s falls to %s", place, y.left[place])
	}
}

func (y *tally) event(e ledger.Event) {
	y.byKind[e.Kind] = y.sum(e.Kind).Add(e.Amount)
	line, pool, cash := e.Line.String(), "pool "+poolOf(e.Line).String(), "cash "+string(e.Line.Source)
	switch e.Kind {
	case ledger.Appropriate, ledger.Supplement:
		y.add(pool, e.Amount)
	case ledger.Allocate, ledger.AllocateSupplement:
		y.add(pool, e.Amount.Neg())
		y.add(line, e.Amount)
	case ledger.Reduce:
		y.add(line, e.Amount.Neg())
	case ledger.Receive:
		y.add(cash, e.Amount)
	case ledger.Commit:
		y.add(line, e.Amount.Neg())
		y.add(string(e.Opens), e.Amount)
	case ledger.Accrue:
		y.add(string(e.Obligation), e.Amount.Neg())
		y.add(string(e.Opens), e.Amount)
	case ledger.Pay:
		y.add(string(e.Obligation), e.Amount.Neg())
		y.add(cash, e.Amount.Neg())
	default:
		y.t.Fatalf("unexpected event %s", e.Kind)
	}
}

func (y *tally) sum(k ledger.EventKind) ledger.Money {
	if sum, ok := y.byKind[k]; ok {
		return sum
	}
	return y.zero
}

// checkEvents adds the generated events up and compares the file's totals.
func checkEvents(t *testing.T, x *Execution) {
	t.Helper()
	y := &tally{t, x.Programme.Currency.Zero(), map[string]ledger.Money{}, map[ledger.EventKind]ledger.Money{}}
	keys := map[ledger.Key]bool{}
	for _, s := range x.Stages {
		for _, v := range s.Vouchers {
			p := v.Action.(ledger.Posting)
			if keys[v.Key] || len(p.Events) > ledger.MaxEvents || len(p.Events) == 0 {
				t.Fatalf("a voucher of %d events under key %v", len(p.Events), v.Key)
			}
			keys[v.Key] = true
			for _, e := range p.Events {
				y.event(e)
			}
		}
	}
	for _, c := range []struct{ stage, sum string }{
		{"approved", y.sum(ledger.Allocate).String()},
		{"approved", y.sum(ledger.Appropriate).String()},
		{"modified", y.sum(ledger.Allocate).Add(y.sum(ledger.AllocateSupplement)).Sub(y.sum(ledger.Reduce)).String()},
		{"modified", y.sum(ledger.Appropriate).Add(y.sum(ledger.Supplement)).Sub(y.sum(ledger.Reduce)).String()},
		{"received", y.sum(ledger.Receive).String()},
		{"committed", y.sum(ledger.Commit).String()},
		{"accrued", y.sum(ledger.Accrue).String()},
		{"paid", y.sum(ledger.Pay).String()},
	} {
		if c.sum != pueblaTotals[c.stage] {
			t.Errorf("%s: events add up to %s, want %s", c.stage, c.sum, pueblaTotals[c.stage])
		}
	}
}

// checkTotalsBy compares sums by resource type and by source-year, which stand
// in the names of the sources.
func checkTotalsBy(t *testing.T, x *Execution) {
	t.Helper()
	want := map[string][2]string{ // approved, paid
		"APORTACIONES FEDERALES - 2": {"66297584805.07", "40106262820.21"}, "CONVENIOS - 3": {"11419053931.87", "7326392131.60"},
		"FIDEICOMISOS - 4": {"568025601.74", "568025601.74"}, "SUBSIDIOS - 1": {"33308023218.46", "23473699736.14"},
		"2008": {"1716015356.00", "1639315723.47"}, "2009": {"2128538897.09", "2126399093.95"}, "2010": {"2288459142.45", "2202389114.41"},
		"2011": {"2974024805.72", "2728787755.38"}, "2012": {"3014416103.93", "2734638685.50"}, "2013": {"8880372057.54", "8485275728.31"},
		"2014": {"11755474894.08", "11220362434.10"}, "2015": {"37333616606.64", "33764983654.85"}, "2016": {"41501769693.69", "6572228099.72"},
	}
	groups := map[ledger.Code][]string{}
	for _, s := range x.Sources {
		parts := strings.Split(s.Name, " · ")
		groups[s.Code] = parts[:2]
	}
	sums := map[string]*[2]ledger.Money{}
	for _, s := range x.Stages {
		for _, v := range s.Vouchers {
			for _, e := range v.Action.(ledger.Posting).Events {
				column, counts := map[ledger.EventKind]int{ledger.Allocate: 0, ledger.Pay: 1}[e.Kind]
				if !counts {
					continue
				}
				for _, g := range groups[e.Line.Source] {
					if sums[g] == nil {
						sums[g] = &[2]ledger.Money{x.Programme.Currency.Zero(), x.Programme.Currency.Zero()}
					}
					sums[g][column] = sums[g][column].Add(e.Amount)
				}
			}
		}
	}
	for g, w := range want {
		if have := sums[g]; have == nil || have[0].String() != w[0] || have[1].String() != w[1] {
			t.Errorf("%s: %v, want %v", g, have, w)
		}
	}
	if len(sums) != len(want) {
		t.Errorf("%d groups, want %d", len(sums), len(want))
	}
}

// TestPueblaInBooks lets the ledger take the whole report, twice.
func TestPueblaInBooks(t *testing.T) {
	x := readBytes(t, readReal(t, pueblaFile), mapFile(t, "testdata/puebla.toml"))
	s := ledger.NewState(ledger.Base{Programme: x.Programme})
	started := time.Now()
	decide(t, s, x, ledger.Structure{})
	t.Logf("%d events decided in %v", x.Events(), time.Since(started).Round(time.Millisecond))
	wantFigures(t, figures(t, s, x), map[ledger.Figure]string{
		ledger.Original: "111592687557.14", ledger.Appropriated: "111746519346.43", ledger.Allocated: "111746519346.43",
		ledger.Received: "79319808203.68", ledger.CommittedTotal: "92415351788.15", ledger.AccruedTotal: "72498442420.13",
		ledger.Actual: "71474380289.69", ledger.CommittedOpen: "19916909368.02", ledger.AccruedOpen: "1024062130.44",
	})
	if n := len(s.Changes().Lines); n != 4808 {
		t.Errorf("%d lines have events, want 4,818 without the ten of zeros", n)
	}
	seq := s.Seq()
	if n := decide(t, s, x, ledger.Structure{}); s.Seq() != seq || int64(n) != int64(seq) {
		t.Errorf("again: %d answered from memory, book at %d, was at %d", n, s.Seq(), seq)
	}
}

// TestPueblaCSV: the same table as CSV gives the same events.
func TestPueblaCSV(t *testing.T) {
	m := mapFile(t, "testdata/puebla.toml")
	want := events(t, readBytes(t, readReal(t, pueblaFile), m))
	m.Sheet, m.Header, m.Text.Note = "", 1, "column:X"
	if got := events(t, readBytes(t, readReal(t, pueblaCSV), m)); got != want {
		t.Error("CSV and workbook give different events")
	}
}
