package local

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/lib/pq"
)

const (
	patience   = 3 * time.Second        // a start that takes longer is worth a word
	orphanTime = 300 * time.Millisecond // after it, a server that lost its watchdog refuses connections
)

// Options say which server to start. Only Dir is needed.
type Options struct {
	// Dir holds the database; it is made when it is missing. It belongs to this
	// package alone, and is on a file system of this machine.
	Dir string

	// NoSync gives up durability for speed: a crash of the machine loses the data.
	// For tests only.
	NoSync bool

	// Temporary removes Dir when its last user has gone. Start refuses a Dir with a
	// database that was not made so.
	Temporary bool

	// Linger is how long the server stays up after its last user has gone. What
	// counts is the value of the process that started it.
	Linger time.Duration

	// Log receives one line at each thing that takes time. Nil discards them.
	Log func(format string, args ...any)
}

// A Server is this process's use of a running server. It is safe for concurrent
// use.
type Server struct {
	home     home
	port     int
	password string
	version  string
	programs string
	adopted  bool

	mu  sync.Mutex
	use *os.File // the shared lock; nil after Stop
}

// home is a directory of a server, under its real path.
type home struct{ Options }

func (h home) cluster() string         { return filepath.Join(h.Dir, "pg") }
func (h home) passwordFile() string    { return filepath.Join(h.Dir, "password") }
func (h home) log() string             { return filepath.Join(h.Dir, "log") }
func (h home) mark() string            { return filepath.Join(h.Dir, "temporary") }
func (h home) lock(name string) string { return lockPath(h.Dir, name) }

// Start returns the running server of the directory, and starts it when there is
// none; the first time it makes the cluster. It waits until the server answers,
// which after a crash may take as long as its recovery, or until ctx ends. Any
// number of processes may call it at once. Errors: ErrNoPrograms,
// ErrOtherVersion, ErrNotOurs, what ctx ends with, or what the server said.
func Start(ctx context.Context, o Options) (*Server, error) {
	h, err := newHome(o)
	if err != nil {
		return nil, fmt.Errorf("the local database: %w", err)
	}
	use, err := takeLock(ctx, h.lock("use"), syscall.LOCK_SH)
	if err != nil {
		return nil, fmt.Errorf("the local database: %w", err)
	}
	s, err := h.server(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the local database in %s: %w", h.Dir, err), use.Close())
	}
	s.use = use
	return s, nil
}

// newHome makes the directory. Those above it may be entered by everybody, as the
// server of root is not root.
func newHome(o Options) (home, error) {
	if o.Dir == "" {
		return home{}, errors.New("no directory is given")
	}
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return home{}, err
	}
	if err := mkdirs(dir, 0o700); err != nil {
		return home{}, err
	}
	o.Dir, err = filepath.EvalSymlinks(dir)
	return home{o}, err
}

// mkdirs makes a directory and those above it, whatever the umask is.
func mkdirs(dir string, mode os.FileMode) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := mkdirs(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(dir, mode); err != nil {
		if errors.Is(err, os.ErrExist) { // another process was faster
			return nil
		}
		return err
	}
	return os.Chmod(dir, mode)
}

// server finds or starts the server. Only one process at a time looks.
func (h home) server(ctx context.Context) (*Server, error) {
	start, err := takeLock(ctx, h.lock("start"), syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer start.Close()
	if err := h.checkKind(); err != nil {
		return nil, err
	}
	word := time.AfterFunc(patience, func() { h.Log("waiting for the database server; its log is %s", h.log()) })
	defer word.Stop()
	var l launched
	for {
		s, err := h.connect(ctx)
		if s != nil {
			s.adopted = !l.done
		}
		if s != nil || err != nil {
			return s, err
		}
		running, err := h.running()
		if err != nil {
			return nil, err
		}
		if !running {
			if err := h.launchOnce(ctx, &l); err != nil {
				return nil, err
			}
		}
		if err := wait(ctx, poll); err != nil {
			return nil, fmt.Errorf("waiting for the server: %w", err)
		}
	}
}

// running says whether a server or its watchdog lives: one that does not answer
// yet is starting, and one without a watchdog is about to end.
func (h home) running() (bool, error) {
	watched, err := isLocked(h.lock("server"))
	if watched || err != nil {
		return watched, err
	}
	p, err := livePostmaster(h.cluster())
	return p.PID != 0, err
}

// launched is a watchdog that this process has started.
type launched struct {
	done  bool
	ended <-chan struct{}
	from  int64 // where its words in the log begin
}

// launchOnce starts a watchdog, and the second time says why it ended.
func (h home) launchOnce(ctx context.Context, l *launched) (err error) {
	if !l.done {
		l.done = true
		l.ended, l.from, err = h.launch(ctx)
		return err
	}
	select {
	case <-l.ended:
		return fmt.Errorf("the server did not start: %s", complaint(readFrom(h.log(), l.from)))
	default:
		return nil
	}
}

// launch makes everything ready and starts the watchdog, which starts the server.
func (h home) launch(ctx context.Context) (ended <-chan struct{}, from int64, err error) {
	a := serverAccount(h.cluster())
	if err := errors.Join(h.checkOwner(a), a.canEnter(h.Dir)); err != nil {
		return nil, 0, err
	}
	p, err := h.programs()
	if err != nil {
		return nil, 0, err
	}
	if err := h.ownLocks(a); err != nil {
		return nil, 0, err
	}
	if err := h.ensureCluster(ctx, p, a); err != nil {
		return nil, 0, err
	}
	h.Log("starting PostgreSQL %s from %s", p.Version, p.Dir)
	log, from, err := h.openLog(a)
	if err != nil {
		return nil, 0, err
	}
	defer log.Close()
	w := watch{Dir: h.Dir, Postgres: p.Path("postgres"), Account: a, Settings: h.settings(),
		Linger: h.Linger, Temporary: h.Temporary}
	ended, err = w.launch(log)
	return ended, from, err
}

// ownLocks lets the account that owns the cluster use the directory without root.
func (h home) ownLocks(a account) error {
	server, err := openLock(h.lock("server"))
	if err != nil {
		return err
	}
	return errors.Join(server.Close(), a.own(h.Dir, h.lock(""), h.lock("start"), h.lock("use"), h.lock("server")))
}

// checkOwner refuses a temporary directory that somebody else made: its path can
// be guessed, and it lies where everybody may write.
func (h home) checkOwner(a account) error {
	uid, _, err := owner(h.Dir)
	if err != nil || !h.Temporary || uid == os.Geteuid() || a.Drop && uid == a.UID {
		return err
	}
	return fmt.Errorf("%w: it belongs to user id %d", ErrNotOurs, uid)
}

const maxLog = 16 << 20 // bytes; then the log becomes log.old

// openLog opens the log for the words of a new server.
func (h home) openLog(a account) (*os.File, int64, error) {
	if info, err := os.Stat(h.log()); err == nil && info.Size() > maxLog {
		if err := os.Rename(h.log(), h.log()+".old"); err != nil {
			return nil, 0, fmt.Errorf("beginning a new log: %w", err)
		}
	}
	f, err := os.OpenFile(h.log(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("opening the server's log: %w", err)
	}
	info, err := f.Stat()
	if err = errors.Join(err, a.own(h.log())); err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

// linePrefix is what the server puts before each line of its log.
var linePrefix = regexp.MustCompile(`(?m)^\S+ \S+ UTC \[\d+\] `)

// complaint returns why a server did not start: its last words.
func complaint(said string) string { return lastLines(linePrefix.ReplaceAllString(said, "")) }

// connect tries the server; nil when there is none that answers yet. One without
// a watchdog may have just lost it, and go down in a moment: it is asked twice.
func (h home) connect(ctx context.Context) (*Server, error) {
	s, err := h.connectOnce(ctx)
	if s == nil || err != nil {
		return nil, err
	}
	watched, err := isLocked(h.lock("server"))
	if watched || err != nil {
		return s, err
	}
	if err := wait(ctx, orphanTime); err != nil {
		return nil, err
	}
	return h.connectOnce(ctx)
}

func (h home) connectOnce(ctx context.Context) (*Server, error) {
	p, err := livePostmaster(h.cluster())
	if err != nil || !p.Ready {
		return nil, err
	}
	password, err := h.password()
	if err != nil {
		return nil, err
	}
	s := &Server{home: h, port: p.Port, password: password}
	err = s.ask(ctx)
	if isPassing(err) && ctx.Err() == nil {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the running server: %w", err)
	}
	return s, nil
}

// ask fills in what only the running server knows, and refuses one that would
// lose what its user means to keep.
func (s *Server) ask(ctx context.Context) error {
	db, err := sql.Open("postgres", s.URL("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	var fsync string
	err = db.QueryRowContext(ctx, `SELECT split_part(current_setting('server_version'), ' ', 1), current_setting('fsync')`).
		Scan(&s.version, &fsync)
	if err != nil {
		return err
	}
	if fsync == "off" && !s.home.NoSync {
		return fmt.Errorf("%w: its server runs without fsync", ErrNotOurs)
	}
	opts, err := os.ReadFile(filepath.Join(s.home.cluster(), "postmaster.opts"))
	program, _, _ := strings.Cut(string(opts), ` "`)
	s.programs = filepath.Dir(program)
	return err
}

// isPassing says whether an attempt to connect failed for a reason that goes away
// by itself: the server is starting, recovering, stopping, or just gone.
func isPassing(err error) bool {
	if pqErr := (*pq.Error)(nil); errors.As(err, &pqErr) {
		return pqErr.Code == "57P03" || pqErr.Code == "57P01" || pqErr.Code == "53300"
	}
	for _, passing := range []error{syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, passing) {
			return true
		}
	}
	return err != nil && strings.Contains(err.Error(), "EOF")
}

// URL returns the address of a database of the server, for lib/pq and psql. It
// holds the password.
func (s *Server) URL(database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(superuser, s.password),
		Host:     fmt.Sprintf("127.0.0.1:%d", s.port),
		Path:     "/" + database,
		RawQuery: "sslmode=disable&timezone=UTC",
	}
	return u.String()
}

// EnsureDatabase makes a database unless it exists, and returns its URL.
func (s *Server) EnsureDatabase(ctx context.Context, name string) (string, error) {
	db, err := sql.Open("postgres", s.URL("postgres"))
	if err != nil {
		return "", fmt.Errorf("making database %s: %w", name, err)
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "CREATE DATABASE "+pq.QuoteIdentifier(name))
	var pqErr *pq.Error
	if errors.As(err, &pqErr) && (pqErr.Code == "42P04" || pqErr.Code == "23505") { // exists; another process was faster
		err = nil
	}
	if err != nil {
		return "", fmt.Errorf("making database %s: %w", name, err)
	}
	return s.URL(name), nil
}

// Version returns the version of the running server: "15.18".
func (s *Server) Version() string { return s.version }

// BinDir returns the directory of the programs that run the server.
func (s *Server) BinDir() string { return s.programs }

// Dir returns the directory of the server, without symbolic links.
func (s *Server) Dir() string { return s.home.Dir }

// Port returns the TCP port on 127.0.0.1.
func (s *Server) Port() int { return s.port }

// Adopted says whether the server was already running.
func (s *Server) Adopted() bool { return s.adopted }

// Stop ends this process's use of the server. When nobody else uses it, Stop
// waits until it is down, unless it was to linger. The end of the process does
// the same without the wait. Later calls do nothing.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	use := s.use
	s.use = nil
	s.mu.Unlock()
	if use == nil {
		return nil
	}
	if err := use.Close(); err != nil {
		return fmt.Errorf("stopping the local database: %w", err)
	}
	if s.home.Linger > 0 {
		return nil
	}
	if err := s.awaitEnd(ctx); err != nil {
		return fmt.Errorf("waiting for the local database to stop: %w", err)
	}
	return nil
}

// awaitEnd waits until the watchdog has ended, or others use the server. Since
// looking at the lock means to hold it for a moment, others must be seen there
// several times.
func (s *Server) awaitEnd(ctx context.Context) error {
	for others := 0; others < 3; {
		watched, err := isLocked(s.home.lock("server"))
		if !watched || err != nil {
			return err
		}
		shared, err := isShared(s.home.lock("use"))
		if err != nil {
			return err
		}
		others++
		if !shared {
			others = 0
		}
		if err := wait(ctx, poll); err != nil {
			return err
		}
	}
	return nil
}
