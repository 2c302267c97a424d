package ledger_test

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A heap is one cell by hand: what stands in a state of a line.
type heap struct {
	state ledger.AccountState
	line  ledger.Line
	n     int64
}

// cellsOf yields heaps on the side where their state stands.
func cellsOf(heaps []heap, f ledger.Filter) iter.Seq2[ledger.Cell, error] {
	return func(yield func(ledger.Cell, error) bool) {
		for _, h := range heaps {
			c := ledger.Cell{Account: ledger.Account{State: h.state, Line: h.line}, Debit: dong(0), Credit: dong(0)}
			if h.state.Info().Debit {
				c.Debit = dong(h.n)
			} else {
				c.Credit = dong(h.n)
			}
			if (len(f.Years) == 0 || slices.Contains(f.Years, h.line.Year)) && !yield(c, nil) {
				return
			}
		}
	}
}

// twoYears is a closed year that carried 650 undrawn and 120 of an advance into
// the next one, and another line without any past.
func twoYears() []heap {
	y, z := line2019("NSTW", "DA1", "CAT"), line2019("VIENTRO", "DA2", "PC04")
	next := y
	next.Year = 2020
	return []heap{
		{ledger.LineOriginal, y, 5000}, {ledger.LineCarryInUndrawn, y, 150}, {ledger.LineCarryInAdvance, y, 50},
		{ledger.LineSupplement, y, 600}, {ledger.LineLateSupplement, y, 250}, {ledger.LineWithdrawn, y, 400},
		{ledger.LineSettled, y, 3215}, {ledger.LineLapsed, y, 1665}, {ledger.LineCarriedUndrawn, y, 650}, {ledger.LineCarriedAdvance, y, 120},
		{ledger.LineCarryInUndrawn, next, 650}, {ledger.LineCarryInAdvance, next, 120}, {ledger.LineOriginal, next, 1000},
		{ledger.LineAvailable, next, 1250}, {ledger.LineCommitted, next, 300}, {ledger.LineAdvanced, next, 100}, {ledger.LineActual, next, 120},
		{ledger.LineOriginal, z, 70}, {ledger.LineAvailable, z, 70},
		{ledger.PoolOriginal, pool(2019, "NSTW"), 5000}, {ledger.PoolSupplement, pool(2019, "NSTW"), 850}, {ledger.PoolReduction, pool(2019, "NSTW"), 400},
		{ledger.PlanBasis, ledger.Line{Year: 2019, Source: "NSTW", Project: "DA1"}, 6000},
		{ledger.FundPledged, source("VIENTRO"), 500}, {ledger.FundPledgeCancelled, source("VIENTRO"), 200}, {ledger.FundReceived, source("VIENTRO"), 300},
		{ledger.FundReceived, source("NSTW"), 3400},
	}
}

func twoSources() ledger.Structure {
	b := base()
	return ledger.Structure{Programme: b.Programme, Sources: []ledger.Source{b.Sources[1], b.Sources[2]}}
}

func summarize(t failer, heaps []heap, f ledger.Filter) ledger.Summary {
	t.Helper()
	s, err := ledger.Summarize(cellsOf(heaps, f), twoSources(), f)
	if err != nil {
		t.Fatalf("summarize: %v", err)
	}
	return s
}

// TestCarriedCountsOnce: what one year carries and the next takes in is one
// amount; a selection with both years does not count it twice, one with a single
// year counts its own end.
func TestCarriedCountsOnce(t *testing.T) {
	b := &book{failer: t}
	for _, c := range []struct {
		name  string
		years []int
		want  map[ledger.Figure]int64
	}{
		{"2019", []int{2019}, map[ledger.Figure]int64{ledger.Usable: 5720, ledger.Allocated: 5520, ledger.Actual: 3215, ledger.Disbursed: 3335,
			ledger.Drawn: 3285, ledger.Lapsed: 1665, ledger.CarriedUndrawn: 650, ledger.CarriedAdvance: 120, ledger.Available: 70, ledger.Appropriated: 5450, ledger.Planned: 6000}},
		{"2020", []int{2020}, map[ledger.Figure]int64{ledger.Usable: 1770, ledger.Allocated: 1000, ledger.Actual: 120, ledger.Disbursed: 220,
			ledger.Drawn: 100, ledger.CarriedUndrawn: 0, ledger.CarriedAdvance: 0, ledger.Available: 1250, ledger.Undrawn: 1550}},
		{"both", []int{2019, 2020}, map[ledger.Figure]int64{ledger.Usable: 6720, ledger.Allocated: 6520, ledger.Actual: 3335, ledger.Disbursed: 3435,
			ledger.Drawn: 3385, ledger.Lapsed: 1665, ledger.CarriedUndrawn: 0, ledger.CarriedAdvance: 0, ledger.Available: 1320}},
		{"all", nil, map[ledger.Figure]int64{ledger.Usable: 6720, ledger.Disbursed: 3435, ledger.CarriedUndrawn: 0,
			ledger.Pledged: 300, ledger.Received: 3700, ledger.Mobilised: 300 + 6450}},
	} {
		s := summarize(t, twoYears(), ledger.Filter{Years: c.years})
		b.want(c.name, s.Total, c.want)
		bridge := int64(0)
		for _, f := range []ledger.Figure{ledger.Actual, ledger.AdvancesOpen, ledger.Undrawn, ledger.Lapsed, ledger.CarriedUndrawn, ledger.CarriedAdvance} {
			bridge += number(s.Total.Must(f))
		}
		if u := number(s.Total.Must(ledger.Usable)); bridge != u {
			t.Errorf("%s: usable %d, its parts %d", c.name, u, bridge)
		}
	}
	years := summarize(t, twoYears(), ledger.Filter{}).Years
	if len(years) != 2 || years[0].Key != 2019 || years[1].Key != 2020 {
		t.Fatalf("years %+v", years)
	}
	b.want("row 2019", years[0].Values, map[ledger.Figure]int64{ledger.Usable: 5720, ledger.CarriedUndrawn: 650, ledger.Disbursed: 3335})
	b.want("row 2020", years[1].Values, map[ledger.Figure]int64{ledger.Usable: 1770, ledger.CarriedUndrawn: 0, ledger.Disbursed: 220})
}

// TestFiguresAreAbsent: a selection has no figure that its dimension cannot tell
// apart; nothing is not the same as zero.
func TestFiguresAreAbsent(t *testing.T) {
	all := summarize(t, twoYears(), ledger.Filter{})
	of := func(f ledger.Filter) ledger.Values { return summarize(t, twoYears(), f).Total }
	for _, c := range []struct {
		name    string
		values  ledger.Values
		present []ledger.Figure
		absent  []ledger.Figure
	}{
		{"everything", all.Total, []ledger.Figure{ledger.Planned, ledger.Pledged, ledger.Received, ledger.Mobilised, ledger.Appropriated, ledger.Actual}, nil},
		{"a year", of(ledger.Filter{Years: []int{2019}}), []ledger.Figure{ledger.Planned, ledger.Appropriated, ledger.Actual}, []ledger.Figure{ledger.Pledged, ledger.Received, ledger.Mobilised}},
		{"a source", of(ledger.Filter{Line: source("NSTW")}), []ledger.Figure{ledger.Planned, ledger.Received, ledger.Appropriated}, nil},
		{"a project", of(ledger.Filter{Line: ledger.Line{Project: "DA1"}}), []ledger.Figure{ledger.Planned, ledger.Actual}, []ledger.Figure{ledger.Received, ledger.Appropriated}},
		{"a unit", of(ledger.Filter{Line: ledger.Line{Unit: "CAT"}}), []ledger.Figure{ledger.Actual}, []ledger.Figure{ledger.Planned, ledger.Appropriated, ledger.Received}},
		{"a khoản", of(ledger.Filter{Line: ledger.Line{Khoan: "041"}}), []ledger.Figure{ledger.Actual}, []ledger.Figure{ledger.Planned, ledger.Appropriated, ledger.Received}},
		{"row of a source", all.Sources[0].Values, []ledger.Figure{ledger.Received, ledger.Appropriated, ledger.Planned}, nil},
		{"row of a project", all.Projects[0].Values, []ledger.Figure{ledger.Planned, ledger.Actual}, []ledger.Figure{ledger.Received, ledger.Appropriated}},
		{"row of a unit", all.Units[0].Values, []ledger.Figure{ledger.Actual}, []ledger.Figure{ledger.Planned, ledger.Received}},
		{"nothing", ledger.Values{}, nil, []ledger.Figure{ledger.Actual}},
	} {
		for _, f := range c.present {
			if m, ok := c.values.Get(f); !ok || !m.Equal(c.values.Must(f)) {
				t.Errorf("%s: %s is absent", c.name, f)
			}
		}
		for _, f := range append(c.absent, "no such figure") {
			if m, ok := c.values.Get(f); ok || c.values.Must(f).Valid() {
				t.Errorf("%s: %s = %s", c.name, f, m)
			}
		}
	}
	if n := len(all.Sources); n != 2 || all.Sources[0].Key != "NSTW" || len(all.Projects) != 2 || len(all.Units) != 2 {
		t.Errorf("rows %d sources, %d projects, %d units", n, len(all.Projects), len(all.Units))
	}
}

func TestSummarizeStopsAtAnError(t *testing.T) {
	broken := errors.New("cable cut")
	cells := func(yield func(ledger.Cell, error) bool) {
		if yield(ledger.Cell{}, broken) {
			t.Error("asked for more after an error")
		}
	}
	if s, err := ledger.Summarize(cells, twoSources(), ledger.Filter{}); !errors.Is(err, broken) || s.Years != nil {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestSummaryAddsUp: rows of additive figures add up to the total, cells may come
// cut in pieces and in any order, and Terms are the formulas by which a single
// year is summarized.
func TestSummaryAddsUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var heaps []heap
		for range rapid.IntRange(0, 30).Draw(rt, "heaps") {
			heaps = append(heaps, heap{
				rapid.SampledFrom(ledger.States).Draw(rt, "state").State,
				rapid.SampledFrom(propertyLines).Draw(rt, "line"),
				rapid.Int64Range(-1000, 1000).Draw(rt, "n")})
		}
		f := ledger.Filter{Years: []int{2019}}
		year := summarize(rt, heaps, f)
		shuffled := rapid.Permutation(heaps).Draw(rt, "order")
		cut := append(slices.Clone(shuffled), shuffled...)
		for i := range shuffled {
			cut[i].n, cut[i+len(shuffled)].n = cut[i].n-7, 7
		}
		again := summarize(rt, cut, f)
		for _, info := range ledger.Figures {
			total, ok := year.Total.Get(info.Figure)
			if other, _ := again.Total.Get(info.Figure); ok && !other.Equal(total) {
				rt.Fatalf("%s is %s, in pieces %s", info.Figure, total, other)
			}
			if want := byTerms(heaps, info.Figure); ok && number(total) != want {
				rt.Fatalf("%s is %s, by its terms %d", info.Figure, total, want)
			}
			if info.Dimensions&ledger.ByUnit != 0 {
				if n := rows(year.Units, info.Figure); n != number(total) || rows(year.Projects, info.Figure) != n || rows(year.Sources, info.Figure) != n || rows(year.Years, info.Figure) != n {
					rt.Fatalf("%s is %s, units add up to %d", info.Figure, total, n)
				}
			}
		}
	})
}

func rows[K int | ledger.Code](list []ledger.SummaryRow[K], f ledger.Figure) (n int64) {
	for _, r := range list {
		n += number(r.Values.Must(f))
	}
	return n
}

// byTerms adds heaps of 2019 up by the published terms of a figure.
func byTerms(heaps []heap, f ledger.Figure) (n int64) {
	for _, h := range heaps {
		backing := ledger.ByAppropriation
		if h.line.Source == "VIENTRO" {
			backing = ledger.ByCash
		}
		for _, term := range f.Terms() {
			if term.State != h.state || h.line.Year != 2019 || term.Backing != 0 && term.Backing != backing {
				continue
			}
			if h.state.Info().Debit {
				n += int64(term.Debit) * h.n
			} else {
				n += int64(term.Credit) * h.n
			}
		}
	}
	return n
}

// TestFiguresGolden freezes the formulas: a figure that was printed must be what
// it was when it is printed again.
func TestFiguresGolden(t *testing.T) {
	text := ""
	for _, info := range ledger.Figures {
		text += fmt.Sprintf("%s, by %04b:", info.Figure, info.Dimensions)
		for _, term := range info.Figure.Terms() {
			books := map[ledger.Book]string{ledger.PlanBook: "plan", ledger.PoolBook: "pool", ledger.LineBook: "line", ledger.FundBook: "fund"}
			text += fmt.Sprintf(" %s.%s(%+d,%+d)", books[term.State.Info().Book], term.State, term.Debit, term.Credit)
			if term.Backing != 0 {
				text += "[" + term.Backing.String() + "]"
			}
		}
		text += "\n"
		if got, ok := info.Figure.Info(); !ok || got.Figure != info.Figure {
			t.Errorf("%s is not found", info.Figure)
		}
	}
	if ledger.Figure("none").Terms() != nil {
		t.Error("an unknown figure has terms")
	}
	golden(t, "figures.golden", text)
}
