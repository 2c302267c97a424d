package intake

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sokinhphi/kinhphi/ledger"
	"golang.org/x/text/unicode/norm"
)

// A reader turns rows into lines. It goes on after a broken rule, so that all
// of them are found at once.
type reader struct {
	m        Map
	sheet    string
	currency ledger.Currency
	problems Problems
	warnings Problems
	columns  columns
	seen     bool // the header row
	details  []detail
	totals   *totals
	parts    [partCount]part
}

// A detail is one budget line of the file.
type detail struct {
	row     int
	ids     [partCount]string
	line    ledger.Line // once codes are known
	amounts amounts
	note    string
}

// amounts are those of one row, in the order of the stages; without a column
// for exercised, that one is what was paid.
type amounts [stageCount]ledger.Money

// A part is one dimension of the lines: everything that its columns name.
type part struct {
	things map[string]*thing
	order  []string // ids in the order of the file
}

type thing struct {
	row   int
	text  string     // what the code is made of
	raw   [][]string // cells that named it, distinct
	names []string   // distinct, sorted
	code  ledger.Code
}

// Read reads an execution report of size bytes. It returns *Problems when the
// file breaks rules, *RowError (not_workbook, too_large, sheet_missing) when it
// cannot be read at all, faults of the map (see Map.Check), or ctx's error.
func Read(ctx context.Context, r io.ReaderAt, size int64, m Map) (*Execution, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	in := newReader(m)
	var err error
	if m.Sheet == "" {
		err = readCSV(ctx, r, size, in.row)
	} else {
		err = readWorkbook(ctx, r, size, m.Sheet, in.row)
	}
	if err != nil && !errors.Is(err, errStop) {
		return nil, err
	}
	return in.finish()
}

func newReader(m Map) *reader {
	currency, _ := m.currency()
	in := &reader{m: m, sheet: m.Sheet, currency: currency}
	if in.sheet == "" {
		in.sheet = csvSheet
	}
	for i := range in.parts {
		in.parts[i].things = map[string]*thing{}
	}
	in.totals = newTotals(in)
	return in
}

// errStop ends the reading of rows when going on makes no sense.
var errStop = errors.New("stop")

// row takes one row of the file.
func (r *reader) row(n int, cells []string) error {
	switch {
	case n < r.m.Header:
		return nil
	case !r.seen:
		r.seen = true
		r.resolve(n, cells)
		if len(r.problems.Rows) > 0 {
			return errStop
		}
		return nil
	case blank(cells):
		return nil
	}
	r.data(n, cells)
	return nil
}

func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" })
}

func (r *reader) data(n int, cells []string) {
	if r.columns.kind < 0 {
		r.detail(n, cells)
		return
	}
	kind := fold(at(cells, r.columns.kind))
	switch {
	case slices.Contains(r.m.Rows.Detail, kind):
		r.detail(n, cells)
	case slices.Contains(r.m.Rows.Total, kind):
		r.totals.total(n, cells)
	default:
		r.failAt(n, r.columns.kind, kind, UnknownRow, nil)
	}
}

func (r *reader) detail(n int, cells []string) {
	d := detail{row: n}
	ok := true
	for i := range d.ids {
		id, found := r.identify(i, n, cells)
		d.ids[i], ok = id, ok && found
	}
	for i, column := range r.columns.stages {
		x, found := r.amount(n, column, cells)
		d.amounts[i], ok = x, ok && found
	}
	d.note = r.clean(n, r.columns.note, at(cells, r.columns.note), ledger.MaxText)
	if !ok {
		r.totals.incomplete(cells)
		return
	}
	if r.columns.stages[exercised] < 0 {
		d.amounts[exercised] = d.amounts[paid]
	}
	r.bounds(d)
	r.totals.detail(n, cells, d.amounts)
	r.details = append(r.details, d)
}

// identify returns what tells a thing apart: the values of its columns as they
// are written, so that "CAPCEE" and "CAPCEE." stay two units.
func (r *reader) identify(i, n int, cells []string) (id string, ok bool) {
	values := make([]string, len(r.columns.parts[i].id))
	for k, column := range r.columns.parts[i].id {
		values[k] = norm.NFC.String(at(cells, column))
		if strings.TrimSpace(values[k]) == "" {
			r.failAt(n, column, values[k], ledger.Required, nil)
			return "", false
		}
	}
	id = strings.Join(values, "\x1f")
	p := &r.parts[i]
	t := p.things[id]
	if t == nil {
		t = &thing{row: n, text: codeText(r.m.codings()[i].coding, values)}
		p.things[id] = t
		p.order = append(p.order, id)
	}
	r.nameOf(t, i, n, cells)
	return id, true
}

// nameOf adds the name that a row gives to a thing, the first time that it is
// given.
func (r *reader) nameOf(t *thing, i, n int, cells []string) {
	columns := r.columns.parts[i].name
	raw := make([]string, len(columns))
	for k, column := range columns {
		raw[k] = at(cells, column)
	}
	if slices.ContainsFunc(t.raw, func(known []string) bool { return slices.Equal(known, raw) }) {
		return
	}
	t.raw = append(t.raw, raw)
	var words []string
	for k, column := range columns {
		if w := r.clean(n, column, raw[k], ledger.MaxName); w != "" {
			words = append(words, w)
		}
	}
	if name := strings.Join(words, " · "); !slices.Contains(t.names, name) {
		t.names = append(t.names, name)
		slices.Sort(t.names)
	}
}

// codeText is what a thing's code is made of.
func codeText(c Coding, values []string) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = v
		if c.Until != "" {
			words[i], _, _ = strings.Cut(v, c.Until)
		}
		if short, ok := c.Short[fold(v)]; ok {
			words[i] = short
		}
	}
	return strings.Join(words, "-")
}

// clean folds a free text and bounds it.
func (r *reader) clean(n, column int, s string, limit int) string {
	if s == "" {
		return ""
	}
	if !utf8.ValidString(s) {
		r.failAt(n, column, s, ledger.NotNFC, nil)
		return ""
	}
	if s = fold(s); strings.ContainsFunc(s, control) {
		if !r.m.Text.RemoveControl {
			r.failAt(n, column, s, ledger.ControlCharacter, nil)
			return ""
		}
		r.warnAt(n, column, s, ControlRemoved, nil)
		s = fold(withoutControl(s))
	}
	if len(s) > limit {
		r.warnAt(n, column, s, TextCut, operands("limit", itoa(limit), "length", itoa(len(s))))
	}
	return cut(s, limit)
}

func withoutControl(s string) string {
	return strings.Map(func(c rune) rune {
		if control(c) {
			return -1
		}
		return c
	}, s)
}

// fail records a broken rule.
func (r *reader) fail(e *RowError) {
	e.Sheet = r.sheet
	r.problems.add(e)
}

func (r *reader) failAt(n, column int, value string, rule ledger.Rule, ops map[string]string) {
	r.fail(r.place(n, column, value, rule, ops))
}

func (r *reader) warnAt(n, column int, value string, rule ledger.Rule, ops map[string]string) {
	r.warnings.add(r.place(n, column, value, rule, ops))
}

func (r *reader) place(n, column int, value string, rule ledger.Rule, ops map[string]string) *RowError {
	delete(ops, "value") // stands in the error itself
	e := &RowError{Sheet: r.sheet, Row: n, Value: value, Rule: rule, Operands: ops}
	if column >= 0 {
		e.Column = letterOf(column)
	}
	return e
}
