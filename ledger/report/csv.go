package report

import (
	"encoding/csv"
	"io"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

// WriteCSV writes the summary as one table: a first row "total", then a row for
// each project, source, unit and year. The columns are dimension, key, name and
// the figures by their names, exact decimals, empty where the row cannot have
// one. UTF-8 with a byte order mark, as spreadsheets need it; RFC 4180.
// Errors: those of w.
func WriteCSV(w io.Writer, s ledger.Summary, st ledger.Structure) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	header := []string{"dimension", "key", "name"}
	for _, f := range ledger.Figures {
		header = append(header, string(f.Figure))
	}
	out.Write(header) // errors stay with the writer until Flush
	out.Write(csvRow("total", row{string(s.Programme.Code), s.Programme.Name, s.Total}))
	for _, d := range dimensions(s, st) {
		for _, r := range d.rows {
			out.Write(csvRow(d.name, r))
		}
	}
	out.Flush()
	return out.Error()
}

func csvRow(dimension string, r row) []string {
	fields := []string{dimension, r.key, harmless(r.name)}
	for _, f := range ledger.Figures {
		amount := ""
		if m, ok := r.values.Get(f.Figure); ok {
			amount = m.String()
		}
		fields = append(fields, amount)
	}
	return fields
}

// harmless puts an apostrophe before text that a spreadsheet would run as a
// formula, even out of a CSV file.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@'\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}
