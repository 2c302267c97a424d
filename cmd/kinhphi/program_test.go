package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// builtIn holds the program that the tests run; it goes away with them.
var builtIn string

func TestMain(m *testing.M) {
	code := m.Run()
	if err := os.RemoveAll(builtIn); err != nil {
		fmt.Println(err)
		code = 1
	}
	os.Exit(code)
}

// built builds the program once for all tests.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "kinhphi-program-")
	if err != nil {
		return "", err
	}
	builtIn = dir
	path := filepath.Join(dir, "kinhphi")
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, errors.Join(os.Chmod(dir, 0o755), os.Chmod(path, 0o755))
})

// A home is a data directory and the program that works on it.
type home struct{ program, data string }

// newHome returns a home of its own for a test. The server of root, who is not
// root, must be able to enter the directories above the data.
func newHome(t *testing.T) home {
	t.Helper()
	program, err := built()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := errors.Join(os.Chmod(dir, 0o755), os.Chmod(filepath.Dir(dir), 0o755)); err != nil {
		t.Fatal(err)
	}
	h := home{program, filepath.Join(dir, "data")}
	t.Cleanup(func() { h.awaitDown(t) })
	return h
}

// pidFile is where the private server says that it runs.
func (h home) pidFile() string { return filepath.Join(h.data, "postgresql", "pg", "postmaster.pid") }

// awaitDown waits until the private server has gone, so that its directory can go.
func (h home) awaitDown(t *testing.T) {
	t.Helper()
	for range 1500 {
		if _, err := os.Stat(h.pidFile()); errors.Is(err, os.ErrNotExist) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	text, err := os.ReadFile(filepath.Join(h.data, "postgresql", "log"))
	t.Errorf("the private server outlived its users; its log ends with %v\n%s", err, text[max(0, len(text)-4000):])
}

func (h home) command(args ...string) *exec.Cmd {
	cmd := exec.Command(h.program, append(args, "--data", h.data)...)
	cmd.WaitDelay = 10 * time.Second // for a child that would keep the output open
	return cmd
}

// An answer is what a command printed, and its exit code.
type answer struct {
	out, err string
	code     int
}

// run runs a command as a user would.
func (h home) run(t *testing.T, input string, args ...string) answer {
	t.Helper()
	cmd := h.command(args...)
	var out, said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &said
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatalf("%v: %v", args, err)
	}
	if all := out.String() + said.String(); strings.Contains(all, "⟦") || strings.Contains(all, "goroutine ") {
		t.Errorf("%v: unfit for people:\n%s", args, all)
	}
	return answer{out.String(), said.String(), cmd.ProcessState.ExitCode()}
}

// ok runs a command that must succeed, and returns what it printed.
func (h home) ok(t *testing.T, args ...string) string {
	t.Helper()
	a := h.run(t, "", args...)
	if a.code != 0 {
		t.Fatalf("%v: exit code %d\n%s%s", args, a.code, a.out, a.err)
	}
	return a.out
}

// A service is a running `serve`.
type service struct {
	cmd *exec.Cmd
	url string
	log *bytes.Buffer // what it said; to be read after its end
}

// serve starts the service and waits until it is ready.
func (h home) serve(t *testing.T, address string) *service {
	t.Helper()
	s := &service{cmd: h.command("serve", "--addr", address), log: &bytes.Buffer{}}
	s.cmd.Stderr = s.log
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.kill() })
	first, err := bufio.NewReader(out).ReadString('\n')
	_, s.url, _ = strings.Cut(strings.TrimSpace(first), "http://")
	if s.url = "http://" + s.url; err != nil || s.get("/readyz") != http.StatusOK {
		s.kill()
		t.Fatalf("the service said %q, %v\n%s", first, err, s.log)
	}
	return s
}

func (s *service) get(path string) (status int) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
	if err != nil {
		return 0
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	response.Body.Close()
	return response.StatusCode
}

// kill ends the service without a word; it may have ended already.
func (s *service) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// stop ends the service as a service manager does.
func (s *service) stop(t *testing.T) {
	t.Helper()
	if err := errors.Join(s.cmd.Process.Signal(syscall.SIGTERM), s.cmd.Wait()); err != nil {
		t.Errorf("stop: %v\n%s", err, s.log)
	}
}

// freeAddress returns an address of this machine that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
