package ledger

import "errors"

// reverse takes a whole entry back in red: every leg again on its own side with
// the opposite sign, every effect on obligations undone. Guards hold as for any
// entry: what was used since cannot be taken away.
func (s *State) reverse(r Reversal, seq Seq, st Stamp) (*Entry, error) {
	past, ok := s.entries[r.Of]
	if !ok {
		return nil, Refuse(NotFound, "of", "what", "entry", "value", itoa(int(r.Of)))
	}
	if err := errors.Join(s.checkPaper(r.Date, r.Document), checkText("reason", r.Reason, MaxText), past.reversible(r.Of)); err != nil {
		return nil, err
	}
	if r.Reason == "" {
		return nil, Refuse(Required, "reason")
	}
	d := s.newDraft(seq, r.Date, r.Document)
	d.entry.Reverses = r.Of
	for i, e := range past.entry.Events {
		if err := d.checkWindow(e.Event); err != nil {
			return nil, err
		}
		d.takeBack(EventRef{r.Of, i + 1}, e, past.entry.Legs, r.Reason, st)
	}
	return d.finish()
}

// reversible refuses entries that were taken back before, whole or in part, and
// entries that are themselves reversals.
func (p *pastEntry) reversible(seq Seq) error {
	switch {
	case p.reversed != 0:
		return Refuse(AlreadyReversed, "of", "entry", itoa(int(seq)), "by", itoa(int(p.reversed)))
	case p.entry.Reverses != 0:
		return Refuse(NotReversible, "of", "entry", itoa(int(seq)))
	}
	var errs []error
	for i := range p.entry.Events {
		if m, ok := p.reduced[i+1]; ok && m.Sign() != 0 {
			errs = append(errs, Refuse(PartlyReturned, "of", "entry", EventRef{seq, i + 1}.String(), "amount", m.String()))
		}
	}
	return errors.Join(errs...)
}

// takeBack books one event of an earlier entry in red.
func (d *draft) takeBack(ref EventRef, e EntryEvent, legs []Leg, reason string, st Stamp) {
	var origin *Event
	if e.Kind == ReturnAdvance || e.Kind == Refund {
		first := d.s.entries[e.Of.Seq].entry.Events[e.Of.N-1].Event
		origin = &first
		d.taken = append(d.taken, taken{e.Of, e.Amount.Neg()})
	}
	var c compiled
	for _, l := range legs {
		if l.Event == ref.N {
			l.Red, l.Amount = !l.Red, l.Amount.Neg()
			c.legs = append(c.legs, l)
		}
	}
	for _, x := range effects(e.Event, origin) {
		c.effects = append(c.effects, x.negate())
	}
	red := e.Event
	red.Amount, red.Of, red.Text = e.Amount.Neg(), ref, reason
	d.add(red, c, len(d.entry.Events)+1, st)
}

func (x effect) negate() effect {
	if x.opened.Valid() {
		x.opened = x.opened.Neg()
	}
	if x.used.Valid() {
		x.used = x.used.Neg()
	}
	return x
}
