package sample_test

import (
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/sample"
)

// book plays all requests into a fresh State of the real ledger.
func book(t *testing.T) *ledger.State {
	t.Helper()
	s := ledger.NewState(ledger.Base{Programme: sample.Programme()})
	st := ledger.Stamp{At: time.Date(2021, 2, 1, 0, 0, 0, 0, time.UTC), Salt: func() (salt [16]byte) { return salt }}
	decide := func(r ledger.Request) {
		want := s.Seq() + 1
		if res := s.Decide(ledger.LocalActor(), r, st); res.Outcome != ledger.Accepted || res.Seq != want {
			t.Fatalf("%v: outcome %d, sequence %d, want %d: %v\n%+v", r.Key, res.Outcome, res.Seq, want, res.Err, r.Action)
		}
	}
	for _, r := range sample.Structure() {
		decide(r)
	}
	for r := range sample.Postings(sample.FirstSeq(0)) {
		decide(r)
	}
	return s
}

func TestEveryRequestIsAccepted(t *testing.T) {
	if n := len(book(t).Changes().Records); n < 3000 {
		t.Fatalf("%d records", n)
	}
}
