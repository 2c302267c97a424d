package ledger

import "time"

// An Action is what a request asks for. The set is closed: everything that
// changes the log is one of these, and goes through Books.Post.
type Action interface {
	// Kind returns the kind of record that the action becomes.
	Kind() RecordKind
	// needs returns the operation that the actor must be allowed.
	needs() Operation
}

// A Posting is one voucher: exactly one entry, all or nothing.
type Posting struct {
	Date     Date // posting date (ngày hạch toán)
	Document Document
	Events   []Event // 1 to MaxEvents
}

// MaxEvents is the largest number of events of one voucher.
const MaxEvents = 500

// A Document is the paper behind an entry.
type Document struct {
	Type   Code   // our voucher type: GRDT, PC, QD...; numbers run per unit, type and year
	Number string // the paper's own number, free
	Date   Date   // the paper's own date; zero = the posting date
}

// A Reversal takes a whole entry back in red (ghi số âm): the same accounts and
// sides, negative. Date is the posting date; Reason is kept as the text.
type Reversal struct {
	Of       Seq
	Date     Date
	Document Document
	Reason   string
}

// Define actions put a version of a structural thing into the log.
type (
	DefineProgramme struct{ Programme Programme } // in SYSTEM
	DefineUnit      struct{ Unit Unit }
	DefineProject   struct{ Project Project }
	DefineSource    struct{ Source Source }
)

// SetPeriod opens or closes a month of the programme.
type SetPeriod struct{ Period Period }

// SetGrant gives (or, with Revoked, takes) a role in the request's programme.
type SetGrant struct {
	User    Login
	Role    Role
	Revoked bool
}

// SetUser creates a user or changes name or state; in SYSTEM. Credentials are
// not part of the log.
type SetUser struct {
	User     Login
	Name     string
	Disabled bool
}

// A RecordKind says what a record of the log is. Numbers are fixed for ever.
type RecordKind uint8

// The kinds of records.
const (
	EntryRecord RecordKind = 1 + iota
	ProgrammeRecord
	UnitRecord
	ProjectRecord
	SourceRecord
	PeriodRecord
	GrantRecord
	UserRecord
)

var recordNames = [...]string{"", "entry", "programme", "unit", "project", "source", "period", "grant", "user"}

// String returns the word of k.
func (k RecordKind) String() string { return recordNames[int(k)%len(recordNames)] }

// Kind and needs of each action.
func (Posting) Kind() RecordKind         { return EntryRecord }
func (Reversal) Kind() RecordKind        { return EntryRecord }
func (DefineProgramme) Kind() RecordKind { return ProgrammeRecord }
func (DefineUnit) Kind() RecordKind      { return UnitRecord }
func (DefineProject) Kind() RecordKind   { return ProjectRecord }
func (DefineSource) Kind() RecordKind    { return SourceRecord }
func (SetPeriod) Kind() RecordKind       { return PeriodRecord }
func (SetGrant) Kind() RecordKind        { return GrantRecord }
func (SetUser) Kind() RecordKind         { return UserRecord }

func (Posting) needs() Operation         { return PostEntries }
func (Reversal) needs() Operation        { return PostEntries }
func (DefineProgramme) needs() Operation { return ManageUsers }
func (DefineUnit) needs() Operation      { return DefineStructure }
func (DefineProject) needs() Operation   { return DefineStructure }
func (DefineSource) needs() Operation    { return DefineStructure }
func (SetPeriod) needs() Operation       { return ClosePeriods }
func (SetGrant) needs() Operation        { return ManageUsers }
func (SetUser) needs() Operation         { return ManageUsers }

// A Request is an action with the key that makes it safe to repeat.
type Request struct {
	Key    Key
	Action Action
}

// An Outcome says what became of a request.
type Outcome uint8

// The outcomes.
const (
	Refused  Outcome = iota // nothing was done; Result.Err says why
	Accepted                // recorded now
	Replayed                // recorded before, under the same key with the same content
)

// A Result answers one request.
type Result struct {
	Outcome Outcome
	Seq     Seq     // Accepted, Replayed
	Number  Number  // Accepted, Replayed: of an entry
	Record  *Record // Accepted, in mode Each
	Err     error   // Refused: Faults(Err) lists every broken rule
}

// A Number is our own voucher number: gapless per unit, type and year.
type Number struct {
	Unit   Code
	Type   Code
	Year   int
	Number int
}

// A Leg is one posting to one account.
type Leg struct {
	Event      int // number of its event within the entry, from 1
	Account    Account
	Obligation Code  // the obligation that it draws upon or opens; may be empty
	Debit      bool  // side
	Red        bool  // ghi số âm: negative on the side of the original
	Amount     Money // negative if and only if Red
}

// Signed returns the leg's effect on the balance: debits positive.
func (l Leg) Signed() Money {
	if l.Debit {
		return l.Amount
	}
	return l.Amount.Neg()
}

// A Record is one leaf of a book's log, as it stands for ever.
type Record struct {
	Programme Code
	Seq       Seq
	Kind      RecordKind
	At        time.Time // instant of recording, UTC, microseconds
	By        Login
	Key       Key
	Request   Digest   // of the decoded request
	Salt      [16]byte // of the canonical form's fields
	Entry     *Entry   // EntryRecord
	Change    Action   // every other kind
}

// An Entry is a posted voucher.
type Entry struct {
	Unit     Code // the unit of all its events, or the root unit
	Date     Date // posting date
	Document Document
	Number   Number
	Reverses Seq // of a whole reversal; 0 otherwise
	Events   []EntryEvent
	Legs     []Leg
}

// An EntryEvent is an event as it was recorded: lines whole, codes given. In a
// reversal the amount is negated and Of names the event taken back. Texts have
// their own salts, so that they can be destroyed without breaking a proof.
type EntryEvent struct {
	Event
	Unit                Code
	PayeeSalt, TextSalt *[16]byte // nil when the text is empty
}
