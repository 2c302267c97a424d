package postgres_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/ledgertest"
	"github.com/sokinhphi/kinhphi/ledger/postgres"
)

// scarce is a line with as much as a test gives it.
var scarce = ledgertest.Line("NST", "DA1", "BP")

// give allots an amount to scarce.
func give(t *testing.T, s ledger.Books, amount int64) {
	t.Helper()
	ledgertest.Post(t, s, fmt.Sprint("give ", amount), ledgertest.Day(1, 2),
		ledger.Event{Kind: ledger.Appropriate, Line: ledger.Line{Year: 2019, Source: "NST"}, Amount: ledgertest.Dong(amount)},
		ledger.Event{Kind: ledger.Allocate, Line: scarce, Amount: ledgertest.Dong(amount)})
}

// pay is a request to pay from a line.
func pay(key string, line ledger.Line, amount int64) ledger.Request {
	return ledger.Request{Key: ledger.UserKey(ledger.LocalUser, key), Action: ledger.Posting{
		Date: ledgertest.Day(5, 1), Document: ledger.Document{Type: "UNC"},
		Events: []ledger.Event{{Kind: ledger.Pay, Line: line, Amount: ledgertest.Dong(amount)}}}}
}

// each posts requests of which each stands alone.
func each(ctx context.Context, s *postgres.Store, rs ...ledger.Request) ([]ledger.Result, error) {
	return s.Post(ctx, ledger.LocalActor(), ledgertest.Code, ledger.Each, rs)
}

// one posts a single request.
func one(t *testing.T, s *postgres.Store, r ledger.Request) ledger.Result {
	t.Helper()
	results, err := each(t.Context(), s, r)
	if err != nil {
		t.Fatalf("%s: %v", r.Key.Value, err)
	}
	return results[0]
}

// clean proves both books.
func clean(t *testing.T, s *postgres.Store) {
	t.Helper()
	for _, code := range []ledger.Code{ledger.System, ledgertest.Code} {
		r, err := s.Check(t.Context(), code)
		if err != nil || len(r.Findings) > 0 {
			t.Errorf("check %s: %v, findings %v", code, err, r.Findings)
		}
	}
}

// An attempt is one request as its client saw it.
type attempt struct {
	key            string
	amount         int64
	sent, answered time.Time
	result         ledger.Result
}

// attempts is what all clients of a test saw.
type attempts struct {
	mu  sync.Mutex
	all []attempt
}

func (a *attempts) try(t *testing.T, s *postgres.Store, key string, amount int64) ledger.Result {
	at := attempt{key: key, amount: amount, sent: time.Now()}
	results, err := each(t.Context(), s, pay(key, scarce, amount))
	at.answered = time.Now()
	if err != nil {
		t.Errorf("%s: %v", key, err)
		return ledger.Result{}
	}
	at.result = results[0]
	a.mu.Lock()
	a.all = append(a.all, at)
	a.mu.Unlock()
	return at.result
}

// client asks for about demand in all, and now and then asks again: after the
// answer or at the same time, through the same service or the other one.
func (a *attempts) client(t *testing.T, stores []*postgres.Store, name string, random *rand.Rand, demand int64) {
	for n := 0; demand > 0; n++ {
		amount := 1 + random.Int64N(7000)
		demand -= amount
		key, first, other := fmt.Sprint(name, "-", n), random.IntN(len(stores)), random.IntN(len(stores))
		var wg sync.WaitGroup
		if random.IntN(4) == 0 {
			wg.Go(func() { a.try(t, stores[other], key, amount) })
		}
		a.try(t, stores[first], key, amount)
		wg.Wait()
		if random.IntN(3) == 0 {
			a.try(t, stores[other], key, amount)
		}
	}
}

// accepted returns the attempts that were recorded, in order of the log.
func (a *attempts) accepted() (all []attempt) {
	for _, at := range a.all {
		if at.result.Outcome == ledger.Accepted {
			all = append(all, at)
		}
	}
	slices.SortFunc(all, func(x, y attempt) int { return cmp.Compare(x.result.Seq, y.result.Seq) })
	return all
}

func TestManyClientsOnOneLine(t *testing.T) {
	const clients, limit, demand = 32, 100_000, 300_000
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	url := ledgertest.URL(t)
	stores := []*postgres.Store{ledgertest.Open(t, url), ledgertest.Open(t, url)}
	ledgertest.Programme(t, stores[0])
	give(t, stores[0], limit)
	var a attempts
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			a.client(t, stores, fmt.Sprint("c", i), rand.New(rand.NewPCG(seed, uint64(i))), demand/clients+1)
		})
	}
	wg.Wait()
	left := a.replay(t, limit)
	a.checkOnce(t)
	a.checkOrder(t)
	a.checkRefusals(t, limit)
	for _, at := range a.all {
		if at.result.Outcome == ledger.Refused && at.amount <= left {
			t.Errorf("%s: %d was refused, %d is left", at.key, at.amount, left)
		}
	}
	want(t, summary(t, stores[1], ledger.Filter{Line: scarce}).Total, map[ledger.Figure]int64{
		ledger.Available: left, ledger.Actual: limit - left, ledger.Usable: limit})
	clean(t, stores[0])
}

// replay goes through the log and returns what it leaves: never below zero, and
// with numbers that have no gap.
func (a *attempts) replay(t *testing.T, left int64) int64 {
	t.Helper()
	for i, at := range a.accepted() {
		if left -= at.amount; left < 0 {
			t.Errorf("record %d leaves %d", at.result.Seq, left)
		}
		if at.result.Number.Number != i+1 {
			t.Errorf("record %d has number %d, want %d", at.result.Seq, at.result.Number.Number, i+1)
		}
	}
	t.Logf("%d attempts, %d accepted, %d left", len(a.all), len(a.accepted()), left)
	return left
}

// checkOnce: whatever was accepted, was so once, and every repetition of it is
// answered with the same record; what was refused stays refused.
func (a *attempts) checkOnce(t *testing.T) {
	t.Helper()
	byKey := map[string][]attempt{}
	for _, at := range a.all {
		byKey[at.key] = append(byKey[at.key], at)
	}
	for key, all := range byKey {
		outcomes := map[ledger.Outcome]int{}
		for _, at := range all {
			outcomes[at.result.Outcome]++
			if at.result.Seq != all[0].result.Seq || at.result.Number != all[0].result.Number {
				t.Errorf("%s: answered with record %d and %d", key, all[0].result.Seq, at.result.Seq)
			}
		}
		if n := outcomes[ledger.Accepted]; n > 1 || n == 0 && outcomes[ledger.Refused] != len(all) {
			t.Errorf("%s: %d times accepted, %d replayed, %d refused", key, n, outcomes[ledger.Replayed], outcomes[ledger.Refused])
		}
	}
}

// checkOrder: what was answered before another was asked, comes before it in the log.
func (a *attempts) checkOrder(t *testing.T) {
	t.Helper()
	log := a.accepted()
	for i, early := range log {
		for _, late := range log[i+1:] {
			if late.answered.Before(early.sent) {
				t.Errorf("record %d was answered before record %d was asked for", late.result.Seq, early.result.Seq)
			}
		}
	}
}

// checkRefusals: every refusal names a balance that the line had between question
// and answer, and that balance was too little.
func (a *attempts) checkRefusals(t *testing.T, limit int64) {
	t.Helper()
	log := a.accepted()
	place := map[int64]int{limit: 0} // how many records leave so much
	left := limit
	for i, at := range log {
		left -= at.amount
		place[left] = i + 1
	}
	for _, at := range a.all {
		if at.result.Outcome != ledger.Refused {
			continue
		}
		available := availableIn(t, at.result.Err)
		n, ok := place[available]
		if !ok || at.amount <= available {
			t.Errorf("%s: %d refused with %d available, which the line had: %v", at.key, at.amount, available, ok)
			continue
		}
		if n < len(log) && slices.ContainsFunc(log[n:], func(e attempt) bool { return e.answered.Before(at.sent) }) {
			t.Errorf("%s: refused with %d available, of a time before it was asked", at.key, available)
		}
		if n > 0 && at.answered.Before(log[n-1].sent) {
			t.Errorf("%s: refused with %d available, of a time after it was answered", at.key, available)
		}
	}
}

// availableIn returns what a refusal says was available on the line.
func availableIn(t *testing.T, err error) int64 {
	t.Helper()
	for _, f := range ledger.Faults(err) {
		if n, e := strconv.ParseInt(f.Operands["available"], 10, 64); f.Rule == ledger.OverLimit && e == nil {
			return n
		}
	}
	t.Errorf("refused for another reason: %v", err)
	return -1
}

// A retry must never be told that it does not fit, when what it repeats is why.
func TestRetryIsNotRefusedForWhatItTook(t *testing.T) {
	url := ledgertest.URL(t)
	s := ledgertest.Open(t, url)
	ledgertest.Programme(t, s)
	give(t, s, 100)
	all := pay("all of it", scarce, 100)
	first := one(t, s, all)
	other := ledgertest.Open(t, url) // has never heard of the key, as after a restart
	if again := one(t, other, all); again.Outcome != ledger.Replayed || again.Seq != first.Seq || again.Number != first.Number {
		t.Errorf("again %+v, want a replay of %+v", again, first)
	}
	if different := one(t, other, pay("all of it", scarce, 101)); !errors.Is(different.Err, ledger.KeyReused) {
		t.Errorf("other content: %v, want key_reused", different.Err)
	}
	third := ledgertest.Open(t, url)
	results, err := third.Post(t.Context(), ledger.LocalActor(), ledgertest.Code, ledger.Together, []ledger.Request{all})
	if err != nil || results[0].Outcome != ledger.Replayed || results[0].Seq != first.Seq {
		t.Errorf("together: %+v, %v", results, err)
	}
	fresh := pay("new", ledgertest.Line("NSTW", "DA1", "CAT"), 1)
	if results, err = each(t.Context(), ledgertest.Open(t, url), fresh, all); err != nil ||
		results[0].Outcome != ledger.Accepted || results[1].Outcome != ledger.Replayed {
		t.Errorf("beside a new one: %+v, %v", results, err)
	}
}

// What another service changed counts at once, also for what would be refused.
func TestNothingIsRefusedByWhatIsPast(t *testing.T) {
	url := ledgertest.URL(t)
	s, other := ledgertest.Open(t, url), ledgertest.Open(t, url)
	ledgertest.Programme(t, s)
	give(t, s, 100)
	if r := one(t, s, pay("too much", scarce, 150)); !errors.Is(r.Err, ledger.OverLimit) {
		t.Fatalf("%+v", r)
	}
	give(t, other, 60)
	if r := one(t, s, pay("fits now", scarce, 150)); r.Outcome != ledger.Accepted {
		t.Errorf("after another service allotted more: %v", r.Err)
	}
	officer := func() ledger.Result {
		results, err := s.Post(t.Context(), ledger.Actor{User: "newcomer"}, ledgertest.Code, ledger.Each,
			[]ledger.Request{pay("of the newcomer", scarce, 1)})
		if err != nil {
			t.Fatal(err)
		}
		return results[0]
	}
	if r := officer(); !errors.Is(r.Err, ledger.Forbidden) {
		t.Fatalf("%+v", r)
	}
	ledgertest.Do(t, other, ledger.System, "newcomer", ledger.SetUser{User: "newcomer", Name: "Người mới"})
	ledgertest.Do(t, other, ledgertest.Code, "newcomer's right", ledger.SetGrant{User: "newcomer", Role: ledger.Officer})
	r := officer()
	if r.Outcome != ledger.Accepted {
		t.Fatalf("after another service gave the right: %v", r.Err)
	}
	rec, err := s.Record(t.Context(), ledger.LocalActor(), ledgertest.Code, r.Seq)
	if err != nil || rec.By != "newcomer" {
		t.Errorf("recorded as %q's: %v", rec.By, err)
	}
	clean(t, s)
}

// A user may be made after a book was asked about them.
func TestUserMadeAfterTheBookAsked(t *testing.T) {
	s := ledgertest.New(t)
	ledgertest.Programme(t, s)
	grant := func(key string) ledger.Result {
		results, err := each(t.Context(), s, ledger.Request{Key: ledger.UserKey(ledger.LocalUser, key),
			Action: ledger.SetGrant{User: "late", Role: ledger.Auditor}})
		if err != nil {
			t.Fatal(err)
		}
		return results[0]
	}
	if r := grant("before"); !errors.Is(r.Err, ledger.UnknownCode) {
		t.Fatalf("%+v", r)
	}
	ledgertest.Do(t, s, ledger.System, "late", ledger.SetUser{User: "late", Name: "Người đến sau"})
	if r := grant("after"); r.Outcome != ledger.Accepted {
		t.Errorf("after the user was made: %v", r.Err)
	}
	clean(t, s)
}
