package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/ledgertest"
	"github.com/sokinhphi/kinhphi/ledger/postgres"
)

// An answer is what a post that was sent brought.
type answer struct {
	results []ledger.Result
	err     error
}

// send posts requests in the background.
func send(ctx context.Context, s *postgres.Store, rs ...ledger.Request) <-chan answer {
	answered := make(chan answer, 1)
	go func() {
		results, err := each(ctx, s, rs...)
		answered <- answer{results, err}
	}()
	return answered
}

// silent fails the test if one of the posts is answered before its time.
func silent(t *testing.T, sent ...<-chan answer) {
	t.Helper()
	time.Sleep(200 * time.Millisecond) // to decide takes a hundredth of it
	for i, c := range sent {
		select {
		case a := <-c:
			t.Errorf("post %d was answered before its time: %+v", i, a)
		default:
		}
	}
}

// warm lets the book's writer read all that payments from the lines need.
func warm(t *testing.T, s *postgres.Store, lines ...ledger.Line) {
	t.Helper()
	for i, l := range lines {
		if r := one(t, s, pay(fmt.Sprint("warm", i), l, 1)); r.Outcome != ledger.Accepted {
			t.Fatalf("%+v", r)
		}
	}
}

// Nothing is said before that is in the database on which it was decided: not that
// a payment was recorded, nor that it was already, nor that nothing is left.
func TestNothingIsAnsweredInTheAir(t *testing.T) {
	url := ledgertest.URL(t)
	s := ledgertest.Open(t, url)
	ledgertest.Programme(t, s)
	give(t, s, 100)
	warm(t, s, scarce)
	all := pay("all of it", scarce, 99)
	release := holdHead(t, url)
	defer release()
	first := send(t.Context(), s, all)
	awaitHeld(t, url)
	again, more := send(t.Context(), s, all), send(t.Context(), s, pay("more", scarce, 1))
	silent(t, first, again, more)
	release()
	a, b, c := <-first, <-again, <-more
	if err := errors.Join(a.err, b.err, c.err); err != nil {
		t.Fatal(err)
	}
	if a.results[0].Outcome != ledger.Accepted {
		t.Errorf("the first: %+v", a.results)
	}
	if b.results[0].Outcome != ledger.Replayed || b.results[0].Seq != a.results[0].Seq {
		t.Errorf("the same again: %+v, want a replay of %+v", b.results, a.results)
	}
	if !errors.Is(c.results[0].Err, ledger.OverLimit) {
		t.Errorf("more than is left: %+v", c.results)
	}
	clean(t, s)
}

// Posts that a client sends one after the other are recorded in that order, in
// the air, ready to follow and waiting.
func TestOrderOfWhatIsUnderWay(t *testing.T) {
	url := ledgertest.URL(t)
	s := ledgertest.Open(t, url)
	ledgertest.Programme(t, s)
	line := ledgertest.Line("NSTW", "DA1", "CAT")
	warm(t, s, line)
	release := holdHead(t, url)
	defer release()
	var sent []<-chan answer
	for i := range 40 {
		var rs []ledger.Request
		for k := range 25 { // 1,000 requests: more than a batch
			rs = append(rs, pay(fmt.Sprint(i, "/", k), line, 1))
		}
		sent = append(sent, send(t.Context(), s, rs...))
		time.Sleep(2 * time.Millisecond)
	}
	silent(t, sent...)
	release()
	var seqs []ledger.Seq
	for i, c := range sent {
		a := <-c
		if a.err != nil {
			t.Fatalf("%d: %v", i, a.err)
		}
		for k, r := range a.results {
			if r.Outcome != ledger.Accepted || r.Seq != a.results[0].Seq+ledger.Seq(k) {
				t.Errorf("%d/%d: %+v", i, k, r)
			}
		}
		seqs = append(seqs, a.results[0].Seq)
	}
	if !slices.IsSorted(seqs) {
		t.Errorf("recorded in another order than sent: %v", seqs)
	}
	clean(t, s)
}

// Another service writes while one batch is in the air and one stands on it: what
// was decided on what is past is decided again, in its order.
func TestHeadMovesUnderTwoBatches(t *testing.T) {
	url := ledgertest.URL(t)
	s, other := ledgertest.Open(t, url), ledgertest.Open(t, url)
	ledgertest.Programme(t, s)
	give(t, s, 101)
	warm(t, s, scarce)
	warm(t, other) // it reads the book at its first post, behind the lock
	release := holdHead(t, url)
	defer release()
	theirs := send(t.Context(), other, pay("theirs", scarce, 30))
	awaitHeld(t, url)
	first := send(t.Context(), s, pay("first", scarce, 70))
	eventually(t, "two batches wait for the head", func() bool {
		return column(t, as(t, url, ""), "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")[0] == "2"
	})
	second := send(t.Context(), s, pay("second", scarce, 30), pay("third", ledgertest.Line("NST", "DA1", "BP"), 1))
	silent(t, theirs, first, second)
	release()
	a, b, c := <-theirs, <-first, <-second
	if err := errors.Join(a.err, b.err, c.err); err != nil {
		t.Fatal(err)
	}
	if a.results[0].Outcome != ledger.Accepted || b.results[0].Outcome != ledger.Accepted || b.results[0].Seq != a.results[0].Seq+1 {
		t.Errorf("theirs %+v, first %+v", a.results, b.results)
	}
	if !errors.Is(c.results[0].Err, ledger.OverLimit) || !errors.Is(c.results[1].Err, ledger.OverLimit) {
		t.Errorf("of the 100, 30 and 70 were taken: %+v", c.results)
	}
	want(t, summary(t, s, ledger.Filter{Line: scarce}).Total, map[ledger.Figure]int64{ledger.Available: 0, ledger.Actual: 101})
	clean(t, s)
}

// The server ends the connection that writes a batch while another one stands on
// it: both are recorded, once.
func TestConnectionEndsUnderTwoBatches(t *testing.T) {
	url := ledgertest.URL(t)
	s := quiet(t, url)
	ledgertest.Programme(t, s)
	line := ledgertest.Line("NSTW", "DA1", "CAT")
	warm(t, s, line)
	admin := as(t, url, "")
	before := records(t, s)
	const rounds, posts = 3, 20
	for n := range rounds {
		release := holdHead(t, url)
		defer release()
		sent := []<-chan answer{send(t.Context(), s, pay(fmt.Sprint(n, " in the air"), line, 1))}
		awaitHeld(t, url)
		for i := range posts {
			sent = append(sent, send(t.Context(), s, pay(fmt.Sprint(n, "/", i), line, 1)))
		}
		silent(t, sent...)
		killed := column(t, admin, `SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`)
		if len(killed) != 1 {
			t.Errorf("%d connections were ended, want that of the batch in the air", len(killed))
		}
		release()
		for i, c := range sent {
			if a := <-c; a.err != nil || a.results[0].Outcome != ledger.Accepted {
				t.Errorf("%d/%d: %+v", n, i, a)
			}
		}
	}
	if n := records(t, s) - before; n != rounds*(posts+1) {
		t.Errorf("%d records, want %d", n, rounds*(posts+1))
	}
	clean(t, s)
}

// A panic while a batch is decided is told to those it concerns; what is in the
// air is recorded all the same.
func TestPanicBehindWhatIsInTheAir(t *testing.T) {
	var random tap
	var reported atomic.Int64
	url := ledgertest.URL(t)
	s, err := postgres.Open(t.Context(), url, postgres.Options{Random: &random, Report: func(error) { reported.Add(1) }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ledgertest.Programme(t, s)
	line := ledgertest.Line("NSTW", "DA1", "CAT")
	warm(t, s, line)
	before := records(t, s)
	release := holdHead(t, url)
	defer release()
	first := send(t.Context(), s, pay("first", line, 1))
	awaitHeld(t, url)
	random.shut.Store(true)
	if a := <-send(t.Context(), s, pay("second", line, 1)); a.err == nil || len(ledger.Faults(a.err)) > 0 {
		t.Errorf("%+v: want an error that is no refusal", a)
	}
	random.shut.Store(false)
	third := send(t.Context(), s, pay("third", line, 1))
	silent(t, first, third)
	release()
	for i, c := range []<-chan answer{first, third} {
		if a := <-c; a.err != nil || a.results[0].Outcome != ledger.Accepted || a.results[0].Seq != before+ledger.Seq(i+1) {
			t.Errorf("%d: %+v", i, a)
		}
	}
	if reported.Load() != 1 {
		t.Errorf("%d reports", reported.Load())
	}
	clean(t, s)
}

// Someone takes back what was recorded just before, also when that is still being
// written and its number can only be guessed, and again when it is known.
func TestReversalOfWhatIsUnderWay(t *testing.T) {
	url := ledgertest.URL(t)
	s := ledgertest.Open(t, url)
	ledgertest.Programme(t, s)
	line := ledgertest.Line("NSTW", "DA1", "CAT")
	warm(t, s, line)
	last := records(t, s)
	reverse := func(key string, of ledger.Seq) ledger.Request {
		return ledger.Request{Key: ledger.UserKey(ledger.LocalUser, key), Action: ledger.Reversal{
			Of: of, Date: ledgertest.Day(5, 2), Document: ledger.Document{Type: "PDC"}, Reason: "nhầm"}}
	}
	release := holdHead(t, url)
	defer release()
	var sent []<-chan answer
	for _, r := range []ledger.Request{pay("in the air", line, 1), pay("behind it", line, 1), pay("with it", line, 1),
		reverse("of what is in the air", last+1), reverse("of what follows", last+2)} {
		sent = append(sent, send(t.Context(), s, r))
		awaitHeld(t, url)
		time.Sleep(20 * time.Millisecond)
	}
	silent(t, sent...)
	release()
	for i, c := range sent {
		if a := <-c; a.err != nil || a.results[0].Outcome != ledger.Accepted || a.results[0].Seq != last+ledger.Seq(i+1) {
			t.Errorf("%d: %+v", i, a)
		}
	}
	if r := one(t, s, reverse("known", last+3)); r.Outcome != ledger.Accepted {
		t.Errorf("%+v", r)
	}
	want(t, summary(t, s, ledger.Filter{Line: line}).Total, map[ledger.Figure]int64{ledger.Actual: 1})
	clean(t, s)
}
