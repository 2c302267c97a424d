package ledger

import (
	"errors"
	"strings"
)

// resolve completes event number n of a draft in place: lines whole, codes
// given, the state it draws from chosen; and refuses it with every broken rule.
// It returns the event that a refund or return reduces.
func (d *draft) resolve(e *Event, n int) (origin *Event, err error) {
	info := e.Kind.Info()
	if info.Kind == 0 {
		return nil, Refuse(UnknownKind, "kind", "value", itoa(int(e.Kind)))
	}
	if err := errors.Join(d.checkFields(*e, info), d.checkAmount(*e, info)); err != nil {
		return nil, err
	}
	if origin, err = d.findOrigin(e, info); err != nil {
		return nil, err
	}
	if err := errors.Join(d.checkObligation(e), d.checkOpens(e, info, n)); err != nil {
		return nil, err
	}
	if err := d.resolveLines(e, info); err != nil {
		return nil, err
	}
	return origin, errors.Join(d.checkWindow(*e), d.checkBacking(*e))
}

// checkFields refuses fields that the kind does not take and misses those that
// it needs.
func (d *draft) checkFields(e Event, info KindInfo) error {
	takes := func(field string, given, allowed bool) error {
		if given && !allowed {
			return Refuse(NotAllowed, field, "kind", info.Name)
		}
		return nil
	}
	needs := func(field string, given, required bool) error {
		if required && !given {
			return Refuse(Required, field)
		}
		return nil
	}
	whole := func(field string, l Line) error {
		if l.gapped() {
			return Refuse(IncompleteLine, field, "value", l.String(), "needs", info.Scope.form(info.Year))
		}
		return nil
	}
	hasOf, hasTo := e.Of != (EventRef{}), e.To != (Line{})
	return errors.Join(
		takes("to", hasTo, info.To), needs("to", hasTo, info.To),
		takes("treasury", e.Treasury != "", info.Cash), checkCode("treasury", e.Treasury, false),
		takes("obligation", e.Obligation != "", info.Draws != 0), needs("obligation", e.Obligation != "", info.MustDraw),
		checkCode("obligation", e.Obligation, false),
		takes("opens", e.Opens != "", info.Opens != 0), checkCode("opens", e.Opens, false),
		takes("due", !e.Due.IsZero(), info.Opens != 0),
		takes("of", hasOf, info.Of), needs("of", hasOf, info.Of),
		takes("from", e.From != 0, e.Kind == Pay || e.Kind == Advance || e.Kind == Accrue),
		needs("line", e.Line != (Line{}), !info.Of && e.Obligation == ""), // an obligation knows its line
		whole("line", e.Line), whole("to", e.To),
		checkCode("item", e.Item, false),
		checkText("payee", e.Payee, MaxName), checkText("text", e.Text, MaxText),
	)
}

func (d *draft) checkAmount(e Event, info KindInfo) error {
	want := d.s.programme.Currency
	switch {
	case !e.Amount.Valid():
		return Refuse(Required, "amount")
	case e.Amount.currency != want:
		return Refuse(CurrencyMismatch, "amount", "value", string(e.Amount.currency.code), "wanted", string(want.code))
	case e.Amount.Sign() == 0:
		return Refuse(ZeroAmount, "amount")
	case e.Amount.Sign() < 0 && !info.MayNegate:
		return Refuse(Negative, "amount", "value", e.Amount.String())
	}
	if whole := e.Amount.amount.NumDigits() + int(e.Amount.amount.Exponent()); whole > MaxDigits {
		return Refuse(AmountRange, "amount", "digits", itoa(whole), "limit", itoa(MaxDigits))
	}
	return nil
}

// findOrigin finds what a refund or a returned advance reduces and copies from
// it what the return shares: the line, the Treasury account.
func (d *draft) findOrigin(e *Event, info KindInfo) (*Event, error) {
	if e.Kind == ReturnAdvance {
		o, ok := d.lookup(e.Obligation)
		if !ok {
			return nil, Refuse(UnknownCode, "obligation", "value", string(e.Obligation))
		}
		if o.Kind != AdvanceObligation {
			return nil, Refuse(WrongObligation, "obligation", "obligation", string(e.Obligation), "kind", o.Kind.String())
		}
		e.Of = o.By
	} else if !info.Of {
		return nil, nil
	}
	past, ok := d.s.entries[e.Of.Seq]
	if !ok || e.Of.N < 1 || e.Of.N > len(past.entry.Events) {
		return nil, Refuse(NotFound, "of", "what", "entry", "value", e.Of.String())
	}
	origin := past.entry.Events[e.Of.N-1].Event
	switch {
	case past.reversed != 0 || past.entry.Reverses != 0:
		return nil, Refuse(AlreadyReversed, "of", "entry", e.Of.String())
	case e.Kind == Refund && origin.Kind != Pay && origin.Kind != Clear:
		return nil, Refuse(NotAllowed, "of", "kind", origin.Kind.String())
	}
	if left := d.left(e.Of, origin.Amount, past); e.Amount.Cmp(left) > 0 {
		return nil, Refuse(ReducesTooMuch, "amount", "entry", e.Of.String(),
			"remaining", left.String(), "needed", e.Amount.String())
	}
	if e.Line != (Line{}) && !origin.Line.Matches(e.Line) {
		return nil, Refuse(SourceMismatch, "line", "from", origin.Line.String(), "to", e.Line.String())
	}
	e.Line = origin.Line
	if e.Treasury == "" {
		e.Treasury = origin.Treasury
	}
	return &origin, nil
}

// left is what returns have left of an event, earlier events of this draft
// included.
func (d *draft) left(of EventRef, amount Money, past *pastEntry) Money {
	if m, ok := past.reduced[of.N]; ok {
		amount = amount.Sub(m)
	}
	for _, t := range d.taken {
		if t.of == of {
			amount = amount.Sub(t.amount)
		}
	}
	return amount
}

// drawsFrom says which account state an event leaves, by what it draws upon.
var drawsFrom = map[ObligationKind]AccountState{0: LineAvailable, CommitmentObligation: LineCommitted, AcceptanceObligation: LineAccrued}

// checkObligation checks what e draws upon, takes the line from it and chooses
// the state from which it draws.
func (d *draft) checkObligation(e *Event) error {
	var kind ObligationKind
	if e.Obligation != "" {
		o, ok := d.lookup(e.Obligation)
		if !ok {
			return Refuse(UnknownCode, "obligation", "value", string(e.Obligation))
		}
		kind = o.Kind
		draws := e.Kind.Info().Draws
		if kind != draws && !(e.Kind == Pay && kind == AcceptanceObligation) {
			return Refuse(WrongObligation, "obligation", "obligation", string(e.Obligation), "kind", kind.String())
		}
		if e.Line != (Line{}) && !o.Line.Matches(e.Line) {
			return Refuse(WrongObligation, "obligation", "obligation", string(e.Obligation), "kind", kind.String(), "line", o.Line.String())
		}
		e.Line = o.Line
	}
	if e.Kind != Pay && e.Kind != Advance && e.Kind != Accrue {
		return nil
	}
	from := drawsFrom[kind]
	if e.From != 0 && e.From != from {
		return Refuse(NotAllowed, "from", "kind", e.Kind.String(), "wanted", strings.ToLower(from.String()))
	}
	e.From = from
	return nil
}

// givenPrefix begins the codes that are given to obligations without one.
var givenPrefix = map[ObligationKind]string{CommitmentObligation: "CK", AcceptanceObligation: "NT", AdvanceObligation: "TU", PledgeObligation: "TT"}

// checkOpens gives the obligation that e opens a code, or checks the one it has.
func (d *draft) checkOpens(e *Event, info KindInfo, n int) error {
	if info.Opens == 0 {
		return nil
	}
	if e.Opens == "" {
		e.Opens = Code(givenPrefix[info.Opens] + "-" + itoa(int(d.seq)) + "-" + itoa(n))
	} else if given(e.Opens) {
		return Refuse(InvalidCode, "opens", "value", string(e.Opens))
	}
	if _, exists := d.lookup(e.Opens); exists {
		return Refuse(Exists, "opens", "what", info.Opens.String(), "code", string(e.Opens))
	}
	return nil
}

// given reports whether c has the form of codes that the ledger itself gives:
// nobody else may choose one, or a later entry could find its code taken.
func given(c Code) bool {
	parts := strings.Split(string(c), "-")
	if len(parts) != 3 || !digits(parts[1]) || !digits(parts[2]) {
		return false
	}
	for _, p := range givenPrefix {
		if p == parts[0] {
			return true
		}
	}
	return false
}

// resolveLines makes the event's lines whole and checks that what they name
// exists and is valid on the posting date.
func (d *draft) resolveLines(e *Event, info KindInfo) error {
	var err error
	if e.Line, err = d.resolveLine("line", e.Line, e.Kind, info.MakesLine); err != nil {
		return err
	}
	if !info.To {
		return nil
	}
	if e.To, err = d.resolveLine("to", e.To, e.Kind, true); err != nil {
		return err
	}
	switch {
	case e.To == e.Line:
		return Refuse(SameLine, "to", "line", e.Line.String())
	case e.To.Source != e.Line.Source:
		return Refuse(SourceMismatch, "to", "from", string(e.Line.Source), "to", string(e.To.Source))
	case e.To.Year != e.Line.Year:
		return Refuse(YearMismatch, "to", "from", itoa(e.Line.Year), "to", itoa(e.To.Year))
	}
	return nil
}

func (d *draft) resolveLine(field string, l Line, k EventKind, makes bool) (Line, error) {
	info := k.Info()
	scope := info.Scope
	if k == Reduce && l.Project != "" {
		scope = LineScope
	}
	if info.Year && l.Year == 0 || l.depth() < min(int(scope), 4) {
		return l, Refuse(IncompleteLine, field, "value", l.String(), "needs", scope.form(info.Year))
	}
	if scope != LineScope && l.depth() > int(scope) || !info.Year && l.Year != 0 {
		return l, Refuse(NotAllowed, field, "kind", info.Name, "value", l.String(), "needs", scope.form(info.Year))
	}
	if scope == LineScope {
		return d.findLine(field, l, makes)
	}
	return l, d.checkParts(field, l)
}

// form shows how a reference of scope s is written.
func (s Scope) form(year bool) string {
	form := strings.Join(strings.SplitAfterN("YEAR/SOURCE/PROJECT/UNIT/KHOAN/NATURE", "/", 7)[:s], "")
	if !year {
		form = "-" + strings.TrimPrefix(form, "YEAR")
	}
	return strings.TrimSuffix(form, "/")
}

// findLine finds the one line that a reference means, or opens a new one that
// is named whole where the kind allows.
func (d *draft) findLine(field string, l Line, makes bool) (Line, error) {
	found := d.s.matching(l)
	for _, fresh := range d.newLines {
		if fresh.Matches(l) {
			found = append(found, fresh)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], d.checkParts(field, found[0])
	case len(found) > 1:
		names := make([]string, len(found))
		for i, f := range found {
			names[i] = f.String()
		}
		return l, Refuse(AmbiguousLine, field, "value", l.String(), "candidates", strings.Join(names, ", "))
	}
	if err := d.checkParts(field, l); err != nil {
		return l, err
	}
	if !makes {
		return l, Refuse(UnknownCode, field, "value", l.String())
	}
	if !l.Full() {
		return l, Refuse(IncompleteLine, field, "value", l.String(), "needs", LineScope.form(true))
	}
	d.newLines = append(d.newLines, l)
	return l, nil
}

// checkParts checks that source, project and unit exist, are not SYSTEM's, and
// that the unit is valid on the posting date.
func (d *draft) checkParts(field string, l Line) error {
	if _, ok := d.s.sources[l.Source]; !ok {
		return Refuse(UnknownCode, field+".source", "value", string(l.Source))
	}
	if _, ok := d.s.projects[l.Project]; l.Project != "" && !ok {
		return Refuse(UnknownCode, field+".project", "value", string(l.Project))
	}
	if l.Unit == "" {
		return nil
	}
	u, ok := d.s.units[l.Unit]
	if !ok {
		return Refuse(UnknownCode, field+".unit", "value", string(l.Unit))
	}
	if d.entry.Date.Before(u.v.From) || !u.v.To.IsZero() && d.entry.Date.After(u.v.To) {
		return Refuse(ExpiredCode, field+".unit", "code", string(l.Unit), "date", d.entry.Date.String())
	}
	return errors.Join(checkCode(field+".khoan", l.Khoan, false), checkCode(field+".nature", l.Nature, false))
}

// checkWindow refuses posting dates outside the budget year and its adjustment
// period, as set for the programme. Plans are made ahead and are exempt.
func (d *draft) checkWindow(e Event) error {
	if e.Line.Year == 0 || e.Kind == Plan || e.Kind == RevisePlan {
		return nil
	}
	from, err := NewDate(e.Line.Year, 1, 1)
	if err != nil {
		return err
	}
	until := Date{int16(e.Line.Year), 12, 31}.AddDays(d.s.programme.AdjustmentDays)
	if d.entry.Date.Before(from) || d.entry.Date.After(until) {
		return Refuse(OutsideYear, "date", "date", d.entry.Date.String(), "year", itoa(e.Line.Year),
			"from", from.String(), "until", until.String())
	}
	return nil
}

// checkBacking refuses to receive cash into a source that is received by being
// drawn.
func (d *draft) checkBacking(e Event) error {
	switch e.Kind {
	case Receive, OpenCash, Pledge:
		if d.s.sources[e.Line.Source].v.Backing != ByCash {
			return Refuse(NotCashBacked, "line.source", "source", string(e.Line.Source))
		}
	}
	return nil
}
