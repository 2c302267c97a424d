package intake

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/xuri/excelize/v2"
)

var update = flag.Bool("update", false, "write the sample workbook and the golden files")

const (
	sampleSheet  = "ThucHien"
	sampleHeader = 5 // row of the headers
	sampleFirst  = 2 // column of the first header: B
)

// Columns of the sample by what they hold, from 0.
const (
	areaCell = iota
	kindCell
	yearCell
	typeCell
	sectorCell
	codeCell
	titleCell
	projectCell
	unitCell
	interestCell
	natureCell
	khoanCell
	approvedCell
	modifiedCell
	receivedCell
	committedCell
	accruedCell
	exercisedCell
	paidCell
	noteCell
)

var sampleHeaders = []any{"Địa bàn", "Loại dòng", "Năm nguồn", "Loại nguồn", "Mã ngành", "Mã chương trình", "Tên chương trình",
	"Dự án", "Đơn vị thực hiện", "Lãi tiền gửi", "Tính chất", "Khoản", "Dự toán giao", "Dự toán điều chỉnh", "Đã tiếp nhận",
	"Đã cam kết", "Đã nghiệm thu", "Đã chuẩn chi", "Đã chi", ""}

const (
	detailWord = "2. Chi tiết"
	totalWord  = "1. Cộng chương trình"
	provincial = "Cấp tỉnh"
)

// sampleRows are the rows below the header, invented throughout, with what real
// reports are full of: amounts as text, bare fractions, dust of floating point
// in a column that nobody needs, names that differ by a dot, totals in two
// parts, totals without figures, a line of zeros.
func sampleRows() [][]any {
	aid := func(area, unit, project, nature, khoan string, amounts ...any) []any {
		return sampleDetail(area, "2019", "Viện trợ không hoàn lại - 1", "15", "VT01", "Phòng ngừa trong trường học", unit, project, nature, khoan, amounts...)
	}
	loan := func(area, unit, project, nature, khoan string, amounts ...any) []any {
		return sampleDetail(area, "2020", "Vốn vay ưu đãi - 2", "15", "VV02", "Nâng cao năng lực xét nghiệm", unit, project, nature, khoan, amounts...)
	}
	const regular, investment = "1 - Chi thường xuyên", "2 - Chi đầu tư"
	return [][]any{
		aid(provincial, "Công an tỉnh", "Truyền thông", regular, "041 - An ninh", "120000", "120000", "100000.50", "98000.25", "80000.25", "80000.25", "75000", "Tập huấn;  in tài liệu"),
		aid(provincial, "Công an tỉnh.", "Truyền thông", regular, "041 - An ninh", "30000.5", "36000.5", "30000", "30000", "30000", "30000", "30000"),
		sampleTotal(provincial, "2019", "15", "VT01", "Phòng ngừa trong trường học", "150000.5", "156000.5", "130000.50", "128000.25", "110000.25", "110000.25", "105000"),
		aid(provincial, "Sở Y tế", "Cai nghiện", regular, "131 - Y tế", "50000", "45000.63", "45000", "40000", ".37", ".37", ".37"),
		aid(provincial, "Sở Y tế", "Cai nghiện", investment, "131 - Y tế", "0", "25000", "10000", "25000", "12000", "12000", "11000", "Phòng\nxét nghiệm"),
		aid(provincial, "Sở Y tế", "Cai nghiện", investment, "132 - Y tế dự phòng", "0", "0", "0", "0", "0", "0", "0"),
		sampleTotal(provincial, "2019", "15", "VT01", "Phòng ngừa trong trường học", "50000", "70000.63", "55000", "65000", "12000.37", "12000.37", "11000.37"),
		loan("Kỳ Sơn", "UBND huyện Kỳ Sơn", "Nâng cao năng lực cho cán bộ chuyên trách cấp xã", investment, "041 - An ninh", "200000", "180000", "180000", "150000", "90000", "70000", "60000"),
		loan("Kỳ Sơn", "UBND huyện Kỳ Sơn", "Nâng cao năng lực cho cán bộ chuyên trách cấp huyện", investment, "041 - An ninh", "80000", "80000", "60000", "70000", "70000", "70000", "70000", "Trả bằng tiền của dòng trên"),
		sampleTotal("Kỳ Sơn", "2020", "15", "VV02", "Nâng cao năng lực xét nghiệm", "280000", "260000", "240000", "220000", "160000", "140000", "130000"),
		loan("Tương Dương", "UBND huyện Tương Dương", "Truyền thông", regular, "041 - An ninh", "15000", "15000", "0", "0", "0", "0", "0"),
		sampleTotal("Tương Dương", "2020", "15", "VV02", "Nâng cao năng lực xét nghiệm", "15000", "15000", "0", "0", "0", "0", "0"),
		sampleTotal("Quế Phong", "2020", "15", "VV02", "Nâng cao năng lực xét nghiệm", "N/R", "N/R", "N/R", "N/R", "N/R", "N/R", "N/R"),
	}
}

// dust is what sums in a spreadsheet leave behind: 0.30000000000000004.
var dust = func(tenth float64) float64 { return tenth + 0.2 }(0.1)

func sampleDetail(area, year, kind, sector, code, title, unit, project, nature, khoan string, amounts ...any) []any {
	return append([]any{area, detailWord, year, kind, sector, code, title, project, unit, dust, nature, khoan}, amounts...)
}

func sampleTotal(area, year, sector, code, title string, amounts ...any) []any {
	return append([]any{area, totalWord, year, " - ", sector, code, title, "Không nêu", "Không nêu", nil, "", "CỘNG CHƯƠNG TRÌNH"}, amounts...)
}

// workbook makes a file with banner rows, headers and rows.
func workbook(t testing.TB, rows [][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(f.SetSheetName("Sheet1", sampleSheet))
	must(f.SetCellStr(sampleSheet, "B2", "BÁO CÁO TÌNH HÌNH THỰC HIỆN NGUỒN VIỆN TRỢ (SỐ LIỆU BỊA)"))
	must(f.MergeCell(sampleSheet, "B2", "U2"))
	must(f.SetCellStr(sampleSheet, "N4", "Tình hình thực hiện (USD)"))
	must(f.MergeCell(sampleSheet, "N4", "T4"))
	for i, row := range append([][]any{sampleHeaders}, rows...) {
		cell, err := excelize.CoordinatesToCellName(sampleFirst, sampleHeader+i)
		must(err)
		must(f.SetSheetRow(sampleSheet, cell, &row))
	}
	var b bytes.Buffer
	must(f.Write(&b))
	return b.Bytes()
}

// TestSampleWorkbook holds the workbook for newcomers to what this file says.
func TestSampleWorkbook(t *testing.T) {
	const file = "testdata/sample.xlsx"
	if *update {
		if err := os.WriteFile(file, workbook(t, sampleRows()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	have, want := sheetOf(t, data), sheetOf(t, workbook(t, sampleRows()))
	if !slices.EqualFunc(have, want, slices.Equal[[]string]) {
		t.Errorf("%s is not what sampleRows makes; run go test -run TestSample -update", file)
	}
}

func sheetOf(t *testing.T, data []byte) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(sampleSheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestSampleRequests freezes what the sample becomes, keys and codes included:
// a change here is a change of what "the same file again" means.
func TestSampleRequests(t *testing.T) {
	const file = "testdata/sample.golden"
	data, err := os.ReadFile("testdata/sample.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	got := render(t, readBytes(t, data, mapFile(t, "testdata/sample.toml")))
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("requests differ from %s:\n%s", file, got)
	}
	if again := render(t, readBytes(t, data, mapFile(t, "testdata/sample.toml"))); again != got {
		t.Error("a second reading gives other requests")
	}
}

// render writes an execution down, one line for each request, event, stage and
// warning.
func render(t *testing.T, x *Execution) string {
	t.Helper()
	rs, err := x.Requests(ledger.Structure{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, s := range x.Stages {
		fmt.Fprintf(&b, "%s | %s | %s | %d events, %d vouchers\n", s.Name, s.Header, s.Total, s.Events, len(s.Vouchers))
	}
	for _, w := range x.Warnings {
		fmt.Fprintf(&b, "warning %v\n", w)
	}
	fmt.Fprintf(&b, "ignored %q\n", x.Ignored)
	for _, r := range rs {
		fmt.Fprintf(&b, "%s %s ", r.Key.Space, r.Key.Value)
		p, ok := r.Action.(ledger.Posting)
		if !ok {
			fmt.Fprintf(&b, "%v %v\n", r.Action.Kind(), r.Action)
			continue
		}
		fmt.Fprintf(&b, "%v %s %s %s\n", p.Kind(), p.Date, p.Document.Type, p.Document.Number)
		for _, e := range p.Events {
			fmt.Fprintf(&b, "  %s %s %s on=%s opens=%s from=%s %q\n", e.Kind, e.Line, e.Amount, e.Obligation, e.Opens, e.From, e.Text)
		}
	}
	return b.String()
}
