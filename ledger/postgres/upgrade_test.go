package postgres_test

import (
	"bytes"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/ledgertest"
	"github.com/sokinhphi/kinhphi/ledger/postgres/local"
)

// tool runs one of PostgreSQL's client programs on a database.
func tool(t *testing.T, databaseURL string, input []byte, name string, args ...string) []byte {
	t.Helper()
	srv, err := local.Shared(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	u.User, u.RawQuery = url.User(u.User.Username()), "sslmode=disable"
	cmd := exec.CommandContext(t.Context(), filepath.Join(srv.BinDir(), name), append(args, "--dbname", u.String())...)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+password)
	var said bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, &said)
	}
	return out
}

// A dump of lived-in books, read back into an empty database, opens as the same
// books: nothing of the schema depends on the order or the place in which rows
// return. It is also how books move to a newer PostgreSQL.
func TestDumpAndRestore(t *testing.T) {
	from := ledgertest.URL(t)
	s := ledgertest.Open(t, from)
	lived(t, s)
	before, err := s.Check(t.Context(), ledgertest.Code)
	if err != nil {
		t.Fatal(err)
	}
	to := ledgertest.URL(t)
	empty := as(t, to, "")
	if _, err := empty.Exec("DROP SCHEMA core CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public"); err != nil {
		t.Fatal(err)
	}
	tool(t, to, tool(t, from, nil, "pg_dump"), "psql", "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1")
	again := ledgertest.Open(t, to)
	after, err := again.Check(t.Context(), ledgertest.Code)
	if err != nil || len(after.Findings) > 0 || after.Root != before.Root || after.Records != before.Records || after.Legs != before.Legs {
		t.Errorf("restored %+v, %v; was %+v", after, err, before)
	}
	if r := one(t, again, pay("after the move", ledgertest.Line("NSTW", "DA1", "CAT"), 1)); r.Outcome != ledger.Accepted || r.Seq != ledger.Seq(before.Records)+1 {
		t.Errorf("the restored books go on with %+v", r)
	}
	clean(t, again)
}
