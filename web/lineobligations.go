package web

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sokinhphi/kinhphi/ledger"
)

// An obligationsView is the list of obligations: contracts, acceptances,
// advances, pledges.
type obligationsView struct {
	filterView
	Open, Overdue bool
	Kind          ledger.ObligationKind
	Rows          []obligationRow
	Count         int  // of all selected
	Cut           bool // not all are listed
	Total         ledger.Money
	Day           ledger.Date // what is due before is overdue
}

// An obligationRow is one obligation.
type obligationRow struct {
	ledger.Obligation
	Line, LinePath string
	LineTitle      string
	Entry, Journal string // addresses
	Late           int    // days after it was due; 0 = not overdue
}

// listedObligations is how many obligations one page lists.
const listedObligations = 200

var obligationKinds = []ledger.ObligationKind{ledger.CommitmentObligation, ledger.AcceptanceObligation, ledger.AdvanceObligation, ledger.PledgeObligation}

func showObligations(r *request) error {
	in := r.query(r.today())
	f := in.filter()
	q := ledger.ObligationQuery{Line: f.Line, Open: in.values["open"] != "" || in.values["overdue"] != ""}
	if len(f.Years) > 0 {
		q.Line.Year = f.Years[0]
	}
	for _, k := range obligationKinds {
		if k.String() == in.values["kind"] {
			q.Kind = k
		}
	}
	address := filterValues(f).with("kind", q.Kind.String())
	v := obligationsView{Open: q.Open, Overdue: in.values["overdue"] != "", Kind: q.Kind, Total: in.currency.Zero()}
	switch { // what is overdue is open
	case v.Overdue:
		address["overdue"] = "1"
	case q.Open:
		address["open"] = "1"
	}
	if settled, err := r.settle(in, "obligations", address); settled || err != nil {
		return err
	}
	if err := r.fillObligations(&v, q); err != nil {
		return err
	}
	if err := r.obligationFilter(&v, in, f, address); err != nil {
		return err
	}
	r.tab = "lines"
	r.title(r.t("obligations.title"))
	return r.render("obligations", v)
}

func (r *request) fillObligations(v *obligationsView, q ledger.ObligationQuery) (err error) {
	if v.Day, err = r.bookDay(); err != nil {
		return err
	}
	if v.Overdue {
		q.DueBy = v.Day.AddDays(-1)
	}
	rows, _, err := r.obligationRows(q)
	if err != nil {
		return err
	}
	for _, o := range rows {
		v.Total = v.Total.Add(o.Open())
	}
	v.Count, v.Cut, v.Rows = len(rows), len(rows) > listedObligations, rows[:min(len(rows), listedObligations)]
	return nil
}

func (r *request) obligationFilter(v *obligationsView, in *reader, f ledger.Filter, address values) error {
	years, err := r.budgetYears()
	if err != nil {
		return err
	}
	kinds := pick{Name: "kind", Label: r.t("pick.obligation_kind")}
	for _, k := range obligationKinds {
		kinds.add(k.String(), r.t("obligation."+k.String()))
	}
	kinds.choose(in.values["kind"], r.t("pick.all"))
	v.filterView = filterView{Action: r.path("obligations"), Picks: append([]pick{kinds}, r.picks(in, years)...),
		Chips: r.chips("obligations", f, address), Keep: values{}}
	add := func(name, text string) {
		if address[name] != "" {
			v.Chips = append(v.Chips, chip{r.t("pick.state"), text, r.path("obligations") + address.with(name, "").query()})
		}
	}
	add("open", r.t("obligations.open"))
	add("overdue", r.t("obligations.overdue"))
	if v.Kind != 0 {
		v.Chips = append(v.Chips, chip{r.t("pick.obligation_kind"), r.t("obligation." + v.Kind.String()), r.path("obligations") + address.with("kind", "").query()})
	}
	v.Summary = blamePicks(v.Picks, in.faults, r.lang)
	return nil
}

// obligationRows are obligations, those due first at the top, and the day that
// they were looked at.
func (r *request) obligationRows(q ledger.ObligationQuery) (rows []obligationRow, day ledger.Date, err error) {
	if day, err = r.bookDay(); err != nil {
		return nil, day, err
	}
	q.Limit = ledger.MaxPage
	found, err := r.books.Obligations(r.ctx, r.actor, r.programme(), q)
	if err != nil {
		return nil, day, fmt.Errorf("list obligations of %s: %w", r.programme(), err)
	}
	n := namesOf(r.book)
	for _, o := range found {
		row := obligationRow{Obligation: o, Line: o.Line.Short().String(), LineTitle: n.line(o.Line),
			Entry: r.path("entries/" + itoa(o.By.Seq)), Journal: r.path("journal") + values{"obligation": string(o.Code)}.query()}
		if o.Line.Full() {
			row.LinePath = r.linePath(o.Line)
		}
		if !o.Due.IsZero() && o.Due.Before(day) && o.Open().Sign() > 0 {
			row.Late = int(day.Time().Sub(o.Due.Time()).Hours() / 24)
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b obligationRow) int {
		return cmp.Or(cmp.Compare(dueOrder(a), dueOrder(b)), cmp.Compare(a.Code, b.Code))
	})
	return rows, day, nil
}

// dueOrder sorts by the day due; what is never due comes last.
func dueOrder(o obligationRow) string {
	if o.Due.IsZero() {
		return "9"
	}
	return o.Due.String()
}
