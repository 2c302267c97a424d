package intake

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"
)

// columns are the positions, from 0, of everything that a map names.
type columns struct {
	kind     int // -1: all rows are detail rows
	note     int // -1: none
	totalKey []int
	parts    [partCount]struct{ id, name []int }
	stages   [stageCount]int // -1: none
	headers  []string
	used     map[int]bool
}

// byLetters begins the name of a column that has no header of its own.
const byLetters = "column:"

// resolve finds the map's columns in the header row. Columns that are missing
// or ambiguous are all reported.
func (r *reader) resolve(row int, cells []string) {
	c := &r.columns
	c.used = map[int]bool{}
	for _, h := range cells {
		c.headers = append(c.headers, fold(h))
	}
	find := func(name string) int { return r.findColumn(row, name) }
	each := func(names []string) []int {
		at := make([]int, len(names))
		for i, name := range names {
			at[i] = find(name)
		}
		return at
	}
	c.kind, c.note = find(r.m.Rows.Column), find(r.m.Text.Note)
	c.totalKey = each(r.m.Rows.TotalKey)
	for i, d := range r.m.codings() {
		c.parts[i].id = each(d.coding.Columns)
		c.parts[i].name = c.parts[i].id
		if len(d.coding.Name) > 0 {
			c.parts[i].name = each(d.coding.Name)
		}
	}
	for i, s := range r.m.stages() {
		c.stages[i] = find(s.Column)
	}
}

// findColumn returns the position of a column, -1 for an empty name or one that
// was reported.
func (r *reader) findColumn(row int, name string) int {
	if name == "" {
		return -1
	}
	var found []int
	if letters, ok := strings.CutPrefix(name, byLetters); ok {
		found = lettersAt(letters)
	} else {
		for i, h := range r.columns.headers {
			if h == fold(name) {
				found = append(found, i)
			}
		}
	}
	switch len(found) {
	case 0:
		r.fail(&RowError{Row: row, Value: name, Rule: ColumnMissing})
		return -1
	case 1:
		r.columns.used[found[0]] = true
		return found[0]
	}
	r.fail(&RowError{Row: row, Column: letterOf(found[1]), Value: name, Rule: ColumnRepeated,
		Operands: operands("columns", strings.Join(lettersOf(found), ", "))})
	return -1
}

func lettersAt(letters string) []int {
	for i := range MaxColumns {
		if letterOf(i) == letters {
			return []int{i}
		}
	}
	return nil
}

func lettersOf(at []int) []string {
	all := make([]string, len(at))
	for i, c := range at {
		all[i] = letterOf(c)
	}
	return all
}

// ignored lists the headers that the map does not use.
func (c *columns) ignored() []string {
	var all []string
	for i, h := range c.headers {
		if h != "" && !c.used[i] && !slices.Contains(all, h) {
			all = append(all, h)
		}
	}
	return all
}

// at returns a cell, "" beyond the end of the row.
func at(cells []string, column int) string {
	if column < 0 || column >= len(cells) {
		return ""
	}
	return cells[column]
}

// fold puts a text into normal form C, with single spaces only.
func fold(s string) string {
	return strings.Join(strings.Fields(norm.NFC.String(s)), " ")
}

// control reports a character that does not belong in a text: control
// characters and those that turn the direction of writing.
func control(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }

// cut shortens a text to a limit in bytes, with an ellipsis at the end.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	const ellipsis = "…"
	end := limit - len(ellipsis)
	for end > 0 && !(utf8.RuneStart(s[end]) && norm.NFC.PropertiesString(s[end:]).BoundaryBefore()) {
		end--
	}
	return strings.TrimRight(s[:end], " ") + ellipsis
}

// letterOf returns the letters of a column, counted from 0.
func letterOf(column int) string {
	name, err := excelize.ColumnNumberToName(column + 1)
	if err != nil {
		return ""
	}
	return name
}
