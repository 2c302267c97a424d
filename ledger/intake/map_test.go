package intake

import (
	"os"
	"strings"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
)

func TestReadMap(t *testing.T) {
	data, err := os.ReadFile("testdata/sample.toml")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, old, new, want string }{
		{"as it is", "", "", ""},
		{"unknown key", `treasury = "KBNN"`, "treasury = \"KBNN\"\nrounding = \"up\"", "not_allowed at source.rounding kind=map"},
		{"unknown table", `[amounts]`, "[bounds]\nx = 1\n[amounts]", "not_allowed at bounds kind=map\nnot_allowed at bounds.x kind=map"},
		{"no header row", "header_row = 5", "", "required at header_row"},
		{"scale", "scale           = 2", "scale = 9", "amount_scale at programme scale=4 value=9"},
		{"date", `"2020-06-30"`, `"30/06/2020"`, "invalid_date at posting.date value=30/06/2020"},
		{"year", "budget_year = 2020", "budget_year = 20", "invalid_date at posting.budget_year value=20"},
		{"code", `"VIENTRO-MAU"`, `"viện trợ"`, "invalid_code at programme.code value=viện trợ"},
		{"no number", `"BC-THUC-HIEN-6T-2020"`, `""`, "required at posting.number"},
		{"kind of source", `"foreign-aid"`, `"gold"`, "unknown_kind at source.kind value=gold"},
		{"backing", `"cash"`, `"hope"`, "unknown_kind at source.backing value=hope"},
		{"no columns", `columns = ["Dự án"]`, "", "required at project.columns"},
		{"no stage column", `{ column = "Đã chi", `, `{ `, "required at stages.paid.column"},
		{"no voucher type", `column = "Đã chi", document = "UNC"`, `column = "Đã chi"`, "required at stages.paid.document"},
		{"voucher type of what is not posted", `{ column = "Đã chuẩn chi" }`, `{ column = "Đã chuẩn chi", document = "UNC" }`, "not_allowed at stages.exercised.document kind=exercised"},
		{"no column for kinds of rows", `column    = "Loại dòng"`, "", "required at rows.column"},
		{"total and detail alike", `["1. Cộng chương trình"]`, `["2. Chi tiết"]`, "exists at rows.total code=2. Chi tiết what=rows.detail"},
		{"total without a key", `total_key =`, `# total_key =`, "required at rows.total_key"},
		{"too long", "[root]", strings.Repeat("#", 70_000) + "\n[root]", "too_large at map limit=65536 what=bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(string(data), test.old, test.new, 1)
			_, err := ReadMap(strings.NewReader(text))
			got := ""
			for i, f := range ledger.Faults(err) {
				if i > 0 {
					got += "\n"
				}
				got += f.Error()
			}
			if got != test.want {
				t.Errorf("got %q (%v), want %q", got, err, test.want)
			}
		})
	}
	for name, text := range map[string]string{
		"not TOML":  "sheet: x",
		"key twice": string(data) + "\n[root]\ncode = \"X\"",
		"type":      strings.Replace(string(data), "header_row = 5", `header_row = "five"`, 1),
	} {
		if _, err := ReadMap(strings.NewReader(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestCheckNamesAll: one reading of a map tells everything that is wrong.
func TestCheckNamesAll(t *testing.T) {
	if faults := ledger.Faults(Map{}.Check()); len(faults) < 20 {
		t.Errorf("an empty map has %d faults", len(faults))
	}
}

// TestRequestsBelowAnotherRoot: a programme that has a root of its own keeps it.
func TestRequestsBelowAnotherRoot(t *testing.T) {
	x := readBytes(t, workbook(t, sampleRows()), mapFile(t, "testdata/sample.toml"))
	have := ledger.Structure{Programme: x.Programme, Units: []ledger.Unit{{Code: "TINH", Name: "Tỉnh"}}}
	rs, err := x.Requests(have)
	if err != nil {
		t.Fatal(err)
	}
	units := 0
	for _, r := range rs {
		if d, ok := r.Action.(ledger.DefineUnit); ok {
			units++
			if d.Unit.Parent != "TINH" || d.Unit.Code == "BCD" {
				t.Errorf("unit %v", d.Unit)
			}
		}
	}
	if units != 5 {
		t.Errorf("%d units", units)
	}
	have.Programme.Currency = ledger.VND
	if _, err := x.Requests(have); err == nil || ledger.Faults(err)[0].Rule != ledger.CurrencyMismatch {
		t.Errorf("another currency: %v", err)
	}
}
