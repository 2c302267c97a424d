package ledger

import (
	"cmp"
	"iter"
	"maps"
	"slices"
)

// A Summary is the figures of a selection, whole and by each dimension.
type Summary struct {
	Programme Programme
	At        AsOf
	Total     Values
	Years     []SummaryRow[int]
	Sources   []SummaryRow[Code]
	Projects  []SummaryRow[Code]
	Units     []SummaryRow[Code]
}

// A SummaryRow is the figures of one year, source, project or unit.
type SummaryRow[K cmp.Ordered] struct {
	Key    K
	Values Values
}

// Summarize is the only place where a total has a formula: it adds cells up
// into the figures. Cells are those of one programme that f selects; the first
// error that cells yields is returned. A pair of carried and carry-in with both
// ends inside the selection cancels; with one end outside it counts.
func Summarize(cells iter.Seq2[Cell, error], st Structure, f Filter) (Summary, error) {
	z := newSummarizer(st, f)
	for c, err := range cells {
		if err != nil {
			return Summary{}, err
		}
		z.add(c)
	}
	return z.summary(), nil
}

type summarizer struct {
	st       Structure
	filter   Filter
	backing  map[Code]Backing
	total    Values
	years    map[int]Values
	sources  map[Code]Values
	projects map[Code]Values
	units    map[Code]Values
}

func newSummarizer(st Structure, f Filter) *summarizer {
	z := &summarizer{
		st: st, filter: f, backing: map[Code]Backing{}, total: newValues(st.Programme.Currency, f.dimensions()),
		years: map[int]Values{}, sources: map[Code]Values{}, projects: map[Code]Values{}, units: map[Code]Values{},
	}
	for _, s := range st.Sources {
		z.backing[s.Code] = s.Backing
	}
	return z
}

// dimensions returns what the filter tells apart: figures that lack one of
// these have no value in the selection.
func (f Filter) dimensions() (d Dimension) {
	if len(f.Years) > 0 {
		d |= ByYear
	}
	if f.Line.Source != "" {
		d |= BySource
	}
	if f.Line.Project != "" {
		d |= ByProject
	}
	if f.Line.Unit != "" || f.Line.Khoan != "" || f.Line.Nature != "" {
		d |= ByUnit
	}
	return d
}

// A part is one state's part in one figure.
type part struct {
	figure int // index in Figures
	term
}

// parts are the parts of every state: a cell looks only at those of its own.
var parts = func() (by [256][]part) {
	for i, f := range Figures {
		for _, t := range f.terms {
			by[t.state] = append(by[t.state], part{i, t})
		}
	}
	return by
}()

// add lets one cell count towards every figure and row that it belongs to.
func (z *summarizer) add(c Cell) {
	l := c.Account.Line
	base := z.filter.dimensions()
	nextIn := z.selects(l.Year + 1)
	for _, p := range parts[c.Account.State] {
		if p.backing != 0 && p.backing != z.backing[l.Source] {
			continue
		}
		x := p.apply(c)
		if p.carry == always || (p.carry == innerYears) == nextIn {
			addTo(z.total, p.figure, x)
			addRow(z, z.sources, l.Source, base|BySource, p.figure, x)
			addRow(z, z.projects, l.Project, base|ByProject, p.figure, x)
			addRow(z, z.units, l.Unit, base|ByUnit, p.figure, x)
		}
		if p.carry != innerYears { // a single year never holds both ends
			addRow(z, z.years, l.Year, base|ByYear, p.figure, x)
		}
	}
}

// selects reports whether budget year y is in the selection.
func (z *summarizer) selects(y int) bool {
	return len(z.filter.Years) == 0 || slices.Contains(z.filter.Years, y)
}

func (t term) apply(c Cell) Money {
	x := c.Debit.currency.Zero()
	for _, p := range []struct {
		factor int
		amount Money
	}{{t.debit, c.Debit}, {t.credit, c.Credit}} {
		switch p.factor {
		case 1:
			x = x.Add(p.amount)
		case -1:
			x = x.Sub(p.amount)
		}
	}
	return x
}

func addRow[K cmp.Ordered](z *summarizer, rows map[K]Values, key K, by Dimension, figure int, x Money) {
	var none K
	if key == none {
		return
	}
	v, ok := rows[key]
	if !ok {
		v = newValues(z.st.Programme.Currency, by)
		rows[key] = v
	}
	addTo(v, figure, x)
}

func addTo(v Values, figure int, x Money) {
	if v.amounts[figure].Valid() {
		v.amounts[figure] = v.amounts[figure].Add(x)
	}
}

func (z *summarizer) summary() Summary {
	return Summary{
		Programme: z.st.Programme, At: z.filter.At, Total: z.total,
		Years: sorted(z.years), Sources: sorted(z.sources), Projects: sorted(z.projects), Units: sorted(z.units),
	}
}

func sorted[K cmp.Ordered](rows map[K]Values) []SummaryRow[K] {
	all := make([]SummaryRow[K], 0, len(rows))
	for _, k := range slices.Sorted(maps.Keys(rows)) {
		all = append(all, SummaryRow[K]{k, rows[k]})
	}
	return all
}
