package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// An account is the user that the server runs as. The zero account is the user
// of this process.
type account struct {
	Drop     bool // this process is root and must become UID and GID
	UID, GID int
}

// serverAccount decides who runs the server of a cluster: this user, or when
// that is root the owner of the cluster, or for a new or a root-owned one user
// postgres, else nobody.
func serverAccount(cluster string) account {
	if os.Geteuid() != 0 {
		return account{}
	}
	if uid, gid, err := owner(cluster); err == nil && uid != 0 {
		return account{Drop: true, UID: uid, GID: gid}
	}
	for _, name := range []string{"postgres", "nobody"} {
		if a, ok := lookup(name); ok {
			return a
		}
	}
	return account{Drop: true, UID: 65534, GID: 65534}
}

func lookup(name string) (account, bool) {
	u, err := user.Lookup(name)
	if err != nil {
		return account{}, false
	}
	uid, uidErr := strconv.Atoi(u.Uid)
	gid, gidErr := strconv.Atoi(u.Gid)
	if uidErr != nil || gidErr != nil || uid == 0 {
		return account{}, false
	}
	return account{Drop: true, UID: uid, GID: gid}, true
}

// credential returns what makes a child process run as the account.
func (a account) credential() *syscall.Credential {
	if !a.Drop {
		return nil
	}
	return &syscall.Credential{Uid: uint32(a.UID), Gid: uint32(a.GID)}
}

// own gives files of root to the account; those that do not exist are left out.
func (a account) own(paths ...string) error {
	if !a.Drop {
		return nil
	}
	for _, path := range paths {
		err := os.Lchown(path, a.UID, a.GID)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("giving %s to user id %d: %w", path, a.UID, err)
		}
	}
	return nil
}

// ownTree gives a whole cluster to the account when its top belongs to root, as
// after a copy or a restore by root.
func (a account) ownTree(top string) error {
	uid, _, err := owner(top)
	if !a.Drop || err != nil || uid != 0 {
		return nil
	}
	return filepath.WalkDir(top, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("giving %s to user id %d: %w", path, a.UID, err)
		}
		return a.own(path)
	})
}

// canEnter reports the first directory above dir that the account cannot enter.
// Without it the failure would be an obscure one of initdb's.
func (a account) canEnter(dir string) error {
	if !a.Drop {
		return nil
	}
	for parent := filepath.Dir(dir); ; parent = filepath.Dir(parent) {
		if err := a.enters(parent); err != nil {
			return fmt.Errorf("the server for %s cannot be started by root: %w; "+
				"choose a directory elsewhere, under /var/lib for instance", dir, err)
		}
		if parent == filepath.Dir(parent) {
			return nil
		}
	}
}

func (a account) enters(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("looking at %s: %w", dir, err)
	}
	uid, gid, err := owner(dir)
	if err != nil {
		return err
	}
	need := fs.FileMode(0o001)
	switch {
	case uid == a.UID:
		need = 0o100
	case gid == a.GID:
		need = 0o010
	}
	if info.Mode().Perm()&need == 0 {
		return fmt.Errorf("%s (mode %v) cannot be entered by user id %d, which runs the server",
			dir, info.Mode(), a.UID)
	}
	return nil
}

// owner returns the user and the group that a file belongs to.
func owner(path string) (uid, gid int, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, 0, fmt.Errorf("looking at %s: %w", path, err)
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, fmt.Errorf("the owner of %s is not known on this system", path)
	}
	return int(st.Uid), int(st.Gid), nil
}
