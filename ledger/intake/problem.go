package intake

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

// Rules that only files can break, beside those of package ledger. Operands in
// brackets.
const (
	NotWorkbook     ledger.Rule = "not_workbook"        // not a readable workbook [reason]
	TooLarge        ledger.Rule = "too_large"           // [what limit count]
	SheetMissing    ledger.Rule = "sheet_missing"       // [sheets]
	ColumnMissing   ledger.Rule = "column_missing"      // no column with this header []
	ColumnRepeated  ledger.Rule = "column_repeated"     // several columns with this header: name it by letter [columns]
	UnknownRow      ledger.Rule = "unknown_row"         // neither a detail nor a total row []
	NotReported     ledger.Rule = "not_reported"        // "not reported" in a detail row, or in a part of a total row []
	DuplicateRow    ledger.Rule = "duplicate_row"       // the line was in an earlier row [line row]
	TotalMismatch   ledger.Rule = "total_mismatch"      // total rows and detail rows of a key differ [key details totals]
	TotalMissing    ledger.Rule = "total_missing"       // detail rows without a total row [key]
	AboveColumn     ledger.Rule = "above_column"        // an amount is above the one that bounds it [bound limit]
	NoRows          ledger.Rule = "no_rows"             // the file has no detail row []
	PaidOverReceipt ledger.Rule = "paid_above_received" // warning: within a row; the source as a whole has the cash [received]
	TextCut         ledger.Rule = "text_cut"            // warning: a text was cut [limit length]
	ControlRemoved  ledger.Rule = "control_removed"     // warning: control characters were taken out []
	TotalUnreported ledger.Rule = "total_not_reported"  // warning: a total row without figures, not compared [key]
	NamesDiffer     ledger.Rule = "several_names"       // warning: one code, several names in the file [code]
)

// MaxProblems is how many broken rules, and how many warnings, are kept.
const MaxProblems = 1000

// A RowError is one broken rule in a file, or one warning.
type RowError struct {
	Sheet    string
	Row      int    // as the spreadsheet program numbers it, from 1; 0 = the whole sheet
	Column   string // letters; empty = the whole row
	Value    string // as it stands in the cell, shortened
	Rule     ledger.Rule
	Operands map[string]string
}

// Error returns place, rule and operands, for logs.
func (e *RowError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Place(), e.Rule)
	if e.Value != "" {
		fmt.Fprintf(&b, " value=%q", e.Value)
	}
	for _, k := range slices.Sorted(maps.Keys(e.Operands)) {
		fmt.Fprintf(&b, " %s=%s", k, e.Operands[k])
	}
	return b.String()
}

// Place returns where it is, the way spreadsheet programs write it: "Sheet1!R12".
func (e *RowError) Place() string {
	place := e.Sheet
	if e.Row > 0 {
		place += "!" + e.Column + strconv.Itoa(e.Row)
	}
	return place
}

// Is reports whether target is e's rule.
func (e *RowError) Is(target error) bool { return target == e.Rule }

// Unwrap returns e as a fault of the ledger, so that ledger.Faults finds it and
// package lang words it: the field is the place; sheet, row, column and value
// are among the operands.
func (e *RowError) Unwrap() error {
	f := &ledger.Fault{Rule: e.Rule, Field: e.Place(), Operands: map[string]string{
		"sheet": e.Sheet, "row": strconv.Itoa(e.Row), "column": e.Column, "value": e.Value,
	}}
	maps.Copy(f.Operands, e.Operands)
	return f
}

// Problems are all broken rules of a file, in the order of its rows.
type Problems struct {
	Rows []*RowError // at most MaxProblems
	More int         // how many there were beyond them
}

// Error returns one line for each problem.
func (p *Problems) Error() string {
	lines := make([]string, 0, len(p.Rows)+1)
	for _, e := range p.Rows {
		lines = append(lines, e.Error())
	}
	if p.More > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", p.More))
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the single problems.
func (p *Problems) Unwrap() []error {
	all := make([]error, len(p.Rows))
	for i, e := range p.Rows {
		all[i] = e
	}
	return all
}

func (p *Problems) add(e *RowError) {
	e.Value = clip(e.Value)
	if len(p.Rows) == MaxProblems {
		p.More++
		return
	}
	p.Rows = append(p.Rows, e)
}

// orNil returns p as an error, sorted by place, or nil when it is empty.
func (p *Problems) orNil() error {
	if len(p.Rows) == 0 {
		return nil
	}
	slices.SortStableFunc(p.Rows, func(a, b *RowError) int { return a.Row - b.Row })
	return p
}

// operands makes a map of pairs of name and value.
func operands(pairs ...string) map[string]string {
	m := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

// clip shortens what stands in a cell before it is repeated.
func clip(s string) string {
	if rs := []rune(s[:min(len(s), 400)]); len(rs) > 80 {
		return string(rs[:80]) + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
