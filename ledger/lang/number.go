package lang

import (
	"math/big"
	"strings"
)

// maxDecimal bounds the text of a number that is worth formatting: 27 digits
// for the largest total, a sign, a dot and decimals fit easily.
const maxDecimal = 64

// A decimal is unscaled / 10^scale, exactly.
type decimal struct {
	unscaled *big.Int
	scale    int
}

// parseDecimal reads a canonical decimal string; ok is false for all else.
func parseDecimal(s string) (d decimal, ok bool) {
	digits := strings.TrimPrefix(s, "-")
	whole, frac, dotted := strings.Cut(digits, ".")
	if len(s) > maxDecimal || !allDigits(whole) || dotted && !allDigits(frac) {
		return decimal{}, false
	}
	n, _ := new(big.Int).SetString(whole+frac, 10)
	if len(digits) < len(s) {
		n.Neg(n)
	}
	return decimal{n, len(frac)}, true
}

// allDigits reports whether s is one or more ASCII digits.
func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func pow10(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// divide returns a/b rounded half away from zero, the rounding of budget
// tables and of PostgreSQL's round(numeric).
func divide(a, b *big.Int) *big.Int {
	q, r := new(big.Int).QuoRem(a, b, new(big.Int))
	if r.Lsh(r, 1).CmpAbs(b) >= 0 {
		q.Add(q, big.NewInt(int64(a.Sign()*b.Sign())))
	}
	return q
}

// rescale returns d with the given number of decimals.
func (d decimal) rescale(places int) decimal {
	if places >= d.scale {
		return decimal{new(big.Int).Mul(d.unscaled, pow10(places-d.scale)), places}
	}
	return decimal{divide(d.unscaled, pow10(d.scale-places)), places}
}

// split returns the sign and the digits before and after the point.
func (d decimal) split() (negative bool, whole, frac string) {
	digits := new(big.Int).Abs(d.unscaled).String()
	if pad := d.scale + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	point := len(digits) - d.scale
	return d.unscaled.Sign() < 0, digits[:point], digits[point:]
}

// text writes |d| with the marks of l.
func (d decimal) text(l Lang) string {
	group, point := l.marks()
	_, whole, frac := d.split()
	var b strings.Builder
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(group)
		}
		b.WriteByte(whole[i])
	}
	if frac != "" {
		b.WriteByte(point)
		b.WriteString(frac)
	}
	return b.String()
}

// Number groups a canonical decimal: "-1234567.89" becomes -1.234.567,89 in
// Vietnamese and -1,234,567.89 in English. All its decimals are kept. A text
// that is no canonical decimal is returned as it is: a wrong figure must be
// seen, not hidden.
func Number(s string, l Lang) string {
	d, ok := parseDecimal(s)
	if !ok {
		return s
	}
	return signed(d, l)
}

func signed(d decimal, l Lang) string {
	if d.unscaled.Sign() < 0 {
		return "-" + d.text(l)
	}
	return d.text(l)
}

// Bracketed is Number with negative amounts in brackets, (1.234.567), the way
// of red entries and official tables. Colour is the caller's.
func Bracketed(s string, l Lang) string {
	d, ok := parseDecimal(s)
	if !ok {
		return s
	}
	if d.unscaled.Sign() < 0 {
		return "(" + d.text(l) + ")"
	}
	return d.text(l)
}

// Percent returns part of whole in per cent with two decimals, 12,50%, rounded
// half away from zero. Rates above 100% are shown as they are. It is "–" when
// whole is zero, and "?" when either is no canonical decimal.
func Percent(part, whole string, l Lang) string {
	p, ok1 := parseDecimal(part)
	w, ok2 := parseDecimal(whole)
	if !ok1 || !ok2 {
		return "?"
	}
	if w.unscaled.Sign() == 0 {
		return "–"
	}
	a := new(big.Int).Mul(p.unscaled, pow10(w.scale+4))
	b := new(big.Int).Mul(w.unscaled, pow10(p.scale))
	return signed(decimal{divide(a, b), 2}, l) + "%"
}

// A Unit is the unit in which a table prints amounts: a power of ten.
type Unit int

// The units of budget tables: đồng, nghìn đồng, triệu đồng, tỷ đồng.
const (
	Ones      Unit = 0
	Thousands Unit = 3
	Millions  Unit = 6
	Billions  Unit = 9
)

// UnitFor returns the shortest unit that a table may use when its largest
// amount is the given one: thousands from 9 digits, millions from 12, billions
// from 15 (decree 174/2016, article 4). Ones for anything else.
func UnitFor(largest string) Unit {
	d, ok := parseDecimal(largest)
	if !ok {
		return Ones
	}
	_, whole, _ := d.split()
	switch n := len(whole); {
	case n >= 15:
		return Billions
	case n >= 12:
		return Millions
	case n >= 9:
		return Thousands
	}
	return Ones
}

// Label names the unit with the currency, as "triệu đồng" or "million dong".
func (u Unit) Label(currency string, l Lang) string {
	name := currencyName(currency, l, "2")
	switch u {
	case Thousands:
		return T(l, "unit.thousand", "currency", name)
	case Millions:
		return T(l, "unit.million", "currency", name)
	case Billions:
		return T(l, "unit.billion", "currency", name)
	}
	return name
}

// Scaled writes the exact amount s in unit u with the given number of
// decimals, rounded half away from zero. Totals must be scaled from the exact
// total, never added up from scaled cells. A text that is no canonical decimal
// is returned as it is.
func Scaled(s string, u Unit, places int, l Lang) string {
	d, ok := parseDecimal(s)
	if !ok {
		return s
	}
	d.scale += int(u)
	return signed(d.rescale(places), l)
}
