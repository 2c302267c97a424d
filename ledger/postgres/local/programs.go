package local

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// oldestMajor is the oldest PostgreSQL that the schema runs on (unique keys over
// nulls).
const oldestMajor = 15

// BinDirVariable names the environment variable that says where postgres and
// initdb are, when they are at no usual place or a certain version is wanted.
const BinDirVariable = "KINHPHI_PG_BINDIR"

// ErrNoPrograms says that the machine has no usable PostgreSQL server programs.
// The error that wraps it says what to install.
var ErrNoPrograms = errors.New("no PostgreSQL server programs")

// usualPlaces are where packages put the server programs that they keep out of
// PATH: Debian, SUSE, PostgreSQL's own RPMs, Alpine, Homebrew, MacPorts,
// Postgres.app, and a build from source.
var usualPlaces = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/lib/postgresql*/bin",
	"/usr/pgsql-*/bin",
	"/usr/libexec/postgresql*",
	"/opt/homebrew/opt/postgresql*/bin",
	"/usr/local/opt/postgresql*/bin",
	"/opt/local/lib/postgresql*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
	"/usr/local/pgsql/bin",
}

// Programs are the server programs of one PostgreSQL installation.
type Programs struct {
	Dir     string // holds postgres and initdb
	Version string // as the programs tell it: "15.18"
	Major   int    // 15
}

// Path returns the path of one program: "postgres", "pg_dump", "pgbench". It
// does not look whether the program is there.
func (p Programs) Path(name string) string { return filepath.Join(p.Dir, name) }

// FindPrograms returns the newest server programs on this machine, or those of
// one major version when major is not 0. It looks into $KINHPHI_PG_BINDIR and
// nowhere else when that is set, otherwise into PATH, what pg_config names, and
// the usual places. The error is ErrNoPrograms, in one paragraph that says what
// to do.
func FindPrograms(major int) (Programs, error) {
	dirs := candidates()
	found := inspect(dirs)
	if major != 0 {
		found = slices.DeleteFunc(found, func(p Programs) bool { return p.Major != major })
	}
	if len(found) == 0 {
		return Programs{}, notFound(major, dirs)
	}
	return slices.MaxFunc(found, func(a, b Programs) int { return a.Major - b.Major }), nil
}

// candidates lists the directories that may hold server programs, best first.
func candidates() []string {
	if dir := os.Getenv(BinDirVariable); dir != "" {
		return []string{dir}
	}
	dirs := filepath.SplitList(os.Getenv("PATH"))
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	for _, pattern := range usualPlaces {
		places, _ := filepath.Glob(pattern) // the patterns are constants and well formed
		dirs = append(dirs, places...)
	}
	return dirs
}

// inspect returns the usable programs of the directories, each installation once.
func inspect(dirs []string) []Programs {
	var found []Programs
	seen := map[string]bool{}
	for _, dir := range dirs {
		postgres, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
		if err != nil || seen[postgres] {
			continue
		}
		seen[postgres] = true
		if p, ok := installation(filepath.Dir(postgres)); ok {
			found = append(found, p)
		}
	}
	return found
}

var versionLine = regexp.MustCompile(`^postgres \(PostgreSQL\) ((\d+)\S*)`)

// installation asks the programs of a directory for their version. A directory
// without initdb (client packages have one) or with a version that is too old is
// not an installation.
func installation(dir string) (Programs, bool) {
	if _, err := exec.LookPath(filepath.Join(dir, "initdb")); err != nil {
		return Programs{}, false
	}
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return Programs{}, false
	}
	m := versionLine.FindSubmatch(out)
	if m == nil {
		return Programs{}, false
	}
	major, err := strconv.Atoi(string(m[2]))
	if err != nil || major < oldestMajor {
		return Programs{}, false
	}
	return Programs{Dir: dir, Version: string(m[1]), Major: major}, true
}

func notFound(major int, dirs []string) error {
	wanted := fmt.Sprintf("%d or newer", oldestMajor)
	if major != 0 {
		wanted = fmt.Sprintf("of version %d", major)
	}
	looked := "in PATH and the usual places"
	if os.Getenv(BinDirVariable) != "" {
		looked = fmt.Sprintf("only in %s, as %s says", strings.Join(dirs, ", "), BinDirVariable)
	}
	return fmt.Errorf("%w (%s) were found on this machine, looking %s: install them "+
		"(Debian and Ubuntu: apt-get install postgresql; Fedora and RHEL: dnf install postgresql-server; "+
		"Alpine: apk add postgresql; macOS: brew install postgresql@17), "+
		"or set %s to the directory that holds postgres and initdb, "+
		"or use a server of your own with --database-url", ErrNoPrograms, wanted, looked, BinDirVariable)
}
