package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// names are those of a programme's parts, by code.
type names struct {
	units, projects, sources map[ledger.Code]string
}

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

// line names a line by its parts: the unit first, since that is what people
// look for, then project, source and year.
func (n names) line(l ledger.Line) string {
	var parts []string
	if l.Unit != "" {
		parts = append(parts, named(n.units, l.Unit))
	}
	if l.Project != "" {
		parts = append(parts, string(l.Project))
	}
	if l.Source != "" {
		source := named(n.sources, l.Source)
		if l.Year != 0 {
			source += " " + strconv.Itoa(l.Year)
		}
		parts = append(parts, source)
	}
	return strings.Join(parts, " · ")
}

func named(of map[ledger.Code]string, c ledger.Code) string {
	if name := of[c]; name != "" {
		return name
	}
	return string(c)
}

// A lineBook is the lines of a programme with what it takes to find and name them.
type lineBook struct {
	names
	lines []ledger.Line
	twins map[ledger.Line]int // how many lines share a short form
}

func (r *request) lineBook() (lineBook, error) {
	lines, err := r.books.Lines(r.ctx, r.actor, r.programme(), ledger.Line{})
	if err != nil {
		return lineBook{}, err
	}
	b := lineBook{namesOf(r.book), lines, make(map[ledger.Line]int, len(lines))}
	for _, l := range lines {
		b.twins[l.Short()]++
	}
	return b, nil
}

// ref is the shortest reference to a line that means no other.
func (b lineBook) ref(l ledger.Line) string {
	if b.twins[l.Short()] == 1 {
		return l.Short().String()
	}
	return l.String()
}

// resolve finds the line that was typed: by its code, whole or short, or, if
// only one matches, by words of its names.
func (b lineBook) resolve(typed string) (l ledger.Line, candidates []ledger.Line, ok bool) {
	if ref, err := ledger.ParseLine(strings.ToUpper(typed)); err == nil {
		candidates = slices.DeleteFunc(slices.Clone(b.lines), func(l ledger.Line) bool { return !l.Matches(ref) })
	}
	if len(candidates) == 0 {
		candidates = b.find(typed, maxCandidates+1)
	}
	if len(candidates) == 1 {
		return candidates[0], nil, true
	}
	return ledger.Line{}, candidates, false
}

// maxCandidates is the number of lines that a search shows.
const maxCandidates = 20

// find returns the first lines of which every word of the query begins a part's
// code or occurs in its name, without regard to accents and case; later years first.
func (b lineBook) find(query string, limit int) (found []ledger.Line) {
	words := strings.Fields(strings.ReplaceAll(lang.Fold(query), "/", " "))
	if len(words) == 0 {
		return nil
	}
	m := newLineMatcher(b.names)
	for _, l := range slices.Backward(b.lines) {
		if m.matches(l, words) {
			if found = append(found, l); len(found) == limit {
				break
			}
		}
	}
	return found
}

// A lineMatcher remembers the folded names, which are few, so that going
// through the lines, which are many, is cheap.
type lineMatcher struct{ units, projects, sources map[ledger.Code]string }

func newLineMatcher(n names) lineMatcher {
	fold := func(of map[ledger.Code]string) map[ledger.Code]string {
		folded := make(map[ledger.Code]string, len(of))
		for c, name := range of {
			folded[c] = lang.Fold(string(c) + " " + name)
		}
		return folded
	}
	return lineMatcher{fold(n.units), fold(n.projects), fold(n.sources)}
}

func (m lineMatcher) matches(l ledger.Line, words []string) bool {
	year, khoan, nature := strconv.Itoa(l.Year), lang.Fold(string(l.Khoan)), lang.Fold(string(l.Nature))
	for _, w := range words {
		if !strings.HasPrefix(year, w) && khoan != w && nature != w && !strings.Contains(m.units[l.Unit], w) &&
			!strings.Contains(m.projects[l.Project], w) && !strings.Contains(m.sources[l.Source], w) {
			return false
		}
	}
	return true
}
