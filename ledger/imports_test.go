package ledger_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// This file is a statement of policy: who may know whom. Do not change it to
// make a build pass; a new arrow is a decision of its own.

const module = "github.com/sokinhphi/kinhphi"

// A house rule says what packages may not import in files that are not tests.
// Paths ending in "/" stand for everything below; those without a dot in their
// first part are the standard library's, "./" is ours.
type houseRule struct {
	name     string
	packages []string // ours, "ledger"; ending in "/..." for everything below
	never    []string
	except   []string
	because  string
}

// pure are the packages that another program can build upon without a database,
// a server or a clock.
var pure = []string{"ledger", "ledger/seal", "ledger/lang", "ledger/export", "ledger/report", "ledger/intake", "ledger/access", "ledger/sample"}

var house = []houseRule{
	{"pure packages know no outside world", pure,
		[]string{"database/sql", "database/sql/driver", "net/http", "net", "log", "log/", "os/exec", "os/signal", "syscall", "crypto/rand",
			"github.com/gofiber/", "github.com/valyala/fasthttp", "github.com/danielgtaylor/huma/", "github.com/jmoiron/sqlx", "github.com/lib/pq", "github.com/pressly/goose/"}, nil,
		"rules are functions of values: an auditor's checker must not bring drivers, and tests need no database"},
	{"pure packages are given readers, writers and file systems", without(pure, "ledger/export"), []string{"os", "path/filepath"}, nil,
		"only export spills what is too much to sort in memory into temporary files"},
	{"pure packages do not throw dice", without(pure, "ledger/sample"), []string{"math/rand", "math/rand/"}, nil,
		"salts and tokens are passed in; the sample's invention is seeded and the same for ever"},
	{"ledger knows none of ours", []string{"ledger"}, []string{"./"}, nil, "it is the bottom of the house"},
	{"pure packages know only the ledger and the words", without(pure, "ledger"), []string{"./"}, []string{"./ledger", "./ledger/lang"},
		"they do not lean on each other's insides"},
	{"seal verifies alone", []string{"ledger/seal"}, []string{"./"}, nil, "a verifier of evidence must not trust the program that made it"},
	{"the schema knows nothing of ours", []string{"migrations"}, []string{"./"}, nil, "a released schema cannot change because a type did"},
	{"SQL has one home", []string{"api/...", "web/...", "cmd/..."}, []string{"database/sql", "database/sql/driver", "github.com/jmoiron/sqlx", "github.com/lib/pq", "github.com/pressly/goose/"}, nil,
		"every statement is in ledger/postgres, where one person can review them all"},
	{"transports do not know the store", []string{"api/...", "web/..."}, []string{"./ledger/postgres", "./ledger/postgres/", "./migrations"}, nil,
		"they speak to the contracts Books and Directory"},
	{"api does not know web", []string{"api/..."}, []string{"./web", "./web/"}, nil, "JSON and pages change for different reasons"},
	{"web does not know api", []string{"web/..."}, []string{"./api", "./api/"}, nil, "pages call the ledger, not JSON"},
	{"the store knows no transport", []string{"ledger/postgres/..."}, []string{"net/http", "html/template", "github.com/gofiber/", "github.com/danielgtaylor/huma/", "./api", "./api/", "./web", "./web/"}, nil,
		"arrows point to the ledger"},
	{"nobody imports a command", []string{"..."}, []string{"./cmd/"}, nil, "wiring is the end of the arrows"},
	{"test helpers stay in tests", withoutTests, []string{"testing", "./ledger/ledgertest", "./ledger/access/accesstest"}, nil, "a service must not carry what makes databases"},
	{"sessions, CSRF and files are our own", []string{"..."},
		[]string{"github.com/gofiber/fiber/v2/middleware/csrf", "github.com/gofiber/fiber/v2/middleware/session", "github.com/gofiber/fiber/v2/middleware/filesystem", "github.com/gofiber/storage/"}, nil,
		"ours are in the books, tied to the user, and embedded; fiber's have had holes"},
	{"no second way to do it", []string{"..."}, []string{"gorm.io/", "github.com/jackc/", "github.com/mattn/go-sqlite3", "github.com/spf13/viper", "go.uber.org/", "github.com/sirupsen/"}, nil,
		"no ORM, no second driver, no second logger"},
}

// withoutTests are all packages but those that tests are made of.
var withoutTests = []string{"...", "-ledger/ledgertest", "-ledger/access/accesstest"}

func without(list []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == one })
}

// A goPackage is what go list says of one package.
type goPackage struct {
	ImportPath, Dir  string
	GoFiles, Imports []string
}

func (p goPackage) name() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
}

// list returns the packages of the module.
func list(t *testing.T, args ...string) (all []goPackage) {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-e", "-json=ImportPath,Dir,GoFiles,Imports"}, args...)...)
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v: %s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// among reports whether a package of ours is one of those that patterns name.
func among(name string, patterns []string) bool {
	in := false
	for _, p := range patterns {
		if out, ok := strings.CutPrefix(p, "-"); ok {
			if name == out {
				return false
			}
			continue
		}
		below, all := strings.CutSuffix(p, "...")
		in = in || name == p || all && (strings.HasPrefix(name+"/", below))
	}
	return in
}

// named reports whether an import is one of a list.
func named(path string, list []string) bool {
	return slices.ContainsFunc(list, func(p string) bool {
		if own, ok := strings.CutPrefix(p, "./"); ok {
			p = module + "/" + own
		}
		return path == p || strings.HasSuffix(p, "/") && strings.HasPrefix(path, p)
	})
}

func TestArrows(t *testing.T) {
	packages := list(t, "./...")
	if len(packages) < 10 {
		t.Fatalf("only %d packages", len(packages))
	}
	for _, rule := range house {
		used := false
		for _, p := range packages {
			if !among(p.name(), rule.packages) {
				continue
			}
			used = true
			for _, path := range p.Imports {
				if named(path, rule.never) && !named(path, rule.except) {
					t.Errorf("%s: %s imports %s; %s", rule.name, p.name(), path, rule.because)
				}
			}
		}
		if !used {
			t.Errorf("%s: no package is meant by %v", rule.name, rule.packages)
		}
	}
}

// TestRulesBite lets the rules refuse what they are there to refuse: a pattern
// with a slip of the pen would let everything through.
func TestRulesBite(t *testing.T) {
	for _, c := range []struct {
		from, to string
		refused  bool
	}{
		{"ledger", "net/http", true}, {"ledger", "database/sql", true}, {"ledger", "log/slog", true}, {"ledger", module + "/ledger/seal", true}, {"ledger", "os", true},
		{"ledger/seal", module + "/ledger", true}, {"ledger/report", module + "/ledger/postgres", true}, {"ledger/sample", "math/rand/v2", false}, {"ledger/lang", "math/rand/v2", true},
		{"ledger/report", module + "/ledger/lang", false}, {"api", module + "/web", true}, {"web", module + "/api", true}, {"web", module + "/ledger/postgres", true},
		{"api", module + "/ledger/postgres/local", true}, {"cmd/kinhphi", module + "/ledger/postgres", false}, {"cmd/kinhphi", "github.com/lib/pq", true},
		{"web", module + "/cmd/kinhphi", true}, {"web", "github.com/gofiber/fiber/v2/middleware/csrf", true}, {"web", "github.com/gofiber/fiber/v2", false},
		{"ledger/ledgertest", "testing", false}, {"web", "testing", true}, {"migrations", module + "/ledger", true}, {"ledger/postgres", "github.com/jmoiron/sqlx", false},
	} {
		refused := false
		for _, rule := range house {
			refused = refused || among(c.from, rule.packages) && named(c.to, rule.never) && !named(c.to, rule.except)
		}
		if refused != c.refused {
			t.Errorf("%s imports %s: refused %v", c.from, c.to, refused)
		}
	}
}

// TestLeanCore: whoever builds upon the core gets no server and no driver with
// it, not even through other modules. (Package decimal brings the interfaces of
// database/sql/driver, which are only interfaces.)
func TestLeanCore(t *testing.T) {
	never := []string{"database/sql", "net/http", "net", "log/slog", "github.com/gofiber/", "github.com/valyala/", "github.com/jmoiron/", "github.com/lib/pq"}
	for _, name := range []string{"ledger", "ledger/lang", "ledger/seal", "ledger/sample"} {
		for _, p := range list(t, "-deps", "./"+name) {
			if named(p.ImportPath, never) {
				t.Errorf("%s brings %s", name, p.ImportPath)
			}
		}
	}
}

// calls are selectors that files of some packages may not hold.
var calls = []struct {
	packages []string
	never    map[string]string // "package.Name", or ".Name" on anything
}{
	{pure, map[string]string{
		"time.Now": "instants are passed in", "time.Since": "instants are passed in", "time.Until": "instants are passed in",
		"time.Local": "a date must not depend on the machine's zone", "os.Getenv": "settings are passed in"}},
	{[]string{"api/...", "web/...", "cmd/..."}, map[string]string{
		".SendFile": "files are embedded; a path from outside must never reach the disk", ".Static": "files are embedded",
		"filesystem.New": "files are embedded", "csrf.New": "ours is tied to the session", "session.New": "sessions are in the books"}},
}

func TestForbiddenCalls(t *testing.T) {
	for _, p := range list(t, "./...") {
		for _, rule := range calls {
			if !among(p.name(), rule.packages) {
				continue
			}
			for _, file := range p.GoFiles {
				for at, selector := range selectors(t, filepath.Join(p.Dir, file)) {
					_, name, _ := strings.Cut(selector, ".")
					for _, form := range []string{selector, "." + name} {
						if why, forbidden := rule.never[form]; forbidden {
							t.Errorf("%s/%s:%d: %s; %s", p.name(), file, at.line, selector, why)
						}
					}
				}
			}
		}
	}
}

type place struct{ line, column int }

// selectors finds every x.Name of a file.
func selectors(t *testing.T, file string) map[place]string {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	all := map[place]string{}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			at := set.Position(s.Sel.Pos())
			x := ""
			if id, ok := s.X.(*ast.Ident); ok {
				x = id.Name
			}
			all[place{at.Line, at.Column}] = x + "." + s.Sel.Name
		}
		return true
	})
	return all
}

// TestSizes: what is too long to read at once is cut.
func TestSizes(t *testing.T) {
	for _, p := range list(t, "./ledger/...") {
		for _, file := range p.GoFiles {
			set := token.NewFileSet()
			parsed, err := parser.ParseFile(set, filepath.Join(p.Dir, file), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			if n := set.Position(parsed.FileEnd).Line; n > 600 {
				t.Errorf("%s/%s has %d lines", p.name(), file, n)
			}
			for _, d := range parsed.Decls {
				if f, ok := d.(*ast.FuncDecl); ok {
					if n := set.Position(f.End()).Line - set.Position(f.Pos()).Line + 1; n > 70 {
						t.Errorf("%s/%s: %s has %s lines", p.name(), file, f.Name.Name, strconv.Itoa(n))
					}
				}
			}
		}
	}
}

// TestExportedNamesAreExplained: every exported name of the core says what it is.
func TestExportedNamesAreExplained(t *testing.T) {
	for _, p := range list(t, "./ledger") {
		for _, file := range p.GoFiles {
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range unexplained(parsed) {
				t.Errorf("%s: %s has no comment", file, name)
			}
		}
	}
}

// unexplained lists exported names without a comment of their own, their line's
// or their group's.
func unexplained(file *ast.File) (names []string) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Doc == nil && !grouped(d) {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
						names = append(names, s.Name.Name)
					}
				case *ast.ValueSpec:
					if s.Names[0].IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
						names = append(names, fmt.Sprint(s.Names))
					}
				}
			}
		}
	}
	return names
}

// grouped are one-line methods of a family whose first has the comment.
func grouped(d *ast.FuncDecl) bool { return d.Recv != nil && d.Name.Name == "Kind" }
