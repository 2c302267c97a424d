package local

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestTemporaryServerGoesWithItsData(t *testing.T) {
	t.Parallel()
	dir := dirFor(t)
	o := Options{Dir: dir, NoSync: true, Temporary: true}
	s, second := startWith(t, o), startWith(t, o)
	stop(t, s)
	if !exists(dir) {
		t.Error("the data went while somebody used it")
	}
	stop(t, second)
	if exists(dir) {
		t.Error("the data is still there")
	}
}

func TestTemporaryServersComeAndGo(t *testing.T) {
	t.Parallel()
	dir := dirFor(t)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for range 3 {
				s, err := Start(t.Context(), Options{Dir: dir, NoSync: true, Temporary: true})
				if err != nil {
					t.Error(err)
					return
				}
				if err := one(t.Context(), s); err != nil {
					t.Error(err)
				}
				stop(t, s)
			}
		})
	}
	wg.Wait()
	eventually(t, "the data is gone", func() bool { return !exists(dir) })
}

func TestTemporaryAndLastingAreKeptApart(t *testing.T) {
	t.Parallel()
	lasting := clusterFor(t)
	s := start(t, lasting)
	for range 2 { // while it runs, and after
		if err := refuse(t, Options{Dir: lasting, NoSync: true, Temporary: true}); !errors.Is(err, ErrNotOurs) {
			t.Errorf("temporary on lasting: %v", err)
		}
		stop(t, s)
	}
	if !exists(filepath.Join(lasting, "pg", "PG_VERSION")) {
		t.Error("the lasting database is gone")
	}
	temporary := dirFor(t)
	startWith(t, Options{Dir: temporary, NoSync: true, Temporary: true})
	if err := refuse(t, Options{Dir: temporary, NoSync: true}); !errors.Is(err, ErrNotOurs) {
		t.Errorf("lasting on temporary: %v", err)
	}
}

func TestTemporaryDataOfADeadMachineIsNotUsed(t *testing.T) {
	t.Parallel()
	dir := dirFor(t)
	o := Options{Dir: dir, NoSync: true, Temporary: true}
	s := startWith(t, o)
	exec1(t, s.URL("postgres"), "CREATE TABLE lost AS SELECT 1")
	server := pidOf(t, dir)
	kill(t, parentOf(t, server))
	eventually(t, "the server is down", func() bool { return isDown(t, dir) })
	s = startWith(t, o)
	if got := query1(t, s.URL("postgres"), "SELECT coalesce(to_regclass('lost')::text, 'gone')"); got != "gone" {
		t.Error("data of a server that did not write safely is used")
	}
}

func TestSharedServer(t *testing.T) {
	program := testProgram(t)
	t.Chdir(workingCopy(t, placeFor(t))) // not the one whose tests share a server now
	var peers [2]*peer
	var wg sync.WaitGroup
	for i := range peers {
		wg.Go(func() {
			var err error
			if peers[i], err = startPeer(program, "shared", nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
	mine, err := Shared(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range peers {
		if p.url != mine.URL("postgres") {
			t.Errorf("%s and %s", p.url, mine.URL("postgres"))
		}
		p.leave(t)
	}
	if err := one(t.Context(), mine); err != nil {
		t.Error(err)
	}
	stop(t, mine)
	eventually(t, "the data is gone", func() bool { return !exists(mine.Dir()) })
}

// workingCopy makes a directory that looks like one, and returns it.
func workingCopy(t *testing.T, dir string) string {
	t.Helper()
	at := filepath.Join(dir, "package")
	if err := errors.Join(os.MkdirAll(at, 0o755), os.WriteFile(filepath.Join(dir, "go.mod"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	return at
}

func TestSharedDirectoryIsKeyedByWorkingCopy(t *testing.T) {
	place := placeFor(t)
	seen := map[string]bool{}
	for _, clone := range []string{"one", "two"} {
		t.Chdir(workingCopy(t, filepath.Join(place, clone)))
		root, err := moduleRoot()
		if err != nil || filepath.Base(root) != clone {
			t.Fatalf("the module's root is %s, %v", root, err)
		}
		seen[root] = true
	}
	if len(seen) != 2 {
		t.Errorf("the working copies are %v", seen)
	}
	t.Chdir("/")
	if root, err := moduleRoot(); err == nil {
		t.Errorf("a module at %s", root)
	}
}
