package ledger

import (
	"strings"

	"github.com/shopspring/decimal"
)

// MaxDigits is the largest number of integer digits an amount may have.
// Sums of amounts may grow beyond it, up to the schema's 10^27.
const MaxDigits = 18

// MaxScale is the largest number of decimal places a currency may have.
const MaxScale = 4

// A Currency is an ISO 4217 code with its number of decimal places: VND has 0,
// MXN 2. The zero Currency is not valid.
type Currency struct {
	code  Code
	scale int32
}

// NewCurrency returns the currency with the given code and decimal places
// (0 to MaxScale). Errors: invalid_code, amount_scale.
func NewCurrency(code Code, scale int) (Currency, error) {
	if len(code) != 3 || !code.Valid() {
		return Currency{}, Refuse(InvalidCode, "currency", "value", string(code))
	}
	if scale < 0 || scale > MaxScale {
		return Currency{}, Refuse(AmountScale, "currency", "value", itoa(scale), "scale", itoa(MaxScale))
	}
	return Currency{code, int32(scale)}, nil
}

// VND is the Vietnamese đồng: whole đồng only (Accounting Law 2015, Art. 11).
var VND = Currency{"VND", 0}

// Code returns the ISO 4217 code.
func (c Currency) Code() Code { return c.code }

// Scale returns the number of decimal places.
func (c Currency) Scale() int { return int(c.scale) }

// Money is an exact amount in one currency. The zero Money is not valid.
// It does not support ==; use Equal or Cmp.
type Money struct {
	_        [0]func()
	amount   decimal.Decimal
	currency Currency
}

// Zero returns nothing, in c.
func (c Currency) Zero() Money { return Money{currency: c} }

// ParseMoney reads the one canonical text of an amount: an optional minus sign,
// 1 to MaxDigits digits without leading zeros, and, for a currency with decimal
// places, optionally a dot with at most that many digits. Nothing else is
// accepted: no exponent, separator, plus sign or space.
// Errors: invalid_amount, amount_scale, amount_range.
func ParseMoney(s string, c Currency) (Money, error) {
	whole, fraction, dot := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if len(s) > 64 {
		return Money{}, Refuse(AmountRange, "amount", "digits", itoa(len(s)), "limit", itoa(MaxDigits))
	}
	if !digits(whole) || dot && !digits(fraction) || len(whole) > 1 && whole[0] == '0' {
		return Money{}, Refuse(InvalidAmount, "amount", "value", s)
	}
	if len(whole) > MaxDigits {
		return Money{}, Refuse(AmountRange, "amount", "digits", itoa(len(whole)), "limit", itoa(MaxDigits))
	}
	if len(fraction) > c.Scale() {
		return Money{}, Refuse(AmountScale, "amount", "value", s, "scale", itoa(c.Scale()))
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return Money{}, Refuse(InvalidAmount, "amount", "value", s)
	}
	return Money{amount: d, currency: c}, nil
}

// MoneyFromStore rebuilds an amount that the database returned. Unlike
// ParseMoney it takes sums, which may have more than MaxDigits digits.
func MoneyFromStore(s string, c Currency) (Money, error) {
	d, err := decimal.NewFromString(s)
	if err != nil || len(s) > 40 {
		return Money{}, Refuse(InvalidAmount, "amount", "value", s)
	}
	return Money{amount: d, currency: c}, nil
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Valid reports whether m has a currency.
func (m Money) Valid() bool { return m.currency.code != "" }

// Currency returns the currency of m.
func (m Money) Currency() Currency { return m.currency }

// Add returns m + n. It panics if the currencies differ: amounts are checked
// against the book's currency where they enter.
func (m Money) Add(n Money) Money {
	if m.currency != n.currency {
		panic("ledger: adding " + string(n.currency.code) + " to " + string(m.currency.code))
	}
	return Money{amount: m.amount.Add(n.amount), currency: m.currency}
}

// Sub returns m - n. It panics if the currencies differ.
func (m Money) Sub(n Money) Money { return m.Add(n.Neg()) }

// Neg returns -m.
func (m Money) Neg() Money { return Money{amount: m.amount.Neg(), currency: m.currency} }

// Abs returns m without its sign.
func (m Money) Abs() Money { return Money{amount: m.amount.Abs(), currency: m.currency} }

// Sign returns -1, 0 or 1.
func (m Money) Sign() int { return m.amount.Sign() }

// Cmp compares m with n: -1, 0 or 1. It panics if the currencies differ.
func (m Money) Cmp(n Money) int { return m.Sub(n).Sign() }

// Equal reports whether m and n are the same amount of the same currency.
func (m Money) Equal(n Money) bool {
	return m.currency == n.currency && m.amount.Equal(n.amount)
}

// String returns the canonical text, with exactly the currency's decimal
// places: "86400000" for VND, "0.37" for MXN.
func (m Money) String() string { return m.amount.StringFixed(m.currency.scale) }

// Percent returns 100*m/of with the given decimal places, rounded half away
// from zero, and false when of is zero.
func (m Money) Percent(of Money, places int32) (string, bool) {
	if of.Sign() == 0 {
		return "", false
	}
	return m.amount.Mul(decimal.NewFromInt(100)).DivRound(of.amount, places).StringFixed(places), true
}

// Min returns the smaller of m and n.
func (m Money) Min(n Money) Money {
	if m.Cmp(n) <= 0 {
		return m
	}
	return n
}
