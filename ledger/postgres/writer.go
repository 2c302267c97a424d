package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/jmoiron/sqlx"
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

// A book is the one writer of a programme in this process. Everything below
// queue belongs to its goroutine.
type book struct {
	store *Store
	id    int
	code  ledger.Code
	queue chan *job
	quit  chan struct{}
	ended chan struct{}

	state  *ledger.State // nil: to be read
	tree   *seal.Tree
	last   time.Time // when the last record was recorded
	locked int       // batches still to be decided under the head's lock
}

// A job is one Post.
type job struct {
	ctx     context.Context
	by      ledger.Actor
	mode    ledger.Mode
	rs      []ledger.Request
	done    chan struct{}
	results []ledger.Result
	err     error
}

// Post implements ledger.Books.
func (s *Store) Post(ctx context.Context, by ledger.Actor, programme ledger.Code, m ledger.Mode, rs []ledger.Request) ([]ledger.Result, error) {
	if err := checkSize(m, rs); err != nil {
		return nil, err
	}
	j := &job{ctx: ctx, by: by, mode: m, rs: rs, done: make(chan struct{})}
	if err := s.submit(ctx, programme, j); err != nil {
		return nil, err
	}
	select {
	case <-j.done:
		return j.results, j.err
	case <-ctx.Done():
		// The job may be under way: only its answer tells whether it was recorded.
		select {
		case <-j.done:
			return j.results, j.err
		case <-time.After(time.Second):
			return nil, fmt.Errorf("%w: %w", ledger.Refuse(ledger.UnknownOutcome, ""), context.Cause(ctx))
		}
	}
}

func checkSize(m ledger.Mode, rs []ledger.Request) error {
	n, limit := len(rs), ledger.MaxBulk
	if m == ledger.Together {
		n, limit = 0, ledger.MaxTogether
		for _, r := range rs {
			n++
			if p, ok := r.Action.(ledger.Posting); ok {
				n += len(p.Events) - 1
			}
		}
	}
	if n > limit {
		return ledger.Refuse(ledger.TooMany, "entries", "limit", fmt.Sprint(limit), "count", fmt.Sprint(n))
	}
	return nil
}

// submit hands a job to the programme's writer, starting it when needed.
func (s *Store) submit(ctx context.Context, programme ledger.Code, j *job) error {
	id, err := s.bookID(ctx, programme)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ledger.Refuse(ledger.Busy, "")
	}
	b := s.books[programme]
	if b == nil {
		b = &book{store: s, id: id, code: programme, queue: make(chan *job, queueLength),
			quit: make(chan struct{}), ended: make(chan struct{})}
		s.books[programme] = b
		go b.run()
	}
	select {
	case b.queue <- j:
		return nil
	default:
		return ledger.Refuse(ledger.Busy, "")
	}
}

// bookID finds the programme; a running writer knows it.
func (s *Store) bookID(ctx context.Context, programme ledger.Code) (int, error) {
	if b, _ := s.running(programme); b != nil {
		return b.id, nil
	}
	var id int
	err := s.app.GetContext(ctx, &id, "SELECT id FROM programme WHERE code = $1", programme)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ledger.Refuse(ledger.NotFound, "programme", "what", "programme", "value", string(programme))
	}
	if _, closed := s.running(programme); closed {
		return 0, ledger.Refuse(ledger.Busy, "")
	}
	return id, translate(ctx, err)
}

// running returns the programme's writer, if there is one, and whether the store
// was closed.
func (s *Store) running(programme ledger.Code) (b *book, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.books[programme], s.closed
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
		select {
		case j := <-b.queue:
			b.handle(b.gather(j))
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

// retire takes the writer out of the store unless something waits.
func (b *book) retire() bool {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	if len(b.queue) > 0 || b.store.books[b.code] != b {
		return false
	}
	delete(b.store.books, b.code)
	return true
}

// drain answers what waits at the end; the store takes no more.
func (b *book) drain() {
	for {
		select {
		case j := <-b.queue:
			b.handle(b.gather(j))
		default:
			return
		}
	}
}

// gather adds what waits to a batch. A Together post is a batch of its own.
func (b *book) gather(first *job) (jobs []*job) {
	jobs, n := []*job{first}, len(first.rs)
	for first.mode == ledger.Each && n < batchRequests {
		select {
		case j := <-b.queue:
			if j.mode == ledger.Together {
				b.handle(jobs)
				return []*job{j}
			}
			jobs, n = append(jobs, j), n+len(j.rs)
		default:
			return jobs
		}
	}
	return jobs
}

// handle answers every job, whatever happens.
func (b *book) handle(jobs []*job) {
	live := jobs[:0]
	for _, j := range jobs {
		if err := j.ctx.Err(); err != nil { // nobody waits any more: nothing is done
			j.err = context.Cause(j.ctx)
			close(j.done)
			continue
		}
		live = append(live, j)
	}
	if len(live) == 0 {
		return
	}
	err := b.commit(live)
	for _, j := range live {
		if err != nil {
			j.results, j.err = nil, err
		}
		close(j.done)
	}
}

// commit decides and writes one batch, reading the state anew when it turns out
// to be wrong, and says what the jobs are to be told if that does not help.
func (b *book) commit(jobs []*job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			b.forget()
			err = fmt.Errorf("writer of %s: panic: %v\n%s", b.code, p, debug.Stack())
			b.store.report(err)
		}
	}()
	keys := false
	for range tries {
		if err = b.attempt(jobs, keys); err == nil {
			return nil
		}
		b.forget()
		switch pe := (*pq.Error)(nil); {
		case errors.Is(err, errMoved):
			b.locked = lockedBatches
		case errors.As(err, &pe) && pe.Constraint == "record_key_unique":
			keys = true
		case errors.As(err, &pe) && !ambiguous(pe):
			keys = true // our state may be wrong: once more with everything read anew
			b.store.report(fmt.Errorf("writer of %s: %w", b.code, err))
		default: // the connection failed: what was written is found again by its keys
			keys = true
			b.store.report(fmt.Errorf("writer of %s: %w", b.code, err))
			time.Sleep(50 * time.Millisecond)
		}
	}
	if pe := (*pq.Error)(nil); errors.As(err, &pe) && !ambiguous(pe) {
		return fmt.Errorf("writer of %s: %w", b.code, err)
	}
	return fmt.Errorf("%w: %w", ledger.Refuse(ledger.UnknownOutcome, ""), err)
}

// ambiguous reports whether the server's error leaves open if the batch was
// committed: it was shutting down or lost the connection.
func ambiguous(e *pq.Error) bool { return e.Code.Class() == "57" || e.Code.Class() == "08" }

// forget drops the state: the next batch reads it anew.
func (b *book) forget() { b.state, b.tree = nil, nil }

// attempt decides all jobs on the state and writes what was accepted.
func (b *book) attempt(jobs []*job, keys bool) error {
	if b.state != nil && b.state.Size() > stateSize {
		b.forget()
	}
	if b.locked > 0 || jobs[0].mode == ledger.Together {
		b.locked = max(0, b.locked-1)
		return b.attemptLocked(jobs, keys)
	}
	ctx := context.Background()
	if err := b.prepare(ctx, jobs, keys); err != nil {
		return err
	}
	return b.flush(ctx, b.store.writer, jobs)
}

// attemptLocked does the same while holding the head's lock: four round trips,
// but nobody else can come between.
func (b *book) attemptLocked(jobs []*job, keys bool) error {
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
	if j := jobs[0]; j.mode == ledger.Together {
		return b.together(l, j, keys)
	}
	if err := b.read(l, jobs, keys); err != nil {
		return err
	}
	if err := b.flush(ctx, tx, jobs); err != nil {
		return err
	}
	return tx.Commit()
}

// together writes an all-or-none post part by part in one transaction, so that
// memory does not grow with its size. After a refusal the rest is still decided,
// to name every fault, and nothing is kept.
func (b *book) together(l *load, j *job, keys bool) error {
	j.results = nil
	for rest := j.rs; len(rest) > 0; {
		n := part(rest)
		one := &job{ctx: j.ctx, by: j.by, rs: rest[:n]}
		if err := b.read(l, []*job{one}, keys); err != nil {
			return err
		}
		if err := b.flush(l.ctx, l.tx, []*job{one}); err != nil {
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

// prepare reads what is missing, in one snapshot, and only if something is.
func (b *book) prepare(ctx context.Context, jobs []*job, keys bool) error {
	if b.state != nil && len(b.missing(jobs, keys)) == 0 {
		return nil
	}
	tx, err := b.store.writer.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return b.read(&load{ctx: ctx, tx: tx, book: b.id, code: b.code}, jobs, keys)
}

// read brings the state to where it can decide the jobs.
func (b *book) read(l *load, jobs []*job, keys bool) (err error) {
	if b.state == nil {
		if b.state, b.tree, b.last, err = l.base(); err != nil {
			return err
		}
	}
	l.cur = b.state.Currency()
	for {
		needs := b.missing(jobs, keys)
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

// flush decides the jobs and writes the batch in one round trip.
func (b *book) flush(ctx context.Context, db sqlx.QueryerContext, jobs []*job) error {
	stamp := ledger.Stamp{At: b.now(), Salt: b.salts()}
	for _, j := range jobs {
		j.results = decide(b.state, j, stamp)
	}
	if err := b.recall(ctx, db, jobs, stamp); err != nil {
		return err
	}
	if len(b.state.Changes().Records) == 0 {
		return b.unmoved(ctx, db, jobs)
	}
	batch, err := encode(b.id, b.store.types, b.state, b.tree)
	if err != nil {
		return err
	}
	args, err := batch.args(b.tree.Root())
	if err != nil {
		return err
	}
	var written bool
	if err := db.QueryRowxContext(ctx, writeBatch, args...).Scan(&written); err != nil {
		return err
	}
	if !written {
		return errMoved
	}
	b.state.Flushed()
	return nil
}

// recall looks up the keys of what was refused: a state that was read anew does
// not know those of old records, and what a request took when it was recorded may
// be why it does not fit when it is repeated.
func (b *book) recall(ctx context.Context, db sqlx.QueryerContext, jobs []*job, stamp ledger.Stamp) error {
	var keys []ledger.Key
	for _, j := range jobs {
		for i, r := range j.results {
			if r.Outcome == ledger.Refused {
				keys = append(keys, j.rs[i].Key)
			}
		}
	}
	if len(keys) == 0 {
		return nil
	}
	known, err := readKeys(ctx, db, b.id, keys)
	if err != nil {
		return err
	}
	for k, v := range known {
		b.state.AddKey(k, v)
	}
	for _, j := range jobs {
		for i, r := range j.results {
			if _, recorded := known[j.rs[i].Key]; recorded && r.Outcome == ledger.Refused {
				j.results[i] = b.state.Decide(j.by, j.rs[i], stamp)
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

func decide(s *ledger.State, j *job, stamp ledger.Stamp) []ledger.Result {
	results := make([]ledger.Result, len(j.rs))
	for i, r := range j.rs {
		results[i] = s.Decide(j.by, r, stamp)
	}
	return results
}

func anyRefused(results []ledger.Result) bool {
	for _, r := range results {
		if r.Outcome == ledger.Refused {
			return true
		}
	}
	return false
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
