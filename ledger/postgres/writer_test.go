package postgres_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/ledgertest"
	"github.com/sokinhphi/kinhphi/ledger/postgres"
)

// Two services that write the same book move its head under each other all the
// time: each must still get everything through, once.
func TestTwoServicesWriteOneBook(t *testing.T) {
	const clients, posts = 4, 40 // of each service
	url := ledgertest.URL(t)
	stores := []*postgres.Store{ledgertest.Open(t, url), ledgertest.Open(t, url)}
	ledgertest.Programme(t, stores[0])
	lines := []ledger.Line{ledgertest.Line("NSTW", "DA1", "CAT"), ledgertest.Line("NSTW", "DA2", "PC04"), ledgertest.Line("VIENTRO", "DA3", "CAT")}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var mu sync.Mutex
	var seqs []ledger.Seq
	var wg sync.WaitGroup
	for n, s := range stores {
		for c := range clients {
			wg.Go(func() {
				for i := range posts {
					results, err := each(ctx, s, pay(fmt.Sprint(n, c, i), lines[(c+i)%len(lines)], 1000))
					if err != nil || results[0].Outcome != ledger.Accepted {
						t.Errorf("%d/%d/%d: %+v, %v", n, c, i, results, err)
						return
					}
					mu.Lock()
					seqs = append(seqs, results[0].Seq)
					mu.Unlock()
				}
			})
		}
	}
	wg.Wait()
	slices.Sort(seqs)
	if len(seqs) != 2*clients*posts || len(slices.Compact(slices.Clone(seqs))) != len(seqs) ||
		int(seqs[len(seqs)-1]-seqs[0]) != len(seqs)-1 {
		t.Errorf("%d records, want %d in a row", len(seqs), 2*clients*posts)
	}
	want(t, summary(t, stores[1], ledger.Filter{}).Total, map[ledger.Figure]int64{ledger.Actual: 2 * clients * posts * 1000})
	clean(t, stores[0])
}

// An all-or-none post among many single ones is whole, in a row, or not there.
func TestTogetherAmongMany(t *testing.T) {
	s := ledgertest.New(t)
	ledgertest.Programme(t, s)
	give(t, s, 3_000)
	line := ledgertest.Line("NSTW", "DA1", "CAT")
	var wg sync.WaitGroup
	for c := range 8 {
		wg.Go(func() {
			for i := range 25 {
				if results, err := each(t.Context(), s, pay(fmt.Sprint("single", c, i), line, 1)); err != nil || results[0].Outcome != ledger.Accepted {
					t.Errorf("single: %+v, %v", results, err)
				}
			}
		})
	}
	for n := range 6 { // each takes 1,000 of 3,000
		wg.Go(func() {
			var rs []ledger.Request
			for i := range 10 {
				rs = append(rs, pay(fmt.Sprintf("together %d/%d", n, i), scarce, 100))
			}
			results, err := s.Post(t.Context(), ledger.LocalActor(), ledgertest.Code, ledger.Together, rs)
			if err != nil {
				t.Errorf("together %d: %v", n, err)
				return
			}
			checkTogether(t, results)
		})
	}
	wg.Wait()
	want(t, summary(t, s, ledger.Filter{Line: scarce}).Total, map[ledger.Figure]int64{ledger.Available: 0, ledger.Actual: 3_000})
	want(t, summary(t, s, ledger.Filter{Line: line}).Total, map[ledger.Figure]int64{ledger.Actual: 200})
	clean(t, s)
}

func checkTogether(t *testing.T, results []ledger.Result) {
	t.Helper()
	for i, r := range results {
		switch {
		case r.Outcome != results[0].Outcome:
			t.Errorf("request %d: outcome %d beside %d", i, r.Outcome, results[0].Outcome)
		case r.Outcome == ledger.Accepted && r.Seq != results[0].Seq+ledger.Seq(i):
			t.Errorf("request %d is record %d, the first %d", i, r.Seq, results[0].Seq)
		case r.Outcome == ledger.Refused && !errors.Is(r.Err, ledger.OverLimit) && !errors.Is(r.Err, ledger.TogetherRefused):
			t.Errorf("request %d: %v", i, r.Err)
		}
	}
}

// holdHead keeps the book's only lock until the returned function is called.
func holdHead(t *testing.T, url string) (release func()) {
	t.Helper()
	db, err := sql.Open("postgres", url+"&search_path=core")
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("SELECT FROM head JOIN programme p ON p.id = programme WHERE code = $1 FOR UPDATE OF head", ledgertest.Code); err != nil {
		t.Fatal(err)
	}
	return sync.OnceFunc(func() {
		if err := errors.Join(tx.Rollback(), db.Close()); err != nil {
			t.Error(err)
		}
	})
}

// awaitHeld waits until a batch was decided and waits for the lock.
func awaitHeld(t *testing.T, url string) {
	t.Helper()
	db := as(t, url, "")
	eventually(t, "a batch waits for the head", func() bool {
		return column(t, db, "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")[0] != "0"
	})
}

// records returns how many records the book has.
func records(t *testing.T, s *postgres.Store) ledger.Seq {
	t.Helper()
	st, err := s.Structure(t.Context(), ledger.LocalActor(), ledgertest.Code)
	if err != nil {
		t.Fatal(err)
	}
	return st.Seq
}

// While the writer is held up, the queue fills; what does not fit is refused at
// once, and what nobody waits for any more is not done.
func TestFullQueueAndImpatientCallers(t *testing.T) {
	url := ledgertest.URL(t)
	s := ledgertest.Open(t, url)
	ledgertest.Programme(t, s)
	line := ledgertest.Line("NSTW", "DA1", "CAT")
	before := records(t, s)
	release := holdHead(t, url)
	defer release()
	ctx, hangUp := context.WithCancel(t.Context())
	var busy, gone, other atomic.Int64
	var wg sync.WaitGroup
	first := make(chan ledger.Result, 1)
	wg.Go(func() { first <- one(t, s, pay("first", line, 1)) })
	awaitHeld(t, url)
	for i := range 5000 { // more than the queue and a batch hold
		wg.Go(func() {
			_, err := each(ctx, s, pay(fmt.Sprint("impatient ", i), line, 1))
			switch {
			case errors.Is(err, ledger.Busy):
				busy.Add(1)
			case errors.Is(err, context.Canceled):
				gone.Add(1)
			default:
				other.Add(1)
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	eventually(t, "the queue is full", func() bool { return busy.Load() > 0 })
	hangUp()
	time.Sleep(100 * time.Millisecond)
	release()
	wg.Wait()
	if r := <-first; r.Outcome != ledger.Accepted || records(t, s) != before+1 {
		t.Errorf("first %+v; the book has %d records, want %d", r, records(t, s), before+1)
	}
	t.Logf("%d were busy, %d hung up", busy.Load(), gone.Load())
	if r := one(t, s, pay("impatient 7", line, 1)); r.Outcome != ledger.Accepted {
		t.Errorf("afterwards: %+v", r)
	}
	clean(t, s)
}

// eventually waits until something holds, for at most 20 s.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 2000 {
		if holds() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("still not so: %s", what)
}

func TestNobodyWaitsBeforeItIsAsked(t *testing.T) {
	s := ledgertest.New(t)
	ledgertest.Programme(t, s)
	before := records(t, s)
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("went home")
	cancel(why)
	r := pay("late", ledgertest.Line("NSTW", "DA1", "CAT"), 1)
	if _, err := each(ctx, s, r); !errors.Is(err, why) && !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if now := records(t, s); now != before {
		t.Errorf("%d records, want %d", now, before)
	}
	if r := one(t, s, r); r.Outcome != ledger.Accepted {
		t.Errorf("asked again: %+v", r)
	}
}

// A caller who hangs up while the batch is under way is told that it is not
// known, and finds out by asking again.
func TestHangUpDuringCommit(t *testing.T) {
	url := ledgertest.URL(t)
	s := ledgertest.Open(t, url)
	ledgertest.Programme(t, s)
	release := holdHead(t, url)
	defer release()
	ctx, hangUp := context.WithCancel(t.Context())
	r := pay("under way", ledgertest.Line("NSTW", "DA1", "CAT"), 1)
	said := make(chan error)
	go func() {
		_, err := each(ctx, s, r)
		said <- err
	}()
	awaitHeld(t, url)
	hangUp()
	if err := <-said; !errors.Is(err, ledger.UnknownOutcome) || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want unknown_outcome", err)
	}
	release()
	if again := one(t, s, r); again.Outcome != ledger.Replayed {
		t.Errorf("again %+v, want a replay", again)
	}
	clean(t, s)
}

// Who is under way when the books are closed gets an answer, and the answer is true.
func TestCloseAnswersEverybody(t *testing.T) {
	url := ledgertest.URL(t)
	s, other := quiet(t, url), ledgertest.Open(t, url)
	ledgertest.Programme(t, s)
	before := records(t, other)
	var accepted atomic.Int64
	var wg sync.WaitGroup
	for c := range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				results, err := each(t.Context(), s, pay(fmt.Sprint(c, "-", i), ledgertest.Line("NSTW", "DA1", "CAT"), 1))
				if err != nil {
					if !errors.Is(err, ledger.Busy) {
						t.Errorf("%v, want busy", err)
					}
					return
				}
				accepted.Add(int64(results[0].Outcome))
			}
		})
	}
	eventually(t, "some are accepted", func() bool { return accepted.Load() > 50 })
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	wg.Wait()
	if n := int64(records(t, other) - before); n != accepted.Load() {
		t.Errorf("%d records, %d were acknowledged", n, accepted.Load())
	}
	clean(t, other)
}

// A tap is a source of randomness that can be shut.
type tap struct{ shut atomic.Bool }

func (r *tap) Read(b []byte) (int, error) {
	if r.shut.Load() {
		return 0, errors.New("no entropy")
	}
	return rand.Read(b)
}

func TestPanicOfTheWriter(t *testing.T) {
	var random tap
	var reported atomic.Int64
	s, err := postgres.Open(t.Context(), ledgertest.URL(t), postgres.Options{Random: &random, Report: func(error) { reported.Add(1) }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ledgertest.Programme(t, s)
	before := records(t, s)
	line := ledgertest.Line("NSTW", "DA1", "CAT")
	random.shut.Store(true)
	for _, m := range []ledger.Mode{ledger.Each, ledger.Together} {
		results, err := s.Post(t.Context(), ledger.LocalActor(), ledgertest.Code, m, []ledger.Request{pay("k", line, 5)})
		if err == nil || results != nil || len(ledger.Faults(err)) > 0 {
			t.Errorf("mode %d: %+v, %v: want an error that is no refusal", m, results, err)
		}
	}
	random.shut.Store(false)
	if reported.Load() != 2 || records(t, s) != before {
		t.Errorf("%d reports, %d records more", reported.Load(), records(t, s)-before)
	}
	if r := one(t, s, pay("k", line, 5)); r.Outcome != ledger.Accepted || r.Number.Number != 1 {
		t.Errorf("the next post: %+v", r)
	}
	clean(t, s)
}

// What cannot be in the books is refused by name, and not at the cost of others
// in the same batch.
func TestPoisonReachesNobodyElse(t *testing.T) {
	url := ledgertest.URL(t)
	ledgertest.Programme(t, ledgertest.Open(t, url))
	line := ledgertest.Line("NSTW", "DA1", "CAT")
	with := func(change func(*ledger.Event)) ledger.Request {
		r := pay("bad", line, 1)
		change(&r.Action.(ledger.Posting).Events[0])
		return r
	}
	for name, bad := range map[string]ledger.Request{
		"key with NUL":        pay("a\x00b", line, 1),
		"key not UTF-8":       pay("a\xffb", line, 1),
		"obligation with NUL": with(func(e *ledger.Event) { e.Obligation = "HD\x00" }),
		"opens not UTF-8":     with(func(e *ledger.Event) { e.Kind, e.Opens = ledger.Commit, "HD\xff" }),
		"source with NUL":     with(func(e *ledger.Event) { e.Line.Source = "NS\x00" }),
		"unit with NUL":       with(func(e *ledger.Event) { e.Line.Unit = "C\x00" }),
		"nature not UTF-8":    with(func(e *ledger.Event) { e.Line.Nature = "1\xff" }),
		"payee with NUL":      with(func(e *ledger.Event) { e.Payee = "Công ty\x00" }),
		"text not UTF-8":      with(func(e *ledger.Event) { e.Text = "\xff" }),
		"year out of range":   with(func(e *ledger.Event) { e.Line.Year = 1 << 40 }),
		"of out of range": with(func(e *ledger.Event) {
			e.Kind, e.Line, e.Of = ledger.Refund, ledger.Line{}, ledger.EventRef{Seq: 1 << 62, N: 1 << 40}
		}),
		"grant to NUL":        {Key: ledger.UserKey(ledger.LocalUser, "g"), Action: ledger.SetGrant{User: "a\x00", Role: ledger.Auditor}},
		"reversal of nothing": {Key: ledger.UserKey(ledger.LocalUser, "r"), Action: ledger.Reversal{Of: -1, Date: ledgertest.Day(5, 1), Document: ledger.Document{Type: "PDC"}}},
		"no action":           {Key: ledger.UserKey(ledger.LocalUser, "n")},
		"amount not valid":    with(func(e *ledger.Event) { e.Amount = ledger.Money{} }),
	} {
		t.Run(name, func(t *testing.T) {
			s := ledgertest.Open(t, url) // one that has nothing in memory
			results, err := each(t.Context(), s, pay("good beside "+name, line, 1), bad)
			if err != nil {
				t.Fatal(err)
			}
			if results[0].Outcome != ledger.Accepted || results[1].Outcome != ledger.Refused || len(ledger.Faults(results[1].Err)) == 0 {
				t.Errorf("%+v", results)
			}
		})
	}
}
