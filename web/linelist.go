package web

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A linesView is the list of lines.
type linesView struct {
	filterView
	Rows  []lineRow
	Total lineRow
	Count int  // of all lines selected
	Near  bool // only those that are nearly used up
	Cut   bool // not all are listed
}

// A lineRow is one line with what is left on it.
type lineRow struct {
	Line       ledger.Line
	Name, Path string
	Short      string // where year and project are known: unit and source
	Project    ledger.Code
	Values     ledger.Values
	Usable     ledger.Money
	Actual     ledger.Money
	Advances   ledger.Money
	Held       ledger.Money // by commitments and acceptances
	Available  ledger.Money
	Bar        []barPart
	Rate       string // used of usable
	Near       bool   // 95 % or more is used or held
}

// maxLines is how many lines one page lists.
const maxLines = 300

func showLineList(r *request) error {
	in := r.query(r.today())
	f := in.filter()
	near := in.values["near"] != ""
	address := filterValues(f)
	if near {
		address["near"] = "true"
	}
	if settled, err := r.settle(in, "lines", address); settled || err != nil {
		return err
	}
	rows, total, err := r.lineRows(f)
	if err != nil {
		return err
	}
	if near {
		rows = slices.DeleteFunc(rows, func(l lineRow) bool { return !l.Near })
	}
	v := linesView{Count: len(rows), Total: total, Near: near, Cut: len(rows) > maxLines, Rows: rows[:min(len(rows), maxLines)]}
	years, err := r.budgetYears()
	if err != nil {
		return err
	}
	v.filterView = filterView{Action: r.path("lines"), Picks: r.picks(in, years), Chips: r.chips("lines", f, address),
		Keep: values{"khoan": address["khoan"], "nature": address["nature"], "as_of": address["as_of"], "known_at": address["known_at"]}.given()}
	if near {
		v.Chips = append(v.Chips, chip{r.t("lines.near"), r.t("lines.near_text"), r.path("lines") + address.with("near", "").query()})
	}
	v.Summary = blamePicks(v.Picks, in.faults, r.lang)
	r.title(r.t("lines.title"))
	return r.render("lines", v)
}

// lineRows are the lines of a selection with their figures, the latest year
// first, then by unit; and the figures of all of them.
func (r *request) lineRows(f ledger.Filter) (rows []lineRow, total lineRow, err error) {
	cells := map[ledger.Line][]ledger.Cell{}
	var all []ledger.Cell
	for c, err := range r.books.Cells(r.ctx, r.actor, r.programme(), f, ledger.Detail{ByLine: true}) {
		if err != nil {
			return nil, total, fmt.Errorf("sum up lines of %s: %w", r.programme(), err)
		}
		if l := c.Account.Line; l.Full() && c.Account.Book() == ledger.LineBook {
			cells[l] = append(cells[l], c)
			all = append(all, c)
		}
	}
	n := namesOf(r.book)
	for l, own := range cells {
		row, err := r.lineRow(own, lineFilter(l))
		if err != nil {
			return nil, total, err
		}
		row.Line, row.Name, row.Path, row.Project = l, n.line(l), r.linePath(l), l.Project
		row.Short = named(n.units, l.Unit) + " · " + named(n.sources, l.Source)
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b lineRow) int {
		return cmp.Or(cmp.Compare(b.Line.Year, a.Line.Year), cmp.Compare(a.Line.Project, b.Line.Project), a.Line.Compare(b.Line))
	})
	total, err = r.lineRow(all, f)
	return rows, total, err
}

// lineRow sums up the cells of one line, or of several.
func (r *request) lineRow(cells []ledger.Cell, f ledger.Filter) (row lineRow, err error) {
	s, err := ledger.Summarize(func(yield func(ledger.Cell, error) bool) {
		for _, c := range cells {
			if !yield(c, nil) {
				return
			}
		}
	}, ledger.Structure{Programme: r.book.Programme}, f)
	if err != nil {
		return row, err
	}
	v := s.Total
	row = lineRow{Values: v, Usable: v.Must(ledger.Usable), Actual: v.Must(ledger.Actual), Advances: v.Must(ledger.AdvancesOpen),
		Held: v.Must(ledger.CommittedOpen).Add(v.Must(ledger.AccruedOpen)), Available: v.Must(ledger.Available), Bar: shares(v)}
	used := row.Usable.Sub(row.Available)
	row.Rate = percent(used, row.Usable, r.lang)
	row.Near = row.Usable.Sign() > 0 && hundredths(used, row.Usable) >= nearlyUsed
	return row, nil
}

// nearlyUsed is the part of a line, in hundredths of per cent, from which on
// people are told that it is nearly used up.
const nearlyUsed = 9500
