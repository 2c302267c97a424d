package lang

import "strings"

var (
	smallEn = [...]string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight",
		"nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen",
		"seventeen", "eighteen", "nineteen"}
	tensEn  = [...]string{2: "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}
	scaleEn = [...]string{"", "thousand", "million", "billion", "trillion", "quadrillion",
		"quintillion", "sextillion", "septillion", "octillion", "nonillion", "decillion"}
)

// spellEn reads at most 36 digits in English, short scale, with "and" before
// the last two digits: "one thousand and one", "two hundred and five".
func spellEn(digits string) string {
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		return smallEn[0]
	}
	digits = strings.Repeat("0", (3-len(digits)%3)%3) + digits
	var words []string
	for ; digits != ""; digits = digits[3:] {
		group, scale := digits[:3], len(digits)/3-1
		if group == "000" {
			continue
		}
		if scale == 0 && group[0] == '0' && len(words) > 0 {
			words = append(words, "and")
		}
		words = append(words, hundredsEn(group)...)
		if scale > 0 {
			words = append(words, scaleEn[scale])
		}
	}
	return strings.Join(words, " ")
}

// hundredsEn reads a group of three digits that is not 000.
func hundredsEn(group string) []string {
	h, rest := int(group[0]-'0'), int(group[1]-'0')*10+int(group[2]-'0')
	var words []string
	if h > 0 {
		words = append(words, smallEn[h], "hundred")
	}
	if h > 0 && rest > 0 {
		words = append(words, "and")
	}
	switch {
	case rest == 0:
	case rest < 20:
		words = append(words, smallEn[rest])
	case rest%10 == 0:
		words = append(words, tensEn[rest/10])
	default:
		words = append(words, tensEn[rest/10]+"-"+smallEn[rest%10])
	}
	return words
}
