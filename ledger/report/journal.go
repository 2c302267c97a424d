package report

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// MaxJournalRows is the largest number of rows in the workbook of a journal; a
// sheet has room for 1,048,576.
const MaxJournalRows = 1_000_000

// ErrTooManyRows: a journal has more rows than a sheet. The export of the whole
// book has no such limit.
var ErrTooManyRows = errors.New("report: more rows than a sheet has room for")

// journalColumns are the columns of a journal: the key of the text and the
// width. The amount is the last one.
var journalColumns = []struct {
	key   string
	width float64
}{
	{"j.date", 11}, {"j.seq", 9}, {"j.ours", 20}, {"j.number", 14}, {"j.doc_date", 11}, {"j.kind", 18}, {"j.text", 40}, {"j.payee", 26},
	{"j.year", 7}, {"head.source", 12}, {"head.project", 9}, {"head.unit", 12}, {"j.khoan", 8}, {"j.nature", 8},
	{"j.to", 22}, {"j.item", 8}, {"j.obligation", 14}, {"j.amount", 17},
}

// journalHead is the row of a journal's header.
const journalHead = 5

// JournalXLSX writes rows of a journal as a workbook, in a stream: memory does
// not grow with their number. The amounts are the rows' effects, on the given
// figure if one was asked for. The total is a formula with its value; the
// selection of o is printed above. Errors: [ErrTooManyRows], those that rows
// yields, and those of w.
func JournalXLSX(w io.Writer, rows iter.Seq2[ledger.JournalRow, error], p ledger.Programme, figure ledger.Figure, o Options) error {
	b, err := newWorkbook(p.Currency, o)
	if err != nil {
		return err
	}
	defer b.f.Close()
	var widths []float64
	for _, c := range journalColumns {
		widths = append(widths, c.width)
	}
	sh, err := b.sheet(say(o.Lang, "sheet.journal"), widths, journalHead)
	if err != nil {
		return err
	}
	sh.journalTitles(p, figure)
	if err := sh.journal(p, rows); err != nil {
		return err
	}
	if err := sh.flush(); err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	return b.close(w)
}

func (s *sheet) journalTitles(p ledger.Programme, figure ledger.Figure) {
	l := s.o.Lang
	s.across(span{1, s.last, titled, say(l, "journal")})
	name := p.Name
	if p.Sample {
		name = say(l, "sample") + " · " + name
	}
	s.across(span{1, s.last, centred, name})
	s.across(span{1, s.last, centred, strings.TrimSuffix(orAll(s.o)+" · "+s.o.Made, " · ")})
	s.across(span{1, s.last, italicRight, say(l, "unit", "unit", unitOf(p.Currency, l))})
	var header []excelize.Cell
	for _, c := range journalColumns {
		header = append(header, s.cell(heading, say(l, c.key)))
	}
	if figure != "" {
		header[s.last-1] = s.cell(heading, say(l, "j.effect", "figure", figureName(figure, l)))
	}
	s.put(header...)
}

// journal writes all rows and their total.
func (s *sheet) journal(p ledger.Programme, rows iter.Seq2[ledger.JournalRow, error]) error {
	total, n, exact := p.Currency.Zero(), 0, true
	for r, err := range rows {
		if err != nil {
			return err
		}
		if n++; n > MaxJournalRows {
			return ErrTooManyRows
		}
		total, exact = total.Add(r.Effect), exact && isNumber(r.Effect)
		if s.put(s.journalRow(r)...); s.err != nil {
			return fmt.Errorf("write row %d of the journal: %w", n, s.err)
		}
	}
	cells := make([]excelize.Cell, s.last)
	for i := range cells {
		cells[i] = s.cell(totalText, "")
	}
	cells[0] = s.cell(totalText, say(s.o.Lang, "j.rows", "n", lang.Number(strconv.Itoa(n), s.o.Lang)))
	cells[s.last-1] = s.cell(totalAmount, number(total))
	if n > 0 && exact && isNumber(total) {
		column := columnName(s.last)
		cells[s.last-1] = s.formula(totalAmount, fmt.Sprintf("SUM(%s%d:%s%d)", column, journalHead+1, column, s.row-1), number(total))
	}
	s.keep(s.w.MergeCell(s.at(1), s.at(5)))
	s.put(cells...)
	return s.err
}

func (s *sheet) journalRow(r ledger.JournalRow) []excelize.Cell {
	e, line := r.Event, r.Event.Line
	obligation := e.Obligation
	if obligation == "" {
		obligation = e.Opens
	}
	return []excelize.Cell{
		s.date(r.Date), s.cell(counted, int64(r.Ref.Seq)), s.cell(texted, ourNumber(r.Number)),
		s.cell(texted, r.Document.Number), s.date(r.Document.Date), s.cell(texted, lang.T(s.o.Lang, "kind."+e.Kind.String())),
		s.cell(texted, e.Text), s.cell(texted, e.Payee),
		s.year(line.Year), s.cell(texted, string(line.Source)), s.cell(texted, string(line.Project)), s.cell(texted, string(line.Unit)),
		s.cell(texted, string(line.Khoan)), s.cell(texted, string(line.Nature)), s.cell(texted, e.To.String()),
		s.cell(texted, string(e.Item)), s.cell(texted, string(obligation)), s.cell(amounted, number(r.Effect)),
	}
}

// ourNumber writes the number that the book gave: PC-0012/CAT/2019.
func ourNumber(n ledger.Number) string {
	if n.Number == 0 {
		return ""
	}
	return fmt.Sprintf("%s-%04d/%s/%d", n.Type, n.Number, n.Unit, n.Year)
}

func (s *sheet) date(d ledger.Date) excelize.Cell {
	if d.IsZero() {
		return s.cell(dated, "")
	}
	return s.cell(dated, d.Time())
}

func (s *sheet) year(y int) excelize.Cell {
	if y == 0 {
		return s.cell(counted, "")
	}
	return s.cell(counted, y)
}
