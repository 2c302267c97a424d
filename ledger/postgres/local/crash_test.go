package local

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestKilledUserLeavesNoServer(t *testing.T) {
	t.Parallel()
	dir := clusterFor(t)
	u := newPeer(t, dir, nil)
	server := pidOf(t, dir)
	watchdog := parentOf(t, server)
	u.kill()
	eventually(t, "the server is down", func() bool { return isDown(t, dir) })
	eventually(t, "no process is left", func() bool { return commandLine(server) == nil && commandLine(watchdog) == nil })
	log, err := os.ReadFile(filepath.Join(dir, "log"))
	if err != nil || !strings.Contains(string(log), "database system is shut down") {
		t.Errorf("the server did not shut down in order: %v\n%s", err, log)
	}
}

func TestStarterGoesUserStays(t *testing.T) {
	t.Parallel()
	dir := clusterFor(t)
	starter := newPeer(t, dir, nil)
	s := start(t, dir)
	server := pidOf(t, dir)
	starter.kill()
	time.Sleep(300 * time.Millisecond) // a server that would end with its starter has ended by then
	if err := one(t.Context(), s); err != nil || pidOf(t, dir) != server {
		t.Errorf("the server went with the command that started it: %v", err)
	}
	other := newPeer(t, dir, nil)
	if other.adopted != "true" {
		t.Error("the second user did not adopt")
	}
	stop(t, s)
	other.leave(t)
	eventually(t, "the server is down", func() bool { return isDown(t, dir) })
}

// Ctrl-C goes to every process of the terminal's group, a service manager's stop
// to every process of the service.
func TestSignalsDoNotReachTheServer(t *testing.T) {
	t.Parallel()
	dir := clusterFor(t)
	u := newPeer(t, dir, &syscall.SysProcAttr{Setpgid: true})
	s := start(t, dir)
	watchdog := parentOf(t, pidOf(t, dir))
	for _, target := range []int{-u.cmd.Process.Pid, watchdog} {
		for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
			if err := syscall.Kill(target, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
				t.Fatal(err)
			}
		}
	}
	_ = u.cmd.Wait() // it was signalled
	time.Sleep(200 * time.Millisecond)
	if err := one(t.Context(), s); err != nil || !alive(watchdog) {
		t.Errorf("the server: %v; the watchdog lives: %v", err, alive(watchdog))
	}
}

func alive(pid int) bool { return commandLine(pid) != nil }

func TestKilledServerComesBackAtTheSameAddress(t *testing.T) {
	t.Parallel()
	dir := clusterFor(t)
	s := startWith(t, Options{Dir: dir})
	db := open(t, s.URL("postgres"))
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE kept (n int)"); err != nil {
		t.Fatal(err)
	}
	for n := range 2 {
		if _, err := db.ExecContext(t.Context(), "INSERT INTO kept VALUES ($1)", n); err != nil {
			t.Fatal(err)
		}
		before := pidOf(t, dir)
		kill(t, before)
		eventually(t, "the same address answers", func() bool {
			now := pidOf(t, dir)
			return now != 0 && now != before && db.PingContext(t.Context()) == nil
		})
	}
	if got := query1(t, s.URL("postgres"), "SELECT count(*) FROM kept"); got != "2" {
		t.Errorf("%s rows are left", got)
	}
	if again := start(t, dir); !again.Adopted() {
		t.Error("the server that came back is not adopted")
	}
}

func TestServerDiesWithItsWatchdog(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux signals a child at its parent's death")
	}
	t.Parallel()
	dir := clusterFor(t)
	s := start(t, dir)
	server := pidOf(t, dir)
	kill(t, parentOf(t, server))
	again := start(t, dir) // at once: the old server may still be going down
	if err := one(t.Context(), again); err != nil {
		t.Error(err)
	}
	if pidOf(t, dir) == server || alive(server) {
		t.Error("the server outlived its watchdog")
	}
	stop(t, s)
}

func TestEverythingKilledAtOnce(t *testing.T) {
	t.Parallel()
	dir := clusterFor(t)
	u := newPeer(t, dir, nil)
	exec1(t, u.url, "CREATE TABLE kept AS SELECT 1")
	exec1(t, u.url, "CHECKPOINT") // a careless server forgets what is newer
	server := pidOf(t, dir)
	watchdog := parentOf(t, server)
	kill(t, watchdog)
	kill(t, server)
	u.kill()
	s := start(t, dir)
	if got := query1(t, s.URL("postgres"), "SELECT count(*) FROM kept"); got != "1" || s.Adopted() {
		t.Errorf("%s rows, adopted %v", got, s.Adopted())
	}
}

func TestPidFileThatNamesAnotherProgram(t *testing.T) {
	t.Parallel()
	dir := clusterFor(t)
	s := start(t, dir)
	text, err := os.ReadFile(filepath.Join(dir, "pg", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	stop(t, s)
	sleep := exec.Command("sleep", "60")
	sleep.SysProcAttr = childAttributes(serverAccount(filepath.Join(dir, "pg")), syscall.SIGKILL)
	if err := sleep.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = errors.Join(sleep.Process.Kill(), sleep.Wait()) }()
	_, rest, _ := strings.Cut(string(text), "\n")
	stale := strconv.Itoa(sleep.Process.Pid) + "\n" + rest
	a := serverAccount(filepath.Join(dir, "pg"))
	if err := errors.Join(os.WriteFile(pidFile(filepath.Join(dir, "pg")), []byte(stale), 0o600),
		a.own(pidFile(filepath.Join(dir, "pg")))); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	s, err = Start(ctx, Options{Dir: dir, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, s)
	if err := one(t.Context(), s); err != nil || !alive(sleep.Process.Pid) {
		t.Errorf("%v; the other program lives: %v", err, alive(sleep.Process.Pid))
	}
}

func TestInitdbKilledHalfway(t *testing.T) {
	t.Parallel()
	dir, program := dirFor(t), testProgram(t)
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), helperVariable+"="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "initdb is at work", func() bool {
		made, _ := filepath.Glob(filepath.Join(dir, "pg.init-*", "base"))
		return len(made) == 1
	})
	_ = errors.Join(cmd.Process.Kill(), cmd.Wait()) // what it was doing is lost on purpose
	if err := one(t.Context(), start(t, dir)); err != nil {
		t.Error(err)
	}
}

func TestClassify(t *testing.T) {
	t.Parallel()
	state := func(script string) *os.ProcessState {
		cmd := exec.Command("/bin/sh", "-c", script)
		_ = cmd.Run() // its state is the result
		return cmd.ProcessState
	}
	clean, failed, killed := state("exit 0"), state("exit 1"), state("kill -9 $$")
	for _, c := range []struct {
		said  string
		state *os.ProcessState
		want  ending
	}{
		{"", clean, endedStopped},
		{"LOG:  database system is ready to accept connections", clean, endedStopped},
		{"LOG:  database system is ready to accept connections", killed, endedCrashed},
		{"LOG:  database system is ready to accept connections\nPANIC:  could not write", failed, endedCrashed},
		{"", killed, endedCrashed},
		{`FATAL:  lock file "postmaster.pid" already exists`, failed, endedBusy},
		{"FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use", failed, endedBusy},
		{"FATAL:  could not create any TCP/IP sockets", failed, endedPort},
		{"FATAL:  database files are incompatible with server", failed, endedFailed},
	} {
		if got := classify(c.said, c.state); got != c.want {
			t.Errorf("%q, %v: %d, want %d", c.said, c.state, got, c.want)
		}
	}
}

func TestRestartsGiveUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		end   ending
		lived time.Duration
		times int
	}{
		{"a server that cannot start", endedFailed, 0, 1},
		{"a server that crashes at once", endedCrashed, time.Second, maxCrashes + 1},
		{"processes that never go", endedBusy, 0, maxRetries + 1},
	} {
		var r restarts
		for i := 1; i <= c.times; i++ {
			if again := r.note(c.end, c.lived); again == (i == c.times) {
				t.Errorf("%s, time %d: started again: %v", c.name, i, again)
			}
		}
	}
	var r restarts
	for range 3 * maxCrashes {
		if !r.note(endedCrashed, time.Hour) {
			t.Error("a server that crashes now and then is given up")
		}
	}
	r.port = 5432
	if again := r.note(endedPort, 0); !again || r.port != 5432 {
		t.Errorf("users know port 5432, the next is %d: %v", r.port, again)
	}
}
