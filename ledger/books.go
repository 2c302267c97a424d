package ledger

import (
	"context"
	"iter"
	"time"
)

// Mode says how the requests of one Post stand to each other.
type Mode uint8

// The modes.
const (
	Each     Mode = iota // every request stands alone
	Together             // all or none, in one transaction; at most MaxTogether events
)

// MaxTogether is the largest number of events of a Together post.
const MaxTogether = 50_000

// MaxBulk is the largest number of requests of an Each post.
const MaxBulk = 1_000

// AsOf is a point of view: entries posted on or before Date, as far as they
// were known at sequence Known. Zero values mean no bound.
type AsOf struct {
	Date  Date
	Known Seq
}

// Filter selects cells. Zero fields select everything.
type Filter struct {
	Years []int // budget years; accounts without a year (cash of a source) are then left out
	Line  Line  // source, project, unit, khoản, nature: those that are set must match
	// Figures leaves out what none of these figures is made of. The figures
	// themselves do not change by it.
	Figures []Figure
	At      AsOf
}

// Detail says how far cells are told apart.
type Detail struct {
	ByLine  bool // khoản, nature and Treasury account; otherwise only year, source, project, unit
	ByMonth bool // posting month
	Totals  bool // only budget years: source, project and unit are added up
}

// A Cell is the turnover of one group of accounts. In cells that are not by
// line, the account's khoản, nature and Sub are empty.
type Cell struct {
	Account       Account
	Month         Date // first of the posting month; zero when not by month
	Debit, Credit Money
}

// Structure is what a programme is made of, as it stands now.
type Structure struct {
	Programme Programme
	Seq       Seq // the last record of the book
	Units     []Unit
	Projects  []Project
	Sources   []Source
	Closed    []Period // closed months only
}

// A JournalQuery selects events, newest first. Zero fields select everything.
type JournalQuery struct {
	Filter
	From, To   Date // posting dates, both inclusive
	Kinds      []EventKind
	Figure     Figure // only events that move this figure; Row.Effect is what they add to it
	Type       Code   // voucher type
	Obligation Code   // drawn upon or opened
	Item       Code
	Text       string    // found in payee, description, numbers; without regard to case and accents
	Payee      string    // exact
	Amount     Money     // exact, without regard to sign; the zero Money selects everything
	Red        bool      // only corrections and returns
	Entry      Seq       // only the events of this entry
	By         Login     // who recorded it
	Since      time.Time // recorded at this instant or later
	Before     time.Time // recorded before this instant
	After      string    // cursor of the previous page
	Limit      int       // 1 to MaxPage; 0 = DefaultPage
}

// Limits of one page.
const (
	DefaultPage = 100
	MaxPage     = 1000
)

// A JournalRow is one event with what a reader of the journal needs.
type JournalRow struct {
	Ref      EventRef
	Date     Date
	Document Document
	Number   Number
	By       Login
	At       string // instant of recording, RFC 3339 UTC
	Event    EntryEvent
	Reverses Seq   // the row takes back this entry
	Reversed Seq   // the entry that took this one back
	Effect   Money // on JournalQuery.Figure; otherwise the event's signed amount
}

// A JournalPage is one page of the journal. Count and Total are over the whole
// selection, not the page.
type JournalPage struct {
	Rows  []JournalRow
	Next  string // cursor; empty on the last page
	Count int
	Total Money // sum of Effect
}

// An ObligationQuery selects obligations. Zero fields select everything.
type ObligationQuery struct {
	Kind   ObligationKind
	Line   Line // pattern
	Open   bool // only those with something left
	DueBy  Date // due on or before
	Prefix Code // of the code
	Limit  int
}

// Books is the contract between the ledger and everything that uses it. Reads
// need the grant Read in the programme, else forbidden; what does not exist is
// not_found. Every method stops when ctx ends and returns its error.
type Books interface {
	// Post is the only way to change a book. It answers every request in order.
	// The error is nil unless the whole call failed: Busy (queue full, nothing was done),
	// UnknownOutcome (the commit was not answered: repeat with the same keys),
	// too_many, not_found for the programme, or ctx's error (nothing was done).
	// Refusals of single requests are in their Result.
	Post(ctx context.Context, by Actor, programme Code, m Mode, rs []Request) ([]Result, error)

	// Programmes lists the programmes in which by has any role.
	Programmes(ctx context.Context, by Actor) ([]Programme, error)
	// Structure returns what the programme is made of.
	Structure(ctx context.Context, by Actor, programme Code) (Structure, error)
	// Grants lists who has which role in the programme (SYSTEM included).
	Grants(ctx context.Context, by Actor, programme Code) ([]Grant, error)
	// Lines lists lines that match the pattern, in order.
	Lines(ctx context.Context, by Actor, programme Code, pattern Line) ([]Line, error)
	// Cells yields turnovers in no particular order.
	Cells(ctx context.Context, by Actor, programme Code, f Filter, d Detail) iter.Seq2[Cell, error]
	// Obligations lists obligations by code.
	Obligations(ctx context.Context, by Actor, programme Code, q ObligationQuery) ([]Obligation, error)
	// Journal returns one page of events.
	Journal(ctx context.Context, by Actor, programme Code, q JournalQuery) (JournalPage, error)
	// Record returns one record of the log, whole.
	Record(ctx context.Context, by Actor, programme Code, seq Seq) (Record, error)
	// Records yields whole records after the given sequence, in order, all of
	// one snapshot. Memory does not grow with their number.
	Records(ctx context.Context, by Actor, programme Code, after Seq) iter.Seq2[Record, error]
}
