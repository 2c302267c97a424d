package report

import (
	"fmt"
	"iter"
	"math/big"
	"strconv"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// A Quarter is a quarter of a calendar year, counted from the year 0.
type Quarter int

// QuarterOf returns the quarter in which d lies.
func QuarterOf(d ledger.Date) Quarter { return Quarter(d.Year()*4 + (d.Month()-1)/3) }

// Label writes a quarter as III/19 in Vietnamese and Q3/19 in English.
func (q Quarter) Label(l lang.Lang) string {
	year := fmt.Sprintf("%02d", int(q)/4%100)
	if l == lang.En {
		return "Q" + strconv.Itoa(int(q)%4+1) + "/" + year
	}
	return [...]string{"I", "II", "III", "IV"}[q%4] + "/" + year
}

// A Progress is how spending grew against the plan, quarter by quarter: each
// figure is cumulative from the first quarter on. A plan is made for a budget
// year, so its part of a quarter is a quarter of it; spending stands in the
// quarter of its posting date.
type Progress struct {
	Quarters  []Quarter
	Planned   []ledger.Money // as many as Quarters
	Disbursed []ledger.Money // up to the quarter of the point of view
	Actual    []ledger.Money // as many as Disbursed
}

// NewProgress adds up cells by month of what f selects, which s sums up, until
// the given day. The first error that cells yields is returned.
func NewProgress(cells iter.Seq2[ledger.Cell, error], s ledger.Summary, f ledger.Filter, until ledger.Date) (Progress, error) {
	quarters, err := byQuarter(cells)
	if err != nil {
		return Progress{}, err
	}
	p := Progress{}
	zero := s.Programme.Currency.Zero()
	disbursed, actual, now := zero, zero, QuarterOf(until)
	first, last := reach(s, quarters)
	for q := first; q <= last; q++ {
		p.Quarters = append(p.Quarters, q)
		p.Planned = append(p.Planned, plannedUntil(s, q))
		gain, err := ledger.Summarize(quarters[q].cells(), ledger.Structure{Programme: s.Programme}, f)
		if err != nil {
			return Progress{}, err
		}
		disbursed, actual = plus(disbursed, gain.Total, ledger.Disbursed), plus(actual, gain.Total, ledger.Actual)
		if q <= now {
			p.Disbursed, p.Actual = append(p.Disbursed, disbursed), append(p.Actual, actual)
		}
	}
	return p, nil
}

func plus(m ledger.Money, v ledger.Values, f ledger.Figure) ledger.Money {
	if x, ok := v.Get(f); ok {
		return m.Add(x)
	}
	return m
}

// A place is what the totals of spending are told apart by: of the line, only
// the budget year matters.
type place struct {
	state ledger.AccountState
	year  int
}

// turnover is what moved in one quarter.
type turnover map[place]ledger.Cell

// byQuarter merges the cells of the states that spending is made of: of many
// thousand cells some hundred remain.
func byQuarter(cells iter.Seq2[ledger.Cell, error]) (map[Quarter]turnover, error) {
	wanted := map[ledger.AccountState]bool{}
	for _, f := range []ledger.Figure{ledger.Disbursed, ledger.Actual} {
		for _, t := range f.Terms() {
			wanted[t.State] = true
		}
	}
	quarters := map[Quarter]turnover{}
	for c, err := range cells {
		if err != nil {
			return nil, err
		}
		if wanted[c.Account.State] && !c.Month.IsZero() {
			merge(quarters, c)
		}
	}
	return quarters, nil
}

func merge(quarters map[Quarter]turnover, c ledger.Cell) {
	q, at := QuarterOf(c.Month), place{c.Account.State, c.Account.Line.Year}
	if quarters[q] == nil {
		quarters[q] = turnover{}
	}
	sum, ok := quarters[q][at]
	if !ok {
		sum = ledger.Cell{Debit: c.Debit.Currency().Zero(), Credit: c.Debit.Currency().Zero()}
		sum.Account.State, sum.Account.Line.Year = at.state, at.year
	}
	sum.Debit, sum.Credit = sum.Debit.Add(c.Debit), sum.Credit.Add(c.Credit)
	quarters[q][at] = sum
}

func (t turnover) cells() iter.Seq2[ledger.Cell, error] {
	return func(yield func(ledger.Cell, error) bool) {
		for _, c := range t {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// reach is the first and the last quarter with a plan or a movement.
func reach(s ledger.Summary, quarters map[Quarter]turnover) (first, last Quarter) {
	first, last = 1<<30, -1
	for _, y := range s.Years {
		first, last = min(first, Quarter(y.Key*4)), max(last, Quarter(y.Key*4+3))
	}
	for q := range quarters {
		first, last = min(first, q), max(last, q)
	}
	return first, last
}

// plannedUntil is the plan of past years and of the quarters of this one.
func plannedUntil(s ledger.Summary, q Quarter) ledger.Money {
	sum := s.Programme.Currency.Zero()
	for _, y := range s.Years {
		m, ok := y.Values.Get(ledger.Planned)
		quarters := int(q) - y.Key*4 + 1
		switch {
		case !ok || quarters <= 0:
		case quarters >= 4:
			sum = sum.Add(m)
		default:
			sum = sum.Add(quarters4(m, quarters))
		}
	}
	return sum
}

// quarters4 is n quarters of m, rounded down to the currency's scale.
func quarters4(m ledger.Money, n int) ledger.Money {
	c := m.Currency()
	units := new(big.Int)
	for _, b := range []byte(m.Abs().String()) {
		if b != '.' {
			units.Mul(units, big.NewInt(10)).Add(units, big.NewInt(int64(b-'0')))
		}
	}
	s := units.Mul(units, big.NewInt(int64(n))).Quo(units, big.NewInt(4)).String()
	for len(s) <= c.Scale() {
		s = "0" + s
	}
	if c.Scale() > 0 {
		s = s[:len(s)-c.Scale()] + "." + s[len(s)-c.Scale():]
	}
	part, err := ledger.MoneyFromStore(s, c)
	if err != nil {
		return c.Zero() // cannot be: s is a canonical decimal
	}
	if m.Sign() < 0 {
		return part.Neg()
	}
	return part
}
