package local

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	memoryNeeded = 1 << 30         // bytes free, to keep the tests' data in memory
	testLinger   = 3 * time.Second // bridges the gap between the tests of two packages
)

// Shared returns the server that all tests of one working copy share, however many
// test programs run at once: fast, not durable, with its data in memory when there
// is room for a gibibyte. It goes away, with its data, soon after the last test
// program has ended; nobody needs to call Stop. Two working copies, and two users,
// never meet in it.
func Shared(ctx context.Context) (*Server, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, fmt.Errorf("the tests' database: %w", err)
	}
	name := fmt.Sprintf("kinhphi-test-%d-%.6x", os.Geteuid(), sha256.Sum256([]byte(root)))
	return Start(ctx, Options{Dir: sharedDir(name), NoSync: true, Temporary: true, Linger: testLinger})
}

// moduleRoot returns the directory of the Go module that the test program runs in.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return filepath.EvalSymlinks(at)
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("%s is not in a Go module", dir)
		}
	}
}

// sharedDir chooses where the data goes. A server that is in memory already is
// used however little room is left by now.
func sharedDir(name string) string {
	if memoryDir != "" {
		dir := filepath.Join(memoryDir, name)
		if _, err := os.Stat(dir); err == nil || freeBytes(memoryDir) >= memoryNeeded {
			return dir
		}
	}
	return filepath.Join(os.TempDir(), name)
}
