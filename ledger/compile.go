package ledger

// A move credits one account and debits another by the same amount: authority
// or money goes from the first to the second.
type move struct{ from, to Account }

// A compiled event is what one event does to accounts and obligations.
type compiled struct {
	legs    []Leg
	effects []effect
}

// An effect changes the document-level limit of one obligation.
type effect struct {
	code         Code
	opened, used Money // changes; invalid = none
}

// compile turns a resolved event into legs and effects. The event names its
// lines whole; origin is the event that a refund or return reduces, else nil.
// Source rules: the table of events and legs in the package documentation.
func compile(e Event, src Source, origin *Event) compiled {
	red := e.Amount.Sign() < 0
	amount := e.Amount
	switch e.Kind {
	case Release, CancelCommitment, ReturnAdvance, Refund:
		red, amount = true, e.Amount.Neg()
	}
	c := compiled{effects: effects(e, origin)}
	for _, m := range moves(e, src, origin) {
		c.legs = append(c.legs,
			Leg{Account: m.from, Red: red, Amount: amount, Obligation: guardedBy(m.from.State, e, origin)},
			Leg{Account: m.to, Debit: true, Red: red, Amount: amount, Obligation: guardedBy(m.to.State, e, origin)})
	}
	return c
}

// moves lists what e moves, in the direction of its original: returns and
// cancellations give the moves that they take back.
func moves(e Event, src Source, origin *Event) []move {
	switch e.Kind {
	case Plan, RevisePlan:
		return []move{within(e.Line, PlanBasis, PlanUnfunded)}
	case Appropriate, Supplement, LateSupplement:
		return []move{within(pool(e.Line), poolCredit(e.Kind), PoolUnallocated)}
	case OpenUndrawn, OpenAdvance, OpenCash:
		return opening(e, src)
	case Pledge, Receive, CancelPledge:
		return contribution(e, src)
	case Allocate, AllocateSupplement, AllocateLateSupplement:
		return []move{
			within(pool(e.Line), PoolUnallocated, PoolAllotted),
			within(e.Line, lineCredit(e.Kind), LineAvailable),
			within(plan(e.Line), PlanUnfunded, PlanFunded),
		}
	case Withdraw:
		return withdraw(e.Line)
	case Reduce:
		cut := within(pool(e.Line), PoolUnallocated, PoolReduction)
		if !e.Line.Full() {
			return []move{cut}
		}
		return append(withdraw(e.Line), cut)
	case Transfer:
		return transfer(e.Line, e.To)
	case Withhold, Release:
		return []move{within(e.Line, LineAvailable, LineWithheld)}
	default:
		return spending(e, src, origin)
	}
}

// spending lists the moves of everything that uses a line up.
func spending(e Event, src Source, origin *Event) []move {
	switch e.Kind {
	case Commit, ChangeCommitment, CancelCommitment:
		return []move{within(e.Line, LineAvailable, LineCommitted)}
	case Accrue:
		return []move{within(e.Line, e.From, LineAccrued)}
	case Advance:
		return append([]move{within(e.Line, e.From, LineAdvanced)}, drawn(e, src, FundAdvances)...)
	case Clear:
		return []move{within(e.Line, LineAdvanced, LineActual), within(e.Line, FundAdvances, FundSpent)}
	case Pay:
		return append([]move{within(e.Line, e.From, LineActual)}, drawn(e, src, FundSpent)...)
	case ReturnAdvance, Refund:
		first := asDrawn(*origin)
		first.Treasury = e.Treasury // money may come back into another account
		return moves(first, src, nil)
	}
	panic("ledger: no moves for event kind " + e.Kind.String())
}

// asDrawn reads what money comes back from as it was drawn: a cleared advance as
// a direct payment, an advance that was opened as one of this year. What comes
// back restores the line.
func asDrawn(e Event) Event {
	switch e.Kind {
	case Clear:
		e.Kind, e.From, e.Obligation = Pay, LineAvailable, ""
	case OpenAdvance:
		e.Kind, e.From = Advance, LineAvailable
	}
	return e
}

func within(l Line, from, to AccountState) move {
	return move{Account{State: from, Line: l}, Account{State: to, Line: l}}
}

func pool(l Line) Line { return Line{Year: l.Year, Source: l.Source} }
func plan(l Line) Line { return Line{Year: l.Year, Source: l.Source, Project: l.Project} }
func fund(l Line) Line { return Line{Source: l.Source} }

func treasury(e Event, src Source) Account {
	a := Account{State: FundTreasury, Line: fund(e.Line), Sub: e.Treasury}
	if a.Sub == "" {
		a.Sub = src.Treasury
	}
	return a
}

// drawn is the money side of an advance or payment. An appropriation is
// received at the moment when it is drawn, so its Treasury balance is zero
// after every entry; cash must have been received before.
func drawn(e Event, src Source, to AccountState) []move {
	cash := treasury(e, src)
	paid := move{cash, Account{State: to, Line: e.Line}}
	if src.Backing == ByAppropriation {
		return []move{{Account{State: FundReceived, Line: fund(e.Line)}, cash}, paid}
	}
	return []move{paid}
}

func opening(e Event, src Source) []move {
	if e.Kind == OpenCash {
		return []move{{Account{State: FundOpening, Line: fund(e.Line)}, treasury(e, src)}}
	}
	in := within(pool(e.Line), PoolCarryIn, PoolAllotted)
	if e.Kind == OpenUndrawn {
		return []move{in, within(e.Line, LineCarryInUndrawn, LineAvailable)}
	}
	return []move{in, within(e.Line, LineCarryInAdvance, LineAdvanced),
		{Account{State: FundOpening, Line: fund(e.Line)}, Account{State: FundAdvances, Line: e.Line}}}
}

func contribution(e Event, src Source) []move {
	switch {
	case e.Kind == Pledge:
		return []move{within(fund(e.Line), FundPledged, FundPledgeDue)}
	case e.Kind == CancelPledge:
		return []move{within(fund(e.Line), FundPledgeDue, FundPledgeCancelled)}
	}
	received := move{Account{State: FundReceived, Line: fund(e.Line)}, treasury(e, src)}
	if e.Obligation == "" {
		return []move{received}
	}
	return []move{within(fund(e.Line), FundPledgeDue, FundPledgeMet), received}
}

func withdraw(l Line) []move {
	return []move{
		within(l, LineAvailable, LineWithdrawn),
		within(pool(l), PoolAllotted, PoolUnallocated),
		within(plan(l), PlanFunded, PlanUnfunded),
	}
}

func transfer(from, to Line) []move {
	ms := []move{within(from, LineAvailable, LineTransferOut), within(to, LineTransferIn, LineAvailable)}
	if from.Project != to.Project {
		ms = append(ms, within(plan(from), PlanFunded, PlanUnfunded), within(plan(to), PlanUnfunded, PlanFunded))
	}
	return ms
}

func poolCredit(k EventKind) AccountState {
	return map[EventKind]AccountState{Appropriate: PoolOriginal, Supplement: PoolSupplement, LateSupplement: PoolLateSupplement}[k]
}

func lineCredit(k EventKind) AccountState {
	return map[EventKind]AccountState{Allocate: LineOriginal, AllocateSupplement: LineSupplement, AllocateLateSupplement: LineLateSupplement}[k]
}

// effects lists what e does to obligations: what it opens, draws upon, or
// gives back.
func effects(e Event, origin *Event) []effect {
	x, back := e.Amount, e.Amount.Neg()
	var all []effect
	if e.Opens != "" {
		all = append(all, effect{code: e.Opens, opened: x})
	}
	switch {
	case e.Kind == ChangeCommitment:
		all = append(all, effect{code: e.Obligation, opened: x})
	case e.Kind == CancelCommitment:
		all = append(all, effect{code: e.Obligation, opened: back})
	case e.Obligation != "":
		all = append(all, effect{code: e.Obligation, used: x})
	}
	if origin != nil && (e.Kind == ReturnAdvance || e.Kind == Refund) {
		if o := asDrawn(*origin); o.Obligation != "" {
			all = append(all, effect{code: o.Obligation, used: back})
		}
	}
	return all
}

// guardedBy names the obligation behind a leg of an event, "" for most.
func guardedBy(s AccountState, e Event, origin *Event) Code {
	var kind ObligationKind
	switch s {
	case LineCommitted:
		kind = CommitmentObligation
	case LineAccrued:
		kind = AcceptanceObligation
	case LineAdvanced:
		kind = AdvanceObligation
	case FundPledgeDue:
		kind = PledgeObligation
	default:
		return ""
	}
	if e.Kind.Info().Opens == kind {
		return e.Opens
	}
	if origin != nil && (e.Kind == Refund || kind != AdvanceObligation) {
		return asDrawn(*origin).Obligation
	}
	return e.Obligation
}
