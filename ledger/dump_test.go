package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Dump writes down everything that a State holds, in fixed order: two States
// with the same dump decide alike. Tests use it to show that a refusal leaves
// nothing behind.
func (s *State) Dump() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seq %d last %v root %s programmes %v\n", s.seq, s.last, s.root, s.programmes)
	fmt.Fprintf(&b, "units %v\nprojects %v\nsources %v\n", s.units, s.projects, s.sources)
	fmt.Fprintf(&b, "grants %v\nclosed %v\npeople %v\n", s.grants, s.closed, s.people)
	fmt.Fprintf(&b, "lines %v\nshort %v\nrings %v\ncounters %v\nkeys %v\nloaded %v\n",
		s.lines, s.byShort, s.rings, s.counters, s.keys, s.loaded)
	dumpMap(&b, "account", s.accounts, func(v *balance) string {
		return fmt.Sprintf("%d %d %s %s %v", v.id, v.ring, v.debit, v.credit, v.fresh)
	})
	dumpMap(&b, "obligation", s.obligations, func(v *numbered[Obligation]) string {
		return fmt.Sprintf("%d %v", v.id, v.v)
	})
	dumpMap(&b, "entry", s.entries, func(v *pastEntry) string {
		return fmt.Sprintf("%s reversed %d reduced %v", dumpRecord(Record{Entry: &v.entry}), v.reversed, v.reduced)
	})
	records := s.changes.Records
	for _, r := range records {
		fmt.Fprintf(&b, "record salt %x %s\n", r.Salt, dumpRecord(r))
	}
	rest := s.changes
	rest.Records = nil
	fmt.Fprintf(&b, "changes %v\ntouched %v\n", rest, s.touched)
	return b.String()
}

func dumpRecord(r Record) string {
	var b strings.Builder
	for _, f := range r.Fields() {
		fmt.Fprintf(&b, " %s=%s", f.Name, f.Value)
		if f.Salt != nil {
			fmt.Fprintf(&b, " (%x)", *f.Salt)
		}
	}
	return b.String()
}

func dumpMap[K comparable, V any](b *strings.Builder, name string, m map[K]V, show func(V) string) {
	var rows []string
	for k, v := range maps.All(m) {
		rows = append(rows, fmt.Sprintf("%s %v: %s\n", name, k, show(v)))
	}
	slices.Sort(rows)
	b.WriteString(strings.Join(rows, ""))
}
