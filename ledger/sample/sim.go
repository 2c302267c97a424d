package sample

import (
	"container/heap"
	"fmt"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A sim plays the four years day by day: tasks on the agenda look at the book,
// decide, post and put down further tasks.
type sim struct {
	book
	dice   dice
	first  ledger.Seq
	posted int
	yield  func(ledger.Request) bool
	over   bool // the reader has had enough
	today  ledger.Date
	agenda agenda
	tasks  int
	papers map[string]int
	year   map[int][]*line // lines of the year's budget, in its order
}

func newSim(first ledger.Seq, yield func(ledger.Request) bool) *sim {
	return &sim{book: newBook(), dice: newDice(), first: first, yield: yield,
		papers: map[string]int{}, year: map[int][]*line{}}
}

func (s *sim) run() {
	s.today = on(FirstYear, 1, 3)
	s.at(s.today, s.opening)
	for y := FirstYear; y <= LastYear; y++ {
		s.plan(y)
	}
	for len(s.agenda) > 0 && !s.over {
		t := heap.Pop(&s.agenda).(task)
		s.today = t.day
		t.do()
	}
}

// post records one voucher and returns its sequence.
func (s *sim) post(doc ledger.Document, events ...event) ledger.Seq {
	p := ledger.Posting{Date: s.today, Document: doc}
	for _, e := range events {
		s.apply(e, 1)
		e.Amount = dong(e.n)
		p.Events = append(p.Events, e.Event)
	}
	return s.send(p)
}

// reverse takes a whole voucher back in red.
func (s *sim) reverse(of ledger.Seq, unit ledger.Code, reason string, events ...event) {
	for _, e := range events {
		s.apply(e, -1)
	}
	s.send(ledger.Reversal{Of: of, Date: s.today, Document: s.voucher("PDC", unit), Reason: reason})
}

func (s *sim) send(a ledger.Action) ledger.Seq {
	seq := s.first + ledger.Seq(s.posted)
	s.posted++
	if !s.over {
		s.over = !s.yield(ledger.Request{Key: ledger.ImportKey(keyKind, fmt.Sprintf("voucher-%05d", s.posted)), Action: a})
	}
	return seq
}

// count returns the next number of a series.
func (s *sim) count(series string) int {
	s.papers[series]++
	return s.papers[series]
}

// voucher returns a paper of the unit: its series runs through the year. Most
// papers are a day or two old when they are recorded, a few are found weeks
// later.
func (s *sim) voucher(kind ledger.Code, unit ledger.Code) ledger.Document {
	age := s.dice.roll(0, 2)
	if s.dice.chance(12) {
		age = s.dice.roll(25, 45)
	}
	n := s.count(fmt.Sprintf("%s/%s/%d", kind, unit, s.today.Year()))
	return ledger.Document{Type: kind, Number: fmt.Sprintf("%s-%04d", kind, n), Date: s.backdate(age)}
}

// decision returns a decision of an authority, numbered as the year goes by.
func (s *sim) decision(kind ledger.Code, issuer string) ledger.Document {
	d := s.backdate(s.dice.roll(2, 6))
	n := d.Time().YearDay()*14 + s.dice.roll(1, 13)
	return ledger.Document{Type: kind, Number: fmt.Sprintf("%d/%s", n, issuer), Date: d}
}

// backdate returns the last working day that is at least so many days ago.
func (s *sim) backdate(days int) ledger.Date {
	d := s.today.AddDays(-days)
	for !working(d) {
		d = d.AddDays(-1)
	}
	return d
}

// code returns the next code of a series of obligations: HD2019-0012.
func (s *sim) code(series string) ledger.Code {
	name := fmt.Sprintf("%s%d", series, s.today.Year())
	return ledger.Code(fmt.Sprintf("%s-%04d", name, s.count(name)))
}
