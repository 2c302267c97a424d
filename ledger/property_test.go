package ledger_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/sokinhphi/kinhphi/ledger"
)

// The places that random books know: two years, two backings, a pair of lines
// that one short reference means both of.
var (
	propertyLines = func() (all []ledger.Line) {
		for _, src := range []ledger.Code{"NSTW", "VIENTRO"} {
			a, b := line2019(src, "DA1", "CAT"), line2019(src, "DA2", "PC04")
			next := a
			next.Year = 2020
			all = append(all, a, b, next)
		}
		twin := all[0]
		twin.Nature = "13"
		return append(all, twin)
	}()
	propertyDates = []ledger.Date{day(2019, 2, 10), day(2019, 2, 28), day(2019, 6, 1), day(2019, 12, 31), day(2020, 1, 1), day(2020, 1, 31), day(2020, 2, 1), day(2020, 5, 5)}
)

// A trial runs the ledger and the model side by side.
type trial struct {
	*rapid.T
	b       *book
	m       *model
	balance map[ledger.Account]int64
	codes   int
	asked   []ledger.Request
	counted map[string]int // accepted and refused, by kind
}

// TestLedgerAgreesWithModel plays random vouchers, reversals and closings: the
// two must accept and refuse alike and stand at the same figures after each.
func TestLedgerAgreesWithModel(t *testing.T) {
	counted := map[string]int{}
	for range 3 {
		rapid.Check(t, func(rt *rapid.T) { play(rt, counted) })
	}
	if testing.Short() { // too few to reach everything
		return
	}
	for _, k := range ledger.Kinds {
		for _, outcome := range []string{"accepted", "refused"} {
			if counted[k.Name+" "+outcome] == 0 && !t.Failed() {
				t.Errorf("%s was never %s: the test does not reach it", k.Name, outcome)
			}
		}
	}
	if counted["reverse accepted"] == 0 || counted["reverse refused"] == 0 {
		t.Error("the test does not reach reversals")
	}
	t.Logf("%d events accepted, %d in vouchers refused", counted["accepted"], counted["refused"])
}

func play(rt *rapid.T, counted map[string]int) {
	x := &trial{T: rt, b: newBook(rt), m: newModel(base()), balance: map[ledger.Account]int64{}, counted: counted}
	x.fund()
	rt.Repeat(map[string]func(*rapid.T){
		"":          x.agree,
		"post":      func(rt *rapid.T) { x.T = rt; x.voucher(1) },
		"post many": func(rt *rapid.T) { x.T = rt; x.voucher(4) },
		"and back":  func(rt *rapid.T) { x.T = rt; x.thereAndBack() },
		"reverse":   func(rt *rapid.T) { x.T = rt; x.reverse() },
		"close":     func(rt *rapid.T) { x.T = rt; x.close() },
	})
}

// fund gives every line and source something to begin with.
func (x *trial) fund() {
	date := day(2019, 2, 1)
	for _, src := range []ledger.Code{"NSTW", "VIENTRO"} {
		x.post(date, ledger.Event{Kind: ledger.Appropriate, Line: pool(2019, src), Amount: dong(3000)})
		x.post(day(2020, 1, 1), ledger.Event{Kind: ledger.Appropriate, Line: pool(2020, src), Amount: dong(1000)})
	}
	x.post(date, ledger.Event{Kind: ledger.Receive, Line: source("VIENTRO"), Amount: dong(1500)})
	for _, l := range propertyLines {
		on := date
		if l.Year == 2020 {
			on = day(2020, 1, 1)
		}
		x.post(on, ledger.Event{Kind: ledger.Allocate, Line: l, Amount: dong(500)})
	}
	for _, src := range []ledger.Code{"NSTW", "VIENTRO"} {
		l := line2019(src, "DA1", "CAT")
		x.post(date,
			ledger.Event{Kind: ledger.Withhold, Line: l, Amount: dong(100)},
			ledger.Event{Kind: ledger.Withhold, Line: line2019(src, "DA2", "PC04"), Amount: dong(100)},
			ledger.Event{Kind: ledger.Commit, Line: l, Opens: "HD-" + src, Amount: dong(200)},
			ledger.Event{Kind: ledger.Advance, Obligation: "HD-" + src, Opens: "TU-" + src, Amount: dong(60)},
			ledger.Event{Kind: ledger.Accrue, Obligation: "HD-" + src, Opens: "NT-" + src, Amount: dong(60)},
			ledger.Event{Kind: ledger.Clear, Obligation: "TU-" + src, Amount: dong(20)},
			ledger.Event{Kind: ledger.Pay, Obligation: "NT-" + src, Amount: dong(20)},
			ledger.Event{Kind: ledger.Pay, Line: l, Amount: dong(50)})
	}
	x.post(date, ledger.Event{Kind: ledger.Pledge, Line: source("VIENTRO"), Opens: "TT-VT", Amount: dong(200)})
}

func number(m ledger.Money) int64 {
	n, err := strconv.ParseInt(m.String(), 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

// post asks both; it returns the ledger's answer if it was accepted.
func (x *trial) post(date ledger.Date, events ...ledger.Event) *ledger.Result {
	var amounts []int64
	for _, e := range events {
		amounts = append(amounts, number(e.Amount))
	}
	want := x.m.post(date, amounts, events)
	res := x.b.try(voucher(date, events...))
	outcome := "refused"
	if want {
		outcome = "accepted"
	}
	for _, e := range events {
		x.counted[e.Kind.String()+" "+outcome]++
		x.counted[outcome]++
	}
	return x.same(want, res, fmt.Sprintf("%s %+v", date, events))
}

// same compares one answer and looks at the record.
func (x *trial) same(want bool, res ledger.Result, what string) *ledger.Result {
	if want != (res.Outcome == ledger.Accepted) {
		x.Fatalf("%s\nthe model accepts: %v, the ledger: %v %v", what, want, res.Outcome, res.Err)
	}
	if !want {
		if len(ledger.Faults(res.Err)) == 0 {
			x.Fatalf("%s\nrefused without a fault", what)
		}
		x.left(res.Err)
		return nil
	}
	if res.Seq != x.m.seq {
		x.Fatalf("%s\nrecord %d, the model counts %d", what, res.Seq, x.m.seq)
	}
	if res.Record.Entry != nil {
		x.entry(res.Record.Entry)
	}
	return &res
}

// left looks that a refusal for want of authority names what is really left.
func (x *trial) left(err error) {
	for _, f := range ledger.Faults(err) {
		for l := range x.m.lines {
			account := ledger.Account{State: ledger.LineAvailable, Line: l}.Path(programme)
			if have := available(x.m.heaps, l.String()); f.Rule == ledger.OverLimit && f.Operands["account"] == account && f.Operands["available"] != fmt.Sprint(have) {
				x.Fatalf("%v\nthe model has %d left", f, have)
			}
		}
	}
}

// entry holds one entry to what must be true of every entry: rings at zero in
// one commodity each, red exactly where negative, guards, gapless numbers.
func (x *trial) entry(e *ledger.Entry) {
	rings, commodity := map[string]int64{}, map[string]string{}
	for _, l := range e.Legs {
		n := number(l.Signed())
		ring, c := l.Account.Ring(programme), l.Account.Commodity(ledger.VND)
		if commodity[ring] != "" && commodity[ring] != c {
			x.Fatalf("ring %s holds %s and %s", ring, commodity[ring], c)
		}
		commodity[ring] = c
		rings[ring] += n
		x.balance[l.Account] += n
		if (l.Amount.Sign() < 0) != l.Red || l.Amount.Sign() == 0 || l.Account.Sub != "" != (l.Account.State == ledger.FundTreasury) {
			x.Fatalf("leg %+v", l)
		}
	}
	for ring, n := range rings {
		if n != 0 {
			x.Fatalf("ring %s is off by %d", ring, n)
		}
	}
	for _, l := range e.Legs {
		if n := x.balance[l.Account]; n < 0 && l.Account.State.Guarded() {
			x.Fatalf("%s stands at %d", l.Account.Path(programme), n)
		}
	}
	n := e.Number
	series := fmt.Sprint(n.Unit, n.Type, n.Year)
	if x.m.numbers[series]++; n.Number != x.m.numbers[series] || n.Unit != e.Unit || n.Year != e.Date.Year() {
		x.Fatalf("number %+v, want %d of unit %s", n, x.m.numbers[series], e.Unit)
	}
}

// kindsDrawn are all kinds, several times those that often fail or that much
// hangs on.
var kindsDrawn = func() (all []ledger.KindInfo) {
	all = slices.Clone(ledger.Kinds)
	for _, k := range []ledger.EventKind{ledger.Transfer, ledger.Release, ledger.CancelCommitment, ledger.ChangeCommitment, ledger.CancelPledge,
		ledger.Pay, ledger.Clear, ledger.Refund, ledger.Refund, ledger.ReturnAdvance, ledger.Accrue, ledger.Advance} {
		all = append(all, k.Info(), k.Info())
	}
	return all
}()

// pick draws one of a list under a label.
func pick[T any](x *trial, label string, list []T) T { return rapid.SampledFrom(list).Draw(x.T, label) }

func (x *trial) chance(label string, percent int) bool {
	return rapid.IntRange(0, 99).Draw(x.T, label) < percent
}

// papers lists obligations of a kind, in order.
func (x *trial) papers(kinds ...ledger.ObligationKind) (codes []ledger.Code) {
	for code, p := range x.m.papers {
		if slices.Contains(kinds, p.kind) {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return append(codes, "KHONG-CO")
}

// event draws an event that mostly makes sense.
func (x *trial) event() ledger.Event {
	info := pick(x, "kind", kindsDrawn)
	l := pick(x, "line", propertyLines)
	e := ledger.Event{Kind: info.Kind}
	amount := rapid.Int64Range(1, 120).Draw(x.T, "amount")
	if x.chance("odd amount", 2) || info.MayNegate && x.chance("down", 50) {
		amount = rapid.Int64Range(-60, 0).Draw(x.T, "odd")
	}
	e.Amount = dong(amount)
	switch {
	case info.Scope == ledger.SourceScope && info.Year:
		e.Line = pool(l.Year, l.Source)
		if info.Kind == ledger.Reduce && x.chance("of a line", 60) {
			e.Line = l
		}
	case info.Scope == ledger.SourceScope:
		e.Line = source(l.Source)
	case info.Scope == ledger.ProjectScope:
		e.Line = ledger.Line{Year: l.Year, Source: l.Source, Project: l.Project}
	default:
		e.Line = l
		if x.chance("short", 30) {
			e.Line = l.Short()
		}
	}
	x.papersOf(&e, info)
	if info.To {
		e.To = pick(x, "to", propertyLines)
		if !x.chance("anywhere", 10) {
			e.To.Year, e.To.Source = l.Year, l.Source
		}
	}
	if info.Cash && x.chance("account", 20) {
		e.Treasury = "TK2"
	}
	return e
}

// papersOf draws what an event draws upon, opens or takes back.
func (x *trial) papersOf(e *ledger.Event, info ledger.KindInfo) {
	if info.Of {
		e.Of, e.Line = pick(x, "of", x.payments()), ledger.Line{}
		origin := x.m.entries[e.Of.Seq].events[e.Of.N-1]
		if left := origin.amount - origin.returned; left > 0 && x.chance("all that is left", 50) {
			e.Amount = dong(left + int64(rapid.IntRange(0, 1).Draw(x.T, "and one")))
		}
	}
	if info.Draws != 0 && (info.MustDraw || x.chance("on paper", 60)) {
		kinds := []ledger.ObligationKind{info.Draws}
		if e.Kind == ledger.Pay {
			kinds = append(kinds, ledger.AcceptanceObligation)
		}
		e.Obligation = pick(x, "paper", x.papers(kinds...))
		if !x.chance("with line", 5) {
			e.Line = ledger.Line{}
		}
	}
	if info.Opens != 0 && x.chance("own code", 50) {
		x.codes++
		e.Opens = ledger.Code("SO-" + strconv.Itoa(x.codes))
		if x.chance("again", 5) {
			e.Opens = pick(x, "taken", x.papers(info.Opens))
		}
	}
}

// payments lists events that may come back, those of which a part came back
// once more, and one that never can.
func (x *trial) payments() (refs []ledger.EventRef) {
	for _, seq := range slices.Sorted(maps.Keys(x.m.entries)) {
		for i, e := range x.m.entries[seq].events {
			if e.Kind != ledger.Pay && e.Kind != ledger.Clear {
				continue
			}
			refs = append(refs, ledger.EventRef{Seq: seq, N: i + 1})
			if e.returned > 0 {
				refs = append(refs, ledger.EventRef{Seq: seq, N: i + 1})
			}
		}
	}
	return append(refs, ledger.EventRef{Seq: 1, N: 1})
}

func (x *trial) events(most int) (all []ledger.Event) {
	for i := range rapid.IntRange(1, most).Draw(x.T, "events") {
		if i > 0 && x.chance("the same again", 15) {
			all = append(all, all[i-1])
			continue
		}
		all = append(all, x.event())
	}
	return all
}

func (x *trial) voucher(most int) {
	x.post(pick(x, "date", propertyDates), x.events(most)...)
}

// thereAndBack posts a voucher and takes it back: every turnover must be what
// it was, for red nets, and so must every figure.
func (x *trial) thereAndBack() {
	before, date := x.turnovers(), pick(x, "date", propertyDates)
	res := x.post(date, x.events(3)...)
	if res == nil {
		x.Skip("refused")
	}
	want := x.m.reverse(res.Seq, date)
	if !want {
		x.Fatalf("the model does not take back what it just accepted")
	}
	x.same(want, x.b.try(reversal(res.Seq, date)), "back")
	for a, t := range x.turnovers() {
		was, known := before[a]
		if !known {
			was = "0 0"
		}
		if t != was {
			x.Fatalf("%s turned over %s, was %s", a.Path(programme), t, was)
		}
	}
}

func (x *trial) turnovers() map[ledger.Account]string {
	all := map[ledger.Account]string{}
	for _, c := range x.b.state.Changes().Accounts {
		all[c.Account] = c.Debit.String() + " " + c.Credit.String()
	}
	return all
}

func (x *trial) reverse() {
	of := ledger.Seq(rapid.IntRange(1, int(x.m.seq)+1).Draw(x.T, "of"))
	date := pick(x, "date", propertyDates)
	want := x.m.reverse(of, date)
	x.counted["reverse "+map[bool]string{true: "accepted", false: "refused"}[want]]++
	x.same(want, x.b.try(reversal(of, date)), fmt.Sprintf("reverse %d on %s", of, date))
}

// close closes a month or opens it again.
func (x *trial) close() {
	d, closed := pick(x, "month", propertyDates), x.chance("closed", 30)
	x.m.closed[d.String()[:7]] = closed
	x.m.seq++
	x.b.do(ledger.SetPeriod{Period: ledger.Period{Year: d.Year(), Month: d.Month(), Closed: closed}})
}

// agree compares every figure of every selection, the obligations, and the
// identities between the books.
func (x *trial) agree(*rapid.T) {
	for l := range x.m.lines {
		x.b.want(l.String(), x.b.figures(ofLine(l)), x.m.figures(l.Year, "", l))
	}
	for _, src := range []ledger.Code{"NSTW", "VIENTRO"} {
		x.b.want(string(src), x.b.figures(ledger.Filter{Line: source(src)}), x.m.figures(0, src, ledger.Line{}))
		x.b.want("2019 "+string(src), x.b.figures(ledger.Filter{Years: []int{2019}, Line: source(src)}), x.m.figures(2019, src, ledger.Line{}))
	}
	x.b.want("whole", x.b.figures(ledger.Filter{}), x.m.figures(0, "", ledger.Line{}))
	for _, c := range x.b.state.Changes().Obligations {
		o := c.Obligation
		open, opened := x.m.heaps["open "+string(o.Code)], x.m.heaps["opened "+string(o.Code)]
		if number(o.Open()) != open || number(o.Opened) != opened || o.Used.Sign() < 0 || x.m.papers[o.Code].line != o.Line {
			x.Errorf("obligation %+v, the model has %d open of %d", o, open, opened)
		}
	}
	if len(x.b.state.Changes().Obligations) != len(x.m.papers) {
		x.Errorf("%d obligations, want %d", len(x.b.state.Changes().Obligations), len(x.m.papers))
	}
	x.identities()
}
