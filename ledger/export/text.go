package export

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/sokinhphi/kinhphi/ledger"
)

// spreadsheetDigits is how many digits a spreadsheet keeps of a number: Excel
// and LibreOffice turn 9007199254740993 into 9007199254740990.
const spreadsheetDigits = 15

// cell makes text safe in a spreadsheet, which runs "=1+1" as a formula even
// out of a CSV file. Text that begins like one, or with the apostrophe itself,
// gets an apostrophe in front; who reads the file takes one away again.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@'\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}

// longAmount returns an amount as text where a spreadsheet would round it,
// otherwise nothing.
func longAmount(amount string) string {
	digits := strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(amount), "0")
	if len(digits) <= spreadsheetDigits {
		return ""
	}
	return "'" + amount
}

// In a journal ";" begins a comment and "|" parts payee from note; newer
// versions of hledger take quotes around a payee away.
var descriptionText = strings.NewReplacer(";", ",", "|", "/", `"`, "'")

// In a comment "," ends the value of a tag, and a date in brackets changes the
// date of a posting, in whatever text it stands.
var tagText = strings.NewReplacer(",", ";", "[", "(", "]", ")")

// description makes text fit for the first line of a transaction.
func description(s string) string { return squeeze(descriptionText.Replace(s)) }

// tag returns "name:value" with the value made fit for a comment.
func tag(name, value string) string { return name + ":" + squeeze(tagText.Replace(value)) }

// squeeze brings text into one line: every run of spaces becomes one. Two
// spaces or a tab would end a name in a journal.
func squeeze(s string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return norm.NFC.String(strings.Join(strings.Fields(clean), " "))
}

// number returns our voucher number as one word: "CAT/GRDT/2019/12".
func number(n ledger.Number) string {
	if n.Number == 0 {
		return ""
	}
	return string(n.Unit) + "/" + string(n.Type) + "/" + strconv.Itoa(n.Year) + "/" + strconv.Itoa(n.Number)
}

// distinct returns the different texts that are not empty, in order.
func distinct(events []ledger.EntryEvent, text func(ledger.EntryEvent) string) (all []string) {
	seen := map[string]bool{"": true}
	for _, e := range events {
		if s := text(e); !seen[s] {
			seen[s] = true
			all = append(all, s)
		}
	}
	return all
}

// names are the names of what a book is made of, as its last record has them.
type names struct{ unit, project, source map[ledger.Code]string }

func newNames(st ledger.Structure) names {
	n := names{map[ledger.Code]string{}, map[ledger.Code]string{}, map[ledger.Code]string{}}
	for _, u := range st.Units {
		n.unit[u.Code] = u.Name
	}
	for _, p := range st.Projects {
		n.project[p.Code] = p.Name
	}
	for _, s := range st.Sources {
		n.source[s.Code] = s.Name
	}
	return n
}

// see takes a name from a record that defines something.
func (n names) see(change ledger.Action) {
	switch c := change.(type) {
	case ledger.DefineUnit:
		n.unit[c.Unit.Code] = c.Unit.Name
	case ledger.DefineProject:
		n.project[c.Project.Code] = c.Project.Name
	case ledger.DefineSource:
		n.source[c.Source.Code] = c.Source.Name
	}
}

// of returns the names behind a line: source / project / unit, as far as it has them.
func (n names) of(l ledger.Line) string {
	var all []string
	for _, name := range []string{n.source[l.Source], n.project[l.Project], n.unit[l.Unit]} {
		if name != "" {
			all = append(all, name)
		}
	}
	return strings.Join(all, " / ")
}
