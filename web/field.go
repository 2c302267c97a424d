package web

import (
	"regexp"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// A field is one control of a form, with what was typed and what is wrong with it.
type field struct {
	Name, Label, Value string
	Hint               string
	Errors             []string
	As                 string // "text", "date", "select", "line", "money", "radio", "area"
	Span               int    // of twelve columns
	Required           bool
	Focus              bool
	Options            []option
	List               string   // id of a datalist
	Candidates         []choice // "line": what the typed text may have meant
	Sign               string   // "money": of the currency
	Words              string   // "money": in words
}

// An option is one of a select or of radio buttons.
type option struct {
	Value, Text string
	Left        string // what is left of an obligation, canonical
	Chosen      bool
}

var eventPrefix = regexp.MustCompile(`^events\[[0-9]+\]\.`)

// fieldNames maps the ledger's paths of fields to those of forms where they differ.
var fieldNames = map[string]string{
	"document.date": "doc_date", "document.number": "number", "document.type": "type", "from": "obligation",
	"line.source": "source", "line.project": "project", "line.unit": "unit", "line.khoan": "khoan", "line.nature": "nature",
	"to.source": "to", "to.project": "to", "to.unit": "to", "to.khoan": "to", "to.nature": "to",
}

// An oops is one line of the summary of what is wrong; Field is empty when no
// field of the form is meant.
type oops struct{ Field, Text string }

// blame gives every fault to the field of the form that it is about and returns
// the summary of all.
func blame(fields []field, faults []*ledger.Fault, l lang.Lang) (summary []oops) {
	for _, f := range faults {
		text := faultText(f, l)
		i := fieldOf(fields, f.Field)
		if i < 0 {
			summary = append(summary, oops{Text: text})
			continue
		}
		fields[i].Errors = append(fields[i].Errors, text)
		summary = append(summary, oops{fields[i].Name, text})
	}
	return summary
}

// fieldOf finds the field that a path is about, or the nearest that the form
// has; -1 if none.
func fieldOf(fields []field, path string) int {
	path = eventPrefix.ReplaceAllString(path, "")
	head, _, _ := strings.Cut(path, ".")
	tries := []string{fieldNames[path], path, head}
	if head == "line" {
		tries = append(tries, "obligation", "of", "source")
	}
	for _, name := range tries {
		for i := range fields {
			if name != "" && fields[i].Name == name {
				return i
			}
		}
	}
	return -1
}
