package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// Main are the figures that a table on paper and screen shows, in order; of
// these a table leaves out those that its rows cannot have.
var Main = []ledger.Figure{ledger.Planned, ledger.Mobilised, ledger.Allocated, ledger.Usable, ledger.CommittedOpen,
	ledger.AccruedOpen, ledger.AdvancesOpen, ledger.Disbursed, ledger.Actual, ledger.Available}

// head is the row of the table's header: title, programme, table, point of view
// and selection, unit of measure come before.
const head = 6

// WriteXLSX writes the summary as a workbook: a sheet of the main figures for
// each dimension, one with all figures, one of parameters. Amounts are numbers
// in full units of the currency, text beyond fifteen digits; totals are
// formulas where they are the sum of their column. Errors: those of w.
func WriteXLSX(w io.Writer, s ledger.Summary, st ledger.Structure, o Options) error {
	b, err := newWorkbook(s.Programme.Currency, o)
	if err != nil {
		return err
	}
	defer b.f.Close()
	for _, d := range dimensions(s, st) {
		if err := b.dimension(s, d); err != nil {
			return fmt.Errorf("sheet of %ss: %w", d.name, err)
		}
	}
	if err := b.everything(s, dimensions(s, st)); err != nil {
		return fmt.Errorf("sheet of all figures: %w", err)
	}
	if err := b.parameters(s); err != nil {
		return fmt.Errorf("sheet of parameters: %w", err)
	}
	return b.close(w)
}

// columns are the main figures that the rows of a dimension can have.
func (d dimension) columns() (figures []ledger.Figure) {
	for _, f := range Main {
		info, _ := f.Info()
		has := info.Dimensions&d.by == d.by
		if len(d.rows) > 0 {
			_, has = d.rows[0].values.Get(f)
		}
		if has {
			figures = append(figures, f)
		}
	}
	return figures
}

func (b *workbook) dimension(s ledger.Summary, d dimension) error {
	figures := d.columns()
	widths := []float64{5, 36}
	for _, f := range figures {
		m, _ := s.Total.Get(f)
		widths = append(widths, max(11.5, 1.5+float64(len(lang.Number(m.String(), b.o.Lang)))))
	}
	sh, err := b.sheet(say(b.o.Lang, "sheet."+d.name), append(widths, 11), head)
	if err != nil {
		return err
	}
	sh.titles(s, say(b.o.Lang, "by."+d.name))
	header := []excelize.Cell{b.cell(heading, say(b.o.Lang, "no")), b.cell(heading, say(b.o.Lang, "head."+d.name))}
	for _, f := range figures {
		header = append(header, b.cell(heading, figureName(f, b.o.Lang)))
	}
	sh.put(append(header, b.cell(heading, say(b.o.Lang, "rate")))...)
	for i, r := range d.rows {
		cells := []excelize.Cell{b.cell(counted, i+1), b.cell(texted, label(r))}
		sh.put(append(cells, sh.amounts(figures, r.values, nil)...)...)
	}
	cells := []excelize.Cell{b.cell(totalText, ""), b.cell(totalText, say(b.o.Lang, "total"))}
	sh.put(append(cells, sh.amounts(figures, s.Total, d.rows)...)...)
	sh.signatures()
	return sh.flush()
}

func label(r row) string {
	if r.name == "" || r.name == r.key {
		return r.key
	}
	return r.key + " · " + r.name
}

// titles writes what stands over a table.
func (s *sheet) titles(sum ledger.Summary, table string) {
	p := sum.Programme
	s.across(span{1, s.last, titled, say(s.o.Lang, "title")})
	s.across(span{1, s.last, centred, p.Name})
	if p.Sample {
		table = say(s.o.Lang, "sample") + " · " + table
	}
	s.across(span{1, s.last, centred, table})
	s.across(span{1, s.last, centred, strings.Join(append([]string{pointOfView(sum.At, s.o.Lang)}, s.o.Filter...), " · ")})
	s.across(span{1, s.last, italicRight, say(s.o.Lang, "unit", "unit", unitOf(p.Currency, s.o.Lang))})
}

// pointOfView says up to when figures count.
func pointOfView(at ledger.AsOf, l lang.Lang) string {
	text := say(l, "as_of_all")
	if !at.Date.IsZero() {
		text = say(l, "as_of", "date", lang.ShortDate(at.Date, l))
	}
	if at.Known != 0 {
		text += ", " + say(l, "known_at", "seq", strconv.FormatInt(int64(at.Known), 10))
	}
	return text
}

// amounts are the cells of one row, with the rate at its end. Over rows, which
// stand right above, they are totals.
func (s *sheet) amounts(figures []ledger.Figure, v ledger.Values, over []row) []excelize.Cell {
	amount, rate := amounted, rated
	if over != nil {
		amount, rate = totalAmount, totalRate
	}
	var cells []excelize.Cell
	for i, f := range figures {
		m, ok := v.Get(f)
		switch {
		case !ok:
			cells = append(cells, s.cell(amount, "–"))
		case adds(over, f, m):
			column := columnName(i + 3)
			cells = append(cells, s.formula(amount, fmt.Sprintf("SUM(%s%d:%s%d)", column, s.row-len(over), column, s.row-1), number(m)))
		default:
			cells = append(cells, s.cell(amount, number(m)))
		}
	}
	return append(cells, s.rate(figures, v, rate))
}

// adds reports whether the total of a column is the sum of rows that a
// spreadsheet can compute: years do not add up in every figure.
func adds(rows []row, f ledger.Figure, total ledger.Money) bool {
	sum := total.Currency().Zero()
	for _, r := range rows {
		m, ok := r.values.Get(f)
		if !ok || !isNumber(m) {
			return false
		}
		sum = sum.Add(m)
	}
	return len(rows) > 0 && isNumber(total) && sum.Equal(total)
}

// rate is what was actually spent of what was usable.
func (s *sheet) rate(figures []ledger.Figure, v ledger.Values, look style) excelize.Cell {
	actual, ok1 := v.Get(ledger.Actual)
	usable, ok2 := v.Get(ledger.Usable)
	percent, ok := "", false
	if ok1 && ok2 {
		percent, ok = actual.Percent(usable, 8)
	}
	if !ok || !isNumber(actual) || !isNumber(usable) {
		return s.cell(look, "–")
	}
	share, _ := strconv.ParseFloat(percent, 64) // the cached value only; the formula is exact
	part, whole := 0, 0
	for i, f := range figures {
		switch f {
		case ledger.Actual:
			part = i + 3
		case ledger.Usable:
			whole = i + 3
		}
	}
	return s.formula(look, fmt.Sprintf("%s/%s", s.at(part), s.at(whole)), share/100)
}

// signatures leaves room for three people to sign.
func (s *sheet) signatures() {
	s.row++
	third := max(4, s.last-4)
	s.across(span{third, s.last, centred, say(s.o.Lang, "place_date")})
	s.signs(signed, third, "sign.preparer", "sign.accountant", "sign.head")
	s.signs(centred, third, "sign.how", "sign.how", "sign.seal")
}

func (s *sheet) signs(look style, third int, a, b, c string) {
	s.across(span{1, 2, look, say(s.o.Lang, a)}, span{3, third - 1, look, say(s.o.Lang, b)}, span{third, s.last, look, say(s.o.Lang, c)})
}

func (s *sheet) flush() error {
	s.keep(s.w.Flush())
	return s.err
}

// everything writes all figures of all rows, for those who compute on.
func (b *workbook) everything(s ledger.Summary, dims []dimension) error {
	widths := []float64{12, 14, 38}
	for range ledger.Figures {
		widths = append(widths, 17)
	}
	sh, err := b.sheet(say(b.o.Lang, "sheet.all"), widths, head)
	if err != nil {
		return err
	}
	sh.titles(s, say(b.o.Lang, "sheet.all"))
	header := []excelize.Cell{b.cell(heading, say(b.o.Lang, "dimension")), b.cell(heading, say(b.o.Lang, "key")), b.cell(heading, say(b.o.Lang, "name"))}
	for _, f := range ledger.Figures {
		header = append(header, b.cell(heading, figureName(f.Figure, b.o.Lang)))
	}
	sh.put(header...)
	sh.all(say(b.o.Lang, "head.total"), row{string(s.Programme.Code), s.Programme.Name, s.Total}, totalText, totalAmount)
	for _, d := range dims {
		for _, r := range d.rows {
			sh.all(say(b.o.Lang, "head."+d.name), r, texted, amounted)
		}
	}
	return sh.flush()
}

func (s *sheet) all(dimension string, r row, text, amount style) {
	cells := []excelize.Cell{s.cell(text, dimension), s.cell(text, r.key), s.cell(text, r.name)}
	for _, f := range ledger.Figures {
		var v any = "–"
		if m, ok := r.values.Get(f.Figure); ok {
			v = number(m)
		}
		cells = append(cells, s.cell(amount, v))
	}
	s.put(cells...)
}

// parameters writes what was asked for, and what each figure is.
func (b *workbook) parameters(s ledger.Summary) error {
	sh, err := b.sheet(say(b.o.Lang, "sheet.parameters"), []float64{34, 110}, 1)
	if err != nil {
		return err
	}
	pair := func(key, value string) { sh.put(b.cell(texted, say(b.o.Lang, key)), b.cell(texted, value)) }
	sh.put(b.cell(heading, say(b.o.Lang, "sheet.parameters")), b.cell(heading, ""))
	pair("p.programme", s.Programme.Name)
	pair("p.code", string(s.Programme.Code))
	pair("p.currency", string(s.Programme.Currency.Code()))
	pair("p.as_of", pointOfView(s.At, b.o.Lang))
	pair("p.filter", orAll(b.o))
	pair("p.made", b.o.Made)
	sh.put(b.cell(heading, say(b.o.Lang, "p.figures")), b.cell(heading, ""))
	for _, f := range ledger.Figures {
		sh.put(b.cell(texted, figureName(f.Figure, b.o.Lang)), b.cell(texted, lang.T(b.o.Lang, "figure."+string(f.Figure)+".help")))
	}
	sh.put(b.cell(texted, ""), b.cell(texted, say(b.o.Lang, "additive")))
	return sh.flush()
}

func orAll(o Options) string {
	if len(o.Filter) == 0 {
		return say(o.Lang, "all")
	}
	return strings.Join(o.Filter, "; ")
}
