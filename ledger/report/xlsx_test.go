package report

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

func summaryWorkbook(t *testing.T, b *book, o Options) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := WriteXLSX(&out, b.summary(t), b.st, o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func open(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// rows are the raw values of a sheet.
func rows(t *testing.T, f *excelize.File, sheet string) [][]string {
	t.Helper()
	r, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSummaryAsWorkbook(t *testing.T) {
	b := smallBook()
	f := open(t, summaryWorkbook(t, b, Options{Lang: lang.Vi, Filter: []string{"Nguồn: mọi nguồn"}, Made: "23/11/2026 16:45, ketoan"}))
	if got := strings.Join(f.GetSheetList(), "|"); got != "Dự án|Nguồn|Đơn vị|Năm|Đủ chỉ tiêu|Tham số" {
		t.Errorf("sheets %s", got)
	}
	r := rows(t, f, "Dự án")
	if !strings.Contains(r[0][0], "TỔNG HỢP HUY ĐỘNG") || r[1][0] != "Phòng, chống ma túy 2017–2020" || !strings.Contains(r[2][0], "DỮ LIỆU MẪU") ||
		!strings.Contains(r[3][0], "Nguồn: mọi nguồn") || r[4][0] != "Đơn vị tính: đồng" {
		t.Errorf("titles %q", r[:5])
	}
	want := []string{"", "Tổng cộng", "4000000003", "2400000000", "2400000000", "77000000", "0", "50000000", "883333332", "833333332", "1439666668", "0.3472222217"}
	if got := r[8]; !slices.Equal(got, want) {
		t.Errorf("total row\n%q, want\n%q", got, want)
	}
	for cell, formula := range map[string]string{"C9": "SUM(C7:C8)", "K9": "SUM(K7:K8)", "L9": "J9/E9", "L7": "J7/E7"} {
		if got, err := f.GetCellFormula("Dự án", cell); err != nil || got != formula {
			t.Errorf("%s: %q, %v; want %q", cell, got, err, formula)
		}
	}
	if kind, err := f.GetCellType("Dự án", "C7"); err != nil || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
		t.Errorf("an amount is of type %v, %v", kind, err)
	}
	checkLooks(t, f, "Dự án", head)
}

// checkLooks checks number format, frozen head, repeated head and page.
func checkLooks(t *testing.T, f *excelize.File, sheet string, head int) {
	t.Helper()
	id, err := f.GetCellStyle(sheet, fmt.Sprintf("C%d", head+1))
	if err != nil {
		t.Fatal(err)
	}
	if st, err := f.GetStyle(id); sheet == "Dự án" && (err != nil || st.CustomNumFmt == nil || !strings.HasPrefix(*st.CustomNumFmt, "#,##0;")) {
		t.Errorf("number format %v, %v", st.CustomNumFmt, err)
	}
	if p, err := f.GetPanes(sheet); err != nil || !p.Freeze || p.YSplit != head {
		t.Errorf("panes %+v, %v", p, err)
	}
	if l, err := f.GetPageLayout(sheet); err != nil || *l.Orientation != "landscape" || *l.Size != 9 || *l.FitToWidth != 1 || *l.FitToHeight != 0 {
		t.Errorf("page %+v, %v", l, err)
	}
	if p, err := f.GetSheetProps(sheet); err != nil || !*p.FitToPage {
		t.Errorf("page does not fit: %v", err)
	}
	titles := fmt.Sprintf("'%s'!$%d:$%d", sheet, head, head)
	if !slices.ContainsFunc(f.GetDefinedName(), func(n excelize.DefinedName) bool {
		return n.Name == "_xlnm.Print_Titles" && n.Scope == sheet && n.RefersTo == titles
	}) {
		t.Errorf("no repeated head %s in %v", titles, f.GetDefinedName())
	}
}

func TestWorkbookLeavesOutWhatADimensionCannotHave(t *testing.T) {
	f := open(t, summaryWorkbook(t, smallBook(), Options{Lang: lang.En}))
	units := rows(t, f, "Units")
	if strings.Contains(strings.Join(units[5], "|"), lang.T(lang.En, "figure.planned")) {
		t.Errorf("a unit has no plan: %q", units[5])
	}
	if units[6][1] != "PC04 · =Phòng Cảnh sát điều tra tội phạm về ma túy" {
		t.Errorf("name %q", units[6][1])
	}
	if formula, err := f.GetCellFormula("Units", "B7"); err != nil || formula != "" {
		t.Errorf("a name became the formula %q, %v", formula, err)
	}
	if r := rows(t, f, "Parameters"); r[5][1] != "Whole programme" {
		t.Errorf("selection %q", r[5])
	}
}

func TestLongAmountsAreText(t *testing.T) {
	b := newBook(ledger.VND)
	l := ledger.Line{Year: 2019, Source: "NSTW", Project: "DA1", Unit: "TINH"}
	b.move(day(2019, 1, 1), l, ledger.LineOriginal, ledger.LineAvailable, "1234567890123456")
	b.move(day(2019, 1, 1), ledger.Line{Year: 2019, Source: "NSTW", Project: "DA2", Unit: "TINH"}, ledger.LineOriginal, ledger.LineAvailable, "999999999999999")
	f := open(t, summaryWorkbook(t, b, Options{}))
	r := rows(t, f, "Dự án")
	if r[6][4] != "1234567890123456" || r[8][4] != "2234567890123455" {
		t.Errorf("amounts %q, total %q", r[6][4], r[8][4])
	}
	for cell, want := range map[string]excelize.CellType{"E7": excelize.CellTypeInlineString, "E9": excelize.CellTypeInlineString} {
		if kind, err := f.GetCellType("Dự án", cell); err != nil || kind != want {
			t.Errorf("%s is of type %v, %v", cell, kind, err)
		}
	}
	if formula, _ := f.GetCellFormula("Dự án", "E9"); formula != "" {
		t.Errorf("the total of texts is the formula %q", formula)
	}
}

func TestOtherCurrenciesKeepTheirDecimals(t *testing.T) {
	mxn, err := ledger.NewCurrency("MXN", 2)
	if err != nil {
		t.Fatal(err)
	}
	b := newBook(mxn)
	b.move(day(2016, 1, 1), ledger.Line{Year: 2016, Source: "NSTW", Project: "DA1", Unit: "TINH"}, ledger.LineOriginal, ledger.LineAvailable, "1592687557.14")
	f := open(t, summaryWorkbook(t, b, Options{Lang: lang.En}))
	if r := rows(t, f, "Projects"); r[6][4] != "1592687557.14" || r[4][0] != "Unit of measure: pesos" {
		t.Errorf("amount %q, %q", r[6][4], r[4][0])
	}
	if shown, err := f.GetCellValue("Projects", "E7"); err != nil || shown != "1,592,687,557.14" {
		t.Errorf("shown as %q, %v", shown, err)
	}
}

// journal yields rows, then an error if there is one.
func journal(rows []ledger.JournalRow, err error) iter.Seq2[ledger.JournalRow, error] {
	return func(yield func(ledger.JournalRow, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
		if err != nil {
			yield(ledger.JournalRow{}, err)
		}
	}
}

func journalRows(n int) []ledger.JournalRow {
	all := make([]ledger.JournalRow, n)
	for i := range all {
		r := &all[i]
		r.Ref, r.Date = ledger.EventRef{Seq: ledger.Seq(i + 1), N: 1}, day(2019, 3, 1+i%28)
		r.Document = ledger.Document{Type: "GRDT", Number: fmt.Sprintf("PC-%04d", i), Date: r.Date}
		r.Number = ledger.Number{Unit: "CAT", Type: "GRDT", Year: 2019, Number: i + 1}
		r.Event.Kind, r.Event.Payee, r.Event.Text = ledger.Pay, "Công ty TNHH Thiết bị Sông Lam", "=Mua máy đo"
		r.Event.Line = ledger.Line{Year: 2019, Source: "NSTW", Project: "DA1", Unit: "CAT", Khoan: "041", Nature: "12"}
		r.Effect = amount(fmt.Sprint(1000*i-500), ledger.VND)
	}
	return all
}

func TestJournalAsWorkbook(t *testing.T) {
	var out bytes.Buffer
	o := Options{Lang: lang.Vi, Filter: []string{"Năm: 2019", "Nguồn: NSTW"}, Made: "Lập lúc 16:45"}
	if err := JournalXLSX(&out, journal(journalRows(300), nil), smallBook().st.Programme, ledger.Actual, o); err != nil {
		t.Fatal(err)
	}
	f := open(t, out.Bytes())
	r := rows(t, f, "Sổ nhật ký")
	if len(r) != 306 || !strings.Contains(r[2][0], "Năm: 2019; Nguồn: NSTW · Lập lúc 16:45") || r[4][17] != "Làm thay đổi: Thực chi" {
		t.Errorf("%d rows, %q, %q", len(r), r[2], r[4])
	}
	if got := r[6]; got[2] != "GRDT-0002/CAT/2019" || got[3] != "PC-0001" || got[5] != "Thực chi" || got[6] != "=Mua máy đo" || got[17] != "500" {
		t.Errorf("row %q", got)
	}
	if shown, err := f.GetCellValue("Sổ nhật ký", "A6"); err != nil || shown != "01/03/2019" {
		t.Errorf("date shown as %q, %v", shown, err)
	}
	if got := r[305]; got[0] != "Cộng 300 dòng" || got[17] != "44700000" {
		t.Errorf("total %q", got)
	}
	if formula, err := f.GetCellFormula("Sổ nhật ký", "R306"); err != nil || formula != "SUM(R6:R305)" {
		t.Errorf("total %q, %v", formula, err)
	}
	checkLooks(t, f, "Sổ nhật ký", journalHead)
}

func TestJournalInAStream(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	rows := func(yield func(ledger.JournalRow, error) bool) {
		r := journalRows(1)[0]
		for range 50_000 {
			if !yield(r, nil) {
				return
			}
		}
	}
	if err := JournalXLSX(io.Discard, rows, smallBook().st.Programme, "", Options{}); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc); kept > 20<<20 {
		t.Errorf("%d bytes are still held", kept)
	}
}

// cachedValue is the result that we computed for a formula.
var cachedValue = regexp.MustCompile(`(</f>)<v>[^<]*</v>`)

// withoutResults returns the workbook with the results of its formulas taken
// out, so that another program has to compute them.
func withoutResults(t *testing.T, data []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range in.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		to, err := w.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(cachedValue.ReplaceAll(body, []byte("$1"))); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestLibreOfficeComputesTheSameTotals(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("SKIPPED: soffice (LibreOffice) is not installed, so that no other program recomputes the totals")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "tong-hop.xlsx")
	data := summaryWorkbook(t, smallBook(), Options{Lang: lang.Vi})
	if err := os.WriteFile(file, withoutResults(t, data), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless",
		"--convert-to", `csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1`, "--outdir", dir, file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
	body, err := os.ReadFile(filepath.Join(dir, "tong-hop-Dự án.csv"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"", "Tổng cộng", "4000000003", "2400000000", "2400000000", "77000000", "0", "50000000", "883333332", "833333332", "1439666668"}
	if total := got[8]; !slices.Equal(total[:11], want) || total[11] != "34.7222221666667%" {
		t.Errorf("recomputed %q, want %q", total, want)
	}
}
