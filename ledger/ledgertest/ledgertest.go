// Package ledgertest gives tests a fresh, real database each: a clone of a
// template that has the newest schema, on a private server that all test
// binaries of a run share.
package ledgertest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	_ "github.com/lib/pq" // the driver of the template's connection

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/access"
	"github.com/sokinhphi/kinhphi/ledger/postgres"
	"github.com/sokinhphi/kinhphi/ledger/postgres/local"
	"github.com/sokinhphi/kinhphi/migrations"
)

// templateLock is the advisory lock under which the template is made.
const templateLock = 7_031_955

var server = sync.OnceValues(func() (*local.Server, error) { return local.Shared(context.Background()) })

var template = sync.OnceValues(func() (string, error) {
	srv, err := server()
	if err != nil {
		return "", err
	}
	name := "template_" + migrations.Digest()
	return name, makeTemplate(context.Background(), srv, name)
})

// URL returns the URL of a new database with the newest schema; it is dropped
// when the test ends. Without a database the test fails.
func URL(t testing.TB) string {
	t.Helper()
	from, err := template()
	if err != nil {
		t.Fatalf("no database for tests: %v", err)
	}
	srv, _ := server() // the template has it
	name := "t_" + lower(rand.Text())
	exec(t, srv, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy", name, from))
	t.Cleanup(func() { exec(t, srv, "DROP DATABASE "+name+" WITH (FORCE)") })
	return srv.URL(name)
}

// New returns the books of a new database. Passwords cost little in it.
func New(t testing.TB) *postgres.Store { t.Helper(); return Open(t, URL(t)) }

// Open returns the books of a database that URL made: a second service beside a
// first, for instance.
func Open(t testing.TB, url string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(context.Background(), url, postgres.Options{
		Cost:   access.Cost{MemoryKiB: 64, Passes: 1},
		Report: func(err error) { t.Logf("store: %v", err) },
	})
	if err != nil {
		t.Fatalf("open books: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close books: %v", err)
		}
	})
	return s
}

func lower(s string) string {
	b := []byte(s)
	for i := range b {
		if b[i] >= 'A' && b[i] <= 'Z' {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}

func exec(t testing.TB, srv *local.Server, statement string) {
	t.Helper()
	db, err := sql.Open("postgres", srv.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// makeTemplate makes the template once, however many test binaries ask.
func makeTemplate(ctx context.Context, srv *local.Server, name string) error {
	admin, err := sql.Open("postgres", srv.URL("postgres"))
	if err != nil {
		return err
	}
	defer admin.Close()
	conn, err := admin.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", templateLock); err != nil {
		return err
	}
	defer conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", templateLock)
	var done bool
	if err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)", name).Scan(&done); err != nil || done {
		return err
	}
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + name + " WITH (FORCE)", "CREATE DATABASE " + name} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	if err := migrate(ctx, srv.URL(name)); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "ALTER DATABASE "+name+" WITH IS_TEMPLATE true ALLOW_CONNECTIONS false")
	return err
}

func migrate(ctx context.Context, url string) error {
	db, err := sql.Open("postgres", url)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = migrations.Apply(ctx, db)
	return err
}

// Code is the programme that Programme makes.
const Code ledger.Code = "CT"

// Day returns a date of 2019.
func Day(month, day int) ledger.Date {
	d, err := ledger.NewDate(2019, month, day)
	if err != nil {
		panic(err)
	}
	return d
}

// Dong returns an amount in đồng.
func Dong(n int64) ledger.Money {
	m, err := ledger.ParseMoney(fmt.Sprint(n), ledger.VND)
	if err != nil {
		panic(err)
	}
	return m
}

// Line returns the whole line of 2019 with khoản 041 and nature 12.
func Line(source, project, unit ledger.Code) ledger.Line {
	return ledger.Line{Year: 2019, Source: source, Project: project, Unit: unit, Khoan: "041", Nature: "12"}
}

// Programme makes a small programme in đồng: units TINH (root), CAT, PC04, BP;
// projects DA1, DA2, DA3; sources NSTW and NST (drawn by appropriation) and
// VIENTRO (cash); users of every role, with their role as login; and the lines
// 2019/NSTW/DA1/CAT (1.000.000.000), 2019/NSTW/DA2/PC04 (500.000.000) and
// 2019/VIENTRO/DA3/CAT (200.000.000, of which 150.000.000 was received).
func Programme(t testing.TB, books ledger.Books) ledger.Code {
	t.Helper()
	Define(t, books)
	pool := func(source ledger.Code) ledger.Line { return ledger.Line{Year: 2019, Source: source} }
	Post(t, books, "pool", Day(1, 2),
		ledger.Event{Kind: ledger.Appropriate, Line: pool("NSTW"), Amount: Dong(2_000_000_000)},
		ledger.Event{Kind: ledger.Appropriate, Line: pool("VIENTRO"), Amount: Dong(200_000_000)})
	Post(t, books, "lines", Day(1, 2),
		ledger.Event{Kind: ledger.Allocate, Line: Line("NSTW", "DA1", "CAT"), Amount: Dong(1_000_000_000)},
		ledger.Event{Kind: ledger.Allocate, Line: Line("NSTW", "DA2", "PC04"), Amount: Dong(500_000_000)},
		ledger.Event{Kind: ledger.Allocate, Line: Line("VIENTRO", "DA3", "CAT"), Amount: Dong(200_000_000)})
	Post(t, books, "cash", Day(1, 3),
		ledger.Event{Kind: ledger.Receive, Line: ledger.Line{Source: "VIENTRO"}, Amount: Dong(150_000_000), Payee: "Nhà tài trợ"})
	return Code
}

// Define makes the programme of Programme without any money.
func Define(t testing.TB, books ledger.Books) {
	t.Helper()
	day, _ := ledger.NewDate(2017, 1, 1)
	system := []ledger.Action{ledger.DefineProgramme{Programme: ledger.Programme{
		Code: Code, Name: "Chương trình thử", Currency: ledger.VND, AdjustmentDays: 31}}}
	var own []ledger.Action
	for _, r := range ledger.Roles {
		system = append(system, ledger.SetUser{User: ledger.Login(r), Name: "Người " + string(r)})
		own = append(own, ledger.SetGrant{User: ledger.Login(r), Role: r})
	}
	system = append(system, ledger.SetGrant{User: "admin", Role: ledger.Admin})
	own = append(own,
		ledger.DefineUnit{Unit: ledger.Unit{Code: "TINH", Name: "Công an tỉnh", From: day}},
		ledger.DefineUnit{Unit: ledger.Unit{Code: "CAT", Name: "Phòng Tham mưu", Parent: "TINH", Chapter: "409", From: day}},
		ledger.DefineUnit{Unit: ledger.Unit{Code: "PC04", Name: "Phòng Cảnh sát ĐTTP về ma túy", Parent: "TINH", Chapter: "409", From: day}},
		ledger.DefineUnit{Unit: ledger.Unit{Code: "BP", Name: "Bộ đội Biên phòng", Parent: "TINH", From: day}},
		ledger.DefineProject{Project: ledger.Project{Code: "DA1", Name: "Năng lực lực lượng chuyên trách", Owner: "CAT"}},
		ledger.DefineProject{Project: ledger.Project{Code: "DA2", Name: "Địa bàn trọng điểm", Owner: "PC04"}},
		ledger.DefineProject{Project: ledger.Project{Code: "DA3", Name: "Phương tiện, thiết bị điều tra", Owner: "PC04"}},
		ledger.DefineSource{Source: ledger.Source{Code: "NSTW", Name: "Ngân sách trung ương", Kind: ledger.CentralBudget, Backing: ledger.ByAppropriation, Treasury: "KBNN"}},
		ledger.DefineSource{Source: ledger.Source{Code: "NST", Name: "Ngân sách tỉnh", Kind: ledger.ProvincialBudget, Backing: ledger.ByAppropriation, Treasury: "KBNN"}},
		ledger.DefineSource{Source: ledger.Source{Code: "VIENTRO", Name: "Viện trợ không hoàn lại", Kind: ledger.ForeignAid, Backing: ledger.ByCash, Treasury: "TGNH"}})
	Do(t, books, ledger.System, "system", system...)
	Do(t, books, Code, "own", own...)
}

// Do carries actions out as the machine's own user; all must be accepted.
func Do(t testing.TB, books ledger.Books, programme ledger.Code, key string, actions ...ledger.Action) []ledger.Result {
	t.Helper()
	var rs []ledger.Request
	for i, a := range actions {
		rs = append(rs, ledger.Request{Key: ledger.UserKey(ledger.LocalUser, fmt.Sprintf("%s/%d", key, i)), Action: a})
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	results, err := books.Post(ctx, ledger.LocalActor(), programme, ledger.Each, rs)
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	for i, r := range results {
		if r.Outcome == ledger.Refused {
			t.Fatalf("%s/%d %T: %v", key, i, actions[i], r.Err)
		}
	}
	return results
}

// Post records one voucher in the programme of Programme; it must be accepted.
func Post(t testing.TB, books ledger.Books, key string, date ledger.Date, events ...ledger.Event) ledger.Result {
	t.Helper()
	return Do(t, books, Code, key, ledger.Posting{Date: date, Document: ledger.Document{Type: "QD", Number: key}, Events: events})[0]
}
