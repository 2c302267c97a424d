package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

const (
	watchVariable = "KINHPHI_LOCAL_WATCHDOG" // holds the task of a watchdog, as JSON

	retryPause = 100 * time.Millisecond
	maxRetries = 100 // starts in a row that did not come to anything: 10 s
	maxCrashes = 5   // crashes in a row, each less than crashSpan after the start
	crashSpan  = 10 * time.Second
	stopTime   = time.Minute // for a fast shutdown; then an immediate one
	maxSaid    = 64 << 10    // of the log of one start is read
)

// A watch is the task of a watchdog: which server to run, and how.
type watch struct {
	Dir       string
	Postgres  string // the program
	Account   account
	Settings  []string      // name=value
	Port      int           // the first to try; 0 for any
	Linger    time.Duration // how long an unused server stays
	Temporary bool          // remove Dir at the end
}

// init makes the process a watchdog when it was started to be one.
func init() {
	if task, ok := os.LookupEnv(watchVariable); ok {
		os.Exit(runWatchdog(task))
	}
}

// runWatchdog does the task and returns the exit code. What it has to say goes
// to its standard error, which is the log.
func runWatchdog(task string) int {
	var w watch
	err := json.Unmarshal([]byte(task), &w)
	if err == nil {
		err = w.run()
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "watchdog: %v\n", err)
		return 1
	}
	return 0
}

// run keeps the server up until nobody uses it. The locks that it takes end with
// the process: they also cover what is left to do after the server's end.
func (w *watch) run() error {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := takeLock(ctx, lockPath(w.Dir, "server"), syscall.LOCK_EX); err != nil {
		return err
	}
	use, err := openLock(lockPath(w.Dir, "use"))
	if err != nil {
		return err
	}
	unused := make(chan struct{})
	go w.awaitUnused(use, unused)
	if err := w.supervise(unused); err != nil {
		return err
	}
	select {
	case <-unused:
		return w.remove()
	default:
		return nil // somebody stopped the server under its users
	}
}

// awaitUnused closes the channel, and keeps the lock, when nobody has used the
// server for the time of w.Linger.
func (w *watch) awaitUnused(use *os.File, unused chan<- struct{}) {
	defer close(unused)
	for {
		err := flock(use, syscall.LOCK_EX)
		if err == nil && w.Linger > 0 {
			err = flock(use, syscall.LOCK_UN)
			time.Sleep(w.Linger)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "watchdog: %v; stopping the server\n", err)
			return
		}
		if ok, err := tryLock(use, syscall.LOCK_EX); ok || err != nil {
			return
		}
	}
}

// remove takes a temporary directory away: out of the sight of newcomers first,
// who then make a new one.
func (w *watch) remove() error {
	if !w.Temporary {
		return nil
	}
	gone := fmt.Sprintf("%s.gone-%d", w.Dir, os.Getpid())
	if err := os.Rename(w.Dir, gone); err != nil {
		return fmt.Errorf("removing the temporary server: %w", err)
	}
	if err := os.RemoveAll(gone); err != nil {
		return fmt.Errorf("removing the temporary server: %w", err)
	}
	return nil
}

// An ending is why a server process ended.
type ending int

const (
	endedStopped ending = iota // shut down in order
	endedCrashed               // killed, or dead after it had been ready
	endedBusy                  // an earlier server's processes are not all gone yet
	endedPort                  // somebody else has the port
	endedFailed                // cannot start
)

// classify tells the ending from what the server said since its start. Only the
// messages tell some cases apart; the server speaks English (LC_ALL=C).
func classify(said string, state *os.ProcessState) ending {
	switch {
	case state.Success():
		return endedStopped
	case strings.Contains(said, "ready to accept connections"):
		return endedCrashed
	case strings.Contains(said, "pre-existing shared memory block"),
		strings.Contains(said, `lock file "postmaster.pid" already exists`):
		return endedBusy
	case strings.Contains(said, "could not create any TCP/IP sockets"):
		return endedPort
	case !state.Exited():
		return endedCrashed
	}
	return endedFailed
}

// supervise runs the server until nobody uses it or it cannot be run. After a
// crash it starts again on the same port, which its users know.
func (w *watch) supervise(unused <-chan struct{}) error {
	r := restarts{port: w.Port}
	for {
		p, err := w.startServer(&r)
		if err != nil {
			return err
		}
		select {
		case <-unused:
			return p.stop()
		case state := <-p.ended:
			end := classify(p.said(), state)
			if end == endedStopped {
				return nil
			}
			if !r.note(end, time.Since(p.started)) {
				return fmt.Errorf("the server ended (%v) and is not started again", state)
			}
			fmt.Fprintf(os.Stderr, "watchdog: the server ended (%v); starting it again\n", state)
		}
		select {
		case <-unused:
			return nil
		case <-time.After(retryPause):
		}
	}
}

// restarts decides whether and where a server that ended is started again.
type restarts struct {
	port    int  // 0: choose a free one
	fixed   bool // users know the port
	retries int
	crashes int
}

// note takes in how the server ended and says whether to start it again.
func (r *restarts) note(end ending, lived time.Duration) bool {
	switch end {
	case endedCrashed:
		r.fixed, r.retries = true, 0
		if lived > crashSpan {
			r.crashes = 0
		}
		r.crashes++
	case endedPort:
		if !r.fixed {
			r.port = 0
		}
		r.retries++
	default:
		r.retries++
	}
	return end != endedFailed && r.retries <= maxRetries && r.crashes <= maxCrashes
}

// A serverProcess is a running server and where its words in the log begin.
type serverProcess struct {
	process *os.Process
	started time.Time
	ended   chan *os.ProcessState
	log     string
	from    int64
}

// startServer starts the server as a child of this process.
func (w *watch) startServer(r *restarts) (*serverProcess, error) {
	if err := claimPidFile(filepath.Join(w.Dir, "pg")); err != nil {
		return nil, err
	}
	if r.port == 0 {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		r.port = port
	}
	p := &serverProcess{started: time.Now(), ended: make(chan *os.ProcessState, 1), log: filepath.Join(w.Dir, "log")}
	if info, err := os.Stat(p.log); err == nil {
		p.from = info.Size()
	}
	cmd := w.command(r.port)
	failed := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread's end would be the signal of its parent's death
		err := cmd.Start()
		failed <- err
		if err == nil {
			_ = cmd.Wait() // says no more than the state
			p.ended <- cmd.ProcessState
		}
	}()
	if err := <-failed; err != nil {
		return nil, fmt.Errorf("starting the server: %w", err)
	}
	p.process = cmd.Process
	return p, nil
}

// command is the server's command line. Its settings are on it, so that they
// follow the program's version and leave the cluster's own files alone.
func (w *watch) command(port int) *exec.Cmd {
	args := []string{"-D", filepath.Join(w.Dir, "pg"), "-p", fmt.Sprint(port)}
	for _, s := range w.Settings {
		args = append(args, "-c", s)
	}
	cmd := exec.Command(w.Postgres, args...)
	cmd.Dir = "/"
	cmd.Env = serverEnvironment()
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	cmd.SysProcAttr = childAttributes(w.Account, syscall.SIGINT) // a fast shutdown
	return cmd
}

// serverEnvironment keeps the PG* variables and the language of the caller away
// from PostgreSQL's programs.
func serverEnvironment() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
}

// said returns what the server wrote to the log at its start.
func (p *serverProcess) said() string { return readFrom(p.log, p.from) }

// stop shuts the server down, and waits for its end.
func (p *serverProcess) stop() error {
	for _, how := range []os.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		if err := p.process.Signal(how); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stopping the server: %w", err)
		}
		select {
		case <-p.ended:
			return nil
		case <-time.After(stopTime):
		}
	}
	return errors.New("the server does not stop")
}

// freePort returns a TCP port of the loopback address that nobody uses now.
func freePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("looking for a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// readFrom returns up to maxSaid bytes of a file from an offset on; nothing when
// it cannot be read.
func readFrom(path string, offset int64) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return ""
	}
	text, _ := io.ReadAll(io.LimitReader(f, maxSaid)) // what could be read is better than nothing
	return string(text)
}

// lockPath returns the path of one of the directory's locks.
func lockPath(dir, name string) string { return filepath.Join(dir, "lock", name) }

// launch starts a watchdog. The channel is closed at its end.
func (w *watch) launch(log *os.File) (<-chan struct{}, error) {
	task, err := json.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("writing the watchdog's task: %w", err)
	}
	cmd := &exec.Cmd{
		Path:        selfPath,
		Args:        []string{"kinhphi-watchdog", w.Dir}, // what ps shows
		Env:         append(os.Environ(), watchVariable+"="+string(task)),
		Dir:         "/",
		Stdout:      log,
		Stderr:      log,
		SysProcAttr: &syscall.SysProcAttr{Setsid: true}, // no Ctrl-C, no hangup
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the watchdog: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // only its end matters; what it had to say is in the log
		close(ended)
	}()
	return ended, nil
}
