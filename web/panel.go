package web

import (
	"fmt"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A panel shows, beside the form, what there is to draw from, and what will be
// left. The server computes it; the browser only moves this entry's share.
type panel struct {
	Name string // of the line, source or obligation; empty while none is chosen
	Left ledger.Money
	Base ledger.Money // the whole of the bar
	// Effect is what this entry does to Left: -1 lowers it, 1 raises it.
	Effect int
	This   ledger.Money // this entry's amount as far as it is typed in, signed by Effect
	Rows   []panelRow
	At     string // time of day of the figures
}

// A panelRow is one figure of a panel. Class names the colour of its share of
// the bar; rows without one have no share.
type panelRow struct {
	Class, Label string
	Amount       ledger.Money
}

// A barPart is a share of the bar in hundredths of per cent of its width.
type barPart struct {
	Class    string
	X, Width int
}

// choices are the lists that depend on the line.
type choices struct{ obligations, payments []option }

// After is what will be left when this entry is recorded.
func (p panel) After() ledger.Money {
	if !p.Left.Valid() || !p.This.Valid() {
		return p.Left
	}
	return p.Left.Add(p.This)
}

// Over reports whether this entry takes more than there is.
func (p panel) Over() bool { return p.Left.Valid() && p.After().Sign() < 0 }

// Bar lays the shares out one after the other; this entry's comes last.
func (p panel) Bar() (parts []barPart) {
	if !p.Base.Valid() || p.Base.Sign() <= 0 {
		return nil
	}
	x := 0
	add := func(class string, m ledger.Money) {
		width := min(hundredths(m, p.Base), 10000-x)
		parts = append(parts, barPart{class, x, width})
		x += width
	}
	for _, row := range p.Rows {
		if row.Class != "" {
			add(row.Class, row.Amount)
		}
	}
	if p.Effect < 0 && p.This.Valid() && p.This.Sign() < 0 {
		class := "this"
		if p.Over() {
			class = "over"
		}
		add(class, p.This.Neg())
	}
	return parts
}

// hundredths is part of whole in hundredths of per cent, at least 0.
func hundredths(part, whole ledger.Money) int {
	s, ok := part.Percent(whole, 2)
	if !ok || part.Sign() <= 0 {
		return 0
	}
	var percent, rest int
	if _, err := fmt.Sscanf(strings.Replace(s, ".", " ", 1), "%d %d", &percent, &rest); err != nil || percent >= 100 {
		return 10000 // a share larger than the whole
	}
	return percent*100 + rest
}

// panel computes the panel and the lists for what is chosen in the form.
func (f *voucherForm) panel() (panel, choices, error) {
	p := panel{Effect: effectOf(f.kind, f.values["direction"]), At: f.Now().In(zone).Format("15:04:05")}
	c, err := f.choices()
	if err != nil {
		return p, c, err
	}
	if err := f.fill(&p, c); err != nil {
		return p, c, err
	}
	if m, ok := f.typedAmount(); ok && p.Left.Valid() {
		if p.This = m; p.Effect < 0 {
			p.This = m.Neg()
		}
	}
	return p, c, nil
}

// typedAmount is the amount as far as it can be read.
func (f *voucherForm) typedAmount() (ledger.Money, bool) {
	quiet := reader{values: f.values, in: f.lang, currency: f.currency}
	m := quiet.amount("amount")
	return m, m.Valid()
}

// effectOf says whether a kind lowers or raises what its panel is about.
func effectOf(k ledger.EventKind, direction string) int {
	switch k {
	case ledger.Refund, ledger.Release, ledger.Appropriate, ledger.Supplement, ledger.LateSupplement, ledger.OpenCash:
		return 1
	case ledger.Receive, ledger.Pledge:
		return 1
	case ledger.ChangeCommitment:
		if direction == "down" {
			return 1
		}
	}
	return -1
}

// fill chooses what the panel is about: an obligation, a line, a pool or a fund.
func (f *voucherForm) fill(p *panel, c choices) error {
	switch info := f.kind.Info(); {
	case info.Scope == ledger.ProjectScope || f.kind == ledger.OpenUndrawn || f.kind == ledger.OpenAdvance:
		return nil // nothing to draw from
	case f.values["obligation"] != "" && f.kind != ledger.ChangeCommitment && f.kind != ledger.Receive:
		return f.fillObligation(p)
	case !info.Year:
		return f.fillFund(p)
	case f.byParts():
		return f.fillPool(p)
	case f.line.Full():
		return f.fillLine(p)
	}
	return nil
}

func (f *voucherForm) fillObligation(p *panel) error {
	found, err := f.books.Obligations(f.ctx, f.actor, f.programme(), ledger.ObligationQuery{Prefix: f.code("obligation"), Limit: 50})
	if err != nil {
		return err
	}
	for _, o := range found {
		if o.Code != f.code("obligation") {
			continue
		}
		p.Name = strings.TrimSuffix(string(o.Code)+" · "+o.Payee, " · ")
		p.Left, p.Base = o.Open(), o.Opened
		p.Rows = []panelRow{{"", f.t("panel.opened." + o.Kind.String()), o.Opened}, {"spent", f.t("panel.used"), o.Used}}
	}
	return nil
}

func (f *voucherForm) fillLine(p *panel) error {
	filter := ledger.Filter{Years: []int{f.line.Year}, Line: f.line}
	sum, err := ledger.Summarize(f.books.Cells(f.ctx, f.actor, f.programme(), filter, ledger.Detail{ByLine: true}), f.book, filter)
	if err != nil {
		return fmt.Errorf("sum up line %s: %w", f.line, err)
	}
	v := sum.Total
	p.Name = f.lines.names.line(f.line)
	p.Left, p.Base = v.Must(ledger.Available), v.Must(ledger.Usable)
	p.Rows = []panelRow{
		{"", f.t("figure.usable"), v.Must(ledger.Usable)},
		{"spent", f.t("figure.actual"), v.Must(ledger.Actual)},
		{"advanced", f.t("figure.advances_open"), v.Must(ledger.AdvancesOpen)},
		{"held", f.t("panel.held"), v.Must(ledger.CommittedOpen).Add(v.Must(ledger.AccruedOpen))},
	}
	if withheld := v.Must(ledger.Withheld); withheld.Sign() != 0 {
		p.Rows = append(p.Rows, panelRow{"withheld", f.t("figure.withheld"), withheld})
	}
	p.Rows = append(p.Rows, panelRow{"", f.t("figure.available"), p.Left})
	if f.kind.Info().Cash {
		return f.addCash(p, f.line.Source)
	}
	return nil
}

// addCash adds the money of a source that is bounded by what it received.
func (f *voucherForm) addCash(p *panel, source ledger.Code) error {
	for _, s := range f.book.Sources {
		if s.Code == source && s.Backing == ledger.ByCash {
			cash, err := f.balance(ledger.Filter{Line: ledger.Line{Source: source}}, ledger.FundTreasury)
			p.Rows = append(p.Rows, panelRow{"", f.t("panel.cash"), cash[0]})
			return err
		}
	}
	return nil
}

func (f *voucherForm) fillPool(p *panel) error {
	if f.line.Year == 0 || f.line.Source == "" {
		return nil
	}
	pool := ledger.Line{Year: f.line.Year, Source: f.line.Source}
	b, err := f.balance(ledger.Filter{Years: []int{pool.Year}, Line: pool}, ledger.PoolUnallocated, ledger.PoolAllotted)
	if err != nil {
		return err
	}
	p.Name = f.lines.names.line(pool)
	p.Left, p.Base = b[0], b[0].Add(b[1])
	p.Rows = []panelRow{
		{"", f.t("panel.pool"), p.Base}, {"spent", f.t("state.pool.Allotted"), b[1]}, {"", f.t("state.pool.Unallocated"), b[0]}}
	return nil
}

func (f *voucherForm) fillFund(p *panel) error {
	if f.line.Source == "" {
		return nil
	}
	fund := ledger.Line{Source: f.line.Source}
	b, err := f.balance(ledger.Filter{Line: fund}, ledger.FundPledgeDue, ledger.FundTreasury)
	if err != nil {
		return err
	}
	p.Name = f.lines.names.line(fund)
	p.Rows = []panelRow{{"", f.t("state.fund.PledgeDue"), b[0]}, {"", f.t("state.fund.Treasury"), b[1]}}
	switch f.kind {
	case ledger.Receive, ledger.OpenCash:
		p.Left = b[1]
	default:
		p.Left = b[0]
	}
	return nil
}

// balance adds up the balances of debit states over the cells that a filter selects.
func (f *voucherForm) balance(filter ledger.Filter, states ...ledger.AccountState) ([]ledger.Money, error) {
	sums := make([]ledger.Money, len(states))
	for i := range sums {
		sums[i] = f.currency.Zero()
	}
	for c, err := range f.books.Cells(f.ctx, f.actor, f.programme(), filter, ledger.Detail{}) {
		if err != nil {
			return sums, fmt.Errorf("add up balances: %w", err)
		}
		for i, s := range states {
			if c.Account.State == s {
				sums[i] = sums[i].Add(c.Debit).Sub(c.Credit)
			}
		}
	}
	return sums, nil
}
