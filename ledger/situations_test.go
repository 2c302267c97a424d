package ledger_test

import (
	"errors"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
)

// Situations of the trade that break naive books, each with its right outcome.
// The line has 1.000.000, the aid source 600.000 in cash.

func (b *book) refuse(rule ledger.Rule, date ledger.Date, events ...ledger.Event) {
	b.Helper()
	before := b.state.Dump()
	if res := b.try(voucher(date, events...)); !errors.Is(res.Err, rule) {
		b.Errorf("outcome %d, %v; want %s", res.Outcome, res.Err, rule)
	}
	if b.state.Dump() != before {
		b.Errorf("a refusal changed the State")
	}
}

func (b *book) line(step string, l ledger.Line, figures map[ledger.Figure]int64) {
	b.Helper()
	b.want(step, b.figures(ofLine(l)), figures)
}

// A cut below what is committed is refused; once a contract is lowered, it passes.
func TestCutBelowCommitments(t *testing.T) {
	b, l := funded(t), troubledLine
	b.post(day(2019, 3, 1), ledger.Event{Kind: ledger.Commit, Line: l, Opens: "HD", Amount: dong(700_000)}, ledger.Event{Kind: ledger.Pay, Line: l, Amount: dong(200_000)})
	cut := ledger.Event{Kind: ledger.Reduce, Line: l, Amount: dong(250_000)}
	b.refuse(ledger.OverLimit, day(2019, 4, 1), cut)
	lower := ledger.Event{Kind: ledger.ChangeCommitment, Obligation: "HD", Amount: dong(-150_000)}
	b.post(day(2019, 4, 1), cut, lower) // guards look at the whole voucher, not at the order of its lines
	b.line("after the cut", l, map[ledger.Figure]int64{ledger.Usable: 750_000, ledger.CommittedOpen: 550_000, ledger.CommittedTotal: 550_000, ledger.Available: 0, ledger.Actual: 200_000})
}

// What was withheld is released, or cut for good: both are two plain events.
func TestWithheldReleasedOrCut(t *testing.T) {
	b, l := funded(t), troubledLine
	b.post(day(2019, 2, 20), ledger.Event{Kind: ledger.Withhold, Line: l, Amount: dong(100_000)})
	b.refuse(ledger.OverLimit, day(2019, 3, 1), ledger.Event{Kind: ledger.Pay, Line: l, Amount: dong(900_001)})
	b.post(day(2019, 12, 1), ledger.Event{Kind: ledger.Release, Line: l, Amount: dong(60_000)})
	b.line("released", l, map[ledger.Figure]int64{ledger.Withheld: 40_000, ledger.Available: 960_000})
	b.post(day(2019, 12, 2), ledger.Event{Kind: ledger.Release, Line: l, Amount: dong(40_000)}, ledger.Event{Kind: ledger.Reduce, Line: l, Amount: dong(40_000)})
	b.line("cut", l, map[ledger.Figure]int64{ledger.Withheld: 0, ledger.Available: 960_000, ledger.Usable: 960_000})
}

// One invoice paid from two sources is one voucher: if one source refuses, none
// pays.
func TestOneInvoiceTwoSources(t *testing.T) {
	b := funded(t)
	share := func(l ledger.Line, n int64) ledger.Event {
		return ledger.Event{Kind: ledger.Pay, Line: l, Amount: dong(n), Payee: "Công ty Bình Minh", Text: "Hóa đơn 0000123"}
	}
	b.refuse(ledger.OverLimit, day(2019, 3, 1), share(troubledLine, 60_000), share(aidLine, 600_001))
	res := b.post(day(2019, 3, 1), share(troubledLine, 60_000), share(aidLine, 40_000))
	b.post(day(2019, 4, 1), // a refund of 10.000 goes back as it came
		ledger.Event{Kind: ledger.Refund, Of: ledger.EventRef{Seq: res.Seq, N: 1}, Amount: dong(6_000)},
		ledger.Event{Kind: ledger.Refund, Of: ledger.EventRef{Seq: res.Seq, N: 2}, Amount: dong(4_000)})
	b.line("central", troubledLine, map[ledger.Figure]int64{ledger.Actual: 54_000})
	b.line("aid", aidLine, map[ledger.Figure]int64{ledger.Actual: 36_000})
	b.want("total", b.figures(ledger.Filter{}), map[ledger.Figure]int64{ledger.Actual: 90_000, ledger.Drawn: 90_000})
}

// A payment charged to the wrong source is moved in one voucher, if the right one
// has the money.
func TestWrongSourceIsCorrected(t *testing.T) {
	b := funded(t)
	res := b.post(day(2019, 3, 1), ledger.Event{Kind: ledger.Pay, Line: aidLine, Amount: dong(300_000)})
	back := ledger.Event{Kind: ledger.Refund, Of: ledger.EventRef{Seq: res.Seq, N: 1}, Amount: dong(300_000)}
	right := ledger.Event{Kind: ledger.Pay, Line: troubledLine, Amount: dong(300_000)}
	b.post(day(2019, 3, 2), ledger.Event{Kind: ledger.Withhold, Line: troubledLine, Amount: dong(800_000)})
	b.refuse(ledger.OverLimit, day(2019, 3, 3), back, right)
	b.post(day(2019, 3, 4), ledger.Event{Kind: ledger.Release, Line: troubledLine, Amount: dong(800_000)})
	b.post(day(2019, 3, 5), back, right)
	b.line("aid", aidLine, map[ledger.Figure]int64{ledger.Actual: 0, ledger.Available: 1_000_000})
	b.line("central", troubledLine, map[ledger.Figure]int64{ledger.Actual: 300_000})
	if cash := b.net()["Fund:VIENTRO:Treasury:TGNH"]; cash != "600000" {
		t.Errorf("cash %s", cash)
	}
}

// The supplier fails: part of his advance comes back, and what the contract has
// open again is cancelled.
func TestAdvanceOfAFailedSupplier(t *testing.T) {
	b, l := funded(t), troubledLine
	b.post(day(2019, 3, 1), ledger.Event{Kind: ledger.Commit, Line: l, Opens: "HD", Amount: dong(400_000)})
	b.post(day(2019, 3, 2), ledger.Event{Kind: ledger.Advance, Obligation: "HD", Opens: "TU", Amount: dong(120_000)})
	b.post(day(2019, 6, 1), ledger.Event{Kind: ledger.ReturnAdvance, Obligation: "TU", Amount: dong(90_000)})
	b.line("returned", l, map[ledger.Figure]int64{ledger.AdvancesOpen: 30_000, ledger.CommittedOpen: 370_000, ledger.Drawn: 30_000, ledger.Available: 600_000})
	b.refuse(ledger.ObligationExceeded, day(2019, 6, 2), ledger.Event{Kind: ledger.CancelCommitment, Obligation: "HD", Amount: dong(370_001)})
	b.post(day(2019, 6, 2), ledger.Event{Kind: ledger.CancelCommitment, Obligation: "HD", Amount: dong(370_000)})
	b.line("cancelled", l, map[ledger.Figure]int64{ledger.CommittedOpen: 0, ledger.CommittedTotal: 30_000, ledger.Available: 970_000})
	b.refuse(ledger.ObligationExceeded, day(2019, 6, 3), ledger.Event{Kind: ledger.Clear, Obligation: "TU", Amount: dong(30_001)})
}

// An advance spent on two items with a rest returned ends at nothing.
func TestAdvanceSpentOnTwoItems(t *testing.T) {
	b, l := funded(t), troubledLine
	b.post(day(2019, 3, 1), ledger.Event{Kind: ledger.Advance, Line: l, Opens: "TU", Item: "7799", Amount: dong(4_000)})
	b.post(day(2019, 3, 20),
		ledger.Event{Kind: ledger.Clear, Obligation: "TU", Item: "6501", Amount: dong(2_000)},
		ledger.Event{Kind: ledger.Clear, Obligation: "TU", Item: "6702", Amount: dong(1_500)},
		ledger.Event{Kind: ledger.ReturnAdvance, Obligation: "TU", Item: "7799", Amount: dong(500)})
	b.line("settled", l, map[ledger.Figure]int64{ledger.AdvancesOpen: 0, ledger.Actual: 3_500, ledger.Drawn: 3_500, ledger.Available: 996_500})
}

// A transfer that the bank returns is the same payment in red: the contract has
// its money open again.
func TestPaymentRecalledByTheBank(t *testing.T) {
	b, l := funded(t), troubledLine
	b.post(day(2019, 3, 1), ledger.Event{Kind: ledger.Commit, Line: l, Opens: "HD", Amount: dong(400_000)})
	res := b.post(day(2019, 3, 2), ledger.Event{Kind: ledger.Pay, Obligation: "HD", Amount: dong(400_000)})
	b.refuse(ledger.ObligationExceeded, day(2019, 3, 3), ledger.Event{Kind: ledger.Pay, Obligation: "HD", Amount: dong(1)})
	b.do(reversal(res.Seq, day(2019, 3, 5)))
	b.line("recalled", l, map[ledger.Figure]int64{ledger.CommittedOpen: 400_000, ledger.Actual: 0, ledger.Drawn: 0})
	b.post(day(2019, 3, 6), ledger.Event{Kind: ledger.Pay, Obligation: "HD", Amount: dong(400_000)})
}

// A donor who pledged 500 gives 300 and withdraws the rest: the pledge does not
// shrink, it is cancelled.
func TestPledgeMetInPart(t *testing.T) {
	b := newBook(t)
	src := source("VIENTRO")
	b.post(day(2019, 1, 10), ledger.Event{Kind: ledger.Pledge, Line: src, Opens: "TT", Amount: dong(500)})
	b.post(day(2019, 2, 10), ledger.Event{Kind: ledger.Receive, Obligation: "TT", Amount: dong(300)})
	b.refuse(ledger.ObligationExceeded, day(2019, 3, 10), ledger.Event{Kind: ledger.Receive, Obligation: "TT", Amount: dong(201)})
	b.post(day(2019, 6, 1), ledger.Event{Kind: ledger.CancelPledge, Obligation: "TT", Amount: dong(200)})
	b.want("cancelled", b.figures(ledger.Filter{Line: src}), map[ledger.Figure]int64{ledger.Pledged: 300, ledger.Received: 300, ledger.Mobilised: 300})
	net := b.net()
	if net["Fund:VIENTRO:Pledged"] != "-500" || net["Fund:VIENTRO:PledgeMet"] != "300" || net["Fund:VIENTRO:PledgeCancelled"] != "200" || net["Fund:VIENTRO:PledgeDue"] != "" {
		t.Errorf("accounts %v", net)
	}
}

// Last year's advance that is cleared this year is spending of this year, on the
// line that took it over.
func TestAdvanceOfLastYear(t *testing.T) {
	b := newBook(t)
	l := troubledLine
	b.post(day(2019, 1, 1), ledger.Event{Kind: ledger.OpenAdvance, Line: l, Opens: "TU-2018", Amount: dong(50)})
	b.post(day(2019, 3, 1), ledger.Event{Kind: ledger.Clear, Obligation: "TU-2018", Amount: dong(30)}, ledger.Event{Kind: ledger.ReturnAdvance, Obligation: "TU-2018", Amount: dong(20)})
	b.line("cleared", l, map[ledger.Figure]int64{ledger.Usable: 50, ledger.Actual: 30, ledger.AdvancesOpen: 0, ledger.Drawn: -20, ledger.Available: 20, ledger.Allocated: 0})
}

// A line of budget nothing has nothing: an unplanned payment is refused.
func TestBudgetNothing(t *testing.T) {
	b := funded(t)
	l := line2019("NSTW", "DA2", "PC04")
	b.refuse(ledger.UnknownCode, day(2019, 3, 1), ledger.Event{Kind: ledger.Pay, Line: l, Amount: dong(5)})
	b.post(day(2019, 3, 1), ledger.Event{Kind: ledger.Transfer, Line: troubledLine, To: l, Amount: dong(4)})
	b.refuse(ledger.OverLimit, day(2019, 3, 2), ledger.Event{Kind: ledger.Pay, Line: l, Amount: dong(5)})
}
