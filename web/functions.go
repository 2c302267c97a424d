package web

import (
	"fmt"
	"html/template"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// functions are what templates of one language can call.
func functions(l lang.Lang, asset func(string) string) template.FuncMap {
	return template.FuncMap{
		"asset": asset,
		"icon":  icon,
		// t is the text of a key: {{t "journal.title"}}, {{t "rows" "n" .Count}}.
		"t": func(key string, args ...any) string { return text(l, key, args...) },
		// money is an amount with its groups, negative in brackets: 1.500 or (1.500).
		"money": func(m ledger.Money) string { return money(m, l) },
		// sign is the sign of a currency: ₫, or its code.
		"sign": sign,
		// red reports whether an amount is to be written in red.
		"red":     func(m ledger.Money) bool { return m.Valid() && m.Sign() < 0 },
		"words":   func(m ledger.Money) string { return words(m, l) },
		"date":    func(d ledger.Date) string { return date(d, l) },
		"instant": func(t time.Time) string { return instant(t, l) },
		// percent is part of whole with two decimals, or "–".
		"percent": func(part, whole ledger.Money) string { return percent(part, whole, l) },
		"kind":    func(k ledger.EventKind) string { return text(l, "kind."+k.String()) },
		"role":    func(r ledger.Role) string { return text(l, "role."+string(r)) },
		"figure":  func(f ledger.Figure) string { return text(l, "figure."+string(f)) },
	}
}

// money writes an amount for a table; an invalid one is a dash: there is none.
func money(m ledger.Money, l lang.Lang) string {
	if !m.Valid() {
		return "–"
	}
	return lang.Bracketed(m.String(), l)
}

// sign is the sign of a currency, or its code.
func sign(c ledger.Currency) string {
	if c == ledger.VND {
		return "₫"
	}
	return string(c.Code())
}

// words are an amount in words; nothing where it has none.
func words(m ledger.Money, l lang.Lang) string {
	if !m.Valid() {
		return ""
	}
	s, err := lang.Words(m.String(), l, string(m.Currency().Code()), lang.WordStyle{})
	if err != nil {
		return ""
	}
	return s
}

func date(d ledger.Date, l lang.Lang) string {
	if d.IsZero() {
		return ""
	}
	return lang.ShortDate(d, l)
}

// instant writes date and time of day in Vietnam's zone.
func instant(t time.Time, l lang.Lang) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(zone)
	return date(ledger.DateOf(t), l) + " " + t.Format("15:04:05")
}

func percent(part, whole ledger.Money, l lang.Lang) string {
	if !part.Valid() || !whole.Valid() {
		return "–"
	}
	return lang.Percent(part.String(), whole.String(), l)
}

// icons are drawn on a grid of 24, two wide, in the colour of the text.
var icons = map[string]string{
	"alert":    `<path d="M12 3.5 2.5 20h19L12 3.5Z"/><path d="M12 10v4.5M12 17.2v.1"/>`,
	"check":    `<path d="m4.5 12.5 5 5L19.5 7"/>`,
	"contrast": `<circle cx="12" cy="12" r="8.5"/><path d="M12 3.5v17a8.5 8.5 0 0 0 0-17Z" fill="currentColor"/>`,
	"down":     `<path d="m6 9.5 6 6 6-6"/>`,
	"out":      `<path d="M9.5 4H5v16h4.5M15 8l4 4-4 4M19 12H9.5"/>`,
	"file":     `<path d="M6 3h8l4 4v14H6V3Z"/><path d="M13.5 3v4.5H18"/>`,
	"undo":     `<path d="M8.5 5 4 9.5 8.5 14"/><path d="M4 9.5h10a5.5 5.5 0 0 1 0 11h-3"/>`,
	"plus":     `<path d="M12 5v14M5 12h14"/>`,
	"summary":  `<path d="M4 20V10M10 20V4M16 20v-7M21 20H3"/>`,
	"spend":    `<path d="M4 20h16M6 16l1-4L16 3l3 3-9 9-4 1Z"/>`,
	"filter":   `<path d="M4 6h16M7 12h10M10 18h4"/>`,
	"lines":    `<path d="M4 7h10M4 12h16M4 17h7"/><path d="M17 4v6M14 14v6"/>`,
	"journal":  `<path d="M5 4h14v16H5V4Z"/><path d="M9 9h6M9 13h6"/>`,
	"budget":   `<path d="M12 3v6m0 0-6 4v3m6-7 6 4v3M4 16h4v4H4v-4Zm12 0h4v4h-4v-4Z"/>`,
}

// icon draws an icon that says nothing by itself: a text always stands beside it
// or in the label of its button.
func icon(name string) template.HTML {
	d, ok := icons[name]
	if !ok {
		panic(fmt.Sprintf("no icon %q", name))
	}
	return template.HTML(`<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" ` +
		`stroke-width="2" stroke-linejoin="round" stroke-linecap="round" aria-hidden="true">` + d + `</svg>`)
}
