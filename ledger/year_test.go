package ledger_test

import (
	"fmt"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A yearStep is one line of the worked year, in millions: what is posted, and
// the figures after it: E usable, H withheld, C committed, T advances, X actual,
// R drawn, A available.
type yearStep struct {
	name                string
	date                ledger.Date
	events              []ledger.Event
	E, H, C, T, X, R, A int64
}

var workedLine = line2019("NSTW", "DA1", "CAT")

// million reads an amount in millions.
func million(n int64) ledger.Money { return dong(n * 1_000_000) }

// workedYear is a year of one line with every kind of thing that happens to it.
// The first step but one is the budget decision, which needs a pool behind it.
func workedYear() []yearStep {
	l := workedLine
	on := func(kind ledger.EventKind, amount int64) ledger.Event {
		return ledger.Event{Kind: kind, Line: l, Amount: million(amount)}
	}
	upon := func(kind ledger.EventKind, obligation ledger.Code, amount int64) ledger.Event {
		return ledger.Event{Kind: kind, Obligation: obligation, Amount: million(amount)}
	}
	opens := func(e ledger.Event, code ledger.Code) ledger.Event { e.Opens = code; return e }
	from := func(kind ledger.EventKind, amount int64) ledger.Event {
		return ledger.Event{Kind: kind, Line: pool(2019, "NSTW"), Amount: million(amount)}
	}
	return []yearStep{
		{"số dư đầu kỳ", day(2019, 1, 1), []ledger.Event{on(ledger.OpenUndrawn, 150), opens(on(ledger.OpenAdvance, 50), "TU-2018")}, 200, 0, 0, 50, 0, 0, 150},
		{"giao đầu năm", day(2019, 1, 2), []ledger.Event{from(ledger.Appropriate, 5000), on(ledger.Allocate, 5000)}, 5200, 0, 0, 50, 0, 0, 5150},
		{"giữ lại", day(2019, 2, 20), []ledger.Event{on(ledger.Withhold, 200)}, 5200, 200, 0, 50, 0, 0, 4950},
		{"rút tạm ứng", day(2019, 3, 15), []ledger.Event{opens(on(ledger.Advance, 300), "TU-3")}, 5200, 200, 0, 350, 0, 300, 4650},
		{"thanh toán tạm ứng", day(2019, 4, 10), []ledger.Event{upon(ledger.Clear, "TU-3", 280)}, 5200, 200, 0, 70, 280, 300, 4650},
		{"nộp trả tạm ứng", day(2019, 4, 15), []ledger.Event{upon(ledger.ReturnAdvance, "TU-3", 20)}, 5200, 200, 0, 50, 280, 280, 4670},
		{"cam kết chi", day(2019, 5, 5), []ledger.Event{opens(on(ledger.Commit, 2400), "HD-5")}, 5200, 200, 2400, 50, 280, 280, 2270},
		{"tạm ứng hợp đồng", day(2019, 5, 20), []ledger.Event{opens(upon(ledger.Advance, "HD-5", 720), "TU-HD-5")}, 5200, 200, 1680, 770, 280, 1000, 2270},
		{"nghiệm thu", day(2019, 8, 30), []ledger.Event{upon(ledger.Clear, "TU-HD-5", 720), upon(ledger.Pay, "HD-5", 1280)}, 5200, 200, 400, 50, 2280, 2280, 2270},
		{"bổ sung", day(2019, 9, 10), []ledger.Event{from(ledger.Supplement, 600), on(ledger.AllocateSupplement, 600)}, 5800, 200, 400, 50, 2280, 2280, 2870},
		{"điều chỉnh giảm", day(2019, 10, 10), []ledger.Event{on(ledger.Reduce, 400)}, 5400, 200, 400, 50, 2280, 2280, 2470},
		{"thực chi", day(2019, 11, 5), []ledger.Event{on(ledger.Pay, 900)}, 5400, 200, 400, 50, 3180, 3180, 1570},
		{"nộp trả thực chi", day(2019, 11, 20), []ledger.Event{{Kind: ledger.Refund, Of: ledger.EventRef{Seq: 12, N: 1}, Amount: million(15)}}, 5400, 200, 400, 50, 3165, 3165, 1585},
		{"bổ sung sau 30/9", day(2019, 12, 15), []ledger.Event{from(ledger.LateSupplement, 250), on(ledger.AllocateLateSupplement, 250)}, 5650, 200, 400, 50, 3165, 3165, 1835},
		{"rút tạm ứng cuối năm", day(2019, 12, 25), []ledger.Event{opens(on(ledger.Advance, 120), "TU-12")}, 5650, 200, 400, 170, 3165, 3285, 1715},
		{"thanh toán tạm ứng năm trước", day(2020, 1, 15), []ledger.Event{upon(ledger.Clear, "TU-2018", 50)}, 5650, 200, 400, 120, 3215, 3285, 1715},
	}
}

func (s yearStep) figures() map[ledger.Figure]int64 {
	const m = 1_000_000
	return map[ledger.Figure]int64{
		ledger.Usable: s.E * m, ledger.Withheld: s.H * m, ledger.CommittedOpen: s.C * m, ledger.AdvancesOpen: s.T * m,
		ledger.Actual: s.X * m, ledger.Drawn: s.R * m, ledger.Available: s.A * m,
		ledger.Disbursed: (s.X + s.T) * m, ledger.Undrawn: (s.A + s.H + s.C) * m,
	}
}

func TestWorkedYear(t *testing.T) {
	b := newBook(t)
	for _, step := range workedYear() {
		b.post(step.date, step.events...)
		b.want(step.name, b.figures(ofLine(workedLine)), step.figures())
	}
	// What the settlement forms print at the end of the year.
	v := b.figures(ofLine(workedLine))
	b.want("at the end", v, map[ledger.Figure]int64{
		ledger.Original: 5_000_000_000, ledger.Allocated: 5_450_000_000, ledger.CommittedTotal: 2_400_000_000,
		ledger.Surrendered: 0, ledger.Lapsed: 0, ledger.CarriedUndrawn: 0, ledger.CarriedAdvance: 0,
	})
	for f, rate := range map[ledger.Figure]string{ledger.Disbursed: "59.03", ledger.Actual: "56.90"} {
		if got, ok := v.Must(f).Percent(v.Must(ledger.Usable), 2); !ok || got != rate {
			t.Errorf("%s is %s %% of usable, want %s", f, got, rate)
		}
	}
	whole := b.figures(ledger.Filter{Years: []int{2019}})
	b.want("whole year", whole, map[ledger.Figure]int64{ledger.Appropriated: 5_450_000_000, ledger.Allocated: 5_450_000_000})
}

// TestWorkedYearTakenBack takes the whole year back, last entry first: every
// figure returns through the same values to nothing.
func TestWorkedYearTakenBack(t *testing.T) {
	b := newBook(t)
	steps := workedYear()
	for _, step := range steps {
		b.post(step.date, step.events...)
	}
	for i := len(steps) - 1; i >= 0; i-- {
		b.do(reversal(ledger.Seq(i+1), day(2020, 1, 31)))
		after := yearStep{}
		if i > 0 {
			after = steps[i-1]
		}
		b.want("before "+steps[i].name, b.figures(ofLine(workedLine)), after.figures())
	}
	for path, n := range b.net() {
		t.Errorf("%s is left with %s", path, n)
	}
	if t.Failed() {
		return
	}
	for _, c := range b.state.Changes().Accounts {
		if c.Debit.Sign() != 0 || c.Credit.Sign() != 0 {
			t.Errorf("%s keeps turnover %s and %s: red must net", c.Account.Path(programme), c.Debit, c.Credit)
		}
	}
}

// TestOneStepTooMuch lets each step of the year ask for one đồng more than the
// line has: refused, with what is left, and the books as they were.
func TestOneStepTooMuch(t *testing.T) {
	b := newBook(t)
	for _, step := range workedYear() {
		b.post(step.date, step.events...)
		before, left := b.state.Dump(), step.A*1_000_000
		res := b.try(voucher(step.date, ledger.Event{Kind: ledger.Pay, Line: workedLine, Amount: dong(left + 1)}))
		faults := ledger.Faults(res.Err)
		if len(faults) != 1 || faults[0].Rule != ledger.OverLimit {
			t.Fatalf("%s: %v", step.name, res.Err)
		}
		want := map[string]string{"account": "Budget:2019:NSTW:DA1:CAT:041:12:Available", "available": fmt.Sprint(left), "needed": fmt.Sprint(left + 1), "short": "1"}
		if fmt.Sprint(faults[0].Operands) != fmt.Sprint(want) {
			t.Errorf("%s: operands %v, want %v", step.name, faults[0].Operands, want)
		}
		if b.state.Dump() != before {
			t.Errorf("%s: a refusal changed the State", step.name)
		}
	}
}
