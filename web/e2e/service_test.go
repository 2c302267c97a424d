package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// programme is the code of the sample programme, and root the path of its pages.
const (
	programme = "PCMT"
	root      = "/p/" + programme
)

// A service is the real binary at work on its own data and port.
type service struct {
	dir      string // everything it has on disk
	url      string
	password string // of all sample users
	command  *exec.Cmd
	said     *bytes.Buffer // on standard error
	ended    chan struct{}
	token    string // of the auditor, for the API
}

// startService builds the program, starts it with the sample and waits until it
// is ready.
func startService() (*service, error) {
	dir, err := os.MkdirTemp("", "kinhphi-e2e-")
	if err != nil {
		return nil, err
	}
	// As root, the database runs under an account that has to get in.
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	s := &service{dir: dir, said: &bytes.Buffer{}, ended: make(chan struct{})}
	if err := s.start(); err != nil {
		s.stop()
		return nil, fmt.Errorf("%w\nthe service said:\n%s", err, s.said)
	}
	return s, nil
}

func (s *service) start() error {
	build := exec.Command("go", "build", "-o", s.program(), "./cmd/kinhphi")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	s.command = exec.Command(s.program(), "serve", "--demo", "--data", s.data(), "--addr", "127.0.0.1:0")
	s.command.Stderr = s.said
	s.command.SysProcAttr = endWithParent()
	out, err := s.command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.command.Start(); err != nil {
		return fmt.Errorf("start the program: %w", err)
	}
	if err := s.listen(out); err != nil {
		return err
	}
	return s.ready()
}

func (s *service) program() string { return filepath.Join(s.dir, "kinhphi") }
func (s *service) data() string    { return filepath.Join(s.dir, "data") }

// listen reads where the service is and the password from what it prints.
func (s *service) listen(out io.Reader) error {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for sc := bufio.NewScanner(out); sc.Scan(); {
			lines <- sc.Text()
		}
		s.command.Wait()
		close(s.ended)
	}()
	deadline := time.After(2 * time.Minute)
	for s.url == "" || s.password == "" {
		select {
		case line, ok := <-lines:
			if !ok {
				return errors.New("the service ended before it listened")
			}
			if m := regexp.MustCompile(`http://\S+`).FindString(line); m != "" {
				s.url = m
			}
			if _, password, ok := strings.Cut(line, "sample users password "); ok {
				s.password = password
			}
		case <-deadline:
			return errors.New("the service does not say where it listens")
		}
	}
	go func() {
		for range lines {
		}
	}()
	return nil
}

func (s *service) ready() error {
	for range 200 {
		res, err := http.Get(s.url + "/readyz")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("the service does not become ready")
}

// stop ends the service by its process id, and waits for it.
func (s *service) stop() {
	if s.command != nil && s.command.Process != nil {
		s.command.Process.Signal(syscall.SIGTERM)
		select {
		case <-s.ended:
		case <-time.After(30 * time.Second):
			s.command.Process.Kill()
			<-s.ended
		}
	}
	// What Chromium started may write for a moment longer.
	for range 40 {
		if os.RemoveAll(s.dir) == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// bearer is a token of the auditor, made by the program's own command.
func (s *service) bearer(t *testing.T) string {
	t.Helper()
	if s.token == "" {
		out, err := exec.Command(s.program(), "token", "create", "--user", "auditor", "--data", s.data()).Output()
		if err != nil {
			t.Fatalf("make a token: %v", err)
		}
		s.token = strings.TrimSpace(string(out))
	}
	return s.token
}

// api asks the API of the sample programme and decodes its answer into v.
func (s *service) api(t *testing.T, path string, q url.Values, v any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	address := s.url + "/api/v1/programmes/" + programme + path + "?" + q.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.bearer(t))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("ask the API: %v", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s %v\n%s", address, res.Status, err, body)
	}
	if err := json.Unmarshal(body, v); err != nil {
		t.Fatalf("GET %s: %v\n%s", address, err, body)
	}
}

// figures are amounts as canonical decimals, by the names of their figures; null
// where a selection cannot have the figure.
type figures map[string]*string

// summary is the API's summary for a filter.
type summary struct {
	Total    figures
	Years    []map[string]any
	Sources  []map[string]any
	Projects []map[string]any
	Units    []map[string]any
}

func (s *service) summary(t *testing.T, q url.Values) (sum summary) {
	t.Helper()
	s.api(t, "/summary", q, &sum)
	return sum
}

// available is what a line has left, by the API.
func (s *service) available(t *testing.T, line string) int64 {
	t.Helper()
	return s.figure(t, line, "available")
}

func (s *service) figure(t *testing.T, line, figure string) int64 {
	t.Helper()
	var balances struct{ Items []struct{ Figures figures } }
	s.api(t, "/balances", url.Values{"line": {line}}, &balances)
	if len(balances.Items) != 1 || balances.Items[0].Figures[figure] == nil {
		t.Fatalf("the API has no %s of %s", figure, line)
	}
	return integer(t, *balances.Items[0].Figures[figure])
}
