package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger/lang"
)

//go:embed locale/vi.json locale/en.json
var localeFiles embed.FS

// texts are those of the pages; words of the domain are in package lang.
var texts = mustLoadTexts()

func mustLoadTexts() map[lang.Lang]map[string]string {
	all := map[lang.Lang]map[string]string{}
	for _, l := range lang.Langs() {
		b, err := localeFiles.ReadFile("locale/" + string(l) + ".json")
		if err == nil {
			m := map[string]string{}
			err = json.Unmarshal(b, &m)
			all[l] = m
		}
		if err != nil {
			panic(fmt.Sprintf("texts of %s: %v", l, err))
		}
	}
	return all
}

// text is the text of a key in a language with its {placeholders} filled from
// pairs of name and value. A text "one|many" is chosen from by the value of n.
// Keys that the pages do not have are those of package lang.
func text(l lang.Lang, key string, args ...any) string {
	s, ok := texts[l][key]
	if !ok {
		return lang.T(l, key, args...)
	}
	pairs := make([]string, 0, len(args))
	one := false
	for i := 0; i+1 < len(args); i += 2 {
		name, value := fmt.Sprint(args[i]), fmt.Sprint(args[i+1])
		pairs = append(pairs, "{"+name+"}", value)
		one = one || name == "n" && value == "1"
	}
	if single, many, plural := strings.Cut(s, "|"); plural {
		s = many
		if one {
			s = single
		}
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

// hasText reports whether there is a text under the key.
func hasText(key string) bool {
	_, ok := texts[lang.Vi][key]
	return ok || lang.Has(key)
}
