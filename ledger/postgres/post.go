package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

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
			quit: make(chan struct{}), ended: make(chan struct{}), landed: make(chan error, 1)}
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
