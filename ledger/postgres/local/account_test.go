package local

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestRootRunsTheServerAsAnother(t *testing.T) {
	needRoot(t)
	t.Parallel()
	dir := dirFor(t)
	start(t, dir)
	for _, path := range []string{"", "pg", "password", "log", "lock", "lock/use", "lock/start", "lock/server"} {
		if uid, _, err := owner(filepath.Join(dir, path)); err != nil || uid == 0 {
			t.Errorf("%q belongs to user id %d, %v", path, uid, err)
		}
	}
	var st syscall.Stat_t
	if err := syscall.Stat("/proc/"+itoa(pidOf(t, dir)), &st); err != nil || st.Uid == 0 {
		t.Errorf("the server runs as user id %d, %v", st.Uid, err)
	}
}

func TestOrdinaryUserAndRootShareADirectory(t *testing.T) {
	needRoot(t)
	t.Parallel()
	place := placeFor(t)
	nobody, ok := lookup("nobody")
	if !ok {
		t.Skip("there is no user nobody")
	}
	if err := os.Chown(place, nobody.UID, nobody.GID); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(place, "db")
	as := &syscall.SysProcAttr{Credential: nobody.credential()}
	first := newPeer(t, dir, as)
	if s := start(t, dir); !s.Adopted() {
		t.Error("root does not adopt the user's server")
	} else {
		stop(t, s)
	}
	first.leave(t)
	eventually(t, "the server is down", func() bool { return isDown(t, dir) })
	s := start(t, dir) // by root, as the cluster's owner
	var st syscall.Stat_t
	if err := syscall.Stat("/proc/"+itoa(pidOf(t, dir)), &st); err != nil || int(st.Uid) != nobody.UID {
		t.Errorf("root runs the user's server as user id %d, %v", st.Uid, err)
	}
	if second := newPeer(t, dir, as); second.adopted != "true" {
		t.Error("the user does not adopt the server that root started")
	}
	stop(t, s)
}

func TestRootOwnedCopyOfACluster(t *testing.T) {
	needRoot(t)
	t.Parallel()
	dir := clusterFor(t)
	toRoot := func(path string, _ os.FileInfo, err error) error { return errors.Join(err, os.Lchown(path, 0, 0)) }
	if err := filepath.Walk(dir, toRoot); err != nil {
		t.Fatal(err)
	}
	if err := one(t.Context(), start(t, dir)); err != nil {
		t.Error(err)
	}
}

func TestDirectoryThatTheServerCannotEnter(t *testing.T) {
	needRoot(t)
	t.Parallel()
	locked := filepath.Join(placeFor(t), "locked")
	if err := os.Mkdir(locked, 0o700); err != nil {
		t.Fatal(err)
	}
	err := refuse(t, Options{Dir: filepath.Join(locked, "a", "db")})
	if !strings.Contains(err.Error(), locked+" (mode drwx------) cannot be entered") {
		t.Errorf("the error is %v", err)
	}
	if exists(filepath.Join(locked, "a", "db", "pg")) {
		t.Error("a cluster was made")
	}
}

func TestDirectoriesAboveAreMadeForTheServer(t *testing.T) {
	needRoot(t)
	t.Parallel()
	newPeer(t, filepath.Join(placeFor(t), "a", "b", "db"), nil)
}

func TestTemporaryDirectoryOfAStranger(t *testing.T) {
	needRoot(t)
	t.Parallel()
	dir := dirFor(t)
	if err := errors.Join(os.Mkdir(dir, 0o700), os.Chown(dir, 64124, 64124)); err != nil {
		t.Fatal(err)
	}
	if err := refuse(t, Options{Dir: dir, NoSync: true, Temporary: true}); !errors.Is(err, ErrNotOurs) {
		t.Errorf("the error is %v", err)
	}
}
