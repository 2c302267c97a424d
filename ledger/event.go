package ledger

import "fmt"

// An EventKind says what happened. Numbers are fixed for ever; new ones last.
type EventKind uint8

// The kinds of events.
const (
	Plan EventKind = 1 + iota
	RevisePlan
	OpenUndrawn
	OpenAdvance
	OpenCash
	Pledge
	Receive
	CancelPledge
	Appropriate
	Supplement
	LateSupplement
	Reduce
	Allocate
	AllocateSupplement
	AllocateLateSupplement
	Withdraw
	Transfer
	Withhold
	Release
	Commit
	ChangeCommitment
	CancelCommitment
	Accrue
	Advance
	Clear
	ReturnAdvance
	Pay
	Refund
)

// A Scope says how much of a line reference a kind needs.
type Scope uint8

// The scopes, from narrow to whole.
const (
	SourceScope  Scope = 2 // year/source, or -/source where no year is needed
	ProjectScope Scope = 3 // year/source/project
	LineScope    Scope = 6 // the whole line, or a shorter form that is unique
)

// A KindInfo describes an event kind: what it takes and what it opens or draws.
type KindInfo struct {
	Kind       EventKind
	Name       string         // the word in files and the API
	Scope      Scope          // how much of a line it needs
	Year       bool           // the line must name a budget year
	To         bool           // takes a second line
	Draws      ObligationKind // kind of obligation it may draw upon
	MustDraw   bool           // it cannot do without
	Opens      ObligationKind // kind of obligation that it creates
	Of         bool           // reduces an earlier event, which must be named
	MayNegate  bool           // takes a negative amount: a change downwards
	Cash       bool           // moves money: takes a Treasury account
	MakesLine  bool           // brings the line into being if it names it whole
	Assignment bool           // a decision of the authority, not a payment
}

// Kinds is the one table of event kinds, in order of their numbers.
var Kinds = []KindInfo{
	{Kind: Plan, Name: "plan", Scope: ProjectScope, Year: true, Assignment: true},
	{Kind: RevisePlan, Name: "revise-plan", Scope: ProjectScope, Year: true, MayNegate: true, Assignment: true},
	{Kind: OpenUndrawn, Name: "open-undrawn", Scope: LineScope, Year: true, MakesLine: true, Assignment: true},
	{Kind: OpenAdvance, Name: "open-advance", Scope: LineScope, Year: true, Opens: AdvanceObligation, MakesLine: true, Assignment: true},
	{Kind: OpenCash, Name: "open-cash", Scope: SourceScope, Cash: true, Assignment: true},
	{Kind: Pledge, Name: "pledge", Scope: SourceScope, Opens: PledgeObligation},
	{Kind: Receive, Name: "receive", Scope: SourceScope, Draws: PledgeObligation, Cash: true},
	{Kind: CancelPledge, Name: "cancel-pledge", Scope: SourceScope, Draws: PledgeObligation, MustDraw: true},
	{Kind: Appropriate, Name: "appropriate", Scope: SourceScope, Year: true, Assignment: true},
	{Kind: Supplement, Name: "supplement", Scope: SourceScope, Year: true, Assignment: true},
	{Kind: LateSupplement, Name: "late-supplement", Scope: SourceScope, Year: true, Assignment: true},
	{Kind: Reduce, Name: "reduce", Scope: SourceScope, Year: true, Assignment: true},
	{Kind: Allocate, Name: "allocate", Scope: LineScope, Year: true, MakesLine: true, Assignment: true},
	{Kind: AllocateSupplement, Name: "allocate-supplement", Scope: LineScope, Year: true, MakesLine: true, Assignment: true},
	{Kind: AllocateLateSupplement, Name: "allocate-late-supplement", Scope: LineScope, Year: true, MakesLine: true, Assignment: true},
	{Kind: Withdraw, Name: "withdraw", Scope: LineScope, Year: true, Assignment: true},
	{Kind: Transfer, Name: "transfer", Scope: LineScope, Year: true, To: true, Assignment: true},
	{Kind: Withhold, Name: "withhold", Scope: LineScope, Year: true, Assignment: true},
	{Kind: Release, Name: "release", Scope: LineScope, Year: true, Assignment: true},
	{Kind: Commit, Name: "commit", Scope: LineScope, Year: true, Opens: CommitmentObligation},
	{Kind: ChangeCommitment, Name: "change-commitment", Scope: LineScope, Year: true, Draws: CommitmentObligation, MustDraw: true, MayNegate: true},
	{Kind: CancelCommitment, Name: "cancel-commitment", Scope: LineScope, Year: true, Draws: CommitmentObligation, MustDraw: true},
	{Kind: Accrue, Name: "accrue", Scope: LineScope, Year: true, Draws: CommitmentObligation, Opens: AcceptanceObligation},
	{Kind: Advance, Name: "advance", Scope: LineScope, Year: true, Draws: CommitmentObligation, Opens: AdvanceObligation, Cash: true},
	{Kind: Clear, Name: "clear", Scope: LineScope, Year: true, Draws: AdvanceObligation, MustDraw: true},
	{Kind: ReturnAdvance, Name: "return-advance", Scope: LineScope, Year: true, Draws: AdvanceObligation, MustDraw: true, Cash: true},
	{Kind: Pay, Name: "pay", Scope: LineScope, Year: true, Draws: CommitmentObligation, Cash: true},
	{Kind: Refund, Name: "refund", Scope: LineScope, Year: true, Of: true, Cash: true},
}

// Info returns what the table says of k; the zero KindInfo if it has no row.
func (k EventKind) Info() KindInfo {
	if k == 0 || int(k) > len(Kinds) {
		return KindInfo{}
	}
	return Kinds[k-1]
}

// String returns the word of k in files and the API.
func (k EventKind) String() string { return k.Info().Name }

// ParseEventKind is the inverse of String. Error: unknown_kind.
func ParseEventKind(s string) (EventKind, error) {
	for _, k := range Kinds {
		if k.Name == s {
			return k.Kind, nil
		}
	}
	return 0, Refuse(UnknownKind, "kind", "value", clip(s))
}

// An ObligationKind says what an obligation is. Numbers are fixed for ever.
type ObligationKind uint8

// The kinds of obligations.
const (
	CommitmentObligation ObligationKind = 1 // a contract or order; guards Committed
	AcceptanceObligation ObligationKind = 2 // accepted work not yet paid; guards Accrued
	AdvanceObligation    ObligationKind = 3 // an advance document; guards Advanced
	PledgeObligation     ObligationKind = 4 // a donor's pledge; guards PledgeDue
)

// String returns the word of k.
func (k ObligationKind) String() string {
	return [...]string{"", "commitment", "acceptance", "advance", "pledge"}[k%5]
}

// State returns the account state that obligations of kind k guard.
func (k ObligationKind) State() AccountState {
	return [...]AccountState{0, LineCommitted, LineAccrued, LineAdvanced, FundPledgeDue}[k%5]
}

// An Obligation is a document-level limit that an account of a whole line
// cannot hold: Used never exceeds Opened.
type Obligation struct {
	Code         Code
	Kind         ObligationKind
	Line         Line // whole; source only for a pledge
	Opened, Used Money
	Due          Date     // zero = none
	By           EventRef // the event that opened it
	Payee        string   // of the opening event
}

// Open returns what is left of o.
func (o Obligation) Open() Money { return o.Opened.Sub(o.Used) }

// An EventRef names an event: the entry's sequence and its number within it,
// from 1. EventRefs compare with ==.
type EventRef struct {
	Seq Seq
	N   int
}

// String returns "seq.n", or "" for the zero EventRef.
func (r EventRef) String() string {
	if r == (EventRef{}) {
		return ""
	}
	return fmt.Sprintf("%d.%d", r.Seq, r.N)
}

// ParseEventRef reads "seq.n"; "seq" alone means the first event.
// Error: invalid_code.
func ParseEventRef(s string) (EventRef, error) {
	r := EventRef{N: 1}
	if n, err := fmt.Sscanf(s+" ", "%d.%d ", &r.Seq, &r.N); err != nil || n != 2 {
		r.N = 1
		if n, err := fmt.Sscanf(s+" ", "%d ", &r.Seq); err != nil || n != 1 {
			return EventRef{}, Refuse(InvalidCode, "of", "value", clip(s))
		}
	}
	if r.Seq < 1 || r.N < 1 || (r.String() != s && fmt.Sprint(int64(r.Seq)) != s) {
		return EventRef{}, Refuse(InvalidCode, "of", "value", clip(s))
	}
	return r, nil
}

// An Event is one line of a voucher: it moves one amount one way.
type Event struct {
	Kind       EventKind
	Line       Line         // as much of it as the kind needs
	To         Line         // Transfer: the line that receives
	Treasury   Code         // cash events: the account; empty = the source's own
	From       AccountState // Pay, Advance, Accrue: LineAvailable, LineCommitted or LineAccrued; zero = by the obligation
	Obligation Code         // drawn upon
	Opens      Code         // created; empty = a code is given where the kind needs one
	Due        Date         // of what it opens
	Of         EventRef     // what a refund reduces
	Amount     Money        // positive, unless the kind takes changes downwards
	Item       Code         // tiểu mục: classification only
	Payee      string
	Text       string // description
}
