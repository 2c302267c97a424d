package lang

import (
	"strings"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// Fold reduces a text to what search compares: lower case, without accents,
// đ as d, runs of white space as one space. "Địa bàn" and "DIA  BAN" are both
// "dia ban"; Hòa and Hoà, composed or decomposed, are all "hoa".
func Fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch r = unicode.ToLower(r); {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ', r == 'ð': // ð: the Icelandic letter that some keyboards give for đ
			b.WriteByte('d')
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Collator returns a comparison for slices.SortFunc in the order of l:
// A Ă Â B … D Đ E Ê, the order of PostgreSQL's "vi-x-icu". It keeps buffers,
// so each goroutine needs its own.
func Collator(l Lang) func(a, b string) int {
	if l == En {
		return collate.New(language.English).CompareString
	}
	return collate.New(language.Vietnamese).CompareString
}
