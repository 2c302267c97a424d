package intake

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
)

func asProblems(err error, p **Problems) bool { return errors.As(err, p) }

// TestBadWorkbooks changes the sample in one way each; the error must name
// sheet, row, column, value and rule.
func TestBadWorkbooks(t *testing.T) {
	cell := func(row, column int, value any) func([][]any) [][]any {
		return func(rows [][]any) [][]any { rows[row][column] = value; return rows }
	}
	tests := []struct {
		name   string
		change func([][]any) [][]any
		want   string // the first problem
	}{
		{"exponent", cell(0, approvedCell, "1e9"), `ThucHien!N6: ledger: invalid_amount value="1e9"`},
		{"number beyond all budgets", cell(0, approvedCell, 1.2e21), `ThucHien!N6: ledger: amount_range value="1200000000000000000000" digits=22 limit=18`},
		{"not a number", cell(0, approvedCell, "NaN"), `ThucHien!N6: ledger: invalid_amount value="NaN"`},
		{"infinite", cell(0, approvedCell, "+Inf"), `ThucHien!N6: ledger: invalid_amount value="+Inf"`},
		{"thousands", cell(0, approvedCell, "120.000,00"), `ThucHien!N6: ledger: invalid_amount value="120.000,00"`},
		{"thousands with commas", cell(0, approvedCell, "120,000"), `ThucHien!N6: ledger: invalid_amount value="120,000"`},
		{"words", cell(1, paidCell, "ba mươi nghìn"), `ThucHien!T7: ledger: invalid_amount value="ba mươi nghìn"`},
		{"space", cell(1, paidCell, " 30000"), `ThucHien!T7: ledger: invalid_amount value=" 30000"`},
		{"plus sign", cell(1, paidCell, "+30000"), `ThucHien!T7: ledger: invalid_amount value="+30000"`},
		{"full-width digits", cell(1, paidCell, "\uff13\uff10"), `ThucHien!T7: ledger: invalid_amount value="３０"`},
		{"leading zero", cell(1, paidCell, "030000"), `ThucHien!T7: ledger: invalid_amount value="030000"`},
		{"true", cell(1, paidCell, true), `ThucHien!T7: ledger: invalid_amount value="TRUE"`},
		{"negative", cell(1, paidCell, "-1"), `ThucHien!T7: ledger: negative value="-1"`},
		{"negative zero", cell(1, paidCell, "-0"), `ThucHien!T7: ledger: negative value="-0"`},
		{"three places", cell(1, paidCell, "1.005"), `ThucHien!T7: ledger: amount_scale value="1.005" scale=2`},
		{"dust of floating point", cell(1, paidCell, "0.30000000000000004"), `ThucHien!T7: ledger: amount_scale value="0.30000000000000004" scale=2`},
		{"forty digits", cell(1, paidCell, strings.Repeat("9", 40)), `ThucHien!T7: ledger: amount_range value="` + strings.Repeat("9", 40) + `" digits=40 limit=18`},
		{"no end of digits", cell(1, paidCell, strings.Repeat("9", 400)), `ThucHien!T7: ledger: amount_range value="` + strings.Repeat("9", 80) + `…" digits=400 limit=18`},
		{"empty amount", cell(1, paidCell, ""), `ThucHien!T7: ledger: required`},
		{"not reported in a detail row", cell(1, paidCell, "N/R"), `ThucHien!T7: ledger: not_reported value="N/R"`},
		{"not reported in part of a total row", cell(12, paidCell, "0"), `ThucHien!N18: ledger: not_reported value="N/R"`},
		{"formula error", cell(1, paidCell, "#REF!"), `ThucHien!T7: ledger: invalid_amount value="#REF!"`},
		{"committed beyond the budget", cell(10, committedCell, "15000.01"), `ThucHien!Q16: ledger: above_column value="15000.01" bound=Dự toán điều chỉnh limit=15000.00`},
		{"accrued beyond committed", cell(10, accruedCell, "1"), `ThucHien!R16: ledger: above_column value="1.00" bound=Đã cam kết limit=0.00`},
		{"exercised beyond accrued", cell(7, exercisedCell, "90000.01"), `ThucHien!S13: ledger: above_column value="90000.01" bound=Đã nghiệm thu limit=90000.00`},
		{"paid beyond exercised", cell(7, paidCell, "70000.01"), `ThucHien!T13: ledger: above_column value="70000.01" bound=Đã chuẩn chi limit=70000.00`},
		{"source without the cash", func(rows [][]any) [][]any { rows[0][receivedCell], rows[2][receivedCell] = "1", "30001"; return rows }, `ThucHien!T7: ledger: over_limit value="30000.00" account=Fund:VIEN-TRO-KHONG-HOAN-LAI-2019-VT01 available=10001.00 needed=30000.00 short=19999.00`},
		{"total mismatch", cell(2, paidCell, "105000.01"), `ThucHien!T8: ledger: total_mismatch value="116000.38" details=116000.37 key=Cấp tỉnh / 2019 / 15 / VT01 totals=116000.38`},
		{"total missing", func(rows [][]any) [][]any { return append(rows[:9], rows[10:]...) }, `ThucHien!13: ledger: total_missing key=Kỳ Sơn / 2020 / 15 / VV02`},
		{"total of nothing", cell(11, codeCell, "VV99"), `ThucHien!16: ledger: total_missing key=Tương Dương / 2020 / 15 / VV02`},
		{"duplicate line", cell(1, unitCell, "Công an tỉnh"), `ThucHien!B7: ledger: duplicate_row value="Cấp tỉnh · Công an tỉnh" line=2020/VIEN-TRO-KHONG-HOAN-LAI-2019-VT01/TRUYEN-THONG/T-CONG-AN-TINH/041/1 row=6`},
		{"duplicate line in another normal form", func(rows [][]any) [][]any { rows[1][unitCell] = "Co\u0302ng an ti\u0309nh"; return rows }, `ThucHien!B7: ledger: duplicate_row value="Cấp tỉnh · Công an tỉnh" line=2020/VIEN-TRO-KHONG-HOAN-LAI-2019-VT01/TRUYEN-THONG/T-CONG-AN-TINH/041/1 row=6`},
		{"unknown kind of row", cell(7, kindCell, "3. Ghi chú"), `ThucHien!C13: ledger: unknown_row value="3. Ghi chú"`},
		{"no unit", cell(4, unitCell, "  "), `ThucHien!J10: ledger: required value="  "`},
		{"control character in a name", cell(4, unitCell, "Sở\u0093 Y tế"), `ThucHien!J10: ledger: control_character value="Sở\u0093 Y tế"`},
		{"direction of writing in a note", cell(0, noteCell, "abc\u202ecba"), `ThucHien!U6: ledger: control_character value="abc\u202ecba"`},
		{"no rows", func([][]any) [][]any { return nil }, `ThucHien!5: ledger: no_rows`},
		{"totals only", func(rows [][]any) [][]any { return rows[12:] }, `ThucHien!5: ledger: no_rows`},
	}
	m := mapFile(t, "testdata/sample.toml")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			data := workbook(t, test.change(sampleRows()))
			x, err := Read(context.Background(), bytes.NewReader(data), int64(len(data)), m)
			var p *Problems
			if x != nil || !asProblems(err, &p) {
				t.Fatalf("got %v, %v; want problems", x, err)
			}
			if got := p.Rows[0].Error(); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if !errors.Is(err, p.Rows[0].Rule) || len(ledger.Faults(err)) != len(p.Rows) {
				t.Error("the rule is not found in the error")
			}
		})
	}
}

// TestHeaders: columns that are missing or ambiguous are all named.
func TestHeaders(t *testing.T) {
	m := mapFile(t, "testdata/sample.toml")
	m.Stages.Paid.Column, m.Text.Note = "Đã trả", "column:ABC"
	m.Rows.TotalKey = []string{"Địa bàn", "Tên dự án"}
	data := workbook(t, sampleRows())
	_, err := Read(context.Background(), bytes.NewReader(data), int64(len(data)), m)
	want := `ThucHien!5: ledger: column_missing value="column:ABC"
ThucHien!5: ledger: column_missing value="Tên dự án"
ThucHien!5: ledger: column_missing value="Đã trả"`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}

	m = mapFile(t, "testdata/sample.toml")
	defer func(old any) { sampleHeaders[interestCell] = old }(sampleHeaders[interestCell])
	sampleHeaders[interestCell] = " Đã  chi "
	data = workbook(t, sampleRows())
	_, err = Read(context.Background(), bytes.NewReader(data), int64(len(data)), m)
	want = `ThucHien!T5: ledger: column_repeated value="Đã chi" columns=K, T`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	m.Stages.Paid.Column = "column:T"
	readBytes(t, data, m)
}

// TestAllProblems: every broken rule is collected, in the order of rows, up to
// a limit; nothing else is returned.
func TestAllProblems(t *testing.T) {
	rows := sampleRows()
	rows[7][paidCell], rows[0][approvedCell], rows[3][unitCell] = "x", "y", ""
	data := workbook(t, rows)
	_, err := Read(context.Background(), bytes.NewReader(data), int64(len(data)), mapFile(t, "testdata/sample.toml"))
	want := `ThucHien!N6: ledger: invalid_amount value="y"
ThucHien!J9: ledger: required
ThucHien!T13: ledger: invalid_amount value="x"`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}

	rows = nil
	for range MaxProblems + 234 {
		row := sampleRows()[0]
		row[paidCell] = "?"
		rows = append(rows, row)
	}
	data = workbook(t, rows)
	_, err = Read(context.Background(), bytes.NewReader(data), int64(len(data)), mapFile(t, "testdata/sample.toml"))
	var p *Problems
	if !asProblems(err, &p) || len(p.Rows) != MaxProblems || p.More != 234 || !strings.HasSuffix(p.Error(), "and 234 more") {
		t.Errorf("got %d problems and %d more", len(p.Rows), p.More)
	}
}

// TestText: texts are folded and bounded, control characters go only where the
// map says so, and both are told.
func TestText(t *testing.T) {
	m := mapFile(t, "testdata/sample.toml")
	m.Text.RemoveControl = true
	rows := sampleRows()
	rows[0][noteCell] = strings.Repeat("Ghi  chú ", 1000)
	rows[4][unitCell], rows[5][unitCell] = "Sở\u0093 Y tế", "Sở\u0093 Y tế"
	rows[3][projectCell] = "Dự án " + strings.Repeat("rất dài ", 200)
	x := readBytes(t, workbook(t, rows), m)
	count := map[ledger.Rule]int{}
	for _, w := range x.Warnings {
		count[w.Rule]++
	}
	if count[TextCut] != 2 || count[ControlRemoved] != 1 {
		t.Errorf("warnings: %v", count)
	}
	s := ledger.NewState(ledger.Base{Programme: x.Programme})
	decide(t, s, x, ledger.Structure{}) // the ledger takes every text
	for _, p := range x.Projects {
		if len(p.Name) > ledger.MaxName || strings.HasPrefix(p.Name, "Dự án") && !strings.HasSuffix(p.Name, "…") && len(p.Name) > 100 {
			t.Errorf("name of %d bytes: %s", len(p.Name), p.Name)
		}
	}
}

// TestNotWorkbooks feeds files that must be refused before they are believed.
func TestNotWorkbooks(t *testing.T) {
	sheet := func(body string) []byte { return zippedBook(t, `<worksheet><sheetData>`+body) }
	good := workbook(t, sampleRows())
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, `ThucHien: ledger: not_workbook reason=zip: not a valid zip file`},
		{"text", []byte("a,b\n1,2\n"), `ThucHien: ledger: not_workbook reason=zip: not a valid zip file`},
		{"cut off", good[:len(good)/2], `ThucHien: ledger: not_workbook reason=zip: not a valid zip file`},
		{"old format", append([]byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}, make([]byte, 4096)...), `ThucHien: ledger: not_workbook reason=zip: not a valid zip file`},
		{"another zip", zipped(t, "readme.txt", []byte("hello")), `ThucHien: ledger: not_workbook reason=the archive holds no workbook`},
		{"zip bomb", zipped(t, "xl/media/image1.png", make([]byte, MaxBytes+1)), fmt.Sprintf(`ThucHien: ledger: too_large count=%d limit=%d what=unpacked_bytes`, MaxBytes+1, MaxBytes)},
		{"zip bomb that lies", lying(t, zippedBook(t, strings.Repeat(" ", MaxBytes-4096))), `ThucHien: ledger: not_workbook reason=zip: not a valid zip file`},
		{"row beyond the limit", sheet(`<row r="1048576"/>`), `ThucHien: ledger: too_large count=1048576 limit=50000 what=rows`},
		{"column beyond the limit", sheet(`<row r="1"><c r="XFD1"/>`), `ThucHien: ledger: too_large count=16384 limit=256 what=columns`},
		{"many cells without a place", sheet(`<row>` + strings.Repeat(`<c/>`, 300)), `ThucHien: ledger: too_large count=257 limit=256 what=columns`},
		{"many rows without a place", sheet(strings.Repeat(`<row/>`, MaxRows+1)), `ThucHien: ledger: too_large count=50001 limit=50000 what=rows`},
		{"many cells", sheet(strings.Repeat(`<row>`+strings.Repeat(`<c/>`, 250)+`</row>`, MaxCells/250+1)), `ThucHien: ledger: too_large count=1000001 limit=1000000 what=cells`},
		{"many elements", sheet(`<row><c><is>` + strings.Repeat(`<r/>`, 3*MaxCells)), `ThucHien: ledger: too_large count=3000001 limit=3000000 what=elements`},
		{"many texts", zippedBook(t, `<worksheet/>`, "xl/sharedStrings.xml", `<sst>`+strings.Repeat(`<si/>`, MaxStrings)), `ThucHien: ledger: too_large count=500001 limit=500000 what=texts`},
		{"large part that nobody needs", zippedBook(t, `<worksheet/>`, "xl/calcChain.xml", strings.Repeat(" ", MaxOther+1)), `ThucHien: ledger: too_large count=4194305 limit=4194304 what=xl/calcChain.xml`},
		{"rows out of order", sheet(`<row r="7"/><row r="6"/>`), `ThucHien!7: ledger: not_workbook reason=row 6 after row 7`},
		{"cells out of order", sheet(`<row r="7"><c r="C7"/><c r="A7"/>`), `ThucHien!7: ledger: not_workbook reason=cell A7 in row 7`},
		{"cell of another row", sheet(`<row r="7"><c r="C8"/>`), `ThucHien!7: ledger: not_workbook reason=cell C8 in row 7`},
		{"damage in the middle", sheet(`<row r="1"><c r="A1"></v></c></row>`), `ThucHien: ledger: not_workbook reason=XML syntax error on line 1: element <c> closed by </v>`},
	}
	m := mapFile(t, "testdata/sample.toml")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x, err := Read(context.Background(), bytes.NewReader(test.data), int64(len(test.data)), m)
			if x != nil || err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
			var e *RowError
			if !errors.As(err, &e) || e.Sheet != sampleSheet {
				t.Errorf("no RowError with the sheet: %v", err)
			}
		})
	}
}

// TestSparseMaps: no column for exercised, no kinds of rows.
func TestSparseMaps(t *testing.T) {
	m := mapFile(t, "testdata/sample.toml")
	want := events(t, readBytes(t, workbook(t, sampleRows()), m))
	m.Stages.Exercised, m.Rows = StageMap{}, RowsMap{}
	var details [][]any
	for _, row := range sampleRows() {
		if row[kindCell] == detailWord {
			details = append(details, row)
		}
	}
	if got := events(t, readBytes(t, workbook(t, details), m)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	details[0][paidCell] = "80000.26"
	data := workbook(t, details)
	_, err := Read(context.Background(), bytes.NewReader(data), int64(len(data)), m)
	if want := `ThucHien!T6: ledger: above_column value="80000.26" bound=Đã nghiệm thu limit=80000.25`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestSheetMissing(t *testing.T) {
	m := mapFile(t, "testdata/sample.toml")
	m.Sheet = "Tháng 6"
	data := workbook(t, sampleRows())
	_, err := Read(context.Background(), bytes.NewReader(data), int64(len(data)), m)
	if want := `Tháng 6: ledger: sheet_missing value="Tháng 6" sheets=ThucHien`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestReadStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	data := workbook(t, sampleRows())
	if _, err := Read(ctx, bytes.NewReader(data), int64(len(data)), mapFile(t, "testdata/sample.toml")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestCSV: the same table as text gives the same events.
func TestCSV(t *testing.T) {
	data, err := os.ReadFile("testdata/sample.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	m := mapFile(t, "testdata/sample.toml")
	fromBook := events(t, readBytes(t, data, m))
	var text strings.Builder
	text.WriteString("\uFEFF")
	for i, row := range sheetOf(t, data) {
		if i < sampleHeader-1 {
			continue
		}
		for len(row) < sampleFirst-1+len(sampleHeaders) {
			row = append(row, "")
		}
		for k, v := range row {
			if k > 0 {
				text.WriteByte(',')
			}
			text.WriteString(`"` + strings.ReplaceAll(v, `"`, `""`) + `"`)
		}
		text.WriteString("\r\n")
	}
	m.Sheet, m.Header = "", 1
	x := readBytes(t, []byte(text.String()), m)
	if got := events(t, x); got != fromBook {
		t.Errorf("from CSV:\n%s\nfrom the workbook:\n%s", got, fromBook)
	}
	m.Header = 2
	_, err = Read(context.Background(), strings.NewReader("a\n\"b"), 4, m)
	if !errors.Is(err, NotWorkbook) {
		t.Errorf("an open quote: %v", err)
	}
}

// events writes down what is posted, without texts.
func events(t testing.TB, x *Execution) string {
	var b strings.Builder
	for _, s := range x.Stages {
		for _, v := range s.Vouchers {
			for _, e := range v.Action.(ledger.Posting).Events {
				fmt.Fprintln(&b, e.Kind, e.Line, e.Amount, e.Obligation, e.Opens)
			}
		}
	}
	return b.String()
}

// zippedBook makes the least that is a workbook, with any text for its sheet and
// for other parts, in pairs of name and text.
func zippedBook(t *testing.T, sheet string, others ...string) []byte {
	const relations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/></Relationships>`
	parts := map[string]string{
		"_rels/.rels":                fmt.Sprintf(relations, "officeDocument", "xl/workbook.xml"),
		"xl/_rels/workbook.xml.rels": fmt.Sprintf(relations, "worksheet", "worksheets/sheet1.xml"),
		"xl/workbook.xml":            `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="ThucHien" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/worksheets/sheet1.xml":   sheet,
	}
	for i := 0; i < len(others); i += 2 {
		parts[others[i]] = others[i+1]
	}
	return zippedParts(t, parts)
}

func zipped(t *testing.T, name string, data []byte) []byte {
	return zippedParts(t, map[string]string{name: string(data)})
}

func zippedParts(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lying says of the sheet in a workbook that it is small.
func lying(t *testing.T, honest []byte) []byte {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(honest), int64(len(honest)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	to := zip.NewWriter(&b)
	for _, part := range from.File {
		h := part.FileHeader
		if strings.HasPrefix(h.Name, "xl/worksheets/") {
			h.UncompressedSize64 = 100
		}
		raw, err := part.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		w, err := to.CreateRaw(&h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, raw); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestNumbers: what a number cell holds is an amount if and only if it is a
// decimal that the number keeps exactly.
func TestNumbers(t *testing.T) {
	tests := []struct{ cell, want string }{
		{"27158569.530000001", "27158569.53"},
		{"0.1", "0.1"},
		{"1234.0999999999999", "1234.1"},
		{"0.30000000000000004", "0.30000000000000004"},
		{"123456789012345", "123456789012345"},
		{"1234567890123.45", "1234567890123.45"},
		{"12345678901234.56", "1.234567890123456e+13"},
		{"123456789012345678", "1.2345678901234568e+17"},
		{"1E9", "1000000000"},
		{"3.3333333333333335E-5", "3.3333333333333335e-05"},
		{"2016", "2016"},
		{"-5", "-5"},
		{"NaN", "NaN"},
		{"x", "x"},
	}
	for _, test := range tests {
		if got := spellNumber(test.cell); got != test.want {
			t.Errorf("%s is read as %s, want %s", test.cell, got, test.want)
		}
	}
	rows := sampleRows()
	rows[1][paidCell], rows[1][yearCell] = 30000.0, 2019
	x := readBytes(t, workbook(t, rows), mapFile(t, "testdata/sample.toml"))
	if got, want := events(t, x), events(t, readBytes(t, workbook(t, sampleRows()), mapFile(t, "testdata/sample.toml"))); got != want {
		t.Errorf("numbers instead of texts give\n%s\nwant\n%s", got, want)
	}
}
