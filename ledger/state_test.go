package ledger_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/sokinhphi/kinhphi/ledger"
)

// TestStructureOfItsOwn builds a programme from an empty State: things count from
// 1, a new version of a thing keeps its number.
func TestStructureOfItsOwn(t *testing.T) {
	b := openBook(t, ledger.Base{Programme: base().Programme})
	unit := func(code, parent ledger.Code) ledger.DefineUnit {
		return ledger.DefineUnit{Unit: ledger.Unit{Code: code, Name: "Đơn vị " + string(code), Parent: parent, From: day(2017, 1, 1)}}
	}
	b.do(unit("TINH", ""))
	b.do(unit("CAT", "TINH"))
	b.do(ledger.DefineProject{Project: ledger.Project{Code: "DA1", Name: "Một", Owner: "CAT"}})
	b.do(ledger.DefineProject{Project: ledger.Project{Code: "DA2", Name: "Hai"}})
	src := ledger.Source{Code: "NSTW", Name: "Trung ương", Kind: ledger.CentralBudget, Backing: ledger.ByAppropriation, Treasury: "KBNN"}
	b.do(ledger.DefineSource{Source: src})
	s := b.state
	if s.UnitID("TINH") != 1 || s.UnitID("CAT") != 2 || s.UnitID("") != 1 || s.UnitID("X") != 0 || s.ProjectID("DA2") != 2 || s.SourceID("NSTW") != 1 || s.SourceID("X") != 0 {
		t.Error("numbers of the chart")
	}
	b.do(unit("CAT", "TINH"))
	src.Name, src.Treasury = "Ngân sách trung ương", "KBNN-2"
	b.do(ledger.DefineSource{Source: src})
	b.do(ledger.DefineProject{Project: ledger.Project{Code: "DA1", Name: "Một, sửa"}})
	if s.UnitID("CAT") != 2 || s.SourceID("NSTW") != 1 || s.ProjectID("DA1") != 1 || s.Seq() != 8 {
		t.Errorf("numbers after new versions, record %d", s.Seq())
	}
	l := line2019("NSTW", "DA1", "CAT")
	b.post(day(2019, 1, 2), ledger.Event{Kind: ledger.Appropriate, Line: pool(2019, "NSTW"), Amount: dong(10)}, ledger.Event{Kind: ledger.Allocate, Line: l, Amount: dong(10)})
	res := b.post(day(2019, 2, 1), ledger.Event{Kind: ledger.Pay, Line: l, Amount: dong(1)})
	if path := res.Record.Entry.Legs[3].Account.Path(programme); path != "Fund:NSTW:Treasury:KBNN-2" {
		t.Errorf("paid from %s, want the account of the newest version", path)
	}
	if s.LineID(l) != 1 || s.LineID(l.Short()) != 0 || s.AccountID(ledger.Account{State: ledger.LineActual, Line: l}) == 0 {
		t.Error("numbers of lines and accounts")
	}
}

// TestUnitInAndOutOfTime: a unit takes postings from its first to its last day.
func TestUnitInAndOutOfTime(t *testing.T) {
	b := newBook(t)
	l := line2019("NSTW", "DA1", "CU") // ends on 28/02/2019
	b.post(day(2019, 2, 28), ledger.Event{Kind: ledger.Appropriate, Line: pool(2019, "NSTW"), Amount: dong(10)}, ledger.Event{Kind: ledger.Allocate, Line: l, Amount: dong(10)})
	if res := b.try(voucher(day(2019, 3, 1), ledger.Event{Kind: ledger.Pay, Line: l, Amount: dong(1)})); res.Outcome != ledger.Refused {
		t.Error("a unit that ended can pay")
	}
	b.do(ledger.DefineUnit{Unit: ledger.Unit{Code: "CU", Name: "Đơn vị cũ", Parent: "TINH", From: day(2017, 1, 1)}})
	b.post(day(2019, 3, 1), ledger.Event{Kind: ledger.Pay, Line: l, Amount: dong(1)})
}

// TestEdgesOfTheYear: a budget year takes postings from 1 January to the end of
// the programme's own adjustment days; plans are made whenever.
func TestEdgesOfTheYear(t *testing.T) {
	for days, last := range map[int]ledger.Date{0: day(2019, 12, 31), 31: day(2020, 1, 31), 366: day(2020, 12, 31)} {
		from := base()
		from.Programme.AdjustmentDays = days
		b := openBook(t, from)
		b.post(day(2019, 1, 1), ledger.Event{Kind: ledger.Appropriate, Line: pool(2019, "NSTW"), Amount: dong(10)})
		b.post(last, ledger.Event{Kind: ledger.Appropriate, Line: pool(2019, "NSTW"), Amount: dong(10)})
		for _, out := range []ledger.Date{day(2018, 12, 31), last.AddDays(1)} {
			if res := b.try(voucher(out, ledger.Event{Kind: ledger.Appropriate, Line: pool(2019, "NSTW"), Amount: dong(10)})); res.Outcome != ledger.Refused {
				t.Errorf("%d days: %s is in the year", days, out)
			}
		}
		plan := ledger.Event{Kind: ledger.Plan, Line: ledger.Line{Year: 2025, Source: "NSTW", Project: "DA1"}, Amount: dong(10)}
		b.post(day(2018, 5, 5), plan)
		plan.Kind, plan.Amount = ledger.RevisePlan, dong(-4)
		b.post(day(2030, 5, 5), plan)
	}
}

// TestVoucherNumbers: gapless per unit, type and calendar year of posting; what
// is of several units or of none is the root's.
func TestVoucherNumbers(t *testing.T) {
	b := funded(t)
	l, other := troubledLine, line2019("NSTW", "DA1", "PC04")
	numbered := func(typ ledger.Code, date ledger.Date, events ...ledger.Event) string {
		n := b.do(ledger.Posting{Date: date, Document: ledger.Document{Type: typ}, Events: events}).Number
		return fmt.Sprintf("%s %s %d/%d", n.Unit, n.Type, n.Number, n.Year)
	}
	pay := func(l ledger.Line) ledger.Event { return ledger.Event{Kind: ledger.Pay, Line: l, Amount: dong(1)} }
	give := ledger.Event{Kind: ledger.Allocate, Line: other, Amount: dong(10)}
	for _, c := range []struct{ got, want string }{
		{numbered("QD", day(2019, 2, 1), give), "PC04 QD 1/2019"},
		{numbered("PC", day(2019, 2, 1), pay(l)), "CAT PC 1/2019"},
		{numbered("UNC", day(2019, 2, 1), pay(l)), "CAT UNC 1/2019"},
		{numbered("PC", day(2019, 2, 2), pay(l), pay(l)), "CAT PC 2/2019"},
		{numbered("PC", day(2019, 2, 2), pay(other)), "PC04 PC 1/2019"},
		{numbered("PC", day(2019, 2, 2), pay(l), pay(other)), "TINH PC 1/2019"},
		{numbered("PC", day(2020, 1, 5), pay(l)), "CAT PC 1/2020"},
		{numbered("PC", day(2019, 2, 3), pay(l)), "CAT PC 3/2019"},
		{numbered("PT", day(2019, 2, 3), ledger.Event{Kind: ledger.Receive, Line: source("VIENTRO"), Amount: dong(1)}), "TINH PT 1/2019"},
	} {
		if c.got != c.want {
			t.Errorf("numbered %s, want %s", c.got, c.want)
		}
	}
	b.try(ledger.Posting{Date: day(2019, 2, 4), Document: ledger.Document{Type: "PC"}, Events: []ledger.Event{{Kind: ledger.Pay, Line: l, Amount: dong(9_000_000)}}})
	if got := numbered("PC", day(2019, 2, 4), pay(l)); got != "CAT PC 4/2019" {
		t.Errorf("after a refusal %s: a gap", got)
	}
}

// TestClosedMonthOpensAgain: closing is an event, and so is opening.
func TestClosedMonthOpensAgain(t *testing.T) {
	b := funded(t)
	period := ledger.Period{Year: 2019, Month: 2, Closed: true}
	pay := on(ledger.Pay, troubledLine, 1).(ledger.Posting)
	pay.Date = day(2019, 2, 28)
	b.do(ledger.SetPeriod{Period: period})
	if res := b.try(pay); res.Outcome != ledger.Refused {
		t.Error("a closed month takes a payment")
	}
	pay.Document.Date, pay.Date = pay.Date, day(2019, 3, 1) // the late voucher goes into the next month
	b.do(pay)
	period.Closed = false
	b.do(ledger.SetPeriod{Period: period})
	pay.Date = day(2019, 2, 28)
	b.do(pay)
}

// TestChangesAreWhatHappened: what a store is told to write follows from the
// records: turnovers, months, new things with numbers in order.
func TestChangesAreWhatHappened(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		x := &trial{T: rt, b: newBook(rt), m: newModel(base()), balance: map[ledger.Account]int64{}, counted: map[string]int{}}
		x.fund()
		for range rapid.IntRange(0, 15).Draw(rt, "vouchers") {
			x.voucher(3)
		}
		x.changes()
		before := x.b.state.Seq()
		x.b.state.Flushed()
		c := x.b.state.Changes()
		if c.Before != before || len(c.Records)+len(c.Lines)+len(c.Rings)+len(c.Accounts)+len(c.Months)+len(c.Obligations)+len(c.Counters) != 0 {
			rt.Fatalf("after Flushed: %+v", c)
		}
	})
}

func (x *trial) changes() {
	c := x.b.state.Changes()
	months := map[string]int64{}
	for i, r := range c.Records {
		if r.Seq != c.Before+ledger.Seq(i)+1 {
			x.Fatalf("record %d after %d others", r.Seq, i)
		}
		for j := 0; r.Entry != nil && j < len(r.Entry.Legs); j++ {
			l := r.Entry.Legs[j]
			months[fmt.Sprint(x.b.state.AccountID(l.Account), r.Entry.Date.FirstOfMonth(), l.Debit)] += number(l.Amount)
		}
	}
	for _, m := range c.Months {
		for side, amount := range map[bool]ledger.Money{true: m.Debit, false: m.Credit} {
			key := fmt.Sprint(m.Account, m.Month, side)
			if months[key] != number(amount) {
				x.Fatalf("month %s has %s, its legs %d", key, amount, months[key])
			}
			delete(months, key)
		}
	}
	if len(months) > 0 {
		x.Fatalf("months without a change: %v", months)
	}
	rings := map[string]int{}
	for i, r := range c.Rings {
		if r.ID != i+1 || rings[r.Path] != 0 {
			x.Fatalf("ring %+v is number %d", r, i+1)
		}
		rings[r.Path] = r.ID
	}
	for i, a := range c.Accounts {
		if a.ID != i+1 || !a.New || rings[a.Account.Ring(programme)] != a.Ring {
			x.Fatalf("account %+v is number %d", a, i+1)
		}
	}
	for i, l := range c.Lines {
		if l.ID != i+1 || !x.m.lines[l.Line] {
			x.Fatalf("line %+v is number %d", l, i+1)
		}
	}
	if len(c.Lines) != len(x.m.lines) {
		x.Fatalf("%d lines, want %d", len(c.Lines), len(x.m.lines))
	}
}
