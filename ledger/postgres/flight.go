package postgres

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A flight is a batch of jobs on their way into the book. In the air, it and its
// jobs belong to the goroutine that writes it, until that says how it went.
type flight struct {
	jobs  []*job
	err   error // why it was not written when last tried
	tries int   // that failed
	keys  bool  // look up its keys first: it may have been written already

	on      *ledger.State // on which jobs were decided; what follows counts for no other
	decided int           // jobs
	refused bool          // one of their requests
	stamp   ledger.Stamp
	rows    *batch
	encoded int // records
}

// resume returns how many jobs of a flight are decided: none if that was on
// another state, which did not come to be.
func (b *book) resume(f *flight) int {
	if f.on == nil || f.on != b.state {
		*f = flight{jobs: f.jobs, err: f.err, tries: f.tries, keys: f.keys}
	}
	return f.decided
}

// decide decides the jobs of a flight that were not yet, and encodes what was
// accepted.
func (b *book) decide(f *flight) error {
	if b.resume(f) == 0 {
		f.on, f.stamp = b.state, ledger.Stamp{At: b.now(), Salt: b.salts()}
		f.rows = newBatch(b.id, b.store.types, f.on)
	}
	for ; f.decided < len(f.jobs); f.decided++ {
		j := f.jobs[f.decided]
		j.results = make([]ledger.Result, len(j.rs))
		for i, r := range j.rs {
			j.results[i] = f.on.Decide(j.by, r, f.stamp)
		}
		f.refused = f.refused || anyRefused(j.results)
	}
	for records := f.on.Changes().Records; f.encoded < len(records); f.encoded++ {
		if err := f.rows.record(&records[f.encoded], b.tree); err != nil {
			return err
		}
	}
	return nil
}

// finish returns the parameters of write_batch for a flight, nil if there is nothing
// to write. The state takes it for written from then on.
func (b *book) finish(ctx context.Context, db sqlx.QueryerContext, f *flight) ([]any, error) {
	if f.refused {
		if err := b.recall(ctx, db, f); err != nil {
			return nil, err
		}
	}
	if f.encoded == 0 {
		return nil, b.unmoved(ctx, db, f.jobs)
	}
	f.rows.derived()
	args, err := f.rows.args(b.tree.Root())
	f.on.Flushed()
	f.rows = nil
	return args, err
}

// write writes a batch in one round trip.
func write(ctx context.Context, db sqlx.QueryerContext, args []any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("write batch: panic: %v\n%s", p, debug.Stack())
		}
	}()
	var written bool
	if err := db.QueryRowxContext(ctx, writeBatch, args...).Scan(&written); err != nil {
		return err
	}
	if !written {
		return errMoved
	}
	return nil
}

// recall looks up the keys of what was refused: a state that was read anew does
// not know those of old records, and what a request took when it was recorded may
// be why it does not fit when it is repeated.
func (b *book) recall(ctx context.Context, db sqlx.QueryerContext, f *flight) error {
	var keys []ledger.Key
	for _, j := range f.jobs {
		for i, r := range j.results {
			if r.Outcome == ledger.Refused {
				keys = append(keys, j.rs[i].Key)
			}
		}
	}
	known, err := readKeys(ctx, db, b.id, keys)
	if err != nil {
		return err
	}
	for k, v := range known {
		b.state.AddKey(k, v)
	}
	for _, j := range f.jobs {
		for i, r := range j.results {
			if _, recorded := known[j.rs[i].Key]; recorded && r.Outcome == ledger.Refused {
				j.results[i] = b.state.Decide(j.by, j.rs[i], f.stamp)
			}
		}
	}
	return nil
}

// unmoved makes sure that a batch of which nothing is written was decided on the
// book as it is: with records the compare-and-swap does that, but a refusal may
// rest on balances or rights that another instance has changed since.
func (b *book) unmoved(ctx context.Context, db sqlx.QueryerContext, jobs []*job) error {
	for _, j := range jobs {
		if !anyRefused(j.results) {
			continue
		}
		var seq ledger.Seq
		if err := db.QueryRowxContext(ctx, "SELECT seq FROM head WHERE programme = $1", b.id).Scan(&seq); err != nil {
			return err
		}
		if seq != b.state.Seq() {
			return errMoved
		}
		return nil
	}
	return nil
}

func anyRefused(results []ledger.Result) bool {
	for _, r := range results {
		if r.Outcome == ledger.Refused {
			return true
		}
	}
	return false
}

// now is the batch's instant: never before the last record's, whatever the
// clock does.
func (b *book) now() time.Time {
	if now := ledger.Instant(b.store.now()); now.After(b.last) {
		b.last = now
	}
	return b.last
}

// salts returns a source of salts for one batch: random bytes drawn at once.
func (b *book) salts() func() [16]byte {
	var buf [512]byte
	left := buf[:0]
	return func() (salt [16]byte) {
		if len(left) < len(salt) {
			left = buf[:]
			if _, err := io.ReadFull(b.store.random, left); err != nil {
				panic(fmt.Sprintf("draw salt: %v", err)) // caught by commit: nothing was written
			}
		}
		copy(salt[:], left)
		left = left[len(salt):]
		return salt
	}
}
