package lang

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sokinhphi/kinhphi/ledger"
	"golang.org/x/text/unicode/norm"
)

// maxTyped is how many characters a typed amount or date may have.
const maxTyped = 40

// units are the powers of ten that a person may write after a number, with and
// without accents. The Vietnamese ones hold in both languages.
var (
	units = map[string]int{"": 0, "k": 3, "nghìn": 3, "nghin": 3, "ngàn": 3, "ngan": 3,
		"tr": 6, "triệu": 6, "trieu": 6, "tỷ": 9, "tỉ": 9, "ty": 9, "ti": 9}
	unitsEn = map[string]int{"thousand": 3, "m": 6, "million": 6, "bn": 9, "billion": 9}
)

// dong are the ways to write the currency after an amount without decimals.
var dong = []string{"vnđ", "vnd", "đồng", "dong", "đ", "₫"}

// A typed amount is what was read before the unit is applied.
type typedNumber struct {
	whole, frac string
	lone        bool // one mark before exactly three digits: a group or decimals
}

// ParseTyped reads an amount that a person typed into a form or pasted from a
// spreadsheet, for a currency with the given number of decimals, and returns
// it as a canonical decimal without sign and without needless zeros.
//
// It reads 86400000, 86.400.000 (English 86,400,000), groups parted by spaces,
// decimals after the mark of the language, and the units k, nghìn, tr, triệu,
// tỷ (12,5tr; English also thousand, m, million, bn, billion), for currencies
// without decimals also a closing đ. The other language's marks are read where
// they leave no doubt (two groups, or both marks: 12,500,000 or 1,234.50).
// It never guesses: what can be read in two ways is refused, and so are signs,
// exponents, digits of other scripts, and all else. Errors are
// *ledger.Fault: the typed_amount rules, amount_scale and amount_range.
func ParseTyped(s string, l Lang, scale int) (canonical string, err error) {
	shown, err := cleanTyped(s)
	if err != nil {
		return "", err
	}
	cut := strings.IndexFunc(shown, func(r rune) bool { return !strings.ContainsRune("0123456789., ", r) })
	if cut < 0 {
		cut = len(shown)
	}
	exponent, ok := unitOf(shown[cut:], l, scale)
	number := strings.TrimRight(shown[:cut], " ")
	if number == "" || !ok {
		return "", ledger.Refuse(TypedAmountForm, "", "value", shown)
	}
	n, broken := readTyped(number, l)
	if broken != "" {
		return "", ledger.Refuse(broken, "", "value", shown)
	}
	if group, _ := l.marks(); n.lone && (exponent > 0 || strings.IndexByte(number, group) < 0) {
		return "", n.ambiguous(shown, exponent)
	}
	return n.canonical(shown, exponent, scale)
}

// cleanTyped bounds the text, makes every space plain, and refuses what no
// amount contains.
func cleanTyped(s string) (string, error) {
	if utf8.RuneCountInString(s) > maxTyped {
		return "", ledger.Refuse(TypedAmountLong, "", "limit", fmt.Sprint(maxTyped))
	}
	if !utf8.ValidString(s) {
		return "", ledger.Refuse(TypedAmountForm, "", "value", clip(s))
	}
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Zs, r) || r == '\t' {
			return ' '
		}
		return r
	}, norm.NFC.String(s))
	s = strings.TrimSpace(s)
	if s == "" {
		return "", ledger.Refuse(TypedAmountEmpty, "")
	}
	for _, r := range s {
		if r > unicode.MaxASCII && unicode.Is(unicode.N, r) {
			return "", ledger.Refuse(TypedAmountDigit, "", "value", s, "character", string(r))
		}
	}
	if strings.ContainsAny(s, "-+−()") {
		return "", ledger.Refuse(TypedAmountSign, "", "value", s)
	}
	return s, nil
}

// unitOf returns the power of ten that the text after the digits stands for.
func unitOf(s string, l Lang, scale int) (exponent int, ok bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if scale == 0 {
		for _, name := range dong {
			if rest, found := strings.CutSuffix(s, name); found {
				s = strings.TrimSpace(rest)
				break
			}
		}
	}
	exponent, ok = units[s]
	if !ok && l == En {
		exponent, ok = unitsEn[s]
	}
	return exponent, ok
}

// readTyped decides which mark groups and which begins the decimals, from the
// marks that are there and, where only one is, from the language.
func readTyped(s string, l Lang) (n typedNumber, broken ledger.Rule) {
	group, point := l.marks()
	first, dots, commas := strings.IndexAny(s, ".,"), strings.Count(s, "."), strings.Count(s, ",")
	switch {
	case strings.Contains(s, " "):
		group = ' '
	case dots > 0 && commas > 0:
		group, point = s[first], '.'+','-s[first]
	case strings.Count(s, string(point)) > 1:
		group, point = point, group
	}
	whole, frac, decimals := strings.Cut(s, string(point))
	if decimals && !allDigits(frac) {
		return n, TypedAmountGroups
	}
	n.frac = frac
	if n.whole, broken = joinGroups(whole, group); broken != "" {
		return n, broken
	}
	marks := dots + commas
	lone := strings.LastIndexAny(s, ".,")
	n.lone = marks == 1 && group != ' ' && lone == len(s)-4 && lone <= 3 && s[0] != '0'
	return n, ""
}

// joinGroups removes the grouping mark; every group but the first must have
// exactly three digits, and the first one to three, not beginning with zero.
func joinGroups(s string, group byte) (digits string, broken ledger.Rule) {
	parts := strings.Split(s, string(group))
	for i, part := range parts {
		if !allDigits(part) {
			return "", TypedAmountForm
		}
		if len(parts) > 1 && (i > 0 && len(part) != 3 || len(part) > 3 || s[0] == '0') {
			if len(parts) == 2 && group != ' ' {
				return "", TypedAmountMark
			}
			return "", TypedAmountGroups
		}
	}
	return strings.Join(parts, ""), ""
}

// ambiguous refuses a number that is a thousand times larger if its mark
// groups than if it begins decimals, and shows both readings.
func (n typedNumber) ambiguous(shown string, exponent int) error {
	digits := n.whole + n.frac
	return ledger.Refuse(TypedAmountAmbiguous, "", "value", shown,
		"large", shift(digits, "", exponent), "small", shift(digits[:len(digits)-3], digits[len(digits)-3:], exponent))
}

func (n typedNumber) canonical(shown string, exponent, scale int) (string, error) {
	c := shift(n.whole, n.frac, exponent)
	whole, frac, _ := strings.Cut(c, ".")
	if len(frac) > scale {
		return "", ledger.Refuse(ledger.AmountScale, "", "value", shown, "scale", fmt.Sprint(scale))
	}
	if len(whole) > ledger.MaxDigits {
		return "", ledger.Refuse(ledger.AmountRange, "", "digits", fmt.Sprint(len(whole)), "limit", fmt.Sprint(ledger.MaxDigits))
	}
	return c, nil
}

// shift moves the point right by exponent and drops needless zeros.
func shift(whole, frac string, exponent int) string {
	frac += strings.Repeat("0", max(0, exponent-len(frac)))
	whole, frac = whole+frac[:exponent], strings.TrimRight(frac[exponent:], "0")
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if frac == "" {
		return whole
	}
	return whole + "." + frac
}
