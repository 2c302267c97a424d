package web

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// A tableView is the figures of a selection by one dimension.
type tableView struct {
	ID, Title string
	Head      string
	Columns   []string
	Rows      []tableRow
	Total     tableRow
}

// A tableRow is the figures of one year, source, project or unit.
type tableRow struct {
	Name, Path string
	Cells      []figureCell
	Bar        []barPart
	BarText    string // what the bar says, in words
	Rate       string // actual of usable
	Over       bool   // more was spent than was usable
}

// A figureCell is one figure, with the address of the journal that adds up to it.
type figureCell struct {
	Label, Text, Path string
	Red               bool
	Main              bool // shown on narrow screens, too
}

// tableFigures are the columns of tables; a table leaves out what its rows
// cannot have.
var tableFigures = []ledger.Figure{ledger.Planned, ledger.Mobilised, ledger.Allocated, ledger.Usable,
	ledger.Disbursed, ledger.Actual, ledger.CommittedOpen, ledger.Available}

// A namedRow is one row before it is worded.
type namedRow struct {
	key, name, path string
	values          ledger.Values
}

// A dimension tells the figures of a selection apart.
type dimension struct {
	field string // of the address
	by    ledger.Dimension
	rows  []namedRow
}

// fillSummary words the figures of a summary.
func (r *request) fillSummary(v *summaryView, s ledger.Summary, f ledger.Filter, in scale) {
	v.Strip, v.Unit = r.strip(s.Total, f, in), in.label()
	for _, d := range r.dimensions(s, f) {
		if len(d.rows) == 0 {
			continue
		}
		t, rounded := r.table(d, s.Total, f, in)
		v.Tables, v.Rounded = append(v.Tables, t), v.Rounded || rounded
	}
}

func (r *request) dimensions(s ledger.Summary, f ledger.Filter) []dimension {
	n := namesOf(r.book)
	to := func(field, key string) string { return r.path("summary") + filterValues(f).with(field, key).query() }
	projects := dimension{field: "project", by: ledger.ByProject}
	for _, row := range s.Projects {
		projects.rows = append(projects.rows, namedRow{string(row.Key), coded(n.projects, row.Key), r.path("projects/" + string(row.Key)), row.Values})
	}
	sources := dimension{field: "source", by: ledger.BySource}
	for _, row := range s.Sources {
		sources.rows = append(sources.rows, namedRow{string(row.Key), coded(n.sources, row.Key), to("source", string(row.Key)), row.Values})
	}
	years := dimension{field: "year", by: ledger.ByYear}
	for _, row := range s.Years {
		year := strconv.Itoa(row.Key)
		years.rows = append(years.rows, namedRow{year, year, to("year", year), row.Values})
	}
	units := dimension{field: "unit", by: ledger.ByUnit}
	for _, row := range s.Units {
		units.rows = append(units.rows, namedRow{string(row.Key), named(n.units, row.Key), to("unit", string(row.Key)), row.Values})
	}
	return []dimension{projects, sources, years, units}
}

// table words the figures by one dimension. It reports whether rounding makes a
// column not add up.
func (r *request) table(d dimension, total ledger.Values, f ledger.Filter, in scale) (t tableView, rounded bool) {
	t = tableView{ID: "by-" + d.field, Title: r.t("summary.by." + d.field), Head: r.t("pick." + d.field)}
	figures := figuresOf(d.rows[0].values)
	for _, figure := range figures {
		t.Columns = append(t.Columns, r.t("figure."+string(figure)))
		rounded = rounded || roundsApart(d.rows, total, figure, in)
	}
	for _, row := range d.rows {
		worded := r.tableRow(figures, row.values, in, func(figure ledger.Figure) string { return r.drill(f, figure, d.field, row.key) })
		worded.Name, worded.Path = row.name, row.path
		t.Rows = append(t.Rows, worded)
	}
	t.Total = r.tableRow(figures, total, in, func(figure ledger.Figure) string { return r.drill(f, figure) })
	return t, rounded
}

// figuresOf are the columns that rows with such values can have.
func figuresOf(v ledger.Values) (figures []ledger.Figure) {
	for _, f := range tableFigures {
		if _, ok := v.Get(f); ok {
			figures = append(figures, f)
		}
	}
	return figures
}

func (r *request) tableRow(figures []ledger.Figure, v ledger.Values, in scale, drill func(ledger.Figure) string) tableRow {
	row := tableRow{Bar: shares(v), Rate: percent(v.Must(ledger.Actual), v.Must(ledger.Usable), r.lang)}
	for _, figure := range figures {
		m, _ := v.Get(figure)
		cell := figureCell{Label: r.t("figure." + string(figure)), Text: in.text(m), Red: m.Valid() && m.Sign() < 0,
			Main: figure == ledger.Usable || figure == ledger.Actual || figure == ledger.Available}
		if m.Valid() && m.Sign() != 0 {
			cell.Path = drill(figure)
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}

// shares lays what became of the usable budget out as a bar: actually spent,
// advanced, held by commitments and acceptances, withheld. What is left is free.
func shares(v ledger.Values) (parts []barPart) {
	usable, ok := v.Get(ledger.Usable)
	if !ok || usable.Sign() <= 0 {
		return nil
	}
	x := 0
	for _, p := range []struct {
		class  string
		amount ledger.Money
	}{
		{"spent", v.Must(ledger.Actual)}, {"advanced", v.Must(ledger.AdvancesOpen)},
		{"held", v.Must(ledger.CommittedOpen).Add(v.Must(ledger.AccruedOpen))}, {"withheld", v.Must(ledger.Withheld)},
	} {
		if width := min(hundredths(p.amount, usable), 10000-x); width > 0 {
			parts = append(parts, barPart{p.class, x, width})
			x += width
		}
	}
	return parts
}

// roundsApart reports whether the rounded rows of a column that adds up exactly
// do not add up to the rounded total.
func roundsApart(rows []namedRow, total ledger.Values, f ledger.Figure, in scale) bool {
	whole, ok := total.Get(f)
	if !ok || in.unit == lang.Ones {
		return false
	}
	sum, rounded := whole.Currency().Zero(), new(big.Int)
	for _, row := range rows {
		if m, ok := row.values.Get(f); ok {
			sum = sum.Add(m)
			rounded.Add(rounded, in.rounded(m))
		}
	}
	return sum.Equal(whole) && rounded.Cmp(in.rounded(whole)) != 0
}

// rounded is an amount as it is shown, in units of the last place.
func (s scale) rounded(m ledger.Money) *big.Int {
	n, ok := new(big.Int).SetString(strings.NewReplacer(".", "", ",", "").Replace(lang.Scaled(m.String(), s.unit, s.places(), s.lang)), 10)
	if !ok {
		return new(big.Int)
	}
	return n
}
