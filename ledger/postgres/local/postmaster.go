package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A postmaster is what a running server wrote into its postmaster.pid.
type postmaster struct {
	PID   int
	Port  int
	Ready bool // it accepts connections
}

// readPostmaster reads the pid file of a cluster. A file that is missing, or that
// a starting server has not written in full, gives the zero postmaster or one
// that is not ready.
func readPostmaster(cluster string) (postmaster, error) {
	text, err := os.ReadFile(pidFile(cluster))
	if errors.Is(err, fs.ErrNotExist) {
		return postmaster{}, nil
	}
	if err != nil {
		return postmaster{}, fmt.Errorf("reading the server's pid file: %w", err)
	}
	return parsePostmaster(string(text)), nil
}

// parsePostmaster reads the lines of postmaster.pid that matter: 1 the process,
// 4 the port, 8 the status (PostgreSQL's miscadmin.h).
func parsePostmaster(text string) postmaster {
	lines := strings.Split(text, "\n")
	line := func(n int) string {
		if n > len(lines) {
			return ""
		}
		return strings.TrimSpace(lines[n-1])
	}
	pid, _ := strconv.Atoi(line(1)) // no number is no server
	port, _ := strconv.Atoi(line(4))
	return postmaster{PID: max(pid, 0), Port: port, Ready: line(8) == "ready"}
}

func pidFile(cluster string) string { return filepath.Join(cluster, "postmaster.pid") }

// livePostmaster returns the running server of a cluster, or the zero postmaster
// when there is none. A process that merely has the number of a server that died
// is not one, and neither is a dead server that nobody has buried yet.
func livePostmaster(cluster string) (postmaster, error) {
	p, err := readPostmaster(cluster)
	if err != nil || p.PID == 0 || !isServerOf(commandLine(p.PID), cluster) {
		return postmaster{}, err
	}
	return p, nil
}

// isServerOf says whether the words of a process's command line are those of a
// server of the cluster. Its own processes carry other titles.
func isServerOf(words []string, cluster string) bool {
	if len(words) == 0 {
		return false
	}
	name := filepath.Base(words[0])
	if name != "postgres" && name != "postmaster" {
		return false
	}
	return slices.ContainsFunc(words[1:], func(w string) bool {
		return filepath.Clean(strings.TrimPrefix(w, "-D")) == cluster
	})
}

// claimPidFile makes a pid file that a dead server left behind harmless, when its
// process number belongs to another program by now: PostgreSQL would refuse to
// start for as long as that program lives. A new server takes its parent's number
// for a stale one, so that number is written; the rest of the file stays, since
// with it the server still checks that no old process uses the shared memory.
func claimPidFile(cluster string) error {
	text, err := os.ReadFile(pidFile(cluster))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading a stale pid file: %w", err)
	}
	_, rest, _ := strings.Cut(string(text), "\n")
	claimed := strconv.Itoa(os.Getpid()) + "\n" + rest
	if err := os.WriteFile(pidFile(cluster), []byte(claimed), 0o600); err != nil {
		return fmt.Errorf("claiming a stale pid file: %w", err)
	}
	return nil
}
