package ledger

import (
	"slices"
	"time"
)

// A State is what a writer keeps of one book in memory: the chart and, as far
// as they were needed so far, lines, accounts, obligations and past entries. It
// is valid exactly while the book's head is at Seq. A State is not safe for
// concurrent use.
type State struct {
	programme   Programme
	seq         Seq
	units       map[Code]numbered[Unit]
	projects    map[Code]numbered[Project]
	sources     map[Code]numbered[Source]
	programmes  map[Code]bool // in SYSTEM only
	root        Code          // the root unit
	grants      map[Grant]bool
	closed      map[yearMonth]bool
	people      map[Login]int
	lines       map[Line]int
	byShort     map[Line][]Line
	rings       map[string]int
	accounts    map[Account]*balance
	obligations map[Code]*numbered[Obligation]
	entries     map[Seq]*pastEntry
	counters    map[Number]int // Number.Number is zero in the key
	keys        map[Key]KnownKey
	loaded      map[Need]bool
	last        struct{ unit, project, source, line, ring, account, obligation, person int }
	changes     Changes
	touched     touched
}

type numbered[T any] struct {
	id int
	v  T
}

type yearMonth struct{ year, month int }

// A balance is an account's turnover, red amounts included, so that red nets.
type balance struct {
	id            int
	ring          int
	debit, credit Money
	fresh         bool // the store does not have it yet
}

func (b *balance) net() Money { return b.debit.Sub(b.credit) }

// A pastEntry is a recorded entry that a reversal or refund refers to.
type pastEntry struct {
	entry    Entry
	reversed Seq
	reduced  map[int]Money // by event number: what returns and refunds took back
}

// A KnownKey is what was recorded under an idempotency key.
type KnownKey struct {
	Request Digest
	Seq     Seq
	Number  Number
}

// Changes are the writes of a batch of decisions: what a store needs beyond the
// records themselves.
type Changes struct {
	Before      Seq // the head that the decisions stand on
	Records     []Record
	Lines       []NewLine
	Rings       []NewRing
	Accounts    []AccountChange
	Months      []MonthChange
	Obligations []ObligationChange
	Counters    []Number // the last number given
}

// NewLine is a line that came into being.
type NewLine struct {
	ID    int
	Since Seq
	Line  Line
}

// NewRing is a ring that came into being.
type NewRing struct {
	ID        int
	Path      string
	Book      Book
	Year      int
	Commodity string
}

// AccountChange is an account's turnover after the batch.
type AccountChange struct {
	ID, Ring      int
	New           bool
	Account       Account
	Debit, Credit Money
	Seq           Seq // last record that touched it
}

// MonthChange adds to an account's turnover in a posting month.
type MonthChange struct {
	Account       int
	Month         Date
	Debit, Credit Money
}

// ObligationChange is an obligation after the batch.
type ObligationChange struct {
	ID         int
	Account    int
	Obligation Obligation
	Seq        Seq
}

// touched remembers, within a batch, where a thing stands in Changes.
type touched struct {
	accounts    map[Account]int
	months      map[monthKey]int
	obligations map[Code]int
	counters    map[Number]int
}

type monthKey struct {
	account int
	month   Date
}

// A Base is what a State starts from: the chart and the last ids in use.
type Base struct {
	Programme  Programme
	Seq        Seq
	Units      map[int]Unit
	Projects   map[int]Project
	Sources    map[int]Source
	People     map[Login]int
	Grants     []Grant
	Closed     []Period
	Counters   []Number
	Programmes []Code // SYSTEM only: the programmes there are
	LastLine, LastRing, LastAccount, LastObligation,
	LastPerson int
}

// NewState returns a State at the base's sequence.
func NewState(b Base) *State {
	s := &State{
		programme: b.Programme, seq: b.Seq,
		units: map[Code]numbered[Unit]{}, projects: map[Code]numbered[Project]{}, sources: map[Code]numbered[Source]{},
		programmes: map[Code]bool{}, grants: map[Grant]bool{}, closed: map[yearMonth]bool{}, people: b.People,
		lines: map[Line]int{}, byShort: map[Line][]Line{}, rings: map[string]int{}, accounts: map[Account]*balance{},
		obligations: map[Code]*numbered[Obligation]{}, entries: map[Seq]*pastEntry{}, counters: map[Number]int{},
		keys: map[Key]KnownKey{}, loaded: map[Need]bool{},
	}
	if s.people == nil {
		s.people = map[Login]int{}
	}
	s.last.line, s.last.ring, s.last.account, s.last.obligation, s.last.person =
		b.LastLine, b.LastRing, b.LastAccount, b.LastObligation, b.LastPerson
	for id, u := range b.Units {
		s.putUnit(id, u)
	}
	for id, p := range b.Projects {
		s.putProject(id, p)
	}
	for id, src := range b.Sources {
		s.putSource(id, src)
	}
	for _, g := range b.Grants {
		s.grants[g] = true
	}
	for _, p := range b.Closed {
		s.closed[yearMonth{p.Year, p.Month}] = true
	}
	for _, n := range b.Counters {
		s.counters[Number{Unit: n.Unit, Type: n.Type, Year: n.Year}] = n.Number
	}
	for _, c := range b.Programmes {
		s.programmes[c] = true
	}
	s.Flushed()
	return s
}

func (s *State) putUnit(id int, u Unit) {
	s.units[u.Code] = numbered[Unit]{id, u}
	s.last.unit = max(s.last.unit, id)
	if u.Parent == "" {
		s.root = u.Code
	}
}

func (s *State) putProject(id int, p Project) {
	s.projects[p.Code] = numbered[Project]{id, p}
	s.last.project = max(s.last.project, id)
}

func (s *State) putSource(id int, src Source) {
	s.sources[src.Code] = numbered[Source]{id, src}
	s.last.source = max(s.last.source, id)
}

// Seq returns the head on which the State stands, decided records included.
func (s *State) Seq() Seq { return s.seq }

// Currency returns the currency of the book.
func (s *State) Currency() Currency { return s.programme.Currency }

// Size returns how many things are in memory that grow with use, and what was
// looked for without being there, for callers that bound it.
func (s *State) Size() int {
	return len(s.lines) + len(s.accounts) + len(s.obligations) + len(s.entries) + len(s.keys) + len(s.loaded)
}

// Changes returns what was decided since the last Flushed.
func (s *State) Changes() *Changes { return &s.changes }

// Flushed tells the State that its changes were committed. Entries of the batch
// are forgotten: they can be loaded again.
func (s *State) Flushed() {
	for _, r := range s.changes.Records {
		delete(s.entries, r.Seq)
	}
	s.changes = Changes{Before: s.seq}
	s.touched = touched{map[Account]int{}, map[monthKey]int{}, map[Code]int{}, map[Number]int{}}
}

// UnitID returns the id of a unit, 0 if there is none. The root unit stands for
// what has no unit of its own.
func (s *State) UnitID(c Code) int {
	if c == "" {
		c = s.root
	}
	return s.units[c].id
}

// ProjectID returns the id of a project, 0 if there is none.
func (s *State) ProjectID(c Code) int { return s.projects[c].id }

// SourceID returns the id of a source, 0 if there is none.
func (s *State) SourceID(c Code) int { return s.sources[c].id }

// LineID returns the id of a whole line, 0 if it is not known.
func (s *State) LineID(l Line) int { return s.lines[l] }

// AccountID returns the id of an account, 0 if it is not known.
func (s *State) AccountID(a Account) int {
	if b := s.accounts[a]; b != nil {
		return b.id
	}
	return 0
}

// ObligationID returns the id of an obligation, 0 if it is not known.
func (s *State) ObligationID(c Code) int {
	if o := s.obligations[c]; o != nil {
		return o.id
	}
	return 0
}

// PersonID returns the id of a user, 0 for LocalUser or one that is not known.
func (s *State) PersonID(l Login) int { return s.people[l] }

// AddLine tells the State of a line in the store.
func (s *State) AddLine(id int, l Line) {
	if _, known := s.lines[l]; known {
		return
	}
	s.lines[l] = id
	s.byShort[l.Short()] = append(s.byShort[l.Short()], l)
}

// AddAccount tells the State of an account in the store.
func (s *State) AddAccount(id, ring int, a Account, debit, credit Money) {
	if s.accounts[a] == nil {
		s.accounts[a] = &balance{id: id, ring: ring, debit: debit, credit: credit}
	}
	s.rings[a.Ring(s.programme.Code)] = ring
}

// AddObligation tells the State of an obligation in the store.
func (s *State) AddObligation(id int, o Obligation) {
	if s.obligations[o.Code] == nil {
		s.obligations[o.Code] = &numbered[Obligation]{id, o}
	}
}

// AddEntry tells the State of a recorded entry; reversed is the entry that took
// it back whole, reduced what was taken back of its events in part.
func (s *State) AddEntry(seq Seq, e Entry, reversed Seq, reduced map[int]Money) {
	if s.entries[seq] == nil {
		s.entries[seq] = &pastEntry{entry: e, reversed: reversed, reduced: reduced}
	}
}

// AddKey tells the State of a key in the store.
func (s *State) AddKey(k Key, known KnownKey) { s.keys[k] = known }

// AddPerson tells the State of a user in the store.
func (s *State) AddPerson(id int, l Login) { s.people[l] = id }

// Loaded tells the State that everything there is for the needs was added.
func (s *State) Loaded(needs []Need) {
	for _, n := range needs {
		s.loaded[n] = true
	}
}

// Lines returns the known lines that match a pattern, in order.
func (s *State) matching(pattern Line) []Line {
	if pattern.Full() {
		if _, ok := s.lines[pattern]; ok {
			return []Line{pattern}
		}
		return nil
	}
	var found []Line
	for _, l := range s.byShort[pattern.Short()] {
		if l.Matches(pattern) {
			found = append(found, l)
		}
	}
	slices.SortFunc(found, Line.Compare)
	return found
}

// A Stamp brings the clock and randomness into decisions: At is one instant for
// a whole batch, Salt gives 16 fresh random bytes at each call.
type Stamp struct {
	At   time.Time
	Salt func() [16]byte
}
