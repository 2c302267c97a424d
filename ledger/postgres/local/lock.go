package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// poll is how often something is looked at that gives no sign of its own.
const poll = 10 * time.Millisecond

// openLock opens a lock file and makes it, with its directory, when it is missing.
func openLock(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the directory of locks: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening a lock: %w", err)
	}
	return f, nil
}

// tryLock takes or changes a flock without waiting; false means that somebody
// else holds the file.
func tryLock(f *os.File, how int) (bool, error) {
	err := flock(f, how|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

func flock(f *os.File, how int) error {
	for {
		err := syscall.Flock(int(f.Fd()), how)
		if err == nil {
			return nil
		}
		if !errors.Is(err, syscall.EINTR) {
			return fmt.Errorf("locking %s: %w", f.Name(), err)
		}
	}
}

// takeLock opens and locks a file, and waits for it until ctx ends. A temporary
// directory may go away while we wait: then the file at the path is another one,
// and the wait begins anew there.
func takeLock(ctx context.Context, path string, how int) (*os.File, error) {
	for {
		f, err := openLock(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // the directory went away between making it and opening the file
		}
		if err != nil {
			return nil, err
		}
		ok, err := tryLock(f, how)
		if err == nil && ok && stillThere(f, path) {
			return f, nil
		}
		closeErr := f.Close()
		if err := errors.Join(err, closeErr, wait(ctx, poll)); err != nil {
			return nil, fmt.Errorf("waiting for %s: %w", path, err)
		}
	}
}

// stillThere says whether the open file is the one at its path.
func stillThere(f *os.File, path string) bool {
	opened, err := f.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(path)
	return err == nil && os.SameFile(opened, named)
}

// isLocked says whether somebody holds a lock on the file. A file that is not
// there is held by nobody.
func isLocked(path string) (bool, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("opening a lock: %w", err)
	}
	defer f.Close()
	free, err := tryLock(f, syscall.LOCK_SH)
	return !free, err
}

// wait sleeps, or returns the context's error as soon as it ends.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// isShared says whether somebody holds a shared lock on the file.
func isShared(path string) (bool, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("opening a lock: %w", err)
	}
	defer f.Close()
	free, err := tryLock(f, syscall.LOCK_EX)
	if free || err != nil {
		return false, err
	}
	return tryLock(f, syscall.LOCK_SH)
}
