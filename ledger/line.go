package ledger

import (
	"cmp"
	"strconv"
	"strings"
)

// A Line (dòng kinh phí) is the key of hard control: what one unit may spend in
// one budget year on one project out of one source, by khoản (sub-sector) and
// nature of funds (tính chất nguồn). A Line may be partial where an event needs
// less: a pool is year and source, a plan adds the project, a fund is a source.
// Lines compare with ==.
type Line struct {
	Year                                 int
	Source, Project, Unit, Khoan, Nature Code
}

// ParseLine reads a line reference: year/source[/project[/unit[/khoản[/nature]]]].
// The year may be "-" where only the source matters. Errors: invalid_code.
func ParseLine(s string) (Line, error) {
	parts := strings.Split(s, "/")
	if len(parts) < 2 || len(parts) > 6 {
		return Line{}, Refuse(InvalidCode, "line", "value", clip(s))
	}
	var l Line
	if parts[0] != "-" {
		y, err := strconv.Atoi(parts[0])
		if err != nil || len(parts[0]) != 4 || y < 1900 || y > 2999 {
			return Line{}, Refuse(InvalidCode, "line", "value", clip(s))
		}
		l.Year = y
	}
	for i, to := range []*Code{&l.Source, &l.Project, &l.Unit, &l.Khoan, &l.Nature} {
		if i+1 >= len(parts) {
			break
		}
		*to = Code(parts[i+1])
		if !to.Valid() {
			return Line{}, Refuse(InvalidCode, "line", "value", clip(s))
		}
	}
	return l, nil
}

// Full reports whether all six parts are there.
func (l Line) Full() bool { return l.Year != 0 && l.Nature != "" && l.depth() == 6 }

// depth counts the leading parts that are present.
func (l Line) depth() int {
	n := 1
	for _, c := range []Code{l.Source, l.Project, l.Unit, l.Khoan, l.Nature} {
		if c == "" {
			break
		}
		n++
	}
	return n
}

// gapped reports whether a part is given after one that is missing: no reference
// can say so.
func (l Line) gapped() bool {
	parts := [...]Code{l.Source, l.Project, l.Unit, l.Khoan, l.Nature, ""}
	for _, c := range parts[l.depth()-1:] {
		if c != "" {
			return true
		}
	}
	return false
}

// Short returns year/source/project/unit, the form people use while it is
// unambiguous.
func (l Line) Short() Line {
	return Line{Year: l.Year, Source: l.Source, Project: l.Project, Unit: l.Unit}
}

// Matches reports whether every part that pattern has equals l's.
func (l Line) Matches(pattern Line) bool {
	same := func(have, want Code) bool { return want == "" || have == want }
	return (pattern.Year == 0 || l.Year == pattern.Year) && same(l.Source, pattern.Source) &&
		same(l.Project, pattern.Project) && same(l.Unit, pattern.Unit) &&
		same(l.Khoan, pattern.Khoan) && same(l.Nature, pattern.Nature)
}

// Compare orders lines by their parts.
func (l Line) Compare(m Line) int {
	return cmp.Or(cmp.Compare(l.Year, m.Year), cmp.Compare(l.Source, m.Source), cmp.Compare(l.Project, m.Project),
		cmp.Compare(l.Unit, m.Unit), cmp.Compare(l.Khoan, m.Khoan), cmp.Compare(l.Nature, m.Nature))
}

// String returns the parts that are there, joined by "/"; "" for the zero Line.
func (l Line) String() string {
	if l == (Line{}) {
		return ""
	}
	year := "-"
	if l.Year != 0 {
		year = strconv.Itoa(l.Year)
	}
	parts := []string{year}
	for _, c := range []Code{l.Source, l.Project, l.Unit, l.Khoan, l.Nature} {
		if c == "" {
			break
		}
		parts = append(parts, string(c))
	}
	return strings.Join(parts, "/")
}
