package web

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A lineView is the page of one line.
type lineView struct {
	Line        ledger.Line
	Name        string
	Parts       []linePart
	Available   ledger.Money
	Bridge      []bridgeRow // what became of the usable budget, part by part
	Usable      ledger.Money
	UsablePath  string
	Whole       bool // the parts add up to the usable budget
	Bar         []barPart
	More        []bridgeRow // other figures
	Obligations []obligationRow
	Rows        []journalRow
	Count       int
	Journal     string // address of the line's journal
	Record      string // address of the voucher form; empty for those who may not
}

// A linePart is one of the parts that make up a line, with its name.
type linePart struct{ Label, Text, Path string }

// A bridgeRow is one figure of a line; Class names the colour of its share.
type bridgeRow struct {
	Class, Label, Path string
	Amount             ledger.Money
}

// latest is how many rows of its journal the page of a line shows.
const latest = 20

func showLine(r *request) error {
	l, err := ledger.ParseLine(strings.Join([]string{r.Params("year"), r.Params("source"), r.Params("project"),
		r.Params("unit"), r.Params("khoan"), r.Params("nature")}, "/"))
	if err != nil || !l.Full() {
		return fiber.ErrNotFound
	}
	found, err := r.books.Lines(r.ctx, r.actor, r.programme(), l)
	if err != nil {
		return fmt.Errorf("find line %s: %w", l, err)
	}
	if len(found) == 0 {
		return fiber.ErrNotFound
	}
	v, err := r.line(l)
	if err != nil {
		return err
	}
	r.tab = "lines"
	r.crumb(r.t("lines.title"), r.path("lines")+values{"year": itoa(l.Year)}.query())
	r.title(l.String())
	return r.render("line", v)
}

// linePath is the address of the page of a line.
func (r *request) linePath(l ledger.Line) string { return r.path("lines/" + l.String()) }

// lineFilter selects one line.
func lineFilter(l ledger.Line) ledger.Filter {
	pattern := l
	pattern.Year = 0
	return ledger.Filter{Years: []int{l.Year}, Line: pattern}
}

func (r *request) line(l ledger.Line) (lineView, error) {
	f := lineFilter(l)
	n := namesOf(r.book)
	v := lineView{Line: l, Name: n.line(l), Parts: r.lineParts(l, n), Journal: r.path("journal") + filterValues(f).query()}
	sum, err := ledger.Summarize(r.books.Cells(r.ctx, r.actor, r.programme(), f, ledger.Detail{ByLine: true}), r.book, f)
	if err != nil {
		return v, fmt.Errorf("sum up line %s: %w", l, err)
	}
	r.fillBridge(&v, sum.Total, f)
	if v.Obligations, _, err = r.obligationRows(ledger.ObligationQuery{Line: l, Open: true}); err != nil {
		return v, err
	}
	page, err := r.books.Journal(r.ctx, r.actor, r.programme(), ledger.JournalQuery{Filter: f, Limit: latest})
	if err != nil {
		return v, fmt.Errorf("read journal of line %s: %w", l, err)
	}
	v.Rows, v.Count = r.journalRows(page.Rows), page.Count
	if r.may(ledger.PostEntries) {
		v.Record = r.path("vouchers/new") + values{"line": l.String()}.query()
	}
	return v, nil
}

func (r *request) lineParts(l ledger.Line, n names) []linePart {
	return []linePart{
		{r.t("pick.year"), itoa(l.Year), r.path("lines") + values{"year": itoa(l.Year)}.query()},
		{r.t("pick.source"), coded(n.sources, l.Source), r.path("summary") + values{"source": string(l.Source)}.query()},
		{r.t("pick.project"), coded(n.projects, l.Project), r.path("projects/" + string(l.Project))},
		{r.t("pick.unit"), coded(n.units, l.Unit), r.path("summary") + values{"unit": string(l.Unit)}.query()},
		{r.t("pick.khoan"), string(l.Khoan), ""},
		{r.t("pick.nature"), string(l.Nature), ""},
	}
}

// fillBridge shows what became of the usable budget: every part of it, and that
// the parts add up.
func (r *request) fillBridge(v *lineView, f ledger.Values, filter ledger.Filter) {
	v.Available, v.Usable, v.UsablePath = f.Must(ledger.Available), f.Must(ledger.Usable), r.drill(filter, ledger.Usable)
	sum := v.Usable.Currency().Zero()
	for _, p := range bridgeParts {
		m := f.Must(p.figure)
		sum = sum.Add(m)
		if m.Sign() != 0 || !p.seldom {
			v.Bridge = append(v.Bridge, bridgeRow{p.class, r.t("figure." + string(p.figure)), r.drill(filter, p.figure), m})
		}
	}
	v.Whole, v.Bar = sum.Equal(v.Usable), shares(f)
	for _, figure := range []ledger.Figure{ledger.Original, ledger.Allocated, ledger.Disbursed, ledger.Drawn, ledger.Undrawn} {
		v.More = append(v.More, bridgeRow{"", r.t("figure." + string(figure)), r.drill(filter, figure), f.Must(figure)})
	}
}

// bridgeParts are what the usable budget consists of.
var bridgeParts = []struct {
	figure ledger.Figure
	class  string
	seldom bool // shown only when it is not zero
}{
	{ledger.Actual, "spent", false}, {ledger.AdvancesOpen, "advanced", false}, {ledger.CommittedOpen, "held", false},
	{ledger.AccruedOpen, "held", false}, {ledger.Withheld, "withheld", false}, {ledger.Lapsed, "", true},
	{ledger.CarriedUndrawn, "", true}, {ledger.CarriedAdvance, "", true}, {ledger.Available, "free", false},
}
