package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestServerIsFitForALedger(t *testing.T) {
	t.Parallel()
	dir := dirFor(t)
	var said []string
	s := startWith(t, Options{Dir: dir, Log: func(f string, a ...any) { said = append(said, fmt.Sprintf(f, a...)) }})
	for setting, want := range map[string]string{
		"fsync":                   "on",
		"synchronous_commit":      "on",
		"full_page_writes":        "on",
		"data_checksums":          "on",
		"server_encoding":         "UTF8",
		"listen_addresses":        "127.0.0.1",
		"unix_socket_directories": "",
		"TimeZone":                "UTC",
		"password_encryption":     "scram-sha-256",
		"server_version_num":      "",
	} {
		got := query1(t, s.URL("postgres"), "SELECT current_setting('"+setting+"')")
		if got != want && setting != "server_version_num" {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
	if got := query1(t, s.URL("postgres"), "SELECT datctype FROM pg_database WHERE datname = 'template0'"); got != "C.UTF-8" && got != "C" {
		t.Errorf("the database's ctype is %q", got)
	}
	if info, err := os.Stat(filepath.Join(dir, "password")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the password's file: %v, %v", info, err)
	}
	if s.Adopted() || len(said) == 0 || !strings.Contains(said[0], dir) {
		t.Errorf("adopted %v, said %q", s.Adopted(), said)
	}
	if _, err := os.Stat(filepath.Join(s.BinDir(), "initdb")); err != nil || !strings.Contains(said[0], s.Version()) {
		t.Errorf("version %s from %s: %v; said %q", s.Version(), s.BinDir(), err, said)
	}
}

func TestEveryRoleNeedsThePassword(t *testing.T) {
	t.Parallel()
	s := start(t, clusterFor(t))
	u, err := url.Parse(s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	for _, password := range []string{"", "postgres"} {
		u.User = url.UserPassword("postgres", password)
		if err := open(t, u.String()).PingContext(t.Context()); err == nil {
			t.Errorf("the password %q is let in", password)
		}
	}
}

func TestStopAndStartAgainKeepsTheData(t *testing.T) {
	t.Parallel()
	dir := clusterFor(t)
	s := start(t, dir)
	at, err := s.EnsureDatabase(t.Context(), "sổ")
	if err != nil {
		t.Fatal(err)
	}
	exec1(t, at, "CREATE TABLE kept AS SELECT 'giữ' AS word")
	pid := pidOf(t, dir)
	stop(t, s)
	stop(t, s) // harmless
	if !isDown(t, dir) || commandLine(pid) != nil {
		t.Fatal("the server is up after Stop")
	}
	s = start(t, dir)
	if at, err = s.EnsureDatabase(t.Context(), "sổ"); err != nil {
		t.Fatal(err)
	}
	if got := query1(t, at, "SELECT word FROM kept"); got != "giữ" || s.Adopted() {
		t.Errorf("kept %q, adopted %v", got, s.Adopted())
	}
}

func TestRunningServerIsAdopted(t *testing.T) {
	t.Parallel()
	dir := clusterFor(t)
	first := start(t, dir)
	second := start(t, dir)
	if !second.Adopted() || second.URL("x") != first.URL("x") {
		t.Errorf("adopted %v: %s and %s", second.Adopted(), first.URL("x"), second.URL("x"))
	}
	stop(t, first)
	if err := one(t.Context(), second); err != nil {
		t.Errorf("the second user lost the server with the first: %v", err)
	}
	stop(t, second)
	if !isDown(t, dir) {
		t.Error("the server is up without users")
	}
}

func TestManyProcessesStartAtOnce(t *testing.T) {
	t.Parallel()
	dir, program := dirFor(t), testProgram(t)
	users := make([]*peer, 6)
	var wg sync.WaitGroup
	for i := range users {
		wg.Go(func() {
			var err error
			if users[i], err = startPeer(program, dir, nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	starters := 0
	for _, u := range users {
		if u == nil {
			continue
		}
		t.Cleanup(u.kill)
		if u.adopted == "false" {
			starters++
		}
		if u.url != users[0].url {
			t.Errorf("%s and %s", u.url, users[0].url)
		}
	}
	if starters != 1 {
		t.Errorf("%d processes started the server", starters)
	}
}

func TestStartsWhileTheServerStops(t *testing.T) {
	t.Parallel()
	dir := clusterFor(t)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for range 8 {
				s, err := Start(t.Context(), Options{Dir: dir, NoSync: true})
				if err != nil {
					t.Error(err)
					return
				}
				if err := one(t.Context(), s); err != nil {
					t.Errorf("a server that was just started: %v", err)
				}
				stop(t, s)
			}
		})
	}
	wg.Wait()
	eventually(t, "the server is down", func() bool { return isDown(t, dir) })
}

func TestPortTakenByAnother(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := clusterFor(t)
	h, err := newHome(Options{Dir: dir, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	use, err := takeLock(t.Context(), h.lock("use"), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer use.Close()
	log, _, err := h.openLog(account{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	p, err := h.programs()
	if err != nil {
		t.Fatal(err)
	}
	taken := l.Addr().(*net.TCPAddr).Port
	w := watch{Dir: dir, Postgres: p.Path("postgres"), Account: serverAccount(h.cluster()), Settings: h.settings(), Port: taken}
	if _, err := w.launch(log); err != nil {
		t.Fatal(err)
	}
	var s *Server
	eventually(t, "the server answers on another port", func() bool {
		s, err = h.connect(t.Context())
		return s != nil || err != nil
	})
	if err != nil || s.Port() == taken {
		t.Errorf("port %v, taken %d: %v", s, taken, err)
	}
}

func TestStartEndsWithItsContext(t *testing.T) {
	t.Parallel()
	dir := dirFor(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("no more time")
	cancel(why)
	if _, err := Start(ctx, Options{Dir: dir, NoSync: true}); !errors.Is(err, why) {
		t.Errorf("Start: %v", err)
	}
	start(t, dir) // what was begun does no harm
}

func TestHalfMadeClusterIsMadeAnew(t *testing.T) {
	t.Parallel()
	dir := dirFor(t)
	crumb := filepath.Join(dir, "pg.init-1")
	if err := os.MkdirAll(filepath.Join(crumb, "base"), 0o755); err != nil {
		t.Fatal(err)
	}
	start(t, dir)
	if exists(crumb) {
		t.Error("the unfinished cluster is still there")
	}
}

func TestClusterOfAnotherVersionIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := clusterFor(t)
	version := filepath.Join(dir, "pg", "PG_VERSION")
	if err := os.WriteFile(version, []byte("99\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := listing(t, filepath.Join(dir, "pg"))
	err := refuse(t, Options{Dir: dir, NoSync: true})
	if !errors.Is(err, ErrOtherVersion) || !strings.Contains(err.Error(), "PostgreSQL 99") {
		t.Errorf("the error is %v", err)
	}
	if after := listing(t, filepath.Join(dir, "pg")); after != before {
		t.Errorf("the cluster was touched:\n%s\n%s", before, after)
	}
}

// listing describes every file of a tree.
func listing(t *testing.T, top string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.Walk(top, func(path string, info os.FileInfo, err error) error {
		if err == nil {
			fmt.Fprintln(&b, path, info.Mode(), info.Size(), info.ModTime())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestStrangersDirectoryIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := dirFor(t)
	if err := os.MkdirAll(filepath.Join(dir, "pg"), 0o700); err != nil {
		t.Fatal(err)
	}
	theirs := filepath.Join(dir, "pg", "letter")
	if err := os.WriteFile(theirs, []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{Dir: dir}, {Dir: dir, NoSync: true, Temporary: true}} {
		if err := refuse(t, o); !errors.Is(err, ErrNotOurs) {
			t.Errorf("the error is %v", err)
		}
	}
	if text, err := os.ReadFile(theirs); err != nil || string(text) != "dear" {
		t.Errorf("their letter: %q, %v", text, err)
	}
}

func TestLostPasswordIsNamed(t *testing.T) {
	t.Parallel()
	dir := clusterFor(t)
	if err := os.Remove(filepath.Join(dir, "password")); err != nil {
		t.Fatal(err)
	}
	if err := refuse(t, Options{Dir: dir, NoSync: true}); !strings.Contains(err.Error(), filepath.Join(dir, "password")) {
		t.Errorf("the error is %v", err)
	}
}

func TestBrokenClusterSaysWhy(t *testing.T) {
	t.Parallel()
	dir := clusterFor(t)
	if err := os.WriteFile(filepath.Join(dir, "pg", "postgresql.conf"), []byte("no_such_thing = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := refuse(t, Options{Dir: dir, NoSync: true}); !strings.Contains(err.Error(), "no_such_thing") {
		t.Errorf("the error is %v", err)
	}
	eventually(t, "the watchdog has ended", func() bool { return isDown(t, dir) })
}

func TestCarelessServerIsNotTakenForADurableOne(t *testing.T) {
	t.Parallel()
	dir := clusterFor(t)
	start(t, dir)
	if err := refuse(t, Options{Dir: dir}); !errors.Is(err, ErrNotOurs) || !strings.Contains(err.Error(), "fsync") {
		t.Errorf("the error is %v", err)
	}
}

func TestServerStartedByHandIsUsedAndLeft(t *testing.T) {
	t.Parallel()
	dir := clusterFor(t)
	p, err := FindPrograms(0)
	if err != nil {
		t.Fatal(err)
	}
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	ctl := func(args ...string) {
		t.Helper()
		cmd := exec.Command(p.Path("pg_ctl"), append([]string{"-s", "-w", "-D", filepath.Join(dir, "pg")}, args...)...)
		cmd.Dir = "/"
		cmd.Env = serverEnvironment()
		cmd.SysProcAttr = childAttributes(serverAccount(filepath.Join(dir, "pg")), 0)
		if err := cmd.Run(); err != nil {
			t.Fatalf("pg_ctl %v: %v", args, err)
		}
	}
	ctl("start", "-l", "/dev/null", "-o", fmt.Sprintf("-p %d -c fsync=off -c unix_socket_directories=", port))
	s := start(t, dir)
	if !s.Adopted() || s.Port() != port {
		t.Errorf("adopted %v, port %d, want %d", s.Adopted(), s.Port(), port)
	}
	stop(t, s)
	if pidOf(t, dir) == 0 {
		t.Error("the server that somebody else runs was stopped")
	}
	ctl("stop", "-m", "immediate")
}
