package local

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// ErrOtherVersion says that the database in the directory was made by a
// PostgreSQL of another major version than the programs on this machine. Nothing
// was changed.
var ErrOtherVersion = errors.New("the database was made by another version of PostgreSQL")

// ErrNotOurs says that the directory holds something that Start must not touch.
var ErrNotOurs = errors.New("the directory is not one of this program's")

// superuser is the role that the cluster is made with and that Server.URL names.
const superuser = "postgres"

const passwordBytes = 24

// always holds for every server: loopback only, no sockets, UTC, a log without
// the data that statements and details carry (payees, descriptions).
var always = []string{
	"listen_addresses=127.0.0.1",
	"unix_socket_directories=",
	"timezone=UTC",
	"log_timezone=UTC",
	"lc_messages=C",
	"log_destination=stderr",
	"logging_collector=off",
	"log_min_error_statement=panic",
	"log_error_verbosity=terse",
	"jit=off", // short statements only
}

// durable is for a ledger on a machine that also does other work.
var durable = []string{
	"fsync=on",
	"synchronous_commit=on",
	"full_page_writes=on",
	"shared_buffers=256MB",
	"effective_cache_size=1GB",
	"maintenance_work_mem=128MB",
	"max_wal_size=2GB",
	"max_connections=100",
	"random_page_cost=1.1",
}

// careless is for data that may be lost at any time. The log of changes is kept
// short, since it may be in memory; shared memory is in the directory, with which
// it goes away.
var careless = []string{
	"fsync=off",
	"synchronous_commit=off",
	"full_page_writes=off",
	"wal_level=minimal",
	"max_wal_senders=0",
	"max_wal_size=512MB",
	"checkpoint_timeout=1h",
	"autovacuum=off",
	"dynamic_shared_memory_type=mmap",
	"shared_buffers=128MB",
	"max_connections=300",
}

func (h home) settings() []string {
	if h.NoSync {
		return append(append([]string{}, always...), careless...)
	}
	return append(append([]string{}, always...), durable...)
}

// programs returns the server programs for the directory: those of the cluster's
// major version, or the newest when there is no cluster yet.
func (h home) programs() (Programs, error) {
	major, err := h.major()
	if err != nil {
		return Programs{}, err
	}
	p, err := FindPrograms(major)
	if major == 0 || !errors.Is(err, ErrNoPrograms) {
		return p, err
	}
	if other, otherErr := FindPrograms(0); otherErr == nil {
		return Programs{}, fmt.Errorf("%w: it needs PostgreSQL %d, this machine has %s in %s; "+
			"install PostgreSQL %d, or restore a backup into a new directory; nothing was changed",
			ErrOtherVersion, major, other.Version, other.Dir, major)
	}
	return Programs{}, err
}

// major returns the major version of the cluster; 0 when there is no cluster.
func (h home) major() (int, error) {
	if !exists(h.cluster()) {
		return 0, nil
	}
	text, err := os.ReadFile(filepath.Join(h.cluster(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("%w: %s is not a PostgreSQL cluster (it has no PG_VERSION); move it away", ErrNotOurs, h.cluster())
	}
	if err != nil {
		return 0, fmt.Errorf("reading the version of the database: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("reading the version of the database in %s: %w", h.cluster(), err)
	}
	return major, nil
}

// ensureCluster makes the cluster if there is none.
func (h home) ensureCluster(ctx context.Context, p Programs, a account) error {
	if err := h.setKind(); err != nil {
		return err
	}
	if exists(h.cluster()) {
		_, err := h.password()
		return errors.Join(err, a.ownTree(h.cluster()))
	}
	h.Log("making a new database cluster in %s with PostgreSQL %s", h.Dir, p.Version)
	if err := h.newPassword(); err != nil {
		return err
	}
	if err := a.own(h.passwordFile()); err != nil {
		return err
	}
	return h.makeCluster(ctx, p, a)
}

// checkKind keeps temporary and lasting databases apart: only a directory that was
// marked before its cluster was made is ever removed.
func (h home) checkKind() error {
	marked := exists(h.mark())
	switch {
	case !exists(h.cluster()) || marked == h.Temporary:
		return nil
	case marked:
		return fmt.Errorf("%w: it holds a temporary database", ErrNotOurs)
	}
	return fmt.Errorf("%w: it holds a database that must not be removed", ErrNotOurs)
}

// setKind marks a temporary directory. The cluster that a temporary server left
// behind when its machine or its watchdog died is not used again: it did not write
// safely.
func (h home) setKind() error {
	if !h.Temporary {
		return removeIfThere(h.mark())
	}
	if err := os.WriteFile(h.mark(), nil, 0o600); err != nil {
		return fmt.Errorf("marking a temporary database: %w", err)
	}
	if err := os.RemoveAll(h.cluster()); err != nil {
		return fmt.Errorf("removing what a temporary server left behind: %w", err)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// makeCluster lets initdb work in a directory of its own, which becomes the
// cluster when it is complete. An earlier initdb that was interrupted, and may
// not have noticed yet, works in another one.
func (h home) makeCluster(ctx context.Context, p Programs, a account) error {
	crumbs, _ := filepath.Glob(filepath.Join(h.Dir, "pg.init-*")) // the pattern is well formed
	for _, crumb := range crumbs {
		_ = os.RemoveAll(crumb) // an unfinished cluster; harmless when it stays
	}
	made, err := os.MkdirTemp(h.Dir, "pg.init-")
	if err != nil {
		return fmt.Errorf("making the database: %w", err)
	}
	if err := a.own(made); err != nil {
		return err
	}
	if err := h.initdb(ctx, p, a, made); err != nil {
		return err
	}
	if err := os.Rename(made, h.cluster()); err != nil {
		return fmt.Errorf("making the database: %w", err)
	}
	return syncDir(h.Dir)
}

// initdb fills a directory with a new cluster. UTF-8 with the C collation sorts
// alike on every machine and version; queries name a language's order themselves.
func (h home) initdb(ctx context.Context, p Programs, a account, dir string) error {
	args := []string{"-D", dir, "-U", superuser, "-A", "scram-sha-256", "--pwfile", h.passwordFile(),
		"-E", "UTF8", "--data-checksums"}
	if h.NoSync {
		args = append(args, "--no-sync")
	}
	out, err := runChild(exec.CommandContext(ctx, p.Path("initdb"), append(args, "--locale=C.UTF-8")...), a)
	if err != nil && strings.Contains(out, "invalid locale name") { // a system without C.UTF-8
		out, err = runChild(exec.CommandContext(ctx, p.Path("initdb"), append(args, "--locale=C")...), a)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("making the database: %w", context.Cause(ctx))
	}
	if err != nil {
		return fmt.Errorf("making the database with %s: %w: %s", p.Path("initdb"), err, lastLines(out))
	}
	return nil
}

// runChild runs a program of PostgreSQL's to its end; it dies with this process.
func runChild(cmd *exec.Cmd, a account) (string, error) {
	runtime.LockOSThread() // the child dies with the thread that started it
	defer runtime.UnlockOSThread()
	cmd.Dir = "/"
	cmd.Env = serverEnvironment()
	cmd.SysProcAttr = childAttributes(a, syscall.SIGKILL)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("syncing a directory: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	return nil
}

// password returns the superuser's password.
func (h home) password() (string, error) {
	text, err := os.ReadFile(h.passwordFile())
	if err != nil {
		return "", fmt.Errorf("the password of the database: %w", err)
	}
	password := strings.TrimSpace(string(text))
	if len(password) != hex.EncodedLen(passwordBytes) {
		return "", fmt.Errorf("the password of the database: %s does not hold one", h.passwordFile())
	}
	return password, nil
}

// newPassword writes a random password, unless there is one: it may be that of a
// cluster that somebody moved away and will bring back.
func (h home) newPassword() error {
	if _, err := h.password(); err == nil {
		return nil
	}
	random := make([]byte, passwordBytes)
	rand.Read(random) // never fails
	part := h.passwordFile() + ".new"
	if err := os.WriteFile(part, []byte(hex.EncodeToString(random)+"\n"), 0o600); err != nil {
		return fmt.Errorf("writing the password of the database: %w", err)
	}
	if err := os.Rename(part, h.passwordFile()); err != nil {
		return fmt.Errorf("writing the password of the database: %w", err)
	}
	return nil
}

// lastLines returns the end of a program's words, in one line.
func lastLines(text string) string {
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
	return strings.Join(lines[max(0, len(lines)-5):], "; ")
}
