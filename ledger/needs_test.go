package ledger_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A shelf is a store made of what a book in memory changed so far: it hands out
// what is asked for and nothing else.
type shelf struct {
	full     *book
	changes  *ledger.Changes
	reversed map[ledger.Seq]ledger.Seq
	reduced  map[ledger.Seq]map[int]ledger.Money
}

func newShelf(full *book) *shelf {
	s := &shelf{full: full, changes: full.state.Changes(), reversed: map[ledger.Seq]ledger.Seq{}, reduced: map[ledger.Seq]map[int]ledger.Money{}}
	for _, r := range s.changes.Records {
		if r.Entry == nil {
			continue
		}
		s.reversed[r.Entry.Reverses] = r.Seq
		for _, e := range r.Entry.Events {
			if e.Kind != ledger.Refund && e.Kind != ledger.ReturnAdvance {
				continue
			}
			of := e.Of
			if r.Entry.Reverses != 0 { // of the return: what it took back stands again
				of = s.entry(of.Seq).Events[of.N-1].Of
			}
			if s.reduced[of.Seq] == nil {
				s.reduced[of.Seq] = map[int]ledger.Money{}
			}
			before, ok := s.reduced[of.Seq][of.N]
			if !ok {
				before = ledger.VND.Zero()
			}
			s.reduced[of.Seq][of.N] = before.Add(e.Amount)
		}
	}
	return s
}

func (s *shelf) entry(seq ledger.Seq) *ledger.Entry {
	for _, r := range s.changes.Records {
		if r.Seq == seq {
			return r.Entry
		}
	}
	return nil
}

// open returns a State that stands at the shelf's head and holds only the chart.
func (s *shelf) open() *ledger.State {
	b := base()
	b.Seq, b.Counters, b.People = s.full.state.Seq(), s.changes.Counters, nil
	b.LastLine, b.LastRing, b.LastAccount, b.LastObligation = len(s.changes.Lines), len(s.changes.Rings), len(s.changes.Accounts), len(s.changes.Obligations)
	closed := map[[2]int]bool{}
	for _, r := range s.changes.Records {
		if p, ok := r.Change.(ledger.SetPeriod); ok {
			closed[[2]int{p.Period.Year, p.Period.Month}] = p.Period.Closed
		}
	}
	for at, is := range closed {
		if is {
			b.Closed = append(b.Closed, ledger.Period{Year: at[0], Month: at[1], Closed: true})
		}
	}
	return ledger.NewState(b)
}

// load hands out one need.
func (s *shelf) load(to *ledger.State, n ledger.Need) {
	for _, l := range s.changes.Lines {
		if n.Line != (ledger.Line{}) && l.Line.Matches(n.Line) {
			to.AddLine(l.ID, l.Line)
		}
	}
	for _, a := range s.changes.Accounts {
		if wanted(a.Account, n) {
			to.AddAccount(a.ID, a.Ring, a.Account, a.Debit, a.Credit)
		}
	}
	for _, o := range s.changes.Obligations {
		if o.Obligation.Code == n.Obligation {
			to.AddObligation(o.ID, o.Obligation)
		}
	}
	for _, r := range s.changes.Records {
		if r.Key == n.Key {
			k := ledger.KnownKey{Request: r.Request, Seq: r.Seq}
			if r.Entry != nil {
				k.Number = r.Entry.Number
			}
			to.AddKey(r.Key, k)
		}
	}
	if e := s.entry(n.Entry); n.Entry != 0 && e != nil {
		reduced := maps.Clone(s.reduced[n.Entry])
		if reduced == nil {
			reduced = map[int]ledger.Money{}
		}
		to.AddEntry(n.Entry, *e, s.reversed[n.Entry], reduced)
	}
}

// wanted reports whether a need means an account.
func wanted(a ledger.Account, n ledger.Need) bool {
	switch info := a.State.Info(); {
	case info.Book == ledger.PoolBook:
		return a.Line == n.Pool
	case info.Book == ledger.PlanBook:
		return a.Line == n.Plan
	case info.Book == ledger.LineBook || info.ByLine:
		return n.Line != (ledger.Line{}) && a.Line.Matches(n.Line)
	default:
		return n.Fund != "" && a.Line.Source == n.Fund
	}
}

// TestMissingIsEnough: a State that was given exactly what it said was missing
// decides like one that holds everything, over batches of requests.
func TestMissingIsEnough(t *testing.T) {
	accepted := 0
	for range 3 {
		rapid.Check(t, func(rt *rapid.T) {
			x := &trial{T: rt, b: newBook(rt), m: newModel(base()), balance: map[ledger.Account]int64{}, counted: map[string]int{}}
			x.fund()
			rt.Repeat(map[string]func(*rapid.T){
				"batch": func(rt *rapid.T) { x.T = rt; accepted += x.lazily() },
				"close": func(rt *rapid.T) { x.T = rt; x.close() },
			})
		})
	}
	if accepted < 100 && !testing.Short() {
		t.Errorf("only %d requests were accepted", accepted)
	}
}

// lazily asks both for a batch and counts what was accepted.
func (x *trial) lazily() (accepted int) {
	var batch []ledger.Request
	for i := range rapid.IntRange(1, 3).Draw(x.T, "requests") {
		r := ledger.Request{Key: ledger.UserKey("an", fmt.Sprint(x.b.state.Seq(), ".", i)), Action: x.action()}
		if i > 0 && x.chance("repeated", 10) {
			r = batch[i-1]
		}
		if len(x.asked) > 0 && x.chance("asked before", 10) {
			old := pick(x, "old", x.asked)
			r.Key = old.Key
			if x.chance("the same", 70) {
				r.Action = old.Action
			}
		}
		batch = append(batch, r)
	}
	x.asked = append(x.asked, batch...)
	s := newShelf(x.b)
	lazy := s.open()
	rounds := 0
	for needs := lazy.Missing(ledger.LocalActor(), batch, true); len(needs) > 0; needs = lazy.Missing(ledger.LocalActor(), batch, true) {
		for _, n := range needs {
			s.load(lazy, n)
		}
		lazy.Loaded(needs)
		if rounds++; rounds > 5 {
			x.Fatalf("still missing after %d rounds: %+v", rounds, needs)
		}
	}
	for _, r := range batch {
		stamp := x.b.stamp()
		x.b.tick-- // the same salts for both
		got := lazy.Decide(ledger.LocalActor(), r, stamp)
		want := x.b.state.Decide(ledger.LocalActor(), r, x.b.stamp())
		if a, b := answer(got), answer(want); a != b {
			x.Fatalf("%+v\nwith what was missing:\n%s\nwith everything:\n%s", r.Action, a, b)
		}
		if want.Outcome == ledger.Accepted {
			accepted++
			x.follow(r, want)
		}
	}
	x.sameAccounts(lazy)
	return accepted
}

// action draws a voucher or a reversal.
func (x *trial) action() ledger.Action {
	date := pick(x, "date", propertyDates)
	if x.chance("reversal", 25) {
		return reversal(ledger.Seq(rapid.IntRange(1, int(x.m.seq)+1).Draw(x.T, "of")), date)
	}
	return voucher(date, x.events(3)...)
}

// follow keeps the model up with what was accepted, for it knows what can be
// drawn next.
func (x *trial) follow(r ledger.Request, res ledger.Result) {
	switch a := r.Action.(type) {
	case ledger.Reversal:
		x.same(x.m.reverse(a.Of, a.Date), res, "reversal")
	case ledger.Posting:
		var amounts []int64
		for _, e := range a.Events {
			amounts = append(amounts, number(e.Amount))
		}
		x.same(x.m.post(a.Date, amounts, a.Events), res, "voucher")
	}
}

// answer writes a result down, record and all.
func answer(r ledger.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "outcome %d, record %d, number %+v, %v\n", r.Outcome, r.Seq, r.Number, r.Err)
	if r.Record != nil {
		for _, f := range r.Record.Fields() {
			fmt.Fprintf(&b, "%s = %s\n", f.Name, f.Value)
		}
	}
	return b.String()
}

// sameAccounts compares what the lazy State would write with the full one.
func (x *trial) sameAccounts(lazy *ledger.State) {
	full := map[ledger.Account]ledger.AccountChange{}
	for _, c := range x.b.state.Changes().Accounts {
		full[c.Account] = c
	}
	for _, c := range lazy.Changes().Accounts {
		f := full[c.Account]
		if !c.Debit.Equal(f.Debit) || !c.Credit.Equal(f.Credit) || c.ID != f.ID || c.Ring != f.Ring || c.Seq != f.Seq {
			x.Fatalf("%s: account %d of ring %d turns over %s and %s at %d; the full book has %+v", c.Account.Path(programme), c.ID, c.Ring, c.Debit, c.Credit, c.Seq, f)
		}
	}
	for _, c := range lazy.Changes().Obligations {
		if id := x.b.state.ObligationID(c.Obligation.Code); id != c.ID || x.b.state.AccountID(ledger.Account{State: c.Obligation.Kind.State(), Line: c.Obligation.Line}) != c.Account {
			x.Fatalf("obligation %+v, the full book has number %d", c, id)
		}
	}
}
