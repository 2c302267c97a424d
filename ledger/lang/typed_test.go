package lang

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sokinhphi/kinhphi/ledger"
)

// typedVector is a row of the file that the browser's script is tested with too.
type typedVector struct {
	S     string
	Lang  Lang
	Scale int
	Value string
	Error ledger.Rule
}

func TestParseTyped(t *testing.T) {
	for _, v := range readJSON[typedVector](t, "typed.json") {
		got, err := ParseTyped(v.S, v.Lang, v.Scale)
		if v.Error == "" && (err != nil || got != v.Value) {
			t.Errorf("%q %s %d: %q, %v; want %s", v.S, v.Lang, v.Scale, got, err, v.Value)
		}
		if v.Error != "" && (!errors.Is(err, v.Error) || got != "") {
			t.Errorf("%q %s %d: %q, %v; want %s", v.S, v.Lang, v.Scale, got, err, v.Error)
		}
	}
	if _, err := ParseTyped("5\xff0", Vi, 0); !errors.Is(err, TypedAmountForm) {
		t.Errorf("invalid UTF-8: %v", err)
	}
}

// An ambiguous amount is shown in both readings, so that the choice is clear.
func TestParseTypedReadings(t *testing.T) {
	for s, want := range map[string][2]string{
		"12,500": {"12500", "12.5"}, "1.500 tỷ": {"1500000000000", "1500000000"},
		"8,125 tỷ": {"8125000000000", "8125000000"}, "1,500k": {"1500000", "1500"},
	} {
		_, err := ParseTyped(s, Vi, 0)
		f := ledger.Faults(err)
		if len(f) != 1 || f[0].Operands["large"] != want[0] || f[0].Operands["small"] != want[1] {
			t.Errorf("%q: %v, want %v", s, err, want)
		}
	}
}

var canonicalAmount = regexp.MustCompile(`^(0|[1-9][0-9]{0,17})(\.[0-9]*[1-9])?$`)

// What is accepted is canonical, is taken by the ledger, and reads the same
// after it was formatted for the screen.
func FuzzParseTyped(f *testing.F) {
	for _, s := range []string{"86.400.000", "12,5tr", "1,234.5", "500 nghìn", "1e9", "１２", "86 400 000,5", "1.2 bn", "18.500.00"} {
		f.Add(s, true, 0)
		f.Add(s, false, 2)
	}
	f.Fuzz(func(t *testing.T, s string, vietnamese bool, scale int) {
		scale &= 3
		l := En
		if vietnamese {
			l = Vi
		}
		c, err := ParseTyped(s, l, scale)
		if err != nil {
			if len(ledger.Faults(err)) != 1 || len(err.Error()) > 1000 {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		_, frac, _ := strings.Cut(c, ".")
		if !canonicalAmount.MatchString(c) || len(frac) > scale {
			t.Fatalf("%q became %q", s, c)
		}
		currency, _ := ledger.NewCurrency("XXX", scale)
		if _, err := ledger.ParseMoney(c, currency); err != nil {
			t.Fatalf("%q became %q, which the ledger refuses: %v", s, c, err)
		}
		shown := Number(c, l)
		if again, err := ParseTyped(shown, l, scale); len(frac) < 3 && (err != nil || again != c) {
			t.Fatalf("%q became %q, shown as %q, read again as %q, %v", s, c, shown, again, err)
		}
	})
}

// Never guess: an amount that both languages accept is the same in both, but
// for the one own-group form that the language decides.
func TestParseTypedNeverGuesses(t *testing.T) {
	lone := regexp.MustCompile(`^[ ]*[0-9]{1,3}[.,][0-9]{3}[ ]*$`)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[0-9]{1,4}([ .,][0-9]{1,4}){0,3} ?(k|tr|tỷ)?`).Draw(t, "typed")
		scale := rapid.IntRange(0, 4).Draw(t, "scale")
		vi, err1 := ParseTyped(s, Vi, scale)
		en, err2 := ParseTyped(s, En, scale)
		if err1 == nil && err2 == nil && vi != en && !lone.MatchString(s) {
			t.Fatalf("%q is %s in Vietnamese and %s in English", s, vi, en)
		}
	})
}

func TestParseTypedDate(t *testing.T) {
	today, _ := ledger.NewDate(2020, 2, 10)
	for _, c := range []struct {
		s    string
		want string
		rule ledger.Rule
	}{
		{"17", "2020-02-17", ""},
		{" 17/3 ", "2020-03-17", ""},
		{"17/3/20", "2020-03-17", ""},
		{"17/3/30", "2030-03-17", ""},
		{"17-3-2020", "2020-03-17", ""},
		{"17.03.2020", "2020-03-17", ""},
		{"2020-03-17", "2020-03-17", ""},
		{"9/3/2020", "2020-03-09", ""},
		{"3/9", "2020-09-03", ""}, // day first, always
		{"29/2/2020", "2020-02-29", ""},
		{"29", "2020-02-29", ""},
		{"3/17/2020", "", TypedDateOrder},
		{"3/17", "", TypedDateOrder},
		{"30", "", TypedDateCalendar},
		{"29/2/2019", "", TypedDateCalendar},
		{"31/4", "", TypedDateCalendar},
		{"0/3", "", TypedDateCalendar},
		{"17/0", "", TypedDateCalendar},
		{"32/13", "", TypedDateCalendar},
		{"2020-13-01", "", TypedDateOrder},
		{"17/3/99", "", TypedDateYear},
		{"17/3/1899", "", TypedDateYear},
		{"17/3/2200", "", TypedDateYear},
		{"17/3/0020", "", TypedDateYear},
		{"", "", ledger.InvalidDate},
		{"17/3-2020", "", ledger.InvalidDate},
		{"17/3/", "", ledger.InvalidDate},
		{"17/3/202", "", ledger.InvalidDate},
		{"2020/03/17", "", ledger.InvalidDate},
		{"2020-3-17", "", ledger.InvalidDate},
		{"170320", "", ledger.InvalidDate},
		{"17 3 2020", "", ledger.InvalidDate},
		{"１７/3", "", ledger.InvalidDate},
		{"-1", "", ledger.InvalidDate},
		{"hôm nay", "", ledger.InvalidDate},
		{strings.Repeat("1", 100), "", ledger.InvalidDate},
	} {
		got, err := ParseTypedDate(c.s, today)
		if got.String() != c.want || c.rule == "" && err != nil || c.rule != "" && !errors.Is(err, c.rule) {
			t.Errorf("%q: %s, %v; want %s %s", c.s, got, err, c.want, c.rule)
		}
	}
}

func FuzzParseTypedDate(f *testing.F) {
	for _, s := range []string{"17", "17/3", "17/3/20", "17-3-2020", "17.03.2020", "2020-03-17", "31/4", "\xff"} {
		f.Add(s)
	}
	today, _ := ledger.NewDate(2020, 2, 10)
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseTypedDate(s, today)
		if err != nil {
			if len(ledger.Faults(err)) != 1 || !d.IsZero() {
				t.Fatalf("%q: %s, %v", s, d, err)
			}
			return
		}
		for _, again := range []string{d.String(), ShortDate(d, Vi)} {
			if e, err := ParseTypedDate(again, today); err != nil || e != d {
				t.Fatalf("%q became %s; %q becomes %s, %v", s, d, again, e, err)
			}
		}
	})
}
