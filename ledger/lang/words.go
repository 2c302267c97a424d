package lang

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sokinhphi/kinhphi/ledger"
)

// maxSpelled is the largest number of digits with names in both languages.
const maxSpelled = 36

// A WordStyle chooses among equally correct readings. The zero WordStyle is
// the northern, official one: linh, nghìn, tỷ, without "chẵn".
type WordStyle struct {
	Le   bool // "một trăm lẻ một" for "một trăm linh một"
	Ngan bool // "ngàn" for "nghìn"
	Ti   bool // "tỉ" for "tỷ"
	Chan bool // close a round amount with "chẵn" ("only" in English)
}

// Words writes a canonical decimal amount in words as vouchers print it, first
// letter capital, currency last: "Một triệu không trăm linh một đồng". The
// currency is an ISO code; one without a name in the catalogue is read by its
// code. Decimals are read in the minor unit, "… peso và 37 xu", or as "37/100"
// when it has no name. Errors are *ledger.Fault: invalid_amount, amount_scale
// (more decimals than the currency has) and amount_range (over 36 digits).
func Words(amount string, l Lang, currency string, style WordStyle) (string, error) {
	d, ok := parseDecimal(amount)
	if !ok {
		return "", ledger.Refuse(ledger.InvalidAmount, "", "value", clip(amount))
	}
	negative, whole, frac := d.split()
	if len(whole) > maxSpelled {
		return "", ledger.Refuse(ledger.AmountRange, "", "digits", fmt.Sprint(len(whole)), "limit", fmt.Sprint(maxSpelled))
	}
	minor, err := minorWords(amount, strings.TrimRight(frac, "0"), currency, l)
	if err != nil {
		return "", err
	}
	b := []string{spell(whole, l, style), currencyName(currency, l, whole)}
	if negative {
		b = append([]string{T(l, "words.minus")}, b...)
	}
	if minor != "" {
		b = append(b, minor)
	} else if style.Chan {
		b = append(b, T(l, "words.even"))
	}
	return capital(strings.Join(b, " ")), nil
}

func spell(digits string, l Lang, style WordStyle) string {
	if l == En {
		return spellEn(digits)
	}
	return spellVi(digits, style)
}

// currencyName is the name of a currency in the form for the count n.
func currencyName(code string, l Lang, n string) string {
	if key := "currency." + code + ".major"; Has(key) {
		return T(l, key, "n", n)
	}
	return code
}

// minorWords reads the decimals, which have no trailing zeros. A currency with
// a name but without a minor unit, such as đồng, has no decimals at all.
func minorWords(amount, frac, code string, l Lang) (string, error) {
	if frac == "" {
		return "", nil
	}
	key := "currency." + code + ".minor"
	named, limit := Has(key), 2
	if !named && Has("currency."+code+".major") {
		limit = 0
	}
	if (named || limit == 0) && len(frac) > limit {
		return "", ledger.Refuse(ledger.AmountScale, "", "value", amount, "scale", fmt.Sprint(limit))
	}
	frac += strings.Repeat("0", max(0, limit-len(frac)))
	if !named {
		return T(l, "words.and") + " " + frac + "/1" + strings.Repeat("0", len(frac)), nil
	}
	n := strings.TrimLeft(frac, "0")
	return T(l, "words.and") + " " + n + " " + T(l, key, "n", n), nil
}

// capital raises the first letter.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
