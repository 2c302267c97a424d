package lang

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sokinhphi/kinhphi/ledger"
)

// wordVector is a row of the files that the browser's script is tested with too.
type wordVector struct{ N, Currency, Vi, En string }

func readJSON[T any](t *testing.T, name string) (rows []T) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		t.Fatalf("%s has no rows", name)
	}
	return rows
}

func TestWordsVectors(t *testing.T) {
	rows := append(readJSON[wordVector](t, "words.json"), readJSON[wordVector](t, "words-currency.json")...)
	for _, v := range rows {
		if v.Currency == "" {
			v.Currency = "VND"
		}
		for l, want := range map[Lang]string{Vi: v.Vi, En: v.En} {
			got, err := Words(v.N, l, v.Currency, WordStyle{})
			if err != nil || got != want {
				t.Errorf("%s %s in %s: %q, %v; want %q", v.N, v.Currency, l, got, err, want)
			}
		}
	}
}

// The readings that Vietnamese documents print, copied from a reference that
// was checked against other programs.
func TestWordsReference(t *testing.T) {
	for n, want := range map[string]string{
		"14": "Mười bốn", "15": "Mười lăm", "21": "Hai mươi mốt", "24": "Hai mươi tư",
		"101": "Một trăm linh một", "105": "Một trăm linh năm", "115": "Một trăm mười lăm",
		"1001": "Một nghìn không trăm linh một", "1105": "Một nghìn một trăm linh năm",
		"10001": "Mười nghìn không trăm linh một", "105000": "Một trăm linh năm nghìn",
		"1000001": "Một triệu không trăm linh một", "1001000": "Một triệu không trăm linh một nghìn",
		"1000000001": "Một tỷ không trăm linh một", "1000000000000": "Một nghìn tỷ",
		"22450194000000": "Hai mươi hai nghìn bốn trăm năm mươi tỷ một trăm chín mươi tư triệu",
	} {
		if got, err := Words(n, Vi, "VND", WordStyle{}); err != nil || got != want+" đồng" {
			t.Errorf("%s: %q, %v; want %q", n, got, err, want)
		}
	}
}

func TestWordsStyles(t *testing.T) {
	for _, c := range []struct {
		n     string
		style WordStyle
		l     Lang
		want  string
	}{
		{"1000105", WordStyle{Le: true}, Vi, "Một triệu một trăm lẻ năm đồng"},
		{"2000", WordStyle{Ngan: true}, Vi, "Hai ngàn đồng"},
		{"1000000000000", WordStyle{Ti: true, Ngan: true}, Vi, "Một ngàn tỉ đồng"},
		{"86400000", WordStyle{Chan: true}, Vi, "Tám mươi sáu triệu bốn trăm nghìn đồng chẵn"},
		{"86400000", WordStyle{Chan: true}, En, "Eighty-six million four hundred thousand dong only"},
		{"-0", WordStyle{}, Vi, "Không đồng"},
	} {
		if got, err := Words(c.n, c.l, "VND", c.style); err != nil || got != c.want {
			t.Errorf("%s %+v: %q, %v; want %q", c.n, c.style, got, err, c.want)
		}
	}
	if got, _ := Words("1.5", Vi, "MXN", WordStyle{Chan: true}); got != "Một peso và 50 xu" {
		t.Errorf("an amount with decimals must not end in chẵn: %q", got)
	}
}

func TestWordsRefuses(t *testing.T) {
	for _, c := range []struct {
		n, currency string
		want        ledger.Rule
	}{
		{"", "VND", ledger.InvalidAmount}, {"1e9", "VND", ledger.InvalidAmount}, {"1.", "VND", ledger.InvalidAmount},
		{"NaN", "VND", ledger.InvalidAmount}, {"1.000.000", "VND", ledger.InvalidAmount}, {"--1", "VND", ledger.InvalidAmount},
		{"1.5", "VND", ledger.AmountScale}, {"1.005", "MXN", ledger.AmountScale},
		{"1" + strings.Repeat("0", 36), "VND", ledger.AmountRange},
	} {
		if got, err := Words(c.n, Vi, c.currency, WordStyle{}); !errors.Is(err, c.want) || got != "" {
			t.Errorf("%q %s: %q, %v; want %s", c.n, c.currency, got, err, c.want)
		}
	}
}

// Reading the words back gives the number, in every style.
func TestWordsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`[0-9]{1,22}`).Draw(t, "digits")
		if rapid.Bool().Draw(t, "sparse") { // zero groups are where readers go wrong
			digits = sparse(t, digits)
		}
		b := rapid.Bool()
		style := WordStyle{Le: b.Draw(t, "lẻ"), Ngan: b.Draw(t, "ngàn"), Ti: b.Draw(t, "tỉ")}
		want, _ := new(big.Int).SetString(digits, 10)
		if got := readVi(t, spellVi(digits, style)); got.Cmp(want) != 0 {
			t.Fatalf("vi %s reads back as %s: %s", digits, got, spellVi(digits, style))
		}
		if got := readEn(t, spellEn(digits)); got.Cmp(want) != 0 {
			t.Fatalf("en %s reads back as %s: %s", digits, got, spellEn(digits))
		}
	})
}

func sparse(t *rapid.T, digits string) string {
	mask := rapid.SliceOfN(rapid.Bool(), len(digits), len(digits)).Draw(t, "mask")
	b := []byte(digits)
	for i := range b {
		if mask[i] {
			b[i] = '0'
		}
	}
	return string(b)
}

// readVi is a reader of its own: it splits at the names of scales instead of
// counting digits, so that it shares no rule with the writer.
func readVi(t *rapid.T, words string) *big.Int {
	fields := strings.Fields(strings.NewReplacer("lẻ", "linh", "ngàn", "nghìn", "tỉ", "tỷ").Replace(words))
	return readScaleVi(t, fields, []string{"tỷ", "triệu", "nghìn"}, []int64{1e9, 1e6, 1e3})
}

func readScaleVi(t *rapid.T, fields, names []string, values []int64) *big.Int {
	if len(names) == 0 {
		return big.NewInt(readGroupVi(t, fields))
	}
	at := lastIndex(fields, names[0]) // what is before the last tỷ is a count, which may hold others
	if at < 0 {
		return readScaleVi(t, fields, names[1:], values[1:])
	}
	count := readScaleVi(t, fields[:at], names, values)
	count.Mul(count, big.NewInt(values[0]))
	if rest := fields[at+1:]; len(rest) > 0 {
		count.Add(count, readScaleVi(t, rest, names[1:], values[1:]))
	}
	return count
}

func lastIndex(fields []string, word string) int {
	for i := len(fields) - 1; i >= 0; i-- {
		if fields[i] == word {
			return i
		}
	}
	return -1
}

func readGroupVi(t *rapid.T, fields []string) int64 {
	digit := map[string]int64{"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4,
		"năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9}
	var total, last int64
	for _, f := range fields {
		switch f {
		case "trăm":
			total, last = total+last*100, 0
		case "mươi":
			total, last = total+last*10, 0
		case "mười":
			total += 10
		case "linh":
		default:
			d, ok := digit[f]
			if !ok || last != 0 {
				t.Fatalf("unexpected %q in %v", f, fields)
			}
			last = d
		}
	}
	return total + last
}

func readEn(t *rapid.T, words string) *big.Int {
	small := map[string]int64{}
	for i, w := range smallEn {
		small[w] = int64(i)
	}
	for i, w := range tensEn {
		if w != "" {
			small[w] = int64(i) * 10
		}
	}
	total, group := new(big.Int), int64(0)
	for _, f := range strings.Fields(strings.ReplaceAll(words, "-", " ")) {
		if n, ok := small[f]; ok {
			group += n
		} else if f == "hundred" {
			group *= 100
		} else if i := slices.Index(scaleEn[1:], f); i >= 0 {
			total.Add(total, new(big.Int).Mul(big.NewInt(group), pow10(3*(i+1))))
			group = 0
		} else if f != "and" {
			t.Fatalf("unexpected %q", f)
		}
	}
	return total.Add(total, big.NewInt(group))
}

func ExampleWords() {
	fmt.Println(Words("1001000", Vi, "VND", WordStyle{Chan: true}))
	fmt.Println(Words("1234.37", En, "MXN", WordStyle{}))
	// Output:
	// Một triệu không trăm linh một nghìn đồng chẵn <nil>
	// One thousand two hundred and thirty-four pesos and 37 centavos <nil>
}
