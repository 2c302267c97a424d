package ledger_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A refusal is a request that breaks rules, and the faults it must be given, as
// their Error texts.
type refusal struct {
	name   string
	action ledger.Action
	faults []string
	by     *ledger.Actor // nil = the machine's own user
	key    *ledger.Key   // nil = a fresh one
}

// Records of the troubled book that refusals name.
const (
	seqContracts = ledger.Seq(4) // commitments HD (1) and HD-2 (2), advance TU (3)
	seqPaid      = ledger.Seq(5) // 20.000, of which 5.000 came back
	seqTakenBack = ledger.Seq(7) // reversed by seqRed
	seqRed       = ledger.Seq(8)
	seqPledge    = ledger.Seq(9)
	seqThrice    = ledger.Seq(14) // three payments, of the last two something came back
	seqDrawn     = ledger.Seq(16) // a payment and a commitment that was drawn upon
	noSeq        = ledger.Seq(99)
)

var (
	troubledLine = line2019("NSTW", "DA1", "CAT")
	aidLine      = line2019("VIENTRO", "DA1", "CAT")
	twinLine     = ledger.Line{Year: 2019, Source: "NSTW", Project: "DA2", Unit: "CAT", Khoan: "041", Nature: "13"}
	usedKey      = ledger.UserKey(ledger.LocalUser, "used")
)

// troubled is a book with something to break of every rule; March is closed.
func troubled(t *testing.T) *book {
	b, l, d := funded(t), troubledLine, day(2019, 2, 1)
	b.post(d, // 4
		ledger.Event{Kind: ledger.Commit, Line: l, Opens: "HD", Amount: dong(100_000)},
		ledger.Event{Kind: ledger.Commit, Line: l, Opens: "HD-2", Amount: dong(50_000)},
		ledger.Event{Kind: ledger.Advance, Line: l, Opens: "TU", Amount: dong(40_000)})
	b.post(d, ledger.Event{Kind: ledger.Pay, Line: l, Amount: dong(20_000)})                                   // 5
	b.post(d, ledger.Event{Kind: ledger.Refund, Of: ledger.EventRef{Seq: seqPaid, N: 1}, Amount: dong(5_000)}) // 6
	b.post(d, ledger.Event{Kind: ledger.Pay, Line: l, Amount: dong(10_000)})                                   // 7
	b.do(reversal(seqTakenBack, d))                                                                            // 8
	b.post(d, ledger.Event{Kind: ledger.Pledge, Line: source("VIENTRO"), Opens: "TT", Amount: dong(70_000)})   // 9
	b.post(d, ledger.Event{Kind: ledger.Allocate, Line: twinLine, Amount: dong(1_000)})                        // 10
	twin := twinLine
	twin.Nature = "12"
	b.post(d, ledger.Event{Kind: ledger.Allocate, Line: twin, Amount: dong(1_000)}) // 11
	b.do(ledger.SetPeriod{Period: ledger.Period{Year: 2019, Month: 3, Closed: true}})
	b.state.Decide(ledger.LocalActor(), ledger.Request{Key: usedKey, Action: voucher(d, ledger.Event{Kind: ledger.Pay, Line: l, Amount: dong(1)})}, b.stamp())
	cheap := ledger.Event{Kind: ledger.Pay, Line: aidLine, Amount: dong(10)}
	b.post(d, cheap, cheap, cheap)                                                                           // 14
	b.post(d, ledger.Event{Kind: ledger.Refund, Of: ledger.EventRef{Seq: seqThrice, N: 2}, Amount: dong(1)}, // 15
		ledger.Event{Kind: ledger.Refund, Of: ledger.EventRef{Seq: seqThrice, N: 3}, Amount: dong(2)})
	b.post(d, cheap, ledger.Event{Kind: ledger.Commit, Line: aidLine, Opens: "HD-VT", Amount: dong(10)}) // 16
	b.post(d, ledger.Event{Kind: ledger.Pay, Obligation: "HD-VT", Amount: dong(5)})
	return b
}

func one(e ledger.Event) ledger.Action { return voucher(day(2019, 5, 1), e) }

// with changes a payment of 1.000 on the troubled line.
func with(change func(*ledger.Event)) ledger.Action {
	e := ledger.Event{Kind: ledger.Pay, Line: troubledLine, Amount: dong(1000)}
	change(&e)
	return one(e)
}

func on(kind ledger.EventKind, l ledger.Line, amount int64) ledger.Action {
	return one(ledger.Event{Kind: kind, Line: l, Amount: dong(amount)})
}

func under(kind ledger.EventKind, obligation ledger.Code, amount int64) ledger.Action {
	return one(ledger.Event{Kind: kind, Obligation: obligation, Amount: dong(amount)})
}

func back(seq ledger.Seq, n int, amount int64) ledger.Action {
	return one(ledger.Event{Kind: ledger.Refund, Of: ledger.EventRef{Seq: seq, N: n}, Amount: dong(amount)})
}

func paper(change func(*ledger.Posting)) ledger.Action {
	p := voucher(day(2019, 5, 1), ledger.Event{Kind: ledger.Pay, Line: troubledLine, Amount: dong(1000)})
	change(&p)
	return p
}

func undo(seq ledger.Seq, change func(*ledger.Reversal)) ledger.Action {
	r := reversal(seq, day(2019, 5, 1))
	change(&r)
	return r
}

func asIs(*ledger.Reversal) {}

const (
	atAvailable = "account=Budget:2019:NSTW:DA1:CAT:041:12:Available available=794999"
	otherRules  = "busy unknown_outcome together_refused invalid_amount amount_scale" // of the store, and of parsing
)

var limits = []refusal{
	{name: "more than the line has", action: on(ledger.Pay, troubledLine, 800_000),
		faults: []string{"over_limit at events[0].amount " + atAvailable + " needed=800000 short=5001"}},
	{name: "more than the line has, in two events", action: voucher(day(2019, 5, 1),
		ledger.Event{Kind: ledger.Withhold, Line: troubledLine, Amount: dong(700_000)},
		ledger.Event{Kind: ledger.Pay, Line: troubledLine, Amount: dong(100_000)}),
		faults: []string{"over_limit at events[0].amount " + atAvailable + " needed=800000 short=5001"}},
	{name: "more than line and cash have", action: on(ledger.Pay, aidLine, 1_100_000), faults: []string{
		"over_limit at events[0].amount account=Budget:2019:VIENTRO:DA1:CAT:041:12:Available available=999953 needed=1100000 short=100047",
		"over_limit at events[0].amount account=Fund:VIENTRO:Treasury:TGNH available=599958 needed=1100000 short=500042"}},
	{name: "cash of another account", action: with(func(e *ledger.Event) { e.Line, e.Treasury = aidLine, "KHAC" }),
		faults: []string{"over_limit at events[0].amount account=Fund:VIENTRO:Treasury:KHAC available=0 needed=1000 short=1000"}},
	{name: "release of what is not withheld", action: on(ledger.Release, troubledLine, 1),
		faults: []string{"over_limit at events[0].amount account=Budget:2019:NSTW:DA1:CAT:041:12:Withheld available=0 needed=1 short=1"}},
	{name: "cut of the pool", action: on(ledger.Reduce, pool(2019, "NSTW"), 498_001),
		faults: []string{"over_limit at events[0].amount account=Budget:2019:NSTW:Pool:Unallocated available=498000 needed=498001 short=1"}},
	{name: "a budget decision taken back after it was used", action: undo(1, asIs), faults: []string{
		"over_limit at events[0].amount account=Budget:2019:NSTW:Pool:Unallocated available=498000 needed=500000 short=2000",
		"over_limit at events[1].amount " + atAvailable + " needed=1000000 short=205001"}},

	{name: "more than the contract has open", action: under(ledger.Pay, "HD", 100_001),
		faults: []string{"obligation_exceeded at events[0].amount needed=100001 obligation=HD remaining=100000 short=1"}},
	{name: "more than two contracts have open", action: voucher(day(2019, 5, 1),
		ledger.Event{Kind: ledger.Withhold, Line: troubledLine, Amount: dong(1)},
		ledger.Event{Kind: ledger.CancelCommitment, Obligation: "HD-2", Amount: dong(150_001)}), faults: []string{
		"over_limit at events[1].amount account=Budget:2019:NSTW:DA1:CAT:041:12:Committed available=150000 needed=150001 short=1",
		"obligation_exceeded at events[1].amount needed=150001 obligation=HD-2 remaining=50000 short=100001"}},
	{name: "more than was advanced", action: under(ledger.Clear, "TU", 40_001), faults: []string{
		"over_limit at events[0].amount account=Budget:2019:NSTW:DA1:CAT:041:12:Advanced available=40000 needed=40001 short=1",
		"over_limit at events[0].amount account=Fund:NSTW:Advances:2019:DA1:CAT:041:12 available=40000 needed=40001 short=1",
		"obligation_exceeded at events[0].amount needed=40001 obligation=TU remaining=40000 short=1"}},
	{name: "more than was pledged", action: under(ledger.Receive, "TT", 70_001), faults: []string{
		"over_limit at events[0].amount account=Fund:VIENTRO:PledgeDue available=70000 needed=70001 short=1",
		"obligation_exceeded at events[0].amount needed=70001 obligation=TT remaining=70000 short=1"}},
	{name: "more back than was paid", action: back(seqPaid, 1, 15_001),
		faults: []string{"reduces_too_much at events[0].amount entry=5.1 needed=15001 remaining=15000"}},
	{name: "more back than was paid, in two events", action: voucher(day(2019, 5, 1),
		ledger.Event{Kind: ledger.Refund, Of: ledger.EventRef{Seq: seqPaid, N: 1}, Amount: dong(10_000)},
		ledger.Event{Kind: ledger.Refund, Of: ledger.EventRef{Seq: seqPaid, N: 1}, Amount: dong(5_001)}),
		faults: []string{"reduces_too_much at events[1].amount entry=5.1 needed=5001 remaining=5000"}},
	{name: "more back than was advanced", action: under(ledger.ReturnAdvance, "TU", 40_001),
		faults: []string{"reduces_too_much at events[0].amount entry=4.3 needed=40001 remaining=40000"}},
}

var pasts = []refusal{
	{name: "reversed twice", action: undo(seqTakenBack, asIs), faults: []string{"already_reversed at of by=8 entry=7"}},
	{name: "refund of what was reversed", action: back(seqTakenBack, 1, 1), faults: []string{"already_reversed at events[0].of entry=7.1"}},
	{name: "refund of a reversal", action: back(seqRed, 1, 1), faults: []string{"already_reversed at events[0].of entry=8.1"}},
	{name: "reversal of what came back in part", action: undo(seqPaid, asIs), faults: []string{"partly_returned at of amount=5000 entry=5.1"}},
	{name: "reversal of what came back in part, twice", action: undo(seqThrice, asIs), faults: []string{
		"partly_returned at of amount=1 entry=14.2", "partly_returned at of amount=2 entry=14.3"}},
	{name: "reversal of what was drawn upon since", action: undo(seqDrawn, asIs), faults: []string{
		"over_limit at events[1].amount account=Budget:2019:VIENTRO:DA1:CAT:041:12:Committed available=5 needed=10 short=5",
		"obligation_exceeded at events[1].amount needed=10 obligation=HD-VT remaining=5 short=5"}},
	{name: "reversal of a reversal", action: undo(seqRed, asIs), faults: []string{"not_reversible at of entry=8"}},
	{name: "reversal of nothing", action: undo(noSeq, asIs), faults: []string{"not_found at of value=99 what=entry"}},
	{name: "refund of nothing", action: back(noSeq, 1, 1), faults: []string{"not_found at events[0].of value=99.1 what=entry"}},
	{name: "refund of an event that is not there", action: back(seqPaid, 2, 1), faults: []string{"not_found at events[0].of value=5.2 what=entry"}},
	{name: "refund of a change of structure", action: back(12, 1, 1), faults: []string{"not_found at events[0].of value=12.1 what=entry"}},
	{name: "refund of a commitment", action: back(seqContracts, 1, 1), faults: []string{"not_allowed at events[0].of kind=commit"}},
	{name: "refund named with another line", action: one(ledger.Event{Kind: ledger.Refund, Of: ledger.EventRef{Seq: seqPaid, N: 1}, Line: aidLine, Amount: dong(1)}),
		faults: []string{"source_mismatch at events[0].line from=2019/NSTW/DA1/CAT/041/12 to=2019/VIENTRO/DA1/CAT/041/12"}},
	{name: "reversal without a reason", action: undo(seqPledge, func(r *ledger.Reversal) { r.Reason = "" }), faults: []string{"required at reason"}},
	{name: "reversal into a closed month", action: undo(seqPledge, func(r *ledger.Reversal) { r.Date = day(2019, 3, 31) }), faults: []string{"period_closed at date period=2019-03"}},
	{name: "reversal after the year's window", action: undo(seqContracts, func(r *ledger.Reversal) { r.Date = day(2020, 2, 1) }),
		faults: []string{"outside_year at date date=2020-02-01 from=2019-01-01 until=2020-01-31 year=2019"}},

	{name: "closed month", action: paper(func(p *ledger.Posting) { p.Date = day(2019, 3, 1) }), faults: []string{"period_closed at date period=2019-03"}},
	{name: "before the year", action: paper(func(p *ledger.Posting) { p.Date = day(2018, 12, 31) }),
		faults: []string{"outside_year at events[0].date date=2018-12-31 from=2019-01-01 until=2020-01-31 year=2019"}},
	{name: "after the adjustment days", action: paper(func(p *ledger.Posting) { p.Date = day(2020, 2, 1) }),
		faults: []string{"outside_year at events[0].date date=2020-02-01 from=2019-01-01 until=2020-01-31 year=2019"}},
	{name: "same key, other content", action: on(ledger.Pay, troubledLine, 2), key: &usedKey, faults: []string{"key_reused at key key=used"}},
	{name: "approver posts", action: on(ledger.Pay, troubledLine, 1), by: &ledger.Actor{User: "approver"},
		faults: []string{"forbidden action=post programme=CT user=approver"}},
	{name: "rights that only the caller claims", action: on(ledger.Pay, troubledLine, 1),
		by:     &ledger.Actor{User: "approver", Grants: []ledger.Grant{{User: "approver", Programme: programme, Role: ledger.Officer}}},
		faults: []string{"forbidden action=post programme=CT user=approver"}},
	{name: "officer closes", action: ledger.SetPeriod{Period: ledger.Period{Year: 2019, Month: 4, Closed: true}}, by: &ledger.Actor{User: "officer"},
		faults: []string{"forbidden action=periods programme=CT user=officer"}},
	{name: "nobody reverses", action: undo(seqPledge, asIs), by: &ledger.Actor{}, faults: []string{"forbidden action=post programme=CT user="}},
}

func TestRefusals(t *testing.T) {
	seen := map[ledger.Rule]bool{}
	for _, group := range [][]refusal{limits, pasts, references, forms} {
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) { refuse(t, troubled(t), c, seen) })
		}
	}
	for _, c := range structures {
		t.Run(c.name, func(t *testing.T) { refuse(t, troubled(t), c, seen) })
	}
	for _, c := range systems {
		t.Run(c.name, func(t *testing.T) {
			b := openBook(t, ledger.Base{Programme: ledger.Programme{Code: ledger.System}, Programmes: []ledger.Code{programme}, People: map[ledger.Login]int{"officer": 1}})
			refuse(t, b, c, seen)
		})
	}
	for _, rule := range rules(t) {
		if !seen[rule] && !strings.Contains(otherRules, string(rule)) {
			t.Errorf("no request is refused by %s", rule)
		}
	}
}

// refuse asks, compares the faults, and looks that nothing moved.
func refuse(t *testing.T, b *book, c refusal, seen map[ledger.Rule]bool) {
	t.Helper()
	by, key := ledger.LocalActor(), ledger.UserKey(ledger.LocalUser, "fresh")
	if c.by != nil {
		by = *c.by
	}
	if c.key != nil {
		key = *c.key
	}
	before := b.state.Dump()
	res := b.state.Decide(by, ledger.Request{Key: key, Action: c.action}, b.stamp())
	if res.Outcome != ledger.Refused || res.Seq != 0 || res.Record != nil || res.Number != (ledger.Number{}) {
		t.Fatalf("outcome %d, want a refusal and nothing else: %+v", res.Outcome, res)
	}
	var got []string
	for _, f := range ledger.Faults(res.Err) {
		got = append(got, f.Error())
		seen[f.Rule] = true
		if !errors.Is(res.Err, f.Rule) {
			t.Errorf("errors.Is does not find %s", f.Rule)
		}
	}
	if strings.Join(got, "\n") != strings.Join(c.faults, "\n") {
		t.Errorf("faults\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.faults, "\n"))
	}
	if b.state.Dump() != before {
		t.Error("the refusal changed the State")
	}
}

// rules reads all rules from the source, so that none can be forgotten here.
func rules(t *testing.T) (all []ledger.Rule) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := spec.Type.(*ast.Ident); ok && typ.Name == "Rule" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, ledger.Rule(text))
		}
		return true
	})
	if len(all) < 39 {
		t.Fatalf("found only %d rules", len(all))
	}
	return all
}
