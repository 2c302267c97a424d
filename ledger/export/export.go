// Package export writes a book so that others can check it with tools that we
// did not write.
//
// [Bundle] turns the records of a book into a directory:
//
//	so.csv          one row for each leg, for spreadsheets
//	so.jsonl        one record per line, all kinds, with everything that is sealed
//	hledger/        main.journal and what it includes, for hledger
//	trial.csv       turnover and balance of every account
//	manifest.json   rows, bytes and hash of each data file
//	DOC-TRUOC.md    what each file is and the one-line check for each tool
//	SHA256SUMS      hashes of all of the above, for sha256sum -c
//
// The export repeats what the records say and judges nothing: a record that
// does not balance is written as it is, and the foreign tool finds it.
//
// # Memory and disk
//
// Records are read once and never kept. What stays in memory is one total for
// each account, and at most runBytes of journal text: the journal stands in the
// order of posting dates while records come in the order of sequence, so its
// text is sorted in runs on disk, in the directory of the export, and merged.
// While it works an export needs about twice the disk space of its journal.
//
// The same records and options give the same bytes.
package export

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

// Errors of Bundle that a caller can act on.
var (
	// ErrNotEmpty: the directory holds something. An export never mixes with
	// what is there, nor replaces evidence that someone may have passed on.
	ErrNotEmpty = errors.New("export: the directory is not empty")
	// ErrRecord: a record cannot be written, because it contradicts itself or
	// does not follow the one before; the error says which.
	ErrRecord = errors.New("export: broken record")
)

// Options choose what Bundle writes.
type Options struct {
	// Years are the years of posting to write, those of the posting date and not
	// of the budget; empty means all. Balances that come from other years are
	// brought in by opening transactions in the journal and by the column
	// "opening" of trial.csv, so every assertion holds. Records that are not
	// entries are always written.
	Years []int
}

// A Manifest says what an export holds.
type Manifest struct {
	Programme ledger.Code `json:"programme"`
	Currency  ledger.Code `json:"currency"`
	Sample    bool        `json:"sample,omitempty"` // invented data
	Years     []int       `json:"years,omitempty"`  // years of posting; none = all
	LastSeq   ledger.Seq  `json:"last_seq"`         // the export holds the book up to this record
	LastAt    string      `json:"last_at"`          // when that one was recorded, RFC 3339 UTC
	From      string      `json:"from"`             // first posting date written, 2006-01-02; empty without entries
	Until     string      `json:"until"`            // last posting date written
	Records   int64       `json:"records"`          // written to so.jsonl
	Entries   int64       `json:"entries"`          // of these
	Legs      int64       `json:"legs"`             // written to so.csv
	Accounts  int         `json:"accounts"`
	Files     []File      `json:"files"`
}

// A File is one file of an export.
type File struct {
	Name   string `json:"name"` // with forward slashes, within the directory
	Rows   int64  `json:"rows"` // rows without header, records or transactions; 0 for text to read
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // hexadecimal
}

// Bundle writes the records, in order of sequence, into the directory, which is
// made when it is missing and must be empty. The files appear under their names
// only when all of them are whole; after an error nothing of them is left.
// Names of units, projects and sources are those of the last record, and those
// of st where the records do not define them.
// Errors: [ErrNotEmpty], [ErrRecord], ctx's error, those that records yields,
// and those of the file system.
func Bundle(ctx context.Context, dir string, st ledger.Structure, records iter.Seq2[ledger.Record, error], o Options) (m Manifest, err error) {
	out, err := stage(dir)
	if err != nil {
		return Manifest{}, err
	}
	defer func() { err = errors.Join(err, out.close(err != nil)) }()
	b, err := newBundle(out, st, o)
	if err != nil {
		return Manifest{}, err
	}
	if err := b.read(ctx, records); err != nil {
		return Manifest{}, err
	}
	if err := b.finish(ctx); err != nil {
		return Manifest{}, err
	}
	return b.manifest, out.publish()
}

// A bundle is an export while it is being written.
type bundle struct {
	out      *staging
	years    []int // sorted; none = all
	totals   *totals
	names    names
	csv      *csvWriter
	jsonl    *jsonWriter
	journal  *journal
	manifest Manifest
	last     time.Time
}

func newBundle(out *staging, st ledger.Structure, o Options) (*bundle, error) {
	p := st.Programme
	b := &bundle{out: out, years: slices.Sorted(slices.Values(o.Years)), totals: newTotals(p), names: newNames(st)}
	b.manifest = Manifest{Programme: p.Code, Currency: p.Currency.Code(), Sample: p.Sample, Years: b.years}
	var err error
	if b.csv, err = newCSV(out, b.totals); err != nil {
		return nil, err
	}
	if b.jsonl, err = newJSONL(out, p); err != nil {
		return nil, err
	}
	b.journal, err = newJournal(out, b.totals)
	return b, err
}

// read writes everything that does not depend on the order of posting dates.
func (b *bundle) read(ctx context.Context, records iter.Seq2[ledger.Record, error]) error {
	for r, err := range records {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return fmt.Errorf("export records after %d: %w", b.manifest.LastSeq, err)
		}
		if err := b.checkRecord(r); err != nil {
			return err
		}
		b.manifest.LastSeq, b.last = r.Seq, r.At
		if err := b.record(r); err != nil {
			return fmt.Errorf("export record %d: %w", r.Seq, err)
		}
	}
	if !b.last.IsZero() {
		b.manifest.LastAt = instant(b.last)
	}
	return nil
}

// checkRecord refuses what cannot be written without inventing something.
func (b *bundle) checkRecord(r ledger.Record) error {
	switch {
	case r.Seq <= b.manifest.LastSeq:
		return fmt.Errorf("%w: %d comes after %d", ErrRecord, r.Seq, b.manifest.LastSeq)
	case (r.Kind == ledger.EntryRecord) != (r.Entry != nil):
		return fmt.Errorf("%w: %d is called %q and has another content", ErrRecord, r.Seq, r.Kind)
	case r.Entry == nil:
		return nil
	case len(r.Entry.Events) == 0 || r.Entry.Date.IsZero():
		return fmt.Errorf("%w: entry %d has no event or no date", ErrRecord, r.Seq)
	}
	for _, l := range r.Entry.Legs {
		if l.Event < 1 || l.Event > len(r.Entry.Events) || l.Amount.Currency() != b.totals.programme.Currency {
			return fmt.Errorf("%w: a leg of entry %d is of no event or in another currency", ErrRecord, r.Seq)
		}
	}
	return nil
}

func (b *bundle) record(r ledger.Record) error {
	b.names.see(r.Change)
	if r.Entry == nil {
		b.manifest.Records++
		return b.jsonl.write(r)
	}
	part := b.part(r.Entry.Date)
	if part == afterwards {
		return nil
	}
	accounts := b.totals.add(r.Entry.Legs, part)
	if part == selected {
		if err := b.entry(r); err != nil {
			return err
		}
	}
	return b.journal.entry(r, accounts, part == selected)
}

// entry writes an entry of the years wanted.
func (b *bundle) entry(r ledger.Record) error {
	b.manifest.Records++
	b.manifest.Entries++
	b.manifest.Legs += int64(len(r.Entry.Legs))
	date := r.Entry.Date.String()
	if b.manifest.From == "" || date < b.manifest.From {
		b.manifest.From = date
	}
	b.manifest.Until = max(b.manifest.Until, date)
	if err := b.csv.write(r); err != nil {
		return err
	}
	return b.jsonl.write(r)
}

// A part says where a posting date stands to the years wanted.
type part uint8

const (
	selected   part = iota
	before          // in another year, before the last one wanted: only balances count
	afterwards      // after the last year wanted: not there at all
)

func (b *bundle) part(d ledger.Date) part {
	switch {
	case len(b.years) == 0 || slices.Contains(b.years, d.Year()):
		return selected
	case d.Year() < b.years[len(b.years)-1]:
		return before
	}
	return afterwards
}

// finish writes what needs the whole book: the journal in order, the trial
// balance, and the papers about the files.
func (b *bundle) finish(ctx context.Context) error {
	b.manifest.Accounts = len(b.totals.all)
	if err := errors.Join(b.csv.close(), b.jsonl.close()); err != nil {
		return err
	}
	if err := writeTrial(b.out, b.totals); err != nil {
		return fmt.Errorf("export trial balance: %w", err)
	}
	if err := b.journal.finish(ctx, b.names); err != nil {
		return fmt.Errorf("export journal: %w", err)
	}
	b.manifest.Files = b.out.files
	if err := writePapers(b.out, b.totals.programme, &b.manifest); err != nil {
		return fmt.Errorf("export papers: %w", err)
	}
	return nil
}

// instant returns the one text form of an instant of recording.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }
