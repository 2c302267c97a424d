package sample_test

import (
	"context"
	"database/sql"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/ledgertest"
	"github.com/sokinhphi/kinhphi/ledger/sample"
)

// post posts the requests, up to MaxBulk at a time, and returns the sequence of
// the last; every one must have the wanted outcome.
func post(t *testing.T, b ledger.Books, programme ledger.Code, rs []ledger.Request, want ledger.Outcome) (last ledger.Seq) {
	t.Helper()
	for len(rs) > 0 {
		some := rs[:min(ledger.MaxBulk, len(rs))]
		rs = rs[len(some):]
		results, err := b.Post(context.Background(), ledger.LocalActor(), programme, ledger.Each, some)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range results {
			if r.Outcome != want || last != 0 && r.Seq != last+1 {
				t.Fatalf("%v: outcome %d, sequence %d after %d: %v", some[i].Key, r.Outcome, r.Seq, last, r.Err)
			}
			last = r.Seq
		}
	}
	return last
}

// load does what a loader does.
func load(t *testing.T, b ledger.Books, want ledger.Outcome) {
	t.Helper()
	define := ledger.Request{Key: ledger.ImportKey("sample", "programme"), Action: ledger.DefineProgramme{Programme: sample.Programme()}}
	post(t, b, ledger.System, []ledger.Request{define}, want)
	first := post(t, b, sample.Code, sample.Structure(), want) + 1
	var rs []ledger.Request
	for r := range sample.Postings(first) {
		rs = append(rs, r)
	}
	began := time.Now()
	post(t, b, sample.Code, rs, want)
	t.Logf("%d vouchers in %s", len(rs), time.Since(began).Round(time.Millisecond))
}

// query reads the fields that textures use.
func query(t *testing.T, s string) (q ledger.JournalQuery) {
	t.Helper()
	v, err := url.ParseQuery(s)
	if err != nil {
		t.Fatal(err)
	}
	if y, err := strconv.Atoi(v.Get("year")); err == nil {
		q.Years = []int{y}
	}
	for _, k := range strings.FieldsFunc(v.Get("kind"), func(r rune) bool { return r == ',' }) {
		kind, err := ledger.ParseEventKind(k)
		if err != nil {
			t.Fatal(err)
		}
		q.Kinds = append(q.Kinds, kind)
	}
	q.Line.Source, q.Line.Project = ledger.Code(v.Get("source")), ledger.Code(v.Get("project"))
	q.From, _ = ledger.ParseDate(v.Get("from"))
	q.To, _ = ledger.ParseDate(v.Get("to"))
	q.Figure, q.Type, q.Text, q.Red = ledger.Figure(v.Get("figure")), ledger.Code(v.Get("type")), v.Get("text"), v.Get("red") == "true"
	return q
}

// analyze does at once what autovacuum does a minute after a bulk load: without
// statistics, searches in fresh tables take seconds.
func analyze(t *testing.T, url string) {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("ANALYZE"); err != nil {
		t.Fatal(err)
	}
}

// On a real database: everything is accepted, a second load changes nothing,
// and the journal finds every texture.
func TestLoadsIntoRealBooks(t *testing.T) {
	url := ledgertest.URL(t)
	store := ledgertest.Open(t, url)
	load(t, store, ledger.Accepted)
	load(t, store, ledger.Replayed)
	analyze(t, url)
	for _, x := range sample.Textures() {
		page, err := store.Journal(context.Background(), ledger.LocalActor(), sample.Code, query(t, x.Query))
		if err != nil {
			t.Fatalf("%s: %v", x.En, err)
		}
		t.Logf("%4d %15s  %s", page.Count, page.Total, x.En)
		if page.Count < 2 || strings.Contains(x.Query, "figure=") && page.Total.Sign() <= 0 {
			t.Errorf("%s: %d events, total %s", x.En, page.Count, page.Total)
		}
	}
}
