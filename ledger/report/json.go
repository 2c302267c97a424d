package report

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A Summary is a ledger.Summary as JSON: every figure in every row, as decimal
// strings, null where the row cannot have it (a fund's cash has no project).
type Summary struct {
	Programme ledger.Code `json:"programme"`
	Name      string      `json:"name"`
	Sample    bool        `json:"sample"` // invented data
	Currency  ledger.Code `json:"currency"`
	AsOf      *string     `json:"as_of"`    // last posting date counted, 2006-01-02; null = all
	KnownAt   *ledger.Seq `json:"known_at"` // last record counted; null = all
	Total     Figures     `json:"total"`
	Years     []Row       `json:"years"`
	Sources   []Row       `json:"sources"`
	Projects  []Row       `json:"projects"`
	Units     []Row       `json:"units"`
}

// Figures are the figures of one selection by name.
type Figures struct{ ledger.Values }

// A Row is the figures of one year (its key is a number) or of one source,
// project or unit (its key is the code). In JSON they stand beside key and name.
type Row struct {
	Key  any
	Name string
	Figures
}

// NewSummary returns s with the names that st has.
func NewSummary(s ledger.Summary, st ledger.Structure) Summary {
	n := namesOf(st)
	j := Summary{Programme: s.Programme.Code, Name: s.Programme.Name, Sample: s.Programme.Sample,
		Currency: s.Programme.Currency.Code(), Total: Figures{s.Total}, Years: jsonYears(s.Years),
		Sources: jsonRows(s.Sources, n.sources), Projects: jsonRows(s.Projects, n.projects), Units: jsonRows(s.Units, n.units)}
	if !s.At.Date.IsZero() {
		date := s.At.Date.String()
		j.AsOf = &date
	}
	if s.At.Known != 0 {
		j.KnownAt = &s.At.Known
	}
	return j
}

func jsonYears(from []ledger.SummaryRow[int]) []Row {
	rows := make([]Row, len(from))
	for i, r := range years(from) {
		rows[i] = Row{from[i].Key, r.name, Figures{r.values}}
	}
	return rows
}

func jsonRows(from []ledger.SummaryRow[ledger.Code], names map[ledger.Code]string) []Row {
	rows := make([]Row, len(from))
	for i, r := range from {
		rows[i] = Row{r.Key, names[r.Key], Figures{r.Values}}
	}
	return rows
}

// MarshalJSON writes the figures in the order of the ledger's table.
func (f Figures) MarshalJSON() ([]byte, error) { return append(f.members([]byte{'{'}), '}'), nil }

// members appends "name":"amount" for every figure.
func (f Figures) members(b []byte) []byte {
	for i, info := range ledger.Figures {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), info.Figure...), `":`...)
		if m, ok := f.Get(info.Figure); ok {
			b = append(append(append(b, '"'), m.String()...), '"')
		} else {
			b = append(b, "null"...)
		}
	}
	return b
}

// MarshalJSON writes key, name and figures as one object.
func (r Row) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	b.WriteString(`{"key":`)
	if err := e.Encode(r.Key); err != nil {
		return nil, err
	}
	b.WriteString(`,"name":`)
	if err := e.Encode(r.Name); err != nil {
		return nil, err
	}
	b.WriteByte(',')
	return append(r.members(b.Bytes()), '}'), nil
}

// WriteJSON writes the summary as an indented JSON object, with the names that
// st has. Errors: those of w.
func WriteJSON(w io.Writer, s ledger.Summary, st ledger.Structure) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(NewSummary(s, st))
}
