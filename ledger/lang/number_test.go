package lang

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/sokinhphi/kinhphi/ledger"
)

func TestNumber(t *testing.T) {
	for _, c := range []struct{ s, vi, en, bracketed string }{
		{"0", "0", "0", "0"},
		{"-0", "0", "0", "0"},
		{"999", "999", "999", "999"},
		{"1000", "1.000", "1,000", "1.000"},
		{"-1234567", "-1.234.567", "-1,234,567", "(1.234.567)"},
		{"1234567.89", "1.234.567,89", "1,234,567.89", "1.234.567,89"},
		{"-0.05", "-0,05", "-0.05", "(0,05)"},
		{"1234.50", "1.234,50", "1,234.50", "1.234,50"},
		{"123456789012345678901234567.8901", "123.456.789.012.345.678.901.234.567,8901",
			"123,456,789,012,345,678,901,234,567.8901", "123.456.789.012.345.678.901.234.567,8901"},
		// no canonical decimals: shown as they are
		{"", "", "", ""},
		{"1e9", "1e9", "1e9", "1e9"},
		{"1.", "1.", "1.", "1."},
		{".5", ".5", ".5", ".5"},
		{"1.234.567", "1.234.567", "1.234.567", "1.234.567"},
		{"+5", "+5", "+5", "+5"},
		{"١٢", "١٢", "١٢", "١٢"},
	} {
		if got := Number(c.s, Vi); got != c.vi {
			t.Errorf("Number(%q, vi) = %q, want %q", c.s, got, c.vi)
		}
		if got := Number(c.s, En); got != c.en {
			t.Errorf("Number(%q, en) = %q, want %q", c.s, got, c.en)
		}
		if got := Bracketed(c.s, Vi); got != c.bracketed {
			t.Errorf("Bracketed(%q, vi) = %q, want %q", c.s, got, c.bracketed)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, c := range []struct{ part, whole, vi, en string }{
		{"1", "8", "12,50%", "12.50%"},
		{"0", "5", "0,00%", "0.00%"},
		{"5", "0", "–", "–"},
		{"0", "0.00", "–", "–"},
		{"1", "3", "33,33%", "33.33%"},
		{"2", "3", "66,67%", "66.67%"},
		{"1", "20000", "0,01%", "0.01%"},    // 0.005 rounds away from zero
		{"-1", "20000", "-0,01%", "-0.01%"}, // and so does -0.005
		{"-1", "30000", "0,00%", "0.00%"},
		{"1", "-8", "-12,50%", "-12.50%"},
		{"2500", "1", "250.000,00%", "250,000.00%"},
		{"71474380289.69", "111746519346.43", "63,96%", "63.96%"},
		{"x", "1", "?", "?"},
		{"1", "", "?", "?"},
	} {
		if got := Percent(c.part, c.whole, Vi); got != c.vi {
			t.Errorf("Percent(%s, %s, vi) = %q, want %q", c.part, c.whole, got, c.vi)
		}
		if got := Percent(c.part, c.whole, En); got != c.en {
			t.Errorf("Percent(%s, %s, en) = %q, want %q", c.part, c.whole, got, c.en)
		}
	}
}

func TestScaled(t *testing.T) {
	for _, c := range []struct {
		s      string
		u      Unit
		places int
		want   string
	}{
		{"2500", Thousands, 0, "3"}, // half away from zero, not to even
		{"-2500", Thousands, 0, "-3"},
		{"2499", Thousands, 0, "2"},
		{"14873450000", Billions, 2, "14,87"},
		{"14873450000", Millions, 0, "14.873"},
		{"14873500000", Millions, 0, "14.874"},
		{"1234.565", Ones, 2, "1.234,57"},
		{"86400000", Billions, 3, "0,086"},
		{"-400", Thousands, 0, "0"},
		{"5", Ones, 2, "5,00"},
		{"n/a", Millions, 0, "n/a"},
	} {
		if got := Scaled(c.s, c.u, c.places, Vi); got != c.want {
			t.Errorf("Scaled(%s, %d, %d) = %q, want %q", c.s, c.u, c.places, got, c.want)
		}
	}
}

// Rounding is never off by more than half a unit, and is symmetric.
func TestScaledRounding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n")
		u := rapid.SampledFrom([]Unit{Ones, Thousands, Millions, Billions}).Draw(t, "unit")
		rounded := decimal{big.NewInt(n), int(u)}.rescale(0).unscaled
		off := new(big.Int).Sub(new(big.Int).Mul(rounded, pow10(int(u))), big.NewInt(n))
		if off.Lsh(off.Abs(off), 1).Cmp(pow10(int(u))) > 0 {
			t.Fatalf("%d in units of 10^%d became %s", n, u, rounded)
		}
		mirror := decimal{new(big.Int).Neg(big.NewInt(n)), int(u)}.rescale(0).unscaled
		if mirror.Neg(mirror).Cmp(rounded) != 0 {
			t.Fatalf("%d rounds to %s, but its negative to -%s", n, rounded, mirror)
		}
	})
}

func TestUnits(t *testing.T) {
	for s, want := range map[string]Unit{
		"0": Ones, "99999999": Ones, "100000000": Thousands, "-100000000": Thousands, "99999999999": Thousands,
		"100000000000": Millions, "99999999999999": Millions, "100000000000000": Billions,
		"12345678.99": Ones, "": Ones,
	} {
		if got := UnitFor(s); got != want {
			t.Errorf("UnitFor(%q) = %d, want %d", s, got, want)
		}
	}
	for _, c := range []struct {
		u        Unit
		currency string
		vi, en   string
	}{
		{Ones, "VND", "đồng", "dong"},
		{Thousands, "VND", "nghìn đồng", "thousand dong"},
		{Millions, "MXN", "triệu peso", "million pesos"},
		{Billions, "CHF", "tỷ CHF", "billion CHF"},
	} {
		if vi, en := c.u.Label(c.currency, Vi), c.u.Label(c.currency, En); vi != c.vi || en != c.en {
			t.Errorf("label of %d %s: %q, %q", c.u, c.currency, vi, en)
		}
	}
}

func TestDates(t *testing.T) {
	for _, c := range []struct {
		y, m, d                      int
		vi, en, viDocument, document string
	}{
		{2020, 3, 9, "09/03/2020", "9 Mar 2020", "ngày 09 tháng 3 năm 2020", "9 March 2020"},
		{2020, 2, 10, "10/02/2020", "10 Feb 2020", "ngày 10 tháng 02 năm 2020", "10 February 2020"},
		{2019, 1, 31, "31/01/2019", "31 Jan 2019", "ngày 31 tháng 01 năm 2019", "31 January 2019"},
		{2019, 12, 1, "01/12/2019", "1 Dec 2019", "ngày 01 tháng 12 năm 2019", "1 December 2019"},
		{2019, 10, 25, "25/10/2019", "25 Oct 2019", "ngày 25 tháng 10 năm 2019", "25 October 2019"},
	} {
		d, err := ledger.NewDate(c.y, c.m, c.d)
		if err != nil {
			t.Fatal(err)
		}
		if vi, en := ShortDate(d, Vi), ShortDate(d, En); vi != c.vi || en != c.en {
			t.Errorf("ShortDate(%s) = %q, %q", d, vi, en)
		}
		if vi, en := DocumentDate(d, Vi), DocumentDate(d, En); vi != c.viDocument || en != c.document {
			t.Errorf("DocumentDate(%s) = %q, %q", d, vi, en)
		}
	}
	if ShortDate(ledger.Date{}, Vi) != "" || DocumentDate(ledger.Date{}, En) != "" {
		t.Error("the zero date must be empty")
	}
}
