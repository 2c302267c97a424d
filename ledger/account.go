package ledger

import (
	"strconv"
	"strings"
)

// A Book says which ring of accounts an account belongs to. Within one entry
// the legs of every ring add up to zero, so a ring's balances always do.
type Book uint8

// The books. Numbers are fixed for ever.
const (
	PlanBook Book = 1 // what a project is planned to get, per source and year
	PoolBook Book = 2 // authority that has been appropriated, before it is given to lines
	LineBook Book = 3 // authority of one line
	FundBook Book = 4 // the money of one source
)

// suffix keeps the commodities of the books apart, so that a foreign tool
// refuses an entry that balances across books.
var bookSuffix = [...]string{PlanBook: "KH", PoolBook: "DT", LineBook: "DT", FundBook: ""}

// An AccountState is where authority or money came from (credit states) or
// where it is now (debit states). Numbers are fixed for ever; new ones last
// within their book's range.
type AccountState uint8

// States of plan rings.
const (
	PlanBasis AccountState = 1 + iota
	PlanUnfunded
	PlanFunded
)

// States of pool rings.
const (
	PoolOriginal AccountState = 20 + iota
	PoolSupplement
	PoolLateSupplement
	PoolProvisional
	PoolCarryIn
	PoolReceived
	PoolUnallocated
	PoolAllotted
	PoolReduction
	PoolLapsed
)

// States of line rings.
const (
	LineOriginal AccountState = 50 + iota
	LineSupplement
	LineLateSupplement
	LineProvisional
	LineTransferIn
	LineCarryInUndrawn
	LineCarryInAdvance
	LineHandedInUndrawn
	LineHandedInAdvance
	LineOverride
	LineLateRefund
	LineClawback
	LineAvailable
	LineWithheld
	LineCommitted
	LineAccrued
	LineAdvanced
	LineActual
	LineClaimed
	LineSettled
	LineDisallowed
	LineTransferOut
	LineWithdrawn
	LineLapsed
	LineCarriedUndrawn
	LineCarriedAdvance
	LineHandedOutUndrawn
	LineHandedOutAdvance
	LineSurrendered
)

// States of fund rings. Advances, Spent and the like have a sub-account for
// every line.
const (
	FundOpening AccountState = 100 + iota
	FundPledged
	FundReceived
	FundTransferIn
	FundLateRefund
	FundClawback
	FundAuditClaim
	FundPenalty
	FundFxDifference
	FundExchange
	FundPledgeDue
	FundPledgeMet
	FundPledgeCancelled
	FundTreasury
	FundAssigned
	FundAdvances
	FundSpent
	FundRecoverable
	FundAuditDue
	FundTransferOut
	FundReturned
)

// A StateInfo describes an account state.
type StateInfo struct {
	State   AccountState
	Book    Book
	Name    string // the last part of the account's path
	Debit   bool   // where it is now; false: where it came from
	Guarded bool   // never below zero, after each whole entry
	ByLine  bool   // in a fund: one sub-account for every line
}

// States is the one table of account states, in order of their numbers.
// Checks, exports and the schema's test are made from it.
var States = []StateInfo{
	{PlanBasis, PlanBook, "Basis", false, false, false},
	{PlanUnfunded, PlanBook, "Unfunded", true, false, false},
	{PlanFunded, PlanBook, "Funded", true, false, false},

	{PoolOriginal, PoolBook, "Original", false, false, false},
	{PoolSupplement, PoolBook, "Supplement", false, false, false},
	{PoolLateSupplement, PoolBook, "LateSupplement", false, false, false},
	{PoolProvisional, PoolBook, "Provisional", false, false, false},
	{PoolCarryIn, PoolBook, "CarryIn", false, false, false},
	{PoolReceived, PoolBook, "Received", false, false, false},
	{PoolUnallocated, PoolBook, "Unallocated", true, true, false},
	{PoolAllotted, PoolBook, "Allotted", true, false, false},
	{PoolReduction, PoolBook, "Reduction", true, false, false},
	{PoolLapsed, PoolBook, "Lapsed", true, false, false},

	{LineOriginal, LineBook, "Original", false, false, false},
	{LineSupplement, LineBook, "Supplement", false, false, false},
	{LineLateSupplement, LineBook, "LateSupplement", false, false, false},
	{LineProvisional, LineBook, "Provisional", false, false, false},
	{LineTransferIn, LineBook, "TransferIn", false, false, false},
	{LineCarryInUndrawn, LineBook, "CarryInUndrawn", false, false, false},
	{LineCarryInAdvance, LineBook, "CarryInAdvance", false, false, false},
	{LineHandedInUndrawn, LineBook, "HandedInUndrawn", false, false, false},
	{LineHandedInAdvance, LineBook, "HandedInAdvance", false, false, false},
	{LineOverride, LineBook, "Override", false, false, false},
	{LineLateRefund, LineBook, "LateRefund", false, false, false},
	{LineClawback, LineBook, "Clawback", false, false, false},
	{LineAvailable, LineBook, "Available", true, true, false},
	{LineWithheld, LineBook, "Withheld", true, true, false},
	{LineCommitted, LineBook, "Committed", true, true, false},
	{LineAccrued, LineBook, "Accrued", true, true, false},
	{LineAdvanced, LineBook, "Advanced", true, true, false},
	{LineActual, LineBook, "Actual", true, false, false},
	{LineClaimed, LineBook, "Claimed", true, false, false},
	{LineSettled, LineBook, "Settled", true, false, false},
	{LineDisallowed, LineBook, "Disallowed", true, false, false},
	{LineTransferOut, LineBook, "TransferOut", true, false, false},
	{LineWithdrawn, LineBook, "Withdrawn", true, false, false},
	{LineLapsed, LineBook, "Lapsed", true, false, false},
	{LineCarriedUndrawn, LineBook, "CarriedUndrawn", true, false, false},
	{LineCarriedAdvance, LineBook, "CarriedAdvance", true, false, false},
	{LineHandedOutUndrawn, LineBook, "HandedOutUndrawn", true, false, false},
	{LineHandedOutAdvance, LineBook, "HandedOutAdvance", true, false, false},
	{LineSurrendered, LineBook, "Surrendered", true, false, false},

	{FundOpening, FundBook, "Opening", false, false, false},
	{FundPledged, FundBook, "Pledged", false, false, false},
	{FundReceived, FundBook, "Received", false, false, false},
	{FundTransferIn, FundBook, "TransferIn", false, false, false},
	{FundLateRefund, FundBook, "LateRefund", false, false, true},
	{FundClawback, FundBook, "Clawback", false, false, true},
	{FundAuditClaim, FundBook, "AuditClaim", false, false, true},
	{FundPenalty, FundBook, "Penalty", false, false, false},
	{FundFxDifference, FundBook, "FxDifference", false, false, false},
	{FundExchange, FundBook, "Exchange", false, false, false},
	{FundPledgeDue, FundBook, "PledgeDue", true, true, false},
	{FundPledgeMet, FundBook, "PledgeMet", true, false, false},
	{FundPledgeCancelled, FundBook, "PledgeCancelled", true, false, false},
	{FundTreasury, FundBook, "Treasury", true, true, false},
	{FundAssigned, FundBook, "Assigned", true, true, false},
	{FundAdvances, FundBook, "Advances", true, true, true},
	{FundSpent, FundBook, "Spent", true, false, true},
	{FundRecoverable, FundBook, "Recoverable", true, false, true},
	{FundAuditDue, FundBook, "AuditDue", true, false, true},
	{FundTransferOut, FundBook, "TransferOut", true, false, false},
	{FundReturned, FundBook, "Returned", true, false, false},
}

var stateIndex = func() (index [256]StateInfo) {
	for _, s := range States {
		index[s.State] = s
	}
	return index
}()

// Info returns what the table says of s; the zero StateInfo if it has no row.
func (s AccountState) Info() StateInfo { return stateIndex[s] }

// String returns the state's name in account paths.
func (s AccountState) String() string { return stateIndex[s].Name }

// Guarded reports whether accounts of this state may never fall below zero.
func (s AccountState) Guarded() bool { return stateIndex[s].Guarded }

// An Account is one place in one ring. Accounts compare with ==.
type Account struct {
	State AccountState
	Line  Line // LineBook and by-line fund states: the whole line; PlanBook: year, source, project; PoolBook: year, source; other fund states: source
	Sub   Code // the Treasury account of FundTreasury
}

// Book returns the book of a.
func (a Account) Book() Book { return a.State.Info().Book }

// Year returns the budget year, or 0 for fund accounts that have none.
func (a Account) Year() int { return a.Line.Year }

// Ring returns the path of a's ring within the programme.
func (a Account) Ring(programme Code) string {
	l := a.Line
	year := strconv.Itoa(l.Year)
	switch a.Book() {
	case PlanBook:
		return join("Plan", string(programme), string(l.Source), string(l.Project), year, "-")
	case PoolBook:
		return join("Budget", year, string(l.Source), "Pool")
	case LineBook:
		return join("Budget", year, string(l.Source), string(l.Project), string(l.Unit), string(l.Khoan), string(l.Nature))
	default:
		return join("Fund", string(l.Source))
	}
}

// Path returns a's whole name, the one used in exports and seals:
// "Budget:2019:NSTW:DA1:CAT:041:12:Available".
func (a Account) Path(programme Code) string {
	path := join(a.Ring(programme), a.State.String())
	if a.State.Info().ByLine {
		l := a.Line
		path = join(path, strconv.Itoa(l.Year), string(l.Project), string(l.Unit), string(l.Khoan), string(l.Nature))
	}
	if a.Sub != "" {
		path = join(path, string(a.Sub))
	}
	return path
}

// Commodity returns the commodity in which a is kept: the currency followed by
// the book's suffix, "VNDDT" for authority in đồng.
func (a Account) Commodity(c Currency) string { return string(c.code) + bookSuffix[a.Book()] }

func join(parts ...string) string { return strings.Join(parts, ":") }
