package web

import (
	"fmt"
	"html/template"
	"iter"
	"strconv"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
	"github.com/sokinhphi/kinhphi/ledger/report"
)

// A summaryView is the page of the programme summary.
type summaryView struct {
	filterView
	Strip   []tile
	Chart   *chartView // nil where nothing was planned or spent
	Tables  []tableView
	Unit    string // in which tables count
	Rounded bool   // cells were rounded so that a column does not add up
	Export  string // query of the files
	Empty   bool
}

// A filterView is a form that makes a selection, and what is selected.
type filterView struct {
	Action  string
	Picks   []pick
	Chips   []chip
	Keep    values // of the address, that the form does not have
	Summary []oops // what is wrong
}

// units in which amounts can be shown, by the words of the address.
var unitWords = []struct {
	word string
	unit lang.Unit
}{{"full", lang.Ones}, {"thousand", lang.Thousands}, {"million", lang.Millions}, {"billion", lang.Billions}}

func showSummary(r *request) error {
	in := r.query(r.today())
	f := in.filter()
	address := filterValues(f)
	address["in"] = in.values["in"]
	if settled, err := r.settle(in, "summary", address); settled || err != nil {
		return err
	}
	shown := f
	shown.Figures = shownFigures
	s, err := r.summarize(shown)
	if err != nil {
		return err
	}
	v := summaryView{Export: address.with("in", "").query(), Empty: len(s.Years) == 0}
	if v.filterView, err = r.summaryFilter(in, f, address); err != nil {
		return err
	}
	unit := r.scale(in.values["in"], s.Total)
	if v.Chart, err = r.chart(s, f, unit); err != nil {
		return err
	}
	r.fillSummary(&v, s, f, unit)
	r.title(r.t("summary.title"))
	return r.render("summary", v)
}

// shownFigures are those that tiles, tables and bars show: what no one sees need
// not be read.
var shownFigures = append([]ledger.Figure{ledger.AccruedOpen, ledger.AdvancesOpen, ledger.Withheld, ledger.Original}, tableFigures...)

// summarize computes the figures of a selection, anew on each request, and says
// how long that took.
func (r *request) summarize(f ledger.Filter) (ledger.Summary, error) {
	start := time.Now()
	s, err := ledger.Summarize(r.books.Cells(r.ctx, r.actor, r.programme(), f, ledger.Detail{}), r.book, f)
	if err != nil {
		return s, fmt.Errorf("summarize %s: %w", r.programme(), err)
	}
	r.timing("summary", time.Since(start))
	return s, nil
}

func (r *request) summaryFilter(in *reader, f ledger.Filter, address values) (v filterView, err error) {
	years, err := r.budgetYears()
	if err != nil {
		return v, err
	}
	v = filterView{Action: r.path("summary"), Picks: r.picks(in, years), Chips: r.chips("summary", f, address),
		Keep: values{"khoan": address["khoan"], "nature": address["nature"], "known_at": address["known_at"]}.given()}
	unit := pick{Name: "in", Label: r.t("pick.in")}
	for _, u := range unitWords {
		unit.add(u.word, u.unit.Label(string(in.currency.Code()), r.lang))
	}
	unit.choose(in.values["in"], r.t("pick.in_auto"))
	v.Picks = append(v.Picks, pick{Name: "as_of", Label: r.t("pick.as_of"), As: "date", Value: in.values["as_of"]}, unit)
	if d := f.At.Date; !d.IsZero() {
		v.Picks[4].Value = inputDate(d)
	}
	v.Summary = blamePicks(v.Picks, in.faults, r.lang)
	return v, nil
}

// scale is the unit asked for, or one in which the largest amount is short.
func (r *request) scale(word string, v ledger.Values) scale {
	c := r.book.Programme.Currency
	for _, u := range unitWords {
		if u.word == word {
			return scale{u.unit, c, r.lang}
		}
	}
	for _, f := range ledger.Figures {
		if m, ok := v.Get(f.Figure); ok && digitsOf(m) >= 10 {
			return scale{lang.Millions, c, r.lang}
		}
	}
	return scale{lang.Ones, c, r.lang}
}

// digitsOf counts the digits of an amount before the decimals.
func digitsOf(m ledger.Money) int {
	n := len(m.Abs().String())
	if scale := m.Currency().Scale(); scale > 0 {
		n -= scale + 1
	}
	return n
}

// A scale is the unit in which amounts are shown.
type scale struct {
	unit     lang.Unit
	currency ledger.Currency
	lang     lang.Lang
}

// places are the decimals: none but in billions and in the currency's own.
func (s scale) places() int {
	switch s.unit {
	case lang.Ones:
		return s.currency.Scale()
	case lang.Billions:
		return 2
	}
	return 0
}

// text writes an amount in the unit, negative in brackets.
func (s scale) text(m ledger.Money) string {
	switch {
	case !m.Valid():
		return "–"
	case m.Sign() < 0:
		return "(" + lang.Scaled(m.Abs().String(), s.unit, s.places(), s.lang) + ")"
	}
	return lang.Scaled(m.String(), s.unit, s.places(), s.lang)
}

// label names the unit: triệu đồng.
func (s scale) label() string { return s.unit.Label(string(s.currency.Code()), s.lang) }

// short is the unit beside an amount: triệu ₫.
func (s scale) short() string {
	name := sign(s.currency)
	switch s.unit {
	case lang.Thousands:
		return text(s.lang, "unit.thousand", "currency", name)
	case lang.Millions:
		return text(s.lang, "unit.million", "currency", name)
	case lang.Billions:
		return text(s.lang, "unit.billion", "currency", name)
	}
	return name
}

// A tile is one figure of the strip: the amount, and what stands under it.
type tile struct {
	Label, Text, Unit, Path string
	Red                     bool
	Under                   string
	UnderPath               string
}

// A tilePlan says which figure a tile shows, and which stands under it, with
// the share of one in the other.
type tilePlan struct {
	figure, under ledger.Figure
	text          string // of the figure under it
	part, whole   ledger.Figure
}

// firstTiles are what the first tile shows: the first that the selection can have.
var firstTiles = []tilePlan{
	{ledger.Mobilised, ledger.Planned, "tile.mobilised", ledger.Mobilised, ledger.Planned},
	{ledger.Planned, ledger.Allocated, "tile.planned", ledger.Allocated, ledger.Planned},
	{ledger.Allocated, ledger.Original, "tile.allocated", ledger.Original, ledger.Allocated},
}

var otherTiles = []tilePlan{
	{ledger.Usable, ledger.Allocated, "tile.usable", ledger.Allocated, ledger.Usable},
	{ledger.Actual, ledger.Disbursed, "tile.actual", ledger.Disbursed, ledger.Usable},
	{ledger.Available, ledger.CommittedOpen, "tile.available", ledger.CommittedOpen, ledger.Usable},
}

// strip are the four figures that say how a selection stands.
func (r *request) strip(v ledger.Values, f ledger.Filter, in scale) (tiles []tile) {
	for _, p := range firstTiles {
		if _, ok := v.Get(p.figure); ok {
			tiles = append(tiles, r.tile(p, v, f, in))
			break
		}
	}
	for _, p := range otherTiles {
		tiles = append(tiles, r.tile(p, v, f, in))
	}
	return tiles
}

func (r *request) tile(p tilePlan, v ledger.Values, f ledger.Filter, in scale) tile {
	m := v.Must(p.figure)
	t := tile{Label: r.t("figure." + string(p.figure)), Text: in.text(m), Unit: in.short(), Path: r.drill(f, p.figure), Red: m.Valid() && m.Sign() < 0}
	if under, ok := v.Get(p.under); ok {
		t.Under = r.t(p.text, "percent", percent(v.Must(p.part), v.Must(p.whole), r.lang), "amount", in.text(under))
		t.UnderPath = r.drill(f, p.under)
	}
	return t
}

// drill is the address of the journal of a figure: its rows add up to it.
func (r *request) drill(f ledger.Filter, figure ledger.Figure, pairs ...string) string {
	return r.path("journal") + filterValues(f).with("figure", string(figure)).with(pairs...).query()
}

// A chartView is the chart of a summary with its numbers.
type chartView struct {
	Wide, Narrow template.HTML
	Rows         []chartRow
	Unit         string
}

type chartRow struct{ Quarter, Planned, Disbursed, Actual string }

// chart draws the plan against spending over time.
func (r *request) chart(s ledger.Summary, f ledger.Filter, in scale) (*chartView, error) {
	start := time.Now()
	until := f.At.Date
	if until.IsZero() {
		until = r.today()
	}
	p, err := report.NewProgress(r.months(f), s, f, until)
	if err != nil {
		return nil, fmt.Errorf("chart of %s: %w", r.programme(), err)
	}
	if len(p.Quarters) == 0 {
		return nil, nil
	}
	v := &chartView{Wide: template.HTML(p.SVG(report.Wide, in.unit, r.lang)), Narrow: template.HTML(p.SVG(report.Narrow, in.unit, r.lang)), Unit: in.label()}
	for i, q := range p.Quarters {
		row := chartRow{Quarter: q.Label(r.lang), Planned: in.text(p.Planned[i]), Disbursed: "–", Actual: "–"}
		if i < len(p.Actual) {
			row.Disbursed, row.Actual = in.text(p.Disbursed[i]), in.text(p.Actual[i])
		}
		v.Rows = append(v.Rows, row)
	}
	r.timing("chart", time.Since(start))
	return v, nil
}

func (r *request) months(f ledger.Filter) iter.Seq2[ledger.Cell, error] {
	f.Figures = []ledger.Figure{ledger.Disbursed, ledger.Actual}
	return r.books.Cells(r.ctx, r.actor, r.programme(), f, ledger.Detail{ByMonth: true, Totals: true})
}

func itoa[N ~int | ~int64](n N) string { return strconv.FormatInt(int64(n), 10) }
