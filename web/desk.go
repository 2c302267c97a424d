package web

import (
	"cmp"
	"slices"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A deskView is where everybody begins: how the programme stands, what is left
// this year, what needs a look, and the ways to one's own work.
type deskView struct {
	Strip    []tile
	Year     int
	Projects []deskProject
	Total    tableRow
	Reviews  []review
	Quick    []quick
	Owner    bool // lines are unfolded: who watches a project looks for what is left
	Empty    bool
	Unit     string
}

// A deskProject is what a project may still spend in the year, line by line.
type deskProject struct {
	Name, Path string
	Available  string
	Bar        []barPart
	Rate       string
	Lines      []lineRow
}

// A quick is a way to somebody's daily work.
type quick struct{ Text, Path string }

func showDesk(r *request) error {
	v := deskView{Owner: r.actor.Has(ledger.Owner, r.programme()), Quick: r.quick()}
	f := ledger.Filter{}
	s, err := r.summarize(ledger.Filter{Figures: shownFigures})
	if err != nil {
		return err
	}
	in := r.scale("", s.Total)
	v.Strip, v.Unit, v.Empty = r.strip(s.Total, f, in), in.label(), len(s.Years) == 0
	day, err := r.bookDay()
	if err != nil {
		return err
	}
	if v.Year = currentYear(s, day); v.Year != 0 {
		if err := r.fillDesk(&v, day); err != nil {
			return err
		}
	}
	r.shell.Crumbs = nil // this is the first page of the programme
	r.title(r.t("desk.title"))
	return r.render("desk", v)
}

// currentYear is the budget year of the day, or the last one before it that has
// a budget; 0 when there is none.
func currentYear(s ledger.Summary, day ledger.Date) (year int) {
	for _, y := range s.Years {
		if m, ok := y.Values.Get(ledger.Usable); ok && m.Sign() > 0 && (y.Key <= day.Year() || year == 0) {
			year = y.Key
		}
	}
	return year
}

// fillDesk shows what is left of the year, and what needs a look.
func (r *request) fillDesk(v *deskView, day ledger.Date) error {
	f := ledger.Filter{Years: []int{v.Year}, Figures: shownFigures}
	lines, _, err := r.lineRows(f)
	if err != nil {
		return err
	}
	s, err := r.yearSummary(f)
	if err != nil {
		return err
	}
	in := r.scale("", s.Total)
	n := namesOf(r.book)
	for _, p := range s.Projects {
		if p.Values.Must(ledger.Usable).Sign() == 0 {
			continue
		}
		d := deskProject{Name: coded(n.projects, p.Key), Path: r.path("projects/"+string(p.Key)) + values{"year": itoa(v.Year)}.query(),
			Available: in.text(p.Values.Must(ledger.Available)), Bar: shares(p.Values),
			Rate: percent(p.Values.Must(ledger.Actual), p.Values.Must(ledger.Usable), r.lang)}
		for _, l := range lines {
			if v.Owner && l.Project == p.Key {
				d.Lines = append(d.Lines, l)
			}
		}
		slices.SortFunc(d.Lines, func(a, b lineRow) int { return cmp.Or(b.Available.Cmp(a.Available), a.Line.Compare(b.Line)) })
		v.Projects = append(v.Projects, d)
	}
	v.Total = r.tableRow(nil, s.Total, in, nil)
	v.Total.Name = in.text(s.Total.Must(ledger.Available))
	v.Reviews, err = r.reviews(s, lines, day, v.Year)
	return err
}

// yearSummary sums up one year; its time is not that of the programme's summary.
func (r *request) yearSummary(f ledger.Filter) (ledger.Summary, error) {
	return ledger.Summarize(r.books.Cells(r.ctx, r.actor, r.programme(), f, ledger.Detail{}), r.book, f)
}

// quick are the ways to the work of the person's roles.
func (r *request) quick() (ways []quick) {
	add := func(text, page string) {
		way := quick{text, r.path(page)}
		if !slices.Contains(ways, way) {
			ways = append(ways, way)
		}
	}
	if r.may(ledger.PostEntries) {
		for _, k := range []ledger.EventKind{ledger.Pay, ledger.Advance, ledger.Clear, ledger.Commit} {
			add(r.t("desk.record", "kind", r.t("kind."+k.String())), "vouchers/new?kind="+k.String())
		}
	}
	if r.actor.Has(ledger.Agency, r.programme()) {
		add(r.t("nav.budget"), "budget")
	}
	add(r.t("summary.title"), "summary")
	add(r.t("lines.title"), "lines")
	add(r.t("obligations.title"), "obligations?open=1")
	add(r.t("journal.title"), "journal")
	add(r.t("desk.corrections"), "journal?red=true")
	add(r.t("export.title"), "export")
	return ways
}
