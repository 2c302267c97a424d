package ledger

// A Figure is a named total with one formula.
type Figure string

// The figures.
const (
	Planned        Figure = "planned"
	Pledged        Figure = "pledged"
	Received       Figure = "received"
	Mobilised      Figure = "mobilised"
	Original       Figure = "original"
	Appropriated   Figure = "appropriated"
	Allocated      Figure = "allocated"
	Usable         Figure = "usable"
	Withheld       Figure = "withheld"
	CommittedTotal Figure = "committed_total"
	CommittedOpen  Figure = "committed_open"
	AccruedTotal   Figure = "accrued_total"
	AccruedOpen    Figure = "accrued_open"
	AdvancesOpen   Figure = "advances_open"
	Drawn          Figure = "drawn"
	Disbursed      Figure = "disbursed"
	Actual         Figure = "actual"
	Undrawn        Figure = "undrawn"
	Available      Figure = "available"
	Lapsed         Figure = "lapsed"
	Surrendered    Figure = "surrendered"
	CarriedUndrawn Figure = "carried_undrawn"
	CarriedAdvance Figure = "carried_advance"
)

// Dimension is what a figure can be told apart by.
type Dimension uint8

// The dimensions.
const (
	ByYear Dimension = 1 << iota
	BySource
	ByProject
	ByUnit
)

// carry says how a term treats budget carried into another selected year.
type carry uint8

const (
	always     carry = iota
	lastYear         // counts unless the next year is selected too: the other end then holds it
	innerYears       // counts only if the next year is selected too: both ends cancel
)

// A term adds debit x debit turnover + credit x credit turnover of a state.
type term struct {
	state         AccountState
	debit, credit int
	carry         carry
	backing       Backing // only of sources with this backing; zero = all
}

// A Term is one state's part in a figure: Debit and Credit (-1, 0 or 1) are the
// factors of its turnovers, Backing limits it to sources of that kind (zero = all).
type Term struct {
	State         AccountState
	Debit, Credit int
	Backing       Backing
}

// Terms returns the terms of f within one budget year; nil for an unknown figure.
func (f Figure) Terms() []Term {
	info, _ := f.Info()
	var terms []Term
	for _, t := range info.terms {
		if t.carry != innerYears {
			terms = append(terms, Term{t.state, t.debit, t.credit, t.backing})
		}
	}
	return terms
}

// in and out are balances of debit states and of credit states.
func in(states ...AccountState) []term  { return terms(1, -1, always, states) }
func out(states ...AccountState) []term { return terms(-1, 1, always, states) }

func terms(debit, credit int, c carry, states []AccountState) (ts []term) {
	for _, s := range states {
		ts = append(ts, term{state: s, debit: debit, credit: credit, carry: c})
	}
	return ts
}

func when(c carry, ts []term) []term {
	for i := range ts {
		ts[i].carry = c
	}
	return ts
}

func backed(b Backing, ts ...[]term) []term {
	all := sum(ts...)
	for i := range all {
		all[i].backing = b
	}
	return all
}

func minus(ts []term) []term {
	for i := range ts {
		ts[i].debit, ts[i].credit = -ts[i].debit, -ts[i].credit
	}
	return ts
}

func sum(parts ...[]term) (all []term) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// Parts of several figures, as functions so that no two figures share a slice.
func allocatedTerms() []term {
	return sum(out(LineOriginal, LineProvisional, LineSupplement, LineLateSupplement, LineTransferIn),
		minus(in(LineTransferOut, LineWithdrawn)))
}

func actualTerms() []term { return in(LineActual, LineClaimed, LineSettled, LineDisallowed) }

const (
	lineDimensions = ByYear | BySource | ByProject | ByUnit
	poolDimensions = ByYear | BySource
	planDimensions = ByYear | BySource | ByProject
	fundDimensions = BySource
)

// A FigureInfo is the formula of a figure and what it can be told apart by.
type FigureInfo struct {
	Figure     Figure
	Dimensions Dimension
	terms      []term
}

// Figures is the one table of formulas, in the order in which they are printed.
// Sources: settlement form B01/BCQT, carry-over form 20f, Treasury
// reconciliation; IPSAS 24 for original and final (usable).
var Figures = []FigureInfo{
	{Planned, planDimensions, out(PlanBasis)},
	{Pledged, fundDimensions, sum(out(FundPledged), minus(in(FundPledgeCancelled)))},
	{Received, fundDimensions, out(FundReceived)},
	{Mobilised, fundDimensions, sum(backed(ByAppropriation, allocatedTerms()), backed(ByCash, out(FundReceived)))},
	{Original, lineDimensions, out(LineOriginal, LineProvisional)},
	{Appropriated, poolDimensions, sum(out(PoolOriginal, PoolSupplement, PoolLateSupplement, PoolProvisional), minus(in(PoolReduction)))},
	{Allocated, lineDimensions, allocatedTerms()},
	{Usable, lineDimensions, sum(allocatedTerms(),
		out(LineCarryInUndrawn, LineCarryInAdvance, LineHandedInUndrawn, LineHandedInAdvance),
		minus(in(LineHandedOutUndrawn, LineHandedOutAdvance)),
		when(innerYears, minus(in(LineCarriedUndrawn, LineCarriedAdvance))))},
	{Withheld, lineDimensions, in(LineWithheld)},
	{CommittedTotal, lineDimensions, terms(1, 0, always, []AccountState{LineCommitted})},
	{CommittedOpen, lineDimensions, in(LineCommitted)},
	{AccruedTotal, lineDimensions, terms(1, 0, always, []AccountState{LineAccrued})},
	{AccruedOpen, lineDimensions, in(LineAccrued)},
	{AdvancesOpen, lineDimensions, in(LineAdvanced)},
	{Drawn, lineDimensions, sum(actualTerms(), in(LineAdvanced, LineCarriedAdvance, LineHandedOutAdvance),
		minus(out(LineCarryInAdvance, LineHandedInAdvance)))},
	{Disbursed, lineDimensions, sum(actualTerms(), in(LineAdvanced), when(lastYear, in(LineCarriedAdvance)))},
	{Actual, lineDimensions, actualTerms()},
	{Undrawn, lineDimensions, in(LineAvailable, LineWithheld, LineCommitted, LineAccrued)},
	{Available, lineDimensions, in(LineAvailable)},
	{Lapsed, lineDimensions, in(LineLapsed)},
	{Surrendered, lineDimensions, in(LineSurrendered)},
	{CarriedUndrawn, lineDimensions, when(lastYear, in(LineCarriedUndrawn))},
	{CarriedAdvance, lineDimensions, when(lastYear, in(LineCarriedAdvance))},
}

var figureIndex = func() map[Figure]int {
	index := make(map[Figure]int, len(Figures))
	for i, f := range Figures {
		index[f.Figure] = i
	}
	return index
}()

// Info returns what the table says of f; ok is false for an unknown figure.
func (f Figure) Info() (info FigureInfo, ok bool) {
	i, ok := figureIndex[f]
	if !ok {
		return FigureInfo{}, false
	}
	return Figures[i], true
}

// Values are the figures of one selection. A figure that the selection's
// dimension cannot have is absent: a fund's cash has no project.
type Values struct {
	amounts []Money // in the order of Figures; invalid = absent
}

func newValues(c Currency, by Dimension) Values {
	v := Values{amounts: make([]Money, len(Figures))}
	for i, f := range Figures {
		if f.Dimensions&by == by {
			v.amounts[i] = c.Zero()
		}
	}
	return v
}

// Get returns figure f, and false where the selection cannot have it.
func (v Values) Get(f Figure) (Money, bool) {
	i, ok := figureIndex[f]
	if !ok || v.amounts == nil || !v.amounts[i].Valid() {
		return Money{}, false
	}
	return v.amounts[i], true
}

// Must returns figure f, which the selection is known to have; the zero Money
// otherwise.
func (v Values) Must(f Figure) Money { m, _ := v.Get(f); return m }
