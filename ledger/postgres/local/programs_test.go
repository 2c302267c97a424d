package local

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func itoa(n int) string { return strconv.Itoa(n) }

// fake makes a directory with programs that claim a version.
func fake(t *testing.T, version string, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		script := fmt.Sprintf("#!/bin/sh\necho '%s (PostgreSQL) %s'\n", name, version)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestInspect(t *testing.T) {
	t.Parallel()
	whole := fake(t, "16.3 (Debian 16.3-1)", "postgres", "initdb")
	linked := t.TempDir()
	if err := os.Symlink(filepath.Join(whole, "postgres"), filepath.Join(linked, "postgres")); err != nil {
		t.Fatal(err)
	}
	found := inspect([]string{
		"/nowhere", t.TempDir(),
		fake(t, "17.1", "psql", "pg_config"), // the client's package
		fake(t, "17.2", "postgres"),
		fake(t, "13.9", "postgres", "initdb"), // too old
		fake(t, "", "postgres", "initdb"),
		linked, whole, whole,
		fake(t, "18beta1", "postgres", "initdb"),
	})
	var versions []string
	for _, p := range found {
		versions = append(versions, p.Version)
	}
	if got := strings.Join(versions, " "); got != "16.3 18beta1" || found[0].Dir != whole || found[1].Major != 18 {
		t.Errorf("found %+v", found)
	}
}

func TestFindProgramsTakesTheNewest(t *testing.T) {
	old, young := fake(t, "15.1", "postgres", "initdb"), fake(t, "98.1", "postgres", "initdb")
	t.Setenv("PATH", old+":"+young+":"+os.Getenv("PATH"))
	if p, err := FindPrograms(0); err != nil || p.Dir != young {
		t.Errorf("newest: %+v, %v", p, err)
	}
	if p, err := FindPrograms(15); err != nil || p.Major != 15 {
		t.Errorf("15: %+v, %v", p, err)
	}
	if _, err := FindPrograms(97); !errors.Is(err, ErrNoPrograms) || !strings.Contains(err.Error(), "of version 97") {
		t.Errorf("97: %v", err)
	}
}

func TestNoProgramsSaysWhatToInstall(t *testing.T) {
	t.Setenv(BinDirVariable, t.TempDir())
	err := refuse(t, Options{Dir: dirFor(t)})
	if !errors.Is(err, ErrNoPrograms) || strings.Contains(err.Error(), "\n") {
		t.Errorf("the error is %v", err)
	}
	for _, help := range []string{"apt-get install postgresql", "brew install", "--database-url", BinDirVariable} {
		if !strings.Contains(err.Error(), help) {
			t.Errorf("%q is missing in: %v", help, err)
		}
	}
}
