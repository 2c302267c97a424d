package ledger

import (
	"errors"
	"slices"
)

// Decide answers one request and, if it is accepted, applies it to the State;
// a refused request leaves the State as it was. Everything that Missing lists
// for the request must have been added before. All broken rules are named, not
// only the first.
func (s *State) Decide(by Actor, r Request, st Stamp) Result {
	refuse := func(err error) Result { return Result{Outcome: Refused, Err: err} }
	if err := checkRequest(r); err != nil {
		return refuse(err)
	}
	if err := s.may(by, r.Action.needs()); err != nil {
		return refuse(err)
	}
	if err := s.takes(r.Action.Kind()); err != nil {
		return refuse(err)
	}
	digest := RequestDigest(r.Action)
	if known, ok := s.keys[r.Key]; ok {
		if known.Request != digest {
			return refuse(Refuse(KeyReused, "key", "key", r.Key.Value))
		}
		return Result{Outcome: Replayed, Seq: known.Seq, Number: known.Number}
	}
	rec := Record{
		Programme: s.programme.Code, Seq: s.seq + 1, Kind: r.Action.Kind(), At: st.At, By: by.User,
		Key: r.Key, Request: digest, Salt: st.Salt(),
	}
	var err error
	switch a := r.Action.(type) {
	case Posting:
		rec.Entry, err = s.post(a, rec.Seq, st)
	case Reversal:
		rec.Entry, err = s.reverse(a, rec.Seq, st)
	default:
		rec.Change, err = s.define(a)
	}
	if err != nil {
		return refuse(err)
	}
	return s.accept(rec)
}

func (s *State) accept(rec Record) Result {
	s.seq = rec.Seq
	res := Result{Outcome: Accepted, Seq: rec.Seq}
	if rec.Entry != nil {
		res.Number = rec.Entry.Number
		s.entries[rec.Seq] = &pastEntry{entry: *rec.Entry, reduced: map[int]Money{}}
	}
	s.changes.Records = append(s.changes.Records, rec)
	res.Record = &s.changes.Records[len(s.changes.Records)-1]
	s.keys[rec.Key] = KnownKey{rec.Request, rec.Seq, res.Number}
	return res
}

func checkRequest(r Request) error {
	if r.Action == nil || r.Key.Space == "" || r.Key.Value == "" {
		return Refuse(Required, "key")
	}
	return errors.Join(checkText("key", r.Key.Value, MaxKey), checkText("key", r.Key.Space, MaxKey))
}

// may decides by the grants of the book as they are now, so that a request that
// was under way when a right was revoked is refused.
func (s *State) may(by Actor, op Operation) error {
	if by.local {
		return nil
	}
	for _, role := range Roles {
		if role.May(op) && s.grants[Grant{by.User, s.programme.Code, role}] {
			return nil
		}
	}
	return Refuse(Forbidden, "", "user", string(by.User), "action", string(op), "programme", string(s.programme.Code))
}

// A draft is an entry while it is decided: what it would change, apart from the
// State until all rules hold.
type draft struct {
	s           *State
	seq         Seq
	entry       Entry
	newLines    []Line
	turnover    map[Account]*change
	order       []Account // of turnover, in order of first touch
	obligations map[Code]*Obligation
	codes       []Code // of obligations, in order of first touch
	taken       []taken
}

// A change is what a draft adds to one account.
type change struct {
	debit, credit Money
	event         int // the first event that lowers it, from 1
}

// taken is what a return takes back of an earlier event; negative when the
// return itself is taken back.
type taken struct {
	of     EventRef
	amount Money
}

func (s *State) newDraft(seq Seq, date Date, doc Document) *draft {
	if doc.Date.IsZero() {
		doc.Date = date
	}
	return &draft{s: s, seq: seq, entry: Entry{Date: date, Document: doc},
		turnover: make(map[Account]*change, 8), obligations: map[Code]*Obligation{}}
}

func (s *State) post(p Posting, seq Seq, st Stamp) (*Entry, error) {
	if len(p.Events) == 0 {
		return nil, Refuse(Required, "events")
	}
	if len(p.Events) > MaxEvents {
		return nil, Refuse(TooMany, "events", "limit", itoa(MaxEvents), "count", itoa(len(p.Events)))
	}
	if err := s.checkPaper(p.Date, p.Document); err != nil {
		return nil, err
	}
	d := s.newDraft(seq, p.Date, p.Document)
	var errs []error
	for i, e := range p.Events {
		if err := d.event(e, st); err != nil {
			errs = append(errs, at("events["+itoa(i)+"]", err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return d.finish()
}

// checkPaper checks what belongs to the voucher as a whole.
func (s *State) checkPaper(date Date, doc Document) error {
	if s.root == "" { // the programme has no standing agency yet
		return Refuse(Required, "unit")
	}
	errs := []error{checkCode("document.type", doc.Type, true), checkText("document.number", doc.Number, MaxName)}
	if date.IsZero() {
		errs = append(errs, Refuse(Required, "date"))
	} else if s.closed[yearMonth{date.Year(), date.Month()}] {
		errs = append(errs, Refuse(PeriodClosed, "date", "period", date.String()[:7]))
	}
	return errors.Join(errs...)
}

// event resolves, compiles and books one event into the draft.
func (d *draft) event(e Event, st Stamp) error {
	n := len(d.entry.Events) + 1
	origin, err := d.resolve(&e, n)
	if err != nil {
		d.entry.Events = append(d.entry.Events, EntryEvent{}) // keeps the numbers of the others
		return err
	}
	if origin != nil {
		d.taken = append(d.taken, taken{e.Of, e.Amount})
	}
	c := compile(e, d.s.sources[e.Line.Source].v, origin)
	d.open(e, n)
	d.add(e, c, n, st)
	return nil
}

// open brings the obligation that e opens into being, with nothing in it yet.
func (d *draft) open(e Event, n int) {
	if e.Opens == "" {
		return
	}
	zero := d.s.programme.Currency.Zero()
	line := e.Line
	if e.Kind == Pledge {
		line = fund(e.Line)
	}
	d.obligations[e.Opens] = &Obligation{Code: e.Opens, Kind: e.Kind.Info().Opens, Line: line,
		Opened: zero, Used: zero, Due: e.Due, By: EventRef{d.seq, n}, Payee: e.Payee}
	d.codes = append(d.codes, e.Opens)
}

// add books the legs and effects of an event.
func (d *draft) add(e Event, c compiled, n int, st Stamp) {
	recorded := EntryEvent{Event: e, Unit: d.s.unitOf(e.Line)}
	if e.Payee != "" {
		salt := st.Salt()
		recorded.PayeeSalt = &salt
	}
	if e.Text != "" {
		salt := st.Salt()
		recorded.TextSalt = &salt
	}
	d.entry.Events = append(d.entry.Events, recorded)
	for _, l := range c.legs {
		l.Event = n
		d.leg(l)
	}
	for _, x := range c.effects {
		o := d.obligation(x.code)
		if x.opened.Valid() {
			o.Opened = o.Opened.Add(x.opened)
		}
		if x.used.Valid() {
			o.Used = o.Used.Add(x.used)
		}
	}
}

func (d *draft) leg(l Leg) {
	d.entry.Legs = append(d.entry.Legs, l)
	c := d.turnover[l.Account]
	if c == nil {
		zero := d.s.programme.Currency.Zero()
		c = &change{debit: zero, credit: zero}
		d.turnover[l.Account] = c
		d.order = append(d.order, l.Account)
	}
	if l.Debit {
		c.debit = c.debit.Add(l.Amount)
	} else {
		c.credit = c.credit.Add(l.Amount)
	}
	if c.event == 0 && l.Signed().Sign() < 0 {
		c.event = l.Event
	}
}

// obligation returns the draft's own copy.
func (d *draft) obligation(code Code) *Obligation {
	o := d.obligations[code]
	if o == nil {
		copied := d.s.obligations[code].v
		o = &copied
		d.obligations[code] = o
		d.codes = append(d.codes, code)
	}
	return o
}

// lookup finds an obligation in the draft or the State.
func (d *draft) lookup(code Code) (Obligation, bool) {
	if o := d.obligations[code]; o != nil {
		return *o, true
	}
	if o := d.s.obligations[code]; o != nil {
		return o.v, true
	}
	return Obligation{}, false
}

// finish checks the guards after the whole entry, numbers it and applies it.
func (d *draft) finish() (*Entry, error) {
	if err := errors.Join(d.checkGuards(), d.checkObligations()); err != nil {
		return nil, err
	}
	d.entry.Unit = d.entry.Events[0].Unit
	for _, e := range d.entry.Events {
		if e.Unit != d.entry.Unit {
			d.entry.Unit = d.s.root
		}
	}
	d.entry.Number = d.s.number(d.entry.Unit, d.entry.Document.Type, d.entry.Date.Year())
	d.apply()
	return &d.entry, nil
}

func (d *draft) checkGuards() error {
	var errs []error
	for _, a := range d.order {
		if !a.State.Guarded() {
			continue
		}
		c := d.turnover[a]
		have := d.s.net(a)
		after := have.Add(c.debit).Sub(c.credit)
		if after.Sign() < 0 {
			errs = append(errs, Refuse(OverLimit, "events["+itoa(max(c.event, 1)-1)+"].amount",
				"account", a.Path(d.s.programme.Code), "available", have.String(),
				"needed", have.Sub(after).String(), "short", after.Neg().String()))
		}
	}
	return errors.Join(errs...)
}

func (d *draft) checkObligations() error {
	var errs []error
	for _, code := range d.codes {
		o := d.obligations[code]
		if o.Used.Sign() >= 0 && o.Open().Sign() >= 0 {
			continue
		}
		before := d.s.programme.Currency.Zero()
		if known := d.s.obligations[code]; known != nil {
			before = known.v.Open()
		}
		errs = append(errs, Refuse(ObligationExceeded, "events["+itoa(d.drawer(code))+"].amount",
			"obligation", string(code), "remaining", before.String(),
			"needed", before.Sub(o.Open()).String(), "short", o.Open().Neg().String()))
	}
	return errors.Join(errs...)
}

// drawer returns the index of the first event that takes from an obligation: by
// drawing upon it, lowering it, or taking its opening back.
func (d *draft) drawer(code Code) int {
	i := slices.IndexFunc(d.entry.Legs, func(l Leg) bool { return l.Obligation == code && l.Signed().Sign() < 0 })
	return d.entry.Legs[max(0, i)].Event - 1
}

func (s *State) net(a Account) Money {
	if b := s.accounts[a]; b != nil {
		return b.net()
	}
	return s.programme.Currency.Zero()
}

func (s *State) number(unit, typ Code, year int) Number {
	n := Number{Unit: unit, Type: typ, Year: year}
	key := n
	n.Number = s.counters[key] + 1
	s.counters[key] = n.Number
	if i, ok := s.touched.counters[key]; ok {
		s.changes.Counters[i] = n
	} else {
		s.touched.counters[key] = len(s.changes.Counters)
		s.changes.Counters = append(s.changes.Counters, n)
	}
	return n
}

// unitOf returns the unit of a line, the root unit for what has none.
func (s *State) unitOf(l Line) Code {
	if l.Unit == "" {
		return s.root
	}
	return l.Unit
}
