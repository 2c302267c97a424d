// Package report renders figures for people and programs: the programme summary
// as JSON, CSV and a workbook, a journal as a workbook, and the chart of plan
// against spending. No formula of a figure lives here; they are those of
// [ledger.Summarize].
//
// A workbook keeps at most fifteen digits of a number, so longer amounts are
// written as text; CSV and JSON have every digit of every amount.
package report

import (
	"strconv"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// Options say how a paper is made out.
type Options struct {
	Lang lang.Lang
	// Filter is the selection in words, one "what: which" each; empty when
	// everything is selected.
	Filter []string
	// Made is when and by whom the paper was made, as it is to be printed; may
	// be empty.
	Made string
}

// A row is one line of a table of figures.
type row struct {
	key, name string
	values    ledger.Values
}

// A dimension is one of the tables of a summary.
type dimension struct {
	by   ledger.Dimension
	name string // as in files; keys its texts
	rows []row
}

// dimensions returns the tables of a summary in the order of papers, with names.
func dimensions(s ledger.Summary, st ledger.Structure) []dimension {
	n := namesOf(st)
	return []dimension{
		{ledger.ByProject, "project", coded(s.Projects, n.projects)},
		{ledger.BySource, "source", coded(s.Sources, n.sources)},
		{ledger.ByUnit, "unit", coded(s.Units, n.units)},
		{ledger.ByYear, "year", years(s.Years)},
	}
}

func coded(from []ledger.SummaryRow[ledger.Code], names map[ledger.Code]string) []row {
	rows := make([]row, len(from))
	for i, r := range from {
		rows[i] = row{string(r.Key), names[r.Key], r.Values}
	}
	return rows
}

func years(from []ledger.SummaryRow[int]) []row {
	rows := make([]row, len(from))
	for i, r := range from {
		year := strconv.Itoa(r.Key)
		rows[i] = row{year, year, r.Values}
	}
	return rows
}

// names are those of a programme's parts, by code.
type names struct{ units, projects, sources map[ledger.Code]string }

func namesOf(st ledger.Structure) names {
	n := names{map[ledger.Code]string{}, map[ledger.Code]string{}, map[ledger.Code]string{}}
	for _, u := range st.Units {
		n.units[u.Code] = u.Name
	}
	for _, p := range st.Projects {
		n.projects[p.Code] = p.Name
	}
	for _, s := range st.Sources {
		n.sources[s.Code] = s.Name
	}
	return n
}

// figureName is the name of a figure, which says of "spent" which one it is.
func figureName(f ledger.Figure, l lang.Lang) string { return lang.T(l, "figure."+string(f)) }
