package lang

import "strings"

var digitsVi = [...]string{"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"}

// spellVi reads digits in Vietnamese. Above a billion the count of billions is
// read in the same way, so 10^12 is "một nghìn tỷ" and 10^18 "một tỷ tỷ".
func spellVi(digits string, style WordStyle) string {
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		return digitsVi[0]
	}
	return strings.Join(billionsVi(digits, style), " ")
}

func billionsVi(digits string, style WordStyle) []string {
	if len(digits) <= 9 {
		return millionsVi(digits, false, style)
	}
	point := len(digits) - 9
	words := append(billionsVi(digits[:point], style), pick(style.Ti, "tỉ", "tỷ"))
	return append(words, millionsVi(digits[point:], true, style)...)
}

// millionsVi reads at most nine digits; led says that something was read
// before them, which makes missing hundreds audible ("không trăm").
func millionsVi(digits string, led bool, style WordStyle) []string {
	digits = strings.Repeat("0", 9-len(digits)) + digits
	names := [...]string{"triệu", pick(style.Ngan, "ngàn", "nghìn"), ""}
	var words []string
	for i, name := range names {
		group := digits[3*i : 3*i+3]
		if group == "000" {
			continue
		}
		words = append(words, hundredsVi(group, led || len(words) > 0, style)...)
		if name != "" {
			words = append(words, name)
		}
	}
	return words
}

// hundredsVi reads a group of three digits that is not 000.
func hundredsVi(group string, led bool, style WordStyle) []string {
	h, t, u := group[0]-'0', group[1]-'0', group[2]-'0'
	var words []string
	if h > 0 || led {
		words = append(words, digitsVi[h], "trăm")
	}
	switch {
	case t == 0 && u > 0 && words != nil:
		words = append(words, pick(style.Le, "lẻ", "linh"))
	case t == 1:
		words = append(words, "mười")
	case t > 1:
		words = append(words, digitsVi[t], "mươi")
	}
	if u > 0 {
		words = append(words, unitVi(t, u))
	}
	return words
}

// unitVi is the last digit of a group, whose sound depends on the tens.
func unitVi(tens, unit byte) string {
	switch {
	case unit == 1 && tens > 1:
		return "mốt"
	case unit == 4 && tens > 1:
		return "tư"
	case unit == 5 && tens > 0:
		return "lăm"
	}
	return digitsVi[unit]
}

func pick(alternative bool, other, usual string) string {
	if alternative {
		return other
	}
	return usual
}
