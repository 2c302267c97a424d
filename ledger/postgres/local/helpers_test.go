package local

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A test program that was started as a helper uses the server of a directory
// until its standard input ends.
const helperVariable = "KINHPHI_LOCAL_TEST_HELPER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperVariable); dir != "" {
		os.Exit(help(dir))
	}
	code := m.Run()
	if err := os.RemoveAll(modelPlace); err != nil {
		fmt.Println(err)
		code = 1
	}
	os.Exit(code)
}

// modelPlace holds the cluster that the tests copy: initdb takes ten times as long.
var modelPlace string

var model = sync.OnceValues(func() (string, error) {
	place, err := makePlace()
	if err != nil {
		return "", err
	}
	modelPlace = place
	dir := filepath.Join(place, "db")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := Start(ctx, Options{Dir: dir, NoSync: true})
	if err != nil {
		return "", err
	}
	return dir, s.Stop(ctx)
})

// clusterFor returns a directory with a cluster that was shut down.
func clusterFor(t *testing.T) string {
	t.Helper()
	from, err := model()
	if err != nil {
		t.Fatal(err)
	}
	dir := dirFor(t)
	if out, err := exec.Command("cp", "-Rp", from, dir).CombinedOutput(); err != nil {
		t.Fatalf("cp: %v: %s", err, out)
	}
	return dir
}

func help(dir string) int {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	start := func() (*Server, error) { return Start(ctx, Options{Dir: dir, NoSync: true}) }
	if dir == "shared" {
		start = func() (*Server, error) { return Shared(ctx) }
	}
	s, err := start()
	if err == nil {
		err = one(ctx, s)
	}
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	fmt.Println("ready", s.Adopted(), s.URL("postgres"))
	_, _ = io.Copy(io.Discard, os.Stdin) // the end of it is what we wait for
	return 0
}

// one asks the server for something.
func one(ctx context.Context, s *Server) error {
	db, err := sql.Open("postgres", s.URL("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	var n int
	return db.QueryRowContext(ctx, "SELECT 1").Scan(&n)
}

// A peer is another process that uses a server.
type peer struct {
	cmd     *exec.Cmd
	stdin   io.Closer
	adopted string
	url     string
}

func newPeer(t *testing.T, dir string, attr *syscall.SysProcAttr) *peer {
	t.Helper()
	u, err := startPeer(testProgram(t), dir, attr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.kill)
	return u
}

// testProgram returns a copy of this test program that every account may run. It
// is made by another program: a child that is forked while this one writes the file
// would keep it busy.
func testProgram(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(placeFor(t), "local.test")
	if out, err := exec.Command("cp", self, path).CombinedOutput(); err != nil {
		t.Fatalf("cp: %v: %s", err, out)
	}
	return path
}

// startPeer starts a peer under the strictest umask that people use.
func startPeer(program, dir string, attr *syscall.SysProcAttr) (*peer, error) {
	cmd := exec.Command("/bin/sh", "-c", `umask 077; exec "$0"`, program)
	cmd.Env = append(os.Environ(), helperVariable+"="+dir)
	cmd.SysProcAttr = attr
	cmd.Stderr = os.Stderr
	stdin, inErr := cmd.StdinPipe()
	stdout, outErr := cmd.StdoutPipe()
	if err := errors.Join(inErr, outErr, cmd.Start()); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	words := strings.Fields(line)
	if err != nil || len(words) != 3 || words[0] != "ready" {
		_ = cmd.Process.Kill()
		return nil, fmt.Errorf("the helper said %q, %v", line, errors.Join(err, cmd.Wait()))
	}
	return &peer{cmd: cmd, stdin: stdin, adopted: words[1], url: words[2]}, nil
}

func (u *peer) kill() {
	_ = u.cmd.Process.Kill() // may have ended already
	_ = u.cmd.Wait()
}

func (u *peer) leave(t *testing.T) {
	t.Helper()
	if err := errors.Join(u.stdin.Close(), u.cmd.Wait()); err != nil {
		t.Fatal(err)
	}
}

// placeFor returns a directory that goes away with the test.
func placeFor(t *testing.T) string {
	t.Helper()
	dir, err := makePlace()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// makePlace makes a directory that every account may enter, in memory if possible.
func makePlace() (string, error) {
	parent := os.TempDir()
	if memoryDir != "" && freeBytes(memoryDir) > memoryNeeded {
		parent = memoryDir
	}
	dir, err := os.MkdirTemp(parent, "kinhphi-local-test-")
	return dir, errors.Join(err, os.Chmod(dir, 0o755))
}

func dirFor(t *testing.T) string { return filepath.Join(placeFor(t), "db") }

// start starts a careless server, and ends its use with the test.
func start(t *testing.T, dir string) *Server {
	t.Helper()
	return startWith(t, Options{Dir: dir, NoSync: true})
}

func startWith(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		t.Error(err)
	}
}

// refuse starts a server that must not start, and returns why.
func refuse(t *testing.T, o Options) error {
	t.Helper()
	s, err := Start(t.Context(), o)
	if err == nil {
		stop(t, s)
		t.Fatalf("started in %s", o.Dir)
	}
	return err
}

func open(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func exec1(t *testing.T, url, statement string) {
	t.Helper()
	if _, err := open(t, url).ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func query1(t *testing.T, url, query string) string {
	t.Helper()
	var answer string
	if err := open(t, url).QueryRowContext(t.Context(), query).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}

// eventually waits until something holds, for at most 20 s.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 2000 {
		if holds() {
			return
		}
		time.Sleep(poll)
	}
	t.Fatalf("still not so: %s", what)
}

func pidOf(t *testing.T, dir string) int {
	t.Helper()
	p, err := livePostmaster(filepath.Join(dir, "pg"))
	if err != nil {
		t.Fatal(err)
	}
	return p.PID
}

func isDown(t *testing.T, dir string) bool {
	t.Helper()
	watched, err := isLocked(lockPath(dir, "server"))
	if err != nil {
		t.Fatal(err)
	}
	return !watched && pidOf(t, dir) == 0
}

// parentOf returns the process that started another one: its watchdog.
func parentOf(t *testing.T, pid int) int {
	t.Helper()
	out, err := exec.Command("ps", "-o", "ppid=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		t.Fatal(err)
	}
	parent, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	return parent
}

func kill(t *testing.T, pid int) {
	t.Helper()
	if pid <= 1 {
		t.Fatalf("no process %d can be killed", pid)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can do this")
	}
}
