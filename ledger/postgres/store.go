// Package postgres keeps the books in PostgreSQL: it has every SQL statement of
// the product and implements ledger.Books and access.Directory.
//
// Everything that changes a book goes through one writer per book in each
// process, which decides in memory and commits what waits in one round trip
// (see writer.go). Readers use their own connections and roles.
package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"sync"
	"syscall"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/access"
	"github.com/sokinhphi/kinhphi/migrations"
)

// Options of a Store. The zero Options are those of a service.
type Options struct {
	Readers int              // connections for reading; 0 = 8
	Now     func() time.Time // clock; nil = time.Now
	Random  io.Reader        // salts and tokens; nil = crypto/rand
	Cost    access.Cost      // of a password hash; the zero Cost = access.DefaultCost
	Report  func(error)      // told of faults that no caller can act on; nil = ignored
}

// writers is how many connections the writers of all books share.
const writers = 4

// A Store is the books in one database. It is safe for concurrent use.
type Store struct {
	owner     *sqlx.DB // migrations and checks: the role that the URL names
	writer    *sqlx.DB // as kinhphi_writer
	app       *sqlx.DB // as kinhphi_app
	now       func() time.Time
	random    io.Reader
	report    func(error)
	passwords *access.Passwords
	tokens    tokenCache
	types     rowTypes

	mu     sync.Mutex
	books  map[ledger.Code]*book
	closed bool
}

var (
	_ ledger.Books     = (*Store)(nil)
	_ access.Directory = (*Store)(nil)
)

// Open connects to the database that the URL names, brings its schema up to
// date and returns the books. Close it when done. Errors: those of the
// connection, and of migrations.Apply.
func Open(ctx context.Context, databaseURL string, o Options) (*Store, error) {
	s := &Store{now: o.Now, random: o.Random, report: o.Report, books: map[ledger.Code]*book{}}
	if s.now == nil {
		s.now = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	if s.report == nil {
		s.report = func(error) {}
	}
	if o.Cost == (access.Cost{}) {
		o.Cost = access.DefaultCost
	}
	s.passwords = access.NewPasswords(o.Cost, 2)
	if o.Readers == 0 {
		o.Readers = 8
	}
	if err := s.connect(ctx, databaseURL, o.Readers); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Store) connect(ctx context.Context, databaseURL string, readers int) (err error) {
	if s.owner, err = pool(databaseURL, "", 2); err != nil {
		return err
	}
	if _, err = migrations.Apply(ctx, s.owner.DB); err != nil {
		return err
	}
	if s.types, err = readRowTypes(ctx, s.owner); err != nil {
		return err
	}
	if s.writer, err = pool(databaseURL, "kinhphi_writer", writers); err != nil {
		return err
	}
	if s.app, err = pool(databaseURL, "kinhphi_app", readers); err != nil {
		return err
	}
	if err := s.writer.PingContext(ctx); err != nil {
		return fmt.Errorf("connect as kinhphi_writer: %w", err)
	}
	return nil
}

// pool opens a pool of connections that take the role on.
func pool(databaseURL, role string, size int) (*sqlx.DB, error) {
	u, err := url.Parse(databaseURL)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return nil, errors.New("the database URL must look like postgres://user:password@host:port/name")
	}
	q := u.Query()
	q.Set("timezone", "UTC")
	q.Set("search_path", "core")
	q.Set("binary_parameters", "yes") // one round trip for a query with parameters instead of two
	if role != "" {
		q.Set("role", role)
	}
	u.RawQuery = q.Encode()
	connector, err := pq.NewConnector(u.String())
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	connector.Dialer(dialer{})
	db := sqlx.NewDb(sql.OpenDB(connector), "postgres")
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	db.SetConnMaxLifetime(30 * time.Minute)
	return db, nil
}

// Close ends the writers, after what they have taken, and all connections.
func (s *Store) Close() error {
	s.mu.Lock()
	s.closed = true
	books := s.books
	s.books = map[ledger.Code]*book{}
	s.mu.Unlock()
	for _, b := range books {
		b.stop()
	}
	var errs []error
	for _, db := range []*sqlx.DB{s.writer, s.app, s.owner} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// Ready reports whether the database answers and takes writes.
func (s *Store) Ready(ctx context.Context) error {
	var readOnly bool
	if err := s.app.GetContext(ctx, &readOnly, "SELECT pg_is_in_recovery()"); err != nil {
		return translate(ctx, err)
	}
	if readOnly {
		return errors.New("the database is a replica: it takes no writes")
	}
	return nil
}

// Analyze brings the planner's statistics up to date: after a large import the
// server would only do so a minute later.
func (s *Store) Analyze(ctx context.Context) error {
	_, err := s.owner.ExecContext(ctx, "ANALYZE")
	return translate(ctx, err)
}

// translate makes visible in err what a caller can act on: ctx's end, for which the
// server has an error of its own, or that there is no database to ask just now.
func translate(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%w (%w)", context.Cause(ctx), err)
	case unreachable(err):
		return fmt.Errorf("%w: %w", ledger.Refuse(ledger.Busy, ""), err)
	}
	return err
}

// unreachable reports whether no connection could be made: nothing was done.
func unreachable(err error) bool {
	pe := (*pq.Error)(nil)
	return errors.Is(err, syscall.ECONNREFUSED) ||
		errors.As(err, &pe) && (pe.Code == "57P03" || pe.Code == "53300") // starting or stopping; too many connections
}
