package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/lib/pq"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/seal"
)

// Limits of a writer.
const (
	queueLength   = 4096            // posts that wait; more are refused as Busy
	batchRequests = 512             // requests decided and committed together
	idleAfter     = 5 * time.Minute // a writer without work ends and forgets its state
	stateSize     = 400_000         // accounts, obligations, keys and the like in memory; above it the state is read anew
	lockedBatches = 8               // after another instance wrote, hold the head's lock this many batches
	tries         = 5               // of one batch
	partEvents    = 1000            // of an all-or-none post, written at a time
)

// A book is the one writer of a programme in this process. What stands below
// ended belongs to its goroutine, which decides and encodes what comes in while the
// batch before it is being written: one flight is in the air at most, and one more
// gathers jobs until that has landed.
type book struct {
	store *Store
	id    int
	code  ledger.Code
	queue chan *job
	quit  chan struct{}
	ended chan struct{}

	state  *ledger.State // with everything that was decided; nil: to be read
	tree   *seal.Tree
	last   time.Time  // when the last record was recorded
	locked int        // batches still to be decided under the head's lock
	air    *flight    // being written; nil: none
	landed chan error // what became of it
	next   *flight    // decided, to follow when that has landed; nil: none
}

func (b *book) stop() {
	close(b.quit)
	<-b.ended
}

// run takes what waits, without a timer: alone, a request commits at once; under
// load batches grow by themselves.
func (b *book) run() {
	defer close(b.ended)
	idle := time.NewTimer(idleAfter)
	defer idle.Stop()
	for {
		idle.Reset(idleAfter)
		queue := b.queue
		if b.room() <= 0 {
			queue = nil // until what is in the air has landed
		}
		select {
		case j := <-queue:
			b.commit(&flight{jobs: b.gather(j)})
		case err := <-b.landed:
			b.land(err)
		case <-idle.C:
			if b.retire() {
				return
			}
		case <-b.quit:
			b.drain()
			return
		}
	}
}

// retire takes the writer out of the store unless something waits or is under way.
func (b *book) retire() bool {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	if len(b.queue) > 0 || b.air != nil || b.store.books[b.code] != b {
		return false
	}
	delete(b.store.books, b.code)
	return true
}

// drain answers what waits at the end; the store takes no more.
func (b *book) drain() {
	defer b.settle()
	for {
		if b.room() <= 0 {
			b.settle()
		}
		select {
		case j := <-b.queue:
			b.commit(&flight{jobs: b.gather(j)})
		default:
			return
		}
	}
}

// room returns how many requests the next flight can take.
func (b *book) room() int {
	room := batchRequests
	if b.next != nil {
		for _, j := range b.next.jobs {
			room -= len(j.rs)
		}
	}
	return room
}

// gather adds what waits to a batch. A Together post is a batch of its own.
func (b *book) gather(first *job) (jobs []*job) {
	jobs, room := []*job{first}, b.room()-len(first.rs)
	for first.mode == ledger.Each && room > 0 {
		select {
		case j := <-b.queue:
			if j.mode == ledger.Together {
				b.commit(&flight{jobs: jobs})
				return []*job{j}
			}
			jobs, room = append(jobs, j), room-len(j.rs)
		default:
			return jobs
		}
	}
	return jobs
}

// commit sees to it that every job is answered, whatever happens: once what was
// decided is in the database, or when deciding again does not help.
func (b *book) commit(f *flight) {
	defer func() {
		if p := recover(); p != nil {
			b.forget()
			err := fmt.Errorf("writer of %s: panic: %v\n%s", b.code, p, debug.Stack())
			b.store.report(err)
			answer(f.jobs, err)
		}
	}()
	for f.tries < tries {
		if f.err = b.attempt(f); f.err == nil {
			return
		}
		b.failed(f)
	}
	answer(f.jobs, b.verdict(f.err))
}

// failed draws the lesson of a flight that was not written, for all that know: the
// state was wrong.
func (b *book) failed(f *flight) {
	b.forget()
	f.tries++
	if errors.Is(f.err, errMoved) {
		b.locked = lockedBatches
		return
	}
	f.keys = true // what was written is found again by its keys
	pe := (*pq.Error)(nil)
	refused := errors.As(f.err, &pe)
	if refused && pe.Constraint == "record_key_unique" {
		return
	}
	b.store.report(fmt.Errorf("writer of %s: %w", b.code, f.err))
	if !refused || ambiguous(pe) { // the connection failed
		time.Sleep(50 * time.Millisecond)
	}
}

// verdict is what jobs are told when nothing helped.
func (b *book) verdict(err error) error {
	if pe := (*pq.Error)(nil); errors.As(err, &pe) && !ambiguous(pe) {
		return fmt.Errorf("writer of %s: %w", b.code, err)
	}
	return fmt.Errorf("%w: %w", ledger.Refuse(ledger.UnknownOutcome, ""), err)
}

// answer tells the jobs their results or, if there is an error, that.
func answer(jobs []*job, err error) {
	for _, j := range jobs {
		if err != nil {
			j.results, j.err = nil, err
		}
		close(j.done)
	}
}

// dismiss answers those of the jobs for which nobody waits any more, nothing being
// done, and returns the others.
func dismiss(jobs []*job) (waiting []*job) {
	for _, j := range jobs {
		if j.ctx.Err() == nil {
			waiting = append(waiting, j)
		} else {
			answer([]*job{j}, context.Cause(j.ctx))
		}
	}
	return waiting
}

// abandoned reports whether nobody waits for any of the jobs.
func abandoned(jobs []*job) bool {
	return !slices.ContainsFunc(jobs, func(j *job) bool { return j.ctx.Err() == nil })
}

// land takes note of how the flight in the air went, and lets the next one follow.
// If it failed, it is decided again on the state read anew, and so is then the
// next one, which was decided on top of it.
func (b *book) land(err error) {
	f, next := b.air, b.next
	b.air, b.next = nil, nil
	if f.err = err; err != nil {
		b.failed(f)
		b.commit(f)
	}
	if next != nil {
		b.commit(next)
	}
}

// settle waits until nothing is under way. The state is another one afterwards if
// something failed.
func (b *book) settle() {
	for b.air != nil {
		b.land(<-b.landed)
	}
}

// ambiguous reports whether the server's error leaves open if the batch was
// committed: it was shutting down or lost the connection.
func ambiguous(e *pq.Error) bool { return e.Code.Class() == "57" || e.Code.Class() == "08" }

// forget drops the state: the next batch reads it anew.
func (b *book) forget() { b.state, b.tree = nil, nil }

// attempt decides the jobs of a flight and sends it off, unless another one is in
// the air: then it is the next, or joins it. What has to read the database first
// waits until everything decided is there to be read.
func (b *book) attempt(f *flight) error {
	if f.decided == 0 && b.state != nil && b.state.Size() > stateSize {
		b.forget()
	}
	complete := b.complete(f.jobs[b.resume(f):], f.keys)
	if !complete || b.alone(f) {
		b.settle()
	}
	if b.next != nil {
		b.next.jobs = append(b.next.jobs, f.jobs...)
		*f, b.next = *b.next, nil
	}
	if n := b.resume(f); f.tries == 0 {
		if f.jobs = append(f.jobs[:n:n], dismiss(f.jobs[n:])...); len(f.jobs) == 0 {
			return nil
		}
	}
	if b.alone(f) {
		b.locked = max(0, b.locked-1)
		return b.attemptLocked(f)
	}
	ctx := context.Background()
	if !complete {
		if err := b.prepare(ctx, f); err != nil {
			return err
		}
	}
	if err := b.decide(f); err != nil {
		return err
	}
	if b.air != nil {
		b.next = f
		return nil
	}
	return b.depart(ctx, f)
}

// alone reports whether nobody may come between deciding and writing.
func (b *book) alone(f *flight) bool { return b.locked > 0 || f.jobs[0].mode == ledger.Together }

// complete reports whether the state has all it takes to decide.
func (b *book) complete(jobs []*job, keys bool) bool {
	return b.state != nil && len(b.missing(jobs, keys)) == 0
}

// depart writes a flight in the background. Its jobs are answered at once when it
// is committed, even if others are just being decided.
func (b *book) depart(ctx context.Context, f *flight) error {
	if f.tries == 0 && abandoned(f.jobs) {
		b.forget()
		dismiss(f.jobs)
		return nil
	}
	args, err := b.finish(ctx, b.store.writer, f)
	if err != nil {
		return err
	}
	if args == nil {
		answer(f.jobs, nil)
		return nil
	}
	b.air = f
	go func() {
		err := write(ctx, b.store.writer, args)
		if err == nil {
			answer(f.jobs, nil)
		}
		b.landed <- err
	}()
	return nil
}

// attemptLocked does the same while holding the head's lock: four round trips,
// but nobody else can come between.
func (b *book) attemptLocked(f *flight) error {
	ctx := context.Background()
	tx, err := b.store.writer.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var seq ledger.Seq
	if err := tx.GetContext(ctx, &seq, "SELECT lock_head($1)", b.id); err != nil {
		return err
	}
	if b.state != nil && b.state.Seq() != seq {
		b.forget()
	}
	l := &load{ctx: ctx, tx: tx, book: b.id, code: b.code}
	if j := f.jobs[0]; j.mode == ledger.Together {
		err = b.together(l, j, f.keys)
	} else if err = b.flush(l, f); err == nil {
		err = tx.Commit()
	}
	if err == nil {
		answer(f.jobs, nil)
	}
	return err
}

// together writes an all-or-none post part by part in one transaction, so that
// memory does not grow with its size. After a refusal the rest is still decided,
// to name every fault, and nothing is kept.
func (b *book) together(l *load, j *job, keys bool) error {
	j.results = nil
	for rest := j.rs; len(rest) > 0; {
		n := part(rest)
		one := &job{ctx: j.ctx, by: j.by, rs: rest[:n]}
		if err := b.flush(l, &flight{jobs: []*job{one}, keys: keys}); err != nil {
			return err
		}
		for _, r := range one.results {
			r.Record = nil // thousands of records are of no use to the caller
			j.results = append(j.results, r)
		}
		rest = rest[n:]
	}
	if !anyRefused(j.results) {
		return l.tx.Commit()
	}
	b.forget()
	togetherRefused(j.results)
	return nil
}

// part returns how many of the requests make a part of about partEvents events.
func part(rs []ledger.Request) int {
	events := 0
	for i, r := range rs {
		if p, ok := r.Action.(ledger.Posting); ok {
			events += len(p.Events)
		} else {
			events++
		}
		if events >= partEvents {
			return i + 1
		}
	}
	return len(rs)
}

// togetherRefused tells the requests that would have been accepted that another
// one was not: nothing was recorded.
func togetherRefused(results []ledger.Result) {
	for i, r := range results {
		if r.Outcome == ledger.Accepted {
			results[i] = ledger.Result{Err: ledger.Refuse(ledger.TogetherRefused, "")}
		}
	}
}

// prepare reads what is missing, in one snapshot.
func (b *book) prepare(ctx context.Context, f *flight) error {
	tx, err := b.store.writer.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return b.read(&load{ctx: ctx, tx: tx, book: b.id, code: b.code}, f)
}

// read brings the state to where it can decide the jobs.
func (b *book) read(l *load, f *flight) (err error) {
	if b.state == nil {
		if b.state, b.tree, b.last, err = l.base(); err != nil {
			return err
		}
	}
	l.cur = b.state.Currency()
	for {
		needs := b.missing(f.jobs, f.keys)
		if len(needs) == 0 {
			return nil
		}
		if err := l.needs(b.state, needs); err != nil {
			return err
		}
	}
}

func (b *book) missing(jobs []*job, keys bool) (needs []ledger.Need) {
	for _, j := range jobs {
		needs = append(needs, b.state.Missing(j.by, j.rs, keys)...)
	}
	return needs
}

// flush decides a flight and writes it within a transaction.
func (b *book) flush(l *load, f *flight) error {
	if err := b.read(l, f); err != nil {
		return err
	}
	if err := b.decide(f); err != nil {
		return err
	}
	args, err := b.finish(l.ctx, l.tx, f)
	if err != nil || args == nil {
		return err
	}
	return write(l.ctx, l.tx, args)
}
