package intake

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
	"pgregory.net/rapid"
)

func TestSlug(t *testing.T) {
	tests := []struct{ text, want string }{
		{"Công an tỉnh Nghệ An", "CONG-AN-TINH-NGHE-AN"},
		{"Địa bàn trọng điểm", "DIA-BAN-TRONG-DIEM"},
		{"  H. AYUNTAMIENTO  DE AQUIXTLA, PUEBLA.", "H-AYUNTAMIENTO-DE-AQUIXTLA-PUEBLA"},
		{"Cuauhtémoc/2016-1", "CUAUHTEMOC-2016-1"},
		{"Straße ½ Ærø Łódź", "STRASSE-AERO-LODZ"},
		{"công an", "CONG-AN"},
		{"---", ""},
		{"Красноярск", ""},
		{"４０", ""},
	}
	for _, test := range tests {
		if got := Slug(test.text); got != test.want {
			t.Errorf("Slug(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}

func TestCodes(t *testing.T) {
	long := strings.Repeat("ABCDEFGHI ", 5)
	names := map[string]string{}
	for _, n := range []string{"CAPCEE", "CAPCEE.", "CAPCEE...", "SEDESOL", long, long + "1", "...", "Красноярск", "Sở Y tế"} {
		names[n] = n
	}
	got := Codes(names)
	want := map[string]ledger.Code{
		"CAPCEE": "CAPCEE-F9P19C", "CAPCEE.": "CAPCEE-TNHCY9", "CAPCEE...": "CAPCEE-FW73BX", "SEDESOL": "SEDESOL",
		long: "ABCDEFGHI-ABCDEFGHI-ABCDEFGHI-ABC-6JZ49H", long + "1": "ABCDEFGHI-ABCDEFGHI-ABCDEFGHI-ABC-VJ5RHC",
		"...": "X-8HTB7V", "Красноярск": "X-41VY8P", "Sở Y tế": "SO-Y-TE",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// TestCodesProperties draws names that like to meet: few letters, marks that
// vanish, common beginnings, slugs that look like hashed codes.
func TestCodesProperties(t *testing.T) {
	word := rapid.OneOf(
		rapid.StringMatching(`[Aaáạ.\- ]{0,5}`),
		rapid.StringMatching(`(ĐƠN VỊ ){5}[Aa. ]{0,4}`),
		rapid.StringMatching(`A-[0-9A-Z]{6}`),
		rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		names := map[string]string{}
		for _, n := range rapid.SliceOfN(word, 1, 60).Draw(t, "names") {
			names[n] = n
		}
		// A name that looks like the hashed code of another.
		for n, c := range Codes(names) {
			if strings.Contains(string(c), "-") && n != string(c) && rapid.Bool().Draw(t, "mimic") {
				names[string(c)] = string(c)
			}
		}
		codes := Codes(names)
		seen := map[ledger.Code]string{}
		for n, c := range codes {
			if !c.Valid() {
				t.Fatalf("%q has the invalid code %q", n, c)
			}
			if other, found := seen[c]; found {
				t.Fatalf("%q and %q share %q", n, other, c)
			}
			seen[c] = n
		}
		if len(codes) != len(names) || !maps.Equal(codes, Codes(maps.Clone(names))) {
			t.Fatal("codes depend on more than the names")
		}
	})
}

// TestCodesAnyOrder reads the same rows in two orders.
func TestCodesAnyOrder(t *testing.T) {
	m := mapFile(t, "testdata/sample.toml")
	m.Rows.Detail, m.Rows.Total, m.Rows.TotalKey = append(m.Rows.Detail, m.Rows.Total...), nil, nil
	var details [][]any
	for _, row := range sampleRows() {
		if row[kindCell] == detailWord {
			details = append(details, row)
		}
	}
	lines := func(x *Execution) (all []string) {
		for line := range strings.Lines(events(t, x)) {
			all = append(all, line)
		}
		slices.Sort(all)
		return all
	}
	forwards := readBytes(t, workbook(t, details), m)
	slices.Reverse(details)
	backwards := readBytes(t, workbook(t, details), m)
	if !slices.Equal(lines(forwards), lines(backwards)) {
		t.Error("the order of rows changes codes, lines or obligations")
	}
}
