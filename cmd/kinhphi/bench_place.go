package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/postgres"
	"github.com/sokinhphi/kinhphi/ledger/postgres/local"
)

// What the measured books are made of.
const (
	benchCode    ledger.Code  = "BENCH"
	benchSource  ledger.Code  = "NSTW"
	benchUser    ledger.Login = "officer"
	benchYear                 = 2019
	benchBudget               = 1_000_000_000_000_000 // of one line: no load spends it
	tpcbClients               = 16
	tpcbDatabase              = "tpcb"
)

// A benchPlace is a throw-away server with the measured books and the service in
// front of them.
type benchPlace struct {
	server   *local.Server
	pgbench  string
	books    *postgres.Store
	app      *fiber.App
	served   chan error
	address  string
	token    string
	lines    []string // references
	before   postgres.CheckReport
	accepted int64 // by all loads so far
}

// openBench starts everything. The server's directory goes away with its last user,
// however this program ends.
func openBench(ctx context.Context, o benchOptions, progress io.Writer) (p *benchPlace, err error) {
	p = &benchPlace{served: make(chan error, 1)}
	say := func(format string, args ...any) { fmt.Fprintf(progress, format+"\n", args...) }
	dir := filepath.Join(o.parent, "kinhphi-bench-"+uuid.NewString())
	if p.server, err = local.Start(ctx, local.Options{Dir: dir, Temporary: true, Log: say}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close(context.WithoutCancel(ctx)))
		}
	}()
	if err := p.makeTPCB(ctx, o, say); err != nil {
		return nil, err
	}
	url, err := p.server.EnsureDatabase(ctx, databaseName)
	if err != nil {
		return nil, err
	}
	if p.books, err = postgres.Open(ctx, url, postgres.Options{Report: func(err error) { say("%v", err) }}); err != nil {
		return nil, err
	}
	if err := p.fill(ctx, o.lines); err != nil {
		return nil, fmt.Errorf("fill the books: %w", err)
	}
	return p, p.serve(progress)
}

func (p *benchPlace) close(ctx context.Context) error {
	var errs []error
	if p.app != nil {
		errs = append(errs, p.app.ShutdownWithTimeout(shutdownTime), <-p.served)
	}
	if p.books != nil {
		errs = append(errs, p.books.Close())
	}
	return errors.Join(append(errs, p.server.Stop(ctx))...)
}

// serve puts the service on a port of its own, as serve does. Refusals are counted,
// not logged.
func (p *benchPlace) serve(progress io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	p.address = listener.Addr().String()
	tune()
	p.app = newApp(p.books, slog.New(slog.NewJSONHandler(progress, &slog.HandlerOptions{Level: slog.LevelWarn})), nil)
	go func() { p.served <- p.app.Listener(listener) }()
	return nil
}

// fill makes the programme, its lines and the token of the one who posts.
func (p *benchPlace) fill(ctx context.Context, lines int) (err error) {
	if err := p.define(ctx, lines); err != nil {
		return err
	}
	if err := p.allocate(ctx, lines); err != nil {
		return err
	}
	if p.token, _, err = p.books.CreateToken(ctx, ledger.LocalActor(), benchUser, 24*time.Hour); err != nil {
		return err
	}
	if err := p.books.Analyze(ctx); err != nil {
		return err
	}
	p.before, err = p.books.Check(ctx, benchCode)
	return err
}

func (p *benchPlace) do(ctx context.Context, programme ledger.Code, actions ...ledger.Action) error {
	requests := make([]ledger.Request, len(actions))
	for i, a := range actions {
		requests[i] = ledger.Request{Key: newKey(), Action: a}
	}
	_, err := post(ctx, &opened{Store: p.books}, programme, requests...)
	return err
}

func benchUnit(n int) ledger.Code { return ledger.Code(fmt.Sprintf("DV%04d", n)) }

func (p *benchPlace) define(ctx context.Context, units int) error {
	from, err := ledger.NewDate(benchYear-2, 1, 1)
	if err != nil {
		return err
	}
	if err := p.do(ctx, ledger.System,
		ledger.DefineProgramme{Programme: ledger.Programme{Code: benchCode, Name: "Bench", Currency: ledger.VND, AdjustmentDays: 31}},
		ledger.SetUser{User: benchUser, Name: "Bench"}); err != nil {
		return err
	}
	actions := []ledger.Action{
		ledger.SetGrant{User: benchUser, Role: ledger.Officer},
		ledger.DefineUnit{Unit: ledger.Unit{Code: "TINH", Name: "Tỉnh", From: from}},
		ledger.DefineProject{Project: ledger.Project{Code: "DA1", Name: "Dự án 1"}},
		ledger.DefineSource{Source: ledger.Source{Code: benchSource, Name: "Ngân sách trung ương",
			Kind: ledger.CentralBudget, Backing: ledger.ByAppropriation, Treasury: "KBNN"}},
	}
	for n := range units {
		actions = append(actions, ledger.DefineUnit{Unit: ledger.Unit{Code: benchUnit(n), Name: fmt.Sprintf("Đơn vị %d", n), Parent: "TINH", From: from}})
	}
	return p.do(ctx, benchCode, actions...)
}

// allocate gives every unit a line with more than any load can spend.
func (p *benchPlace) allocate(ctx context.Context, lines int) error {
	date, err := ledger.NewDate(benchYear, 1, 2)
	if err != nil {
		return err
	}
	one, err := ledger.ParseMoney(strconv.Itoa(benchBudget), ledger.VND)
	if err != nil {
		return err
	}
	var actions []ledger.Action
	give := func(e ledger.Event) {
		e.Amount = one
		actions = append(actions, ledger.Posting{Date: date, Document: ledger.Document{Type: "QD"}, Events: []ledger.Event{e}})
	}
	for n := range lines {
		line := ledger.Line{Year: benchYear, Source: benchSource, Project: "DA1", Unit: benchUnit(n), Khoan: "041", Nature: "12"}
		give(ledger.Event{Kind: ledger.Appropriate, Line: ledger.Line{Year: benchYear, Source: benchSource}})
		give(ledger.Event{Kind: ledger.Allocate, Line: line})
		p.lines = append(p.lines, fmt.Sprintf("%d/%s/DA1/%s", benchYear, benchSource, benchUnit(n)))
	}
	return p.do(ctx, benchCode, actions...)
}

// prove compares the books with what was answered, and checks them.
func (p *benchPlace) prove(ctx context.Context, report *benchReport) error {
	after, err := p.books.Check(ctx, benchCode)
	if err != nil {
		return err
	}
	report.Accepted = p.accepted
	report.Records = after.Records - p.before.Records
	report.Legs = after.Legs - p.before.Legs
	for _, f := range after.Findings {
		report.Findings = append(report.Findings, f.String())
	}
	if report.Records != report.Accepted || report.Legs != legsOfPayment*report.Accepted || len(report.Findings) > 0 {
		return &exitError{exitDamaged, fmt.Errorf("%d postings were accepted, the books have %d with %d legs; findings: %v",
			report.Accepted, report.Records, report.Legs, report.Findings)}
	}
	return nil
}

// legsOfPayment is how many legs a payment from an appropriation has: the line's
// authority is used up, the Treasury draws the money and pays it.
const legsOfPayment = 6

// makeTPCB makes pgbench's database.
func (p *benchPlace) makeTPCB(ctx context.Context, o benchOptions, say func(string, ...any)) (err error) {
	if o.scale == 0 {
		return nil
	}
	if p.pgbench, err = findPgbench(p.server.BinDir()); err != nil {
		return err
	}
	if _, err := p.server.EnsureDatabase(ctx, tpcbDatabase); err != nil {
		return err
	}
	say("making pgbench's database, scale %d ...", o.scale)
	_, _, err = p.runPgbench(ctx, "--initialize", "--quiet", "--scale", strconv.Itoa(o.scale))
	return err
}

func findPgbench(beside string) (string, error) {
	if file := filepath.Join(beside, "pgbench"); exec.Command(file, "--version").Run() == nil {
		return file, nil
	}
	file, err := exec.LookPath("pgbench")
	if err != nil {
		return "", fmt.Errorf("pgbench is neither in %s nor in PATH: install it (postgresql-contrib), or --scale 0: %w", beside, err)
	}
	return file, nil
}

// runPgbench returns what pgbench said and the processor time that it took itself.
func (p *benchPlace) runPgbench(ctx context.Context, args ...string) (string, time.Duration, error) {
	password, err := os.ReadFile(filepath.Join(p.server.Dir(), "password"))
	if err != nil {
		return "", 0, err
	}
	cmd := exec.CommandContext(ctx, p.pgbench, append(args, tpcbDatabase)...)
	cmd.Env = append(os.Environ(), "PGHOST=127.0.0.1", fmt.Sprintf("PGPORT=%d", p.server.Port()), "PGUSER=postgres",
		"PGPASSWORD="+string(password[:max(0, len(password)-1)]), "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", 0, fmt.Errorf("pgbench: %w: %s", err, out)
	}
	return string(out), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

var (
	tpsLine   = regexp.MustCompile(`(?m)^tps = ([0-9.]+) `)
	countLine = regexp.MustCompile(`(?m)^number of transactions actually processed: ([0-9]+)`)
)

// tpcb measures pgbench's own transactions: three updates, a select and an insert.
func (p *benchPlace) tpcb(ctx context.Context, o benchOptions) (*tpcbFigures, error) {
	if o.scale == 0 {
		return nil, nil
	}
	server := serverCPU(p.server.Dir())
	out, self, err := p.runPgbench(ctx, "--client", strconv.Itoa(tpcbClients), "--jobs", strconv.Itoa(min(tpcbClients, runtime.NumCPU())),
		"--protocol", "prepared", "--time", strconv.Itoa(max(1, int(o.seconds+0.5))))
	if err != nil {
		return nil, err
	}
	rate, count := tpsLine.FindStringSubmatch(out), countLine.FindStringSubmatch(out)
	if rate == nil || count == nil {
		return nil, fmt.Errorf("pgbench did not say its rate: %s", out)
	}
	f := &tpcbFigures{}
	n, err := strconv.ParseInt(count[1], 10, 64)
	if err == nil {
		f.Rate, err = strconv.ParseFloat(rate[1], 64)
	}
	f.ClientCPU, f.DatabaseCPU = perPosting(self, n), perPosting(serverCPU(p.server.Dir())-server, n)
	return f, err
}

// post measures one load on the lines.
func (p *benchPlace) post(ctx context.Context, o benchOptions, lines []string) (*postFigures, error) {
	l := load{address: p.address, token: p.token, lines: lines, connections: o.connections, batch: o.batch}
	self, server := selfCPU(), serverCPU(p.server.Dir())
	done, err := l.run(ctx, o.duration())
	if err != nil {
		return nil, err
	}
	p.accepted += done.accepted
	f := done.figures()
	f.ServiceCPU = perPosting(selfCPU()-self, done.accepted)
	f.DatabaseCPU = perPosting(serverCPU(p.server.Dir())-server, done.accepted)
	return f, nil
}
