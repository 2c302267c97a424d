package ledger

// apply moves what a draft changes into the State and its Changes.
func (d *draft) apply() {
	s := d.s
	for _, l := range d.newLines {
		s.last.line++
		s.AddLine(s.last.line, l)
		s.changes.Lines = append(s.changes.Lines, NewLine{s.last.line, d.seq, l})
	}
	for _, a := range d.order {
		s.applyTurnover(a, d.turnover[a], d.seq, d.entry.Date.FirstOfMonth())
	}
	for _, code := range d.codes {
		s.applyObligation(d.obligations[code], d.seq)
	}
	for _, t := range d.taken {
		past := s.entries[t.of.Seq]
		before, ok := past.reduced[t.of.N]
		if !ok {
			before = s.programme.Currency.Zero()
		}
		past.reduced[t.of.N] = before.Add(t.amount)
	}
	if d.entry.Reverses != 0 {
		s.entries[d.entry.Reverses].reversed = d.seq
	}
}

func (s *State) applyTurnover(a Account, c *change, seq Seq, month Date) {
	b := s.accounts[a]
	if b == nil {
		b = s.newAccount(a)
	}
	b.debit, b.credit = b.debit.Add(c.debit), b.credit.Add(c.credit)
	i, ok := s.touched.accounts[a]
	if !ok {
		i = len(s.changes.Accounts)
		s.touched.accounts[a] = i
		s.changes.Accounts = append(s.changes.Accounts, AccountChange{ID: b.id, Ring: b.ring, New: b.fresh, Account: a})
	}
	b.fresh = false
	at := &s.changes.Accounts[i]
	at.Debit, at.Credit, at.Seq = b.debit, b.credit, seq
	s.applyMonth(monthKey{b.id, month}, c)
}

func (s *State) applyMonth(k monthKey, c *change) {
	if i, ok := s.touched.months[k]; ok {
		m := &s.changes.Months[i]
		m.Debit, m.Credit = m.Debit.Add(c.debit), m.Credit.Add(c.credit)
		return
	}
	s.touched.months[k] = len(s.changes.Months)
	s.changes.Months = append(s.changes.Months, MonthChange{k.account, k.month, c.debit, c.credit})
}

func (s *State) newAccount(a Account) *balance {
	path := a.Ring(s.programme.Code)
	ring, ok := s.rings[path]
	if !ok {
		s.last.ring++
		ring = s.last.ring
		s.rings[path] = ring
		s.changes.Rings = append(s.changes.Rings,
			NewRing{ring, path, a.Book(), a.Year(), a.Commodity(s.programme.Currency)})
	}
	s.last.account++
	zero := s.programme.Currency.Zero()
	b := &balance{id: s.last.account, ring: ring, debit: zero, credit: zero, fresh: true}
	s.accounts[a] = b
	return b
}

func (s *State) applyObligation(o *Obligation, seq Seq) {
	known := s.obligations[o.Code]
	if known == nil {
		s.last.obligation++
		known = &numbered[Obligation]{id: s.last.obligation}
		s.obligations[o.Code] = known
	}
	known.v = *o
	c := ObligationChange{known.id, s.AccountID(Account{State: o.Kind.State(), Line: o.Line}), *o, seq}
	if i, ok := s.touched.obligations[o.Code]; ok {
		s.changes.Obligations[i] = c
		return
	}
	s.touched.obligations[o.Code] = len(s.changes.Obligations)
	s.changes.Obligations = append(s.changes.Obligations, c)
}
