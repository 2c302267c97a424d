package ledger

// A Need is something in the store that a decision reads. Exactly one of the
// fields is set. Needs compare with ==.
type Need struct {
	Line       Line  // year/source/project/unit...: the lines that match, their accounts and sub-accounts
	Pool       Line  // year/source: the pool's ring
	Plan       Line  // year/source/project: the plan's ring
	Fund       Code  // the source's own accounts, without sub-accounts of lines
	Obligation Code  // the obligation
	Entry      Seq   // the entry with events, legs and what took it back
	Person     Login // the user
	Key        Key   // what was recorded under the key
}

// Missing lists what Decide would read for these requests and the State does
// not hold yet. What is found may lead to more, so callers load and ask again
// until nothing is missing. With keys, the requests' idempotency keys are looked
// up as well; without, only the store's unique constraint knows old ones.
func (s *State) Missing(by Actor, rs []Request, keys bool) []Need {
	m := missing{s: s, seen: map[Need]bool{}}
	m.add(Need{Person: by.User})
	for _, r := range rs {
		if keys {
			if _, known := s.keys[r.Key]; !known {
				m.add(Need{Key: r.Key})
			}
		}
		switch a := r.Action.(type) {
		case Posting:
			for _, e := range a.Events {
				m.event(e)
			}
		case Reversal:
			m.entry(a.Of)
		case SetGrant:
			m.add(Need{Person: a.User})
		case SetUser:
			m.add(Need{Person: a.User})
		}
	}
	return m.needs
}

type missing struct {
	s     *State
	seen  map[Need]bool
	needs []Need
}

func (m *missing) add(n Need) {
	if n == (Need{}) || m.s.loaded[n] || m.seen[n] {
		return
	}
	m.seen[n] = true
	m.needs = append(m.needs, n)
}

func (m *missing) event(e Event) {
	m.line(e.Line)
	m.line(e.To)
	m.add(Need{Obligation: e.Obligation})
	m.add(Need{Obligation: e.Opens})
	if e.Of != (EventRef{}) {
		m.entry(e.Of.Seq)
	}
	if o := m.s.obligations[e.Obligation]; o != nil {
		m.line(o.v.Line)
		if e.Kind == ReturnAdvance {
			m.entry(o.v.By.Seq)
		}
	}
}

// line asks for all rings that an event on the line may touch.
func (m *missing) line(l Line) {
	if l == (Line{}) {
		return
	}
	m.add(Need{Fund: l.Source})
	if l.Year == 0 {
		return
	}
	m.add(Need{Pool: pool(l)})
	if l.Project != "" {
		m.add(Need{Plan: plan(l)})
	}
	if l.Unit != "" {
		m.add(Need{Line: l.Short()})
	}
}

// entry asks for a past entry and for what its events lean on.
func (m *missing) entry(seq Seq) {
	if seq < 1 || seq > m.s.seq { // nothing, or an entry of the same batch
		return
	}
	m.add(Need{Entry: seq})
	past := m.s.entries[seq]
	if past == nil {
		return
	}
	for _, e := range past.entry.Events {
		m.line(e.Line)
		m.line(e.To)
		m.add(Need{Obligation: e.Obligation})
		m.add(Need{Obligation: e.Opens})
		if e.Of != (EventRef{}) && e.Of.Seq != seq {
			m.entry(e.Of.Seq)
		}
	}
}
