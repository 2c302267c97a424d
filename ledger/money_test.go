package ledger_test

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sokinhphi/kinhphi/ledger"
)

func currency(code ledger.Code, scale int) ledger.Currency {
	c, err := ledger.NewCurrency(code, scale)
	if err != nil {
		panic(err)
	}
	return c
}

var mxn = currency("MXN", 2)

func TestParseMoney(t *testing.T) {
	for _, c := range []struct {
		in       string
		currency ledger.Currency
		want     string // text, or the rule that refuses it
	}{
		{"0", ledger.VND, "0"},
		{"-0", ledger.VND, "0"},
		{"1", ledger.VND, "1"},
		{"-86400000", ledger.VND, "-86400000"},
		{"999999999999999999", ledger.VND, "999999999999999999"},
		{"-999999999999999999", ledger.VND, "-999999999999999999"},
		{"1000000000000000000", ledger.VND, "amount_range"},
		{strings.Repeat("9", 40), ledger.VND, "amount_range"},
		{strings.Repeat("9", 1000), ledger.VND, "amount_range"},
		{strings.Repeat("0", 19), ledger.VND, "invalid_amount"},
		{"1.5", ledger.VND, "amount_scale"},
		{"1.0", ledger.VND, "amount_scale"},
		{"1.500", ledger.VND, "amount_scale"},
		{"1.500.000", ledger.VND, "invalid_amount"},
		{"1,500", ledger.VND, "invalid_amount"},
		{"1 500", ledger.VND, "invalid_amount"},
		{"1_500", ledger.VND, "invalid_amount"},
		{"0.37", mxn, "0.37"},
		{"-0.37", mxn, "-0.37"},
		{"-0.00", mxn, "0.00"},
		{"100.1", mxn, "100.10"},
		{"100", mxn, "100.00"},
		{"999999999999999999.99", mxn, "999999999999999999.99"},
		{"0.371", mxn, "amount_scale"},
		{".37", mxn, "invalid_amount"},
		{"1.", mxn, "invalid_amount"},
		{"1.-5", mxn, "invalid_amount"},
		{"1e9", ledger.VND, "invalid_amount"},
		{"1E9", mxn, "invalid_amount"},
		{"1.e1", mxn, "invalid_amount"},
		{"NaN", ledger.VND, "invalid_amount"},
		{"Inf", ledger.VND, "invalid_amount"},
		{"-Infinity", ledger.VND, "invalid_amount"},
		{"0x10", ledger.VND, "invalid_amount"},
		{"", ledger.VND, "invalid_amount"},
		{"-", ledger.VND, "invalid_amount"},
		{"--1", ledger.VND, "invalid_amount"},
		{"+1", ledger.VND, "invalid_amount"},
		{"01", ledger.VND, "invalid_amount"},
		{"-01", ledger.VND, "invalid_amount"},
		{"00", ledger.VND, "invalid_amount"},
		{" 1", ledger.VND, "invalid_amount"},
		{"1\n", ledger.VND, "invalid_amount"},
		{"１２３", ledger.VND, "invalid_amount"},
		{"١٢٣", ledger.VND, "invalid_amount"},
		{"−1", ledger.VND, "invalid_amount"},
		{"1đ", ledger.VND, "invalid_amount"},
		{"1\x00", ledger.VND, "invalid_amount"},
	} {
		m, err := ledger.ParseMoney(c.in, c.currency)
		got := ""
		if faults := ledger.Faults(err); len(faults) == 1 {
			got = string(faults[0].Rule)
			if m.Valid() || faults[0].Field != "amount" || len(faults[0].Operands) == 0 {
				t.Errorf("%.50q: refused with %+v, fault %v", c.in, m, faults[0])
			}
		} else if err == nil {
			got = m.String()
		}
		if got != c.want {
			t.Errorf("%.50q in %s: %s (%v), want %s", c.in, c.currency.Code(), got, err, c.want)
		}
	}
}

// FuzzParseMoney: what is accepted reads back as itself, and is the number that
// another library of numbers reads.
func FuzzParseMoney(f *testing.F) {
	for _, seed := range []string{"0", "-0", "1", "-1.5", "0.37", "1e9", "NaN", "+1", "１", "00", ".1", "1.", strings.Repeat("9", 18), strings.Repeat("9", 40), "99999999999999999.9999"} {
		for scale := range uint8(5) {
			f.Add(seed, scale)
		}
	}
	f.Fuzz(func(t *testing.T, s string, scale uint8) {
		c := currency("XTS", int(scale%5))
		m, err := ledger.ParseMoney(s, c)
		if err != nil {
			if m.Valid() || len(ledger.Faults(err)) != 1 {
				t.Fatalf("%q: %v with %v", s, err, m)
			}
			return
		}
		text := m.String()
		again, err := ledger.ParseMoney(text, c)
		if err != nil || !again.Equal(m) || again.String() != text {
			t.Fatalf("%q is %s, which reads back as %s, %v", s, text, again, err)
		}
		want, ok := new(big.Rat).SetString(s)
		got, _ := new(big.Rat).SetString(text)
		if !ok || want.Cmp(got) != 0 {
			t.Fatalf("%q is %s", s, text)
		}
		if limit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(ledger.MaxDigits), nil)); want.Abs(want).Cmp(limit) >= 0 {
			t.Fatalf("%q is beyond the range", s)
		}
	})
}

func TestNewCurrency(t *testing.T) {
	for _, c := range []struct {
		code  ledger.Code
		scale int
		rule  ledger.Rule
	}{
		{"VND", 0, ""}, {"MXN", 2, ""}, {"CLF", 4, ""},
		{"VND", 5, ledger.AmountScale}, {"VND", -1, ledger.AmountScale},
		{"vnd", 0, ledger.InvalidCode}, {"VN", 0, ledger.InvalidCode}, {"VNDD", 0, ledger.InvalidCode}, {"", 0, ledger.InvalidCode}, {"₫₫₫", 0, ledger.InvalidCode},
	} {
		got, err := ledger.NewCurrency(c.code, c.scale)
		if c.rule == "" && (err != nil || got.Code() != c.code || got.Scale() != c.scale) || c.rule != "" && (!errors.Is(err, c.rule) || got != ledger.Currency{}) {
			t.Errorf("NewCurrency(%q, %d) = %v, %v; want %q", c.code, c.scale, got, err, c.rule)
		}
	}
	if v, err := ledger.NewCurrency("VND", 0); err != nil || v != ledger.VND {
		t.Error("VND is not VND")
	}
}

// TestMoneyIsInteger: sums in đồng are sums of integers, beyond what 64 bits hold.
func TestMoneyIsInteger(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total, want := ledger.VND.Zero(), new(big.Int)
		for _, n := range rapid.SliceOf(rapid.Int64Range(-999_999_999_999_999_999, 999_999_999_999_999_999)).Draw(t, "amounts") {
			m := dong(n)
			total, want = total.Add(m), want.Add(want, big.NewInt(n))
			if m.Neg().Neg().String() != m.String() || m.Sub(m).Sign() != 0 || m.Abs().Sign() < 0 || m.Cmp(m.Neg()) != m.Sign() {
				t.Fatalf("arithmetic of %s", m)
			}
		}
		if total.String() != want.String() || total.Sign() != want.Sign() {
			t.Fatalf("%s, want %s", total, want)
		}
	})
}

func TestMoneyOfTwoCurrencies(t *testing.T) {
	d, p := dong(1), pesos("1")
	if d.Equal(p) {
		t.Error("a đồng equals a peso")
	}
	if !d.Equal(dong(1)) || d.Equal(dong(2)) || !pesos("1").Equal(pesos("1.00")) {
		t.Error("Equal does not compare amounts")
	}
	for name, f := range map[string]func(){
		"Add": func() { d.Add(p) }, "Sub": func() { d.Sub(p) }, "Cmp": func() { d.Cmp(p) }, "Min": func() { d.Min(p) },
		"zero value": func() { d.Add(ledger.Money{}) }, "other scale": func() { d.Add(currency("VND", 2).Zero()) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s mixes currencies", name)
				}
			}()
			f()
		}()
	}
	if (ledger.Money{}).Valid() || (ledger.Money{}).Equal(ledger.VND.Zero()) || !ledger.VND.Zero().Valid() {
		t.Error("the zero Money is nothing, not nothing in đồng")
	}
	if m := d.Min(dong(-5)); m.String() != "-5" {
		t.Errorf("Min = %s", m)
	}
}

func TestMoneyFromStore(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "999999999999999999999999999": "999999999999999999999999999", "-12.0000": "-12",
		"": "", "NaN": "", "x": "", strings.Repeat("1", 41): "",
	} {
		m, err := ledger.MoneyFromStore(in, ledger.VND)
		if want == "" && err == nil || want != "" && (err != nil || m.String() != want) {
			t.Errorf("%.50q = %s, %v; want %q", in, m, err, want)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		places      int32
		want        string
	}{
		{3335, 5650, 2, "59.03"}, {3215, 5650, 2, "56.90"}, {1, 3, 0, "33"}, {2, 3, 0, "67"}, {1, 8, 2, "12.50"}, {1, 800, 2, "0.13"},
		{-1, 800, 2, "-0.13"}, {5, 4, 1, "125.0"}, {0, 7, 2, "0.00"}, {7, 0, 2, ""}, {0, 0, 2, ""},
	} {
		got, ok := dong(c.part).Percent(dong(c.whole), c.places)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%d of %d = %q, %v; want %q", c.part, c.whole, got, ok, c.want)
		}
	}
}
