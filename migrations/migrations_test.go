package migrations_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	_ "github.com/lib/pq" // the driver

	"github.com/sokinhphi/kinhphi/ledger/postgres/local"
	"github.com/sokinhphi/kinhphi/migrations"
)

var update = flag.Bool("update", false, "write schema.sql anew")

// server is the tests' server.
func server(t *testing.T) *local.Server {
	t.Helper()
	srv, err := local.Shared(t.Context())
	if err != nil {
		t.Fatalf("no database for tests: %v", err)
	}
	return srv
}

// empty returns the URL of a new database with nothing in it.
func empty(t *testing.T) string {
	t.Helper()
	srv := server(t)
	name := "m_" + strings.ToLower(rand.Text())
	to, err := srv.EnsureDatabase(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		db := open(t, srv.URL("postgres"))
		if _, err := db.ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		db.Close()
	})
	return to
}

func open(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func apply(t *testing.T, url string) (int, error) {
	t.Helper()
	db := open(t, url)
	defer db.Close()
	return migrations.Apply(t.Context(), db)
}

// files counts the numbered files.
func files(t *testing.T) int {
	t.Helper()
	all, err := filepath.Glob("[0-9]*.sql")
	if err != nil || len(all) == 0 {
		t.Fatalf("no files: %v", err)
	}
	return len(all)
}

func TestApplyTwice(t *testing.T) {
	t.Parallel()
	to := empty(t)
	for _, want := range []int{files(t), 0, 0} {
		if got, err := apply(t, to); err != nil || got != want {
			t.Errorf("applied %d, %v; want %d", got, err, want)
		}
	}
	var sums, system int
	err := open(t, to).QueryRow("SELECT (SELECT count(*) FROM public.schema_file), (SELECT count(*) FROM core.programme)").Scan(&sums, &system)
	if err != nil || sums != files(t) || system != 1 {
		t.Errorf("%d sums, %d books, %v", sums, system, err)
	}
}

// together runs all at the same time and adds up what they applied.
func together(t *testing.T, urls []string) (applied int) {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	start := make(chan struct{})
	for _, url := range urls {
		db := open(t, url)
		wg.Go(func() {
			<-start
			n, err := migrations.Apply(t.Context(), db)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			applied += n
			mu.Unlock()
		})
	}
	close(start)
	wg.Wait()
	return applied
}

func TestManyInstancesAtOnce(t *testing.T) {
	t.Parallel()
	to := empty(t)
	var urls []string
	for range 8 {
		urls = append(urls, to)
	}
	if n := together(t, urls); n != files(t) {
		t.Errorf("applied %d files, want %d", n, files(t))
	}
}

// Roles belong to the whole server: databases that are made at the same time meet there.
func TestManyDatabasesAtOnce(t *testing.T) {
	t.Parallel()
	urls := []string{empty(t), empty(t), empty(t), empty(t)}
	if n := together(t, urls); n != len(urls)*files(t) {
		t.Errorf("applied %d files, want %d", n, len(urls)*files(t))
	}
}

// The owner of a database needs no power over the server, if its administrator has
// given the two roles.
func TestOwnerWithoutPower(t *testing.T) {
	t.Parallel()
	if _, err := apply(t, empty(t)); err != nil { // makes the roles
		t.Fatal(err)
	}
	to, name := empty(t), "owner_"+strings.ToLower(rand.Text())
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	admin := open(t, to)
	for _, statement := range []string{
		"CREATE ROLE " + name + " LOGIN PASSWORD 'known'",
		"GRANT kinhphi_writer, kinhphi_app TO " + name,
		"ALTER DATABASE " + strings.TrimPrefix(u.Path, "/") + " OWNER TO " + name,
	} {
		if _, err := admin.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	t.Cleanup(func() {
		if _, err := admin.ExecContext(context.Background(), "REASSIGN OWNED BY "+name+" TO postgres; DROP OWNED BY "+name+"; DROP ROLE "+name); err != nil {
			t.Error(err)
		}
	})
	u.User = url.UserPassword(name, "known")
	if n, err := apply(t, u.String()); err != nil || n != files(t) {
		t.Fatalf("applied %d, %v", n, err)
	}
	for _, role := range []string{"kinhphi_writer", "kinhphi_app"} {
		var books int
		if err := open(t, u.String()+"&role="+role).QueryRow("SELECT count(*) FROM core.programme").Scan(&books); err != nil || books != 1 {
			t.Errorf("as %s: %d books, %v", role, books, err)
		}
	}
}

func TestRefusesOtherSchemas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, change string
		want         error
	}{
		{"edited", "UPDATE public.schema_file SET sha256 = repeat('0', 64) WHERE version = 1", migrations.ErrEdited},
		{"newer", "INSERT INTO public.schema_file VALUES (9999, repeat('0', 64))", migrations.ErrNewer},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			to := empty(t)
			if _, err := apply(t, to); err != nil {
				t.Fatal(err)
			}
			if _, err := open(t, to).Exec(c.change); err != nil {
				t.Fatal(err)
			}
			if n, err := apply(t, to); n != 0 || !errors.Is(err, c.want) {
				t.Errorf("applied %d, %v; want %v", n, err, c.want)
			}
		})
	}
}

// TestSchema holds schema.sql to what the files make: with it, the whole is read in
// one place, and a change of a file shows as what it changes.
func TestSchema(t *testing.T) {
	t.Parallel()
	to := empty(t)
	if _, err := apply(t, to); err != nil {
		t.Fatal(err)
	}
	got := dump(t, to)
	if *update {
		if err := os.WriteFile("schema.sql", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if head, _, _ := bytes.Cut(got, []byte("\n")); !bytes.HasPrefix(want, head) {
		t.Skipf("schema.sql was not made by this version of PostgreSQL: %q", head)
	}
	if bytes.Equal(got, want) {
		return
	}
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Fatalf("schema.sql, line %d: %q, the files make %q; go test ./migrations -update writes it anew", i+1, w[i], g[i])
		}
	}
	t.Fatalf("schema.sql has %d lines, the files make %d", len(w), len(g))
}

// noise is what pg_dump says beside the schema; parts of it are random.
var noise = regexp.MustCompile(`(?m)^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)?\n`)

// dump returns the schema of a database.
func dump(t *testing.T, from string) []byte {
	t.Helper()
	srv := server(t)
	major, _, _ := strings.Cut(srv.Version(), ".")
	u, err := url.Parse(from)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	u.User, u.RawQuery = url.User(u.User.Username()), "sslmode=disable"
	cmd := exec.CommandContext(t.Context(), filepath.Join(srv.BinDir(), "pg_dump"), "--schema-only", "--no-owner", "--dbname", u.String())
	cmd.Env = append(os.Environ(), "PGPASSWORD="+password)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pg_dump: %v\n%s", err, &said)
	}
	out = regexp.MustCompile(`(?m)^(CREATE|ALTER)`).ReplaceAll(noise.ReplaceAll(out, nil), []byte("\n$1"))
	return append(fmt.Appendf(nil, "-- What the numbered files make, as pg_dump %s tells it. Not applied: for readers.\n", major), out...)
}
