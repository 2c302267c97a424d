package web

import (
	"fmt"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A projectView is the page of one project: what it may still spend, line by
// line, first.
type projectView struct {
	Project     ledger.Project
	Owner       string
	Strip       []tile
	Chart       *chartView
	Tables      []tableView
	Unit        string
	Rounded     bool
	Year        int // of the lines that are listed
	Years       []link
	Rows        []lineRow
	Total       lineRow
	Obligations []obligationRow
	Count       int // of all open obligations
	All         string
	Summary     string
}

// maxOpen is how many open obligations the page of a project lists.
const maxOpen = 12

func showProject(r *request) error {
	i := slices.IndexFunc(r.book.Projects, func(p ledger.Project) bool { return string(p.Code) == r.Params("project") })
	if i < 0 {
		return fiber.ErrNotFound
	}
	p := r.book.Projects[i]
	f := ledger.Filter{Line: ledger.Line{Project: p.Code}}
	v := projectView{Project: p, Owner: named(namesOf(r.book).units, p.Owner), Summary: r.path("summary") + filterValues(f).query(),
		All: r.path("obligations") + filterValues(f).with("open", "1").query()}
	shown := f
	shown.Figures = shownFigures
	s, err := r.summarize(shown)
	if err != nil {
		return err
	}
	in := r.scale("", s.Total)
	v.Strip, v.Unit = r.strip(s.Total, f, in), in.label()
	for _, d := range r.dimensions(s, f) {
		if d.field != "project" && d.field != "unit" && len(d.rows) > 0 {
			t, rounded := r.table(d, s.Total, f, in)
			v.Tables, v.Rounded = append(v.Tables, t), v.Rounded || rounded
		}
	}
	if v.Chart, err = r.chart(s, f, in); err != nil {
		return err
	}
	if err := r.fillProject(&v, f, s); err != nil {
		return err
	}
	r.tab = "summary"
	r.title(string(p.Code) + " · " + p.Name)
	return r.render("project", v)
}

// fillProject lists the lines of the year asked for, or of the latest, and what
// is still open.
func (r *request) fillProject(v *projectView, f ledger.Filter, s ledger.Summary) (err error) {
	in := r.query(r.today())
	asked := in.filter().Years
	for _, y := range slices.Backward(s.Years) {
		if v.Year == 0 && (len(asked) == 0 || slices.Contains(asked, y.Key)) {
			v.Year = y.Key
		}
	}
	for _, y := range s.Years {
		v.Years = append(v.Years, link{Text: itoa(y.Key), Path: r.path("projects/"+string(v.Project.Code)) + values{"year": itoa(y.Key)}.query(), Current: y.Key == v.Year})
	}
	if v.Year != 0 {
		year := f
		year.Years = []int{v.Year}
		if v.Rows, v.Total, err = r.lineRows(year); err != nil {
			return fmt.Errorf("lines of project %s: %w", v.Project.Code, err)
		}
	}
	if v.Obligations, _, err = r.obligationRows(ledger.ObligationQuery{Line: f.Line, Open: true}); err != nil {
		return err
	}
	v.Count, v.Obligations = len(v.Obligations), v.Obligations[:min(len(v.Obligations), maxOpen)]
	return nil
}
