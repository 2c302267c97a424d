package lang

import "golang.org/x/text/language"

// A Lang is a language of the screens. Any value other than En is treated as
// Vi, the default, so the zero Lang is usable.
type Lang string

// The languages that the catalogue has.
const (
	Vi Lang = "vi"
	En Lang = "en"
)

// Langs lists the languages in the order in which a switch shows them.
func Langs() []Lang { return []Lang{Vi, En} }

// ParseLang reads "vi" or "en", as kept in a cookie or a setting; ok is false
// for anything else.
func ParseLang(s string) (l Lang, ok bool) {
	l = Lang(s)
	return l, l == Vi || l == En
}

var matcher = language.NewMatcher([]language.Tag{language.Vietnamese, language.English})

// PreferredLang chooses the language for an Accept-Language header; Vi when
// the header is empty, malformed, or asks for neither language.
func PreferredLang(acceptLanguage string) Lang {
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(tags) == 0 {
		return Vi
	}
	if _, i, confidence := matcher.Match(tags...); i == 1 && confidence > language.No {
		return En
	}
	return Vi
}

// marks returns the bytes that group thousands and that begin the decimals:
// 1.234,5 in Vietnamese (Accounting Law 2015, article 11), 1,234.5 in English.
func (l Lang) marks() (group, decimal byte) {
	if l == En {
		return ',', '.'
	}
	return '.', ','
}
