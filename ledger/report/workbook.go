package report

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// workbookDigits is how many digits a spreadsheet keeps of a number.
const workbookDigits = 15

// A workbook is written sheet by sheet, each in a stream from top to bottom.
type workbook struct {
	f      *excelize.File
	o      Options
	styles map[style]int
	format string // of amounts
	sheets int
}

// A style is one of the few looks of a cell.
type style uint8

const (
	plain style = iota
	titled
	centred
	signed
	italicRight
	heading
	texted
	counted
	dated
	amounted
	rated
	totalText
	totalAmount
	totalRate
)

func newWorkbook(c ledger.Currency, o Options) (*workbook, error) {
	b := &workbook{f: excelize.NewFile(), o: o, styles: map[style]int{}, format: amountFormat(c)}
	for s := plain; s <= totalRate; s++ {
		id, err := b.f.NewStyle(b.look(s))
		if err != nil {
			return nil, fmt.Errorf("make style %d: %w", s, err)
		}
		b.styles[s] = id
	}
	return b, nil
}

// amountFormat groups thousands; the reader's settings choose the marks.
// Negative amounts stand in red brackets, zero is a dash, as in official tables.
func amountFormat(c ledger.Currency) string {
	f := "#,##0"
	if c.Scale() > 0 {
		f += "." + strings.Repeat("0", c.Scale())
	}
	return f + `;[Red]\(` + f + `\);\-`
}

// look is how a style looks.
func (b *workbook) look(s style) *excelize.Style {
	st := &excelize.Style{
		Font:      &excelize.Font{Family: "Times New Roman", Size: 11},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: s == texted || s == heading},
	}
	if s >= heading {
		for _, side := range []string{"left", "right", "top", "bottom"} {
			st.Border = append(st.Border, excelize.Border{Type: side, Style: 1, Color: "808080"})
		}
	}
	switch s {
	case titled:
		st.Font.Bold, st.Font.Size, st.Alignment.Horizontal = true, 14, "center"
	case signed:
		st.Font.Bold, st.Alignment.Horizontal = true, "center"
	case centred, counted, dated:
		st.Alignment.Horizontal = "center"
	case italicRight:
		st.Font.Italic, st.Alignment.Horizontal = true, "right"
	case heading:
		st.Font.Bold, st.Alignment.Horizontal = true, "center"
		st.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EAF1FB"}}
	case amounted, rated, totalAmount, totalRate:
		st.Alignment.Horizontal = "right"
	}
	st.Font.Bold = st.Font.Bold || s >= totalText
	switch s {
	case dated:
		st.CustomNumFmt = ptr("dd/mm/yyyy")
	case amounted, totalAmount:
		st.CustomNumFmt = &b.format
	case rated, totalRate:
		st.CustomNumFmt = ptr("0.00%")
	}
	return st
}

func ptr[T any](v T) *T { return &v }

// A sheet is one sheet while it is written. The first error stays with it.
type sheet struct {
	*workbook
	w    *excelize.StreamWriter
	name string
	last int // columns
	wide []float64
	row  int // the next one
	err  error
}

// sheet begins a sheet with columns of the given widths, in characters, whose
// header stands in row head and stays in sight and on every printed page.
func (b *workbook) sheet(name string, widths []float64, head int) (*sheet, error) {
	if b.sheets++; b.sheets == 1 {
		if err := b.f.SetSheetName("Sheet1", name); err != nil {
			return nil, err
		}
	} else if _, err := b.f.NewSheet(name); err != nil {
		return nil, err
	}
	if err := b.page(name, head); err != nil {
		return nil, fmt.Errorf("set up sheet %s: %w", name, err)
	}
	w, err := b.f.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	s := &sheet{workbook: b, w: w, name: name, last: len(widths), wide: widths, row: 1}
	for i, width := range widths {
		s.keep(w.SetColWidth(i+1, i+1, width))
	}
	s.keep(w.SetPanes(&excelize.Panes{Freeze: true, YSplit: head, TopLeftCell: "A" + strconv.Itoa(head+1), ActivePane: "bottomLeft"}))
	return s, s.err
}

// page sets a sheet up for A4 landscape, as wide as the paper.
func (b *workbook) page(name string, head int) error {
	err := b.f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: ptr(true)})
	if err == nil {
		err = b.f.SetPageLayout(name, &excelize.PageLayoutOptions{Size: ptr(9), Orientation: ptr("landscape"), FitToWidth: ptr(1), FitToHeight: ptr(0)})
	}
	if err == nil {
		inch := func(mm float64) *float64 { return ptr(mm / 25.4) }
		err = b.f.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: inch(20), Right: inch(15), Top: inch(20), Bottom: inch(15), Header: inch(8), Footer: inch(8)})
	}
	if err == nil {
		err = b.f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&C&P/&N"})
	}
	if err == nil {
		err = b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: name,
			RefersTo: fmt.Sprintf("'%s'!$%d:$%d", strings.ReplaceAll(name, "'", "''"), head, head)})
	}
	return err
}

func (s *sheet) keep(err error) {
	if s.err == nil {
		s.err = err
	}
}

// put writes the next row from column A on, as high as its longest text needs:
// what reads a streamed sheet does not measure it.
func (s *sheet) put(cells ...excelize.Cell) {
	values, lines := make([]any, len(cells)), 1.0
	for i, c := range cells {
		values[i] = c
		if text, ok := c.Value.(string); ok && s.wraps(c) {
			lines = max(lines, math.Ceil(1.05*float64(utf8.RuneCountInString(text))/s.wide[i]))
		}
	}
	if s.err == nil {
		s.err = s.w.SetRow("A"+strconv.Itoa(s.row), values, excelize.RowOpts{Height: lineHeight*lines + 3})
	}
	s.row++
}

// lineHeight is the height of a line of text, in points.
const lineHeight = 15

func (b *workbook) wraps(c excelize.Cell) bool {
	return c.StyleID == b.styles[texted] || c.StyleID == b.styles[heading]
}

// across writes a text over columns from to to of the next row; others stay.
func (s *sheet) across(parts ...span) {
	cells := make([]excelize.Cell, s.last)
	for _, p := range parts {
		cells[p.from-1] = s.cell(p.style, p.text)
		if p.to > p.from {
			s.keep(s.w.MergeCell(s.at(p.from), s.at(p.to)))
		}
	}
	s.put(cells...)
}

// A span is a text across columns, counted from 1.
type span struct {
	from, to int
	style    style
	text     string
}

// at is the name of a cell of the next row.
func (s *sheet) at(column int) string { return columnName(column) + strconv.Itoa(s.row) }

func columnName(n int) string {
	name, _ := excelize.ColumnNumberToName(n) // n is small and positive
	return name
}

func (b *workbook) cell(s style, v any) excelize.Cell {
	return excelize.Cell{StyleID: b.styles[s], Value: v}
}

func (b *workbook) formula(s style, formula string, v any) excelize.Cell {
	return excelize.Cell{StyleID: b.styles[s], Formula: formula, Value: v}
}

// number is an amount as a workbook keeps it: a number, or text where it has
// more digits than a spreadsheet keeps.
func number(m ledger.Money) any {
	s := m.String()
	if len(strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(s), "0")) > workbookDigits {
		return s
	}
	if m.Currency().Scale() == 0 {
		n, _ := strconv.ParseInt(s, 10, 64) // at most 15 digits
		return n
	}
	f, _ := strconv.ParseFloat(s, 64) // exact in 15 digits
	return f
}

// isNumber reports whether number keeps m as a number.
func isNumber(m ledger.Money) bool { _, text := number(m).(string); return !text }

// close writes the workbook.
func (b *workbook) close(w io.Writer) error {
	if err := b.f.SetDocProps(&excelize.DocProperties{Creator: "Sổ Kinh Phí", Language: string(b.o.Lang)}); err != nil {
		return err
	}
	if _, err := b.f.WriteTo(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return b.f.Close()
}

// unitOf names what amounts are counted in.
func unitOf(c ledger.Currency, l lang.Lang) string { return lang.Ones.Label(string(c.Code()), l) }
