package sample_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/sample"
)

// played is all requests played into a fresh State of the real ledger.
func played(t *testing.T) *ledger.State {
	t.Helper()
	s, err := playOnce()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var playOnce = sync.OnceValues(play)

// play insists that every request is accepted at the sequence at which the
// sample expects it.
func play() (*ledger.State, error) {
	s := ledger.NewState(ledger.Base{Programme: sample.Programme()})
	st := ledger.Stamp{At: time.Date(2021, 2, 1, 0, 0, 0, 0, time.UTC), Salt: func() (salt [16]byte) { return salt }}
	decide := func(r ledger.Request) error {
		want := s.Seq() + 1
		if res := s.Decide(ledger.LocalActor(), r, st); res.Outcome != ledger.Accepted || res.Seq != want {
			return fmt.Errorf("%v: outcome %d, sequence %d, want %d: %w\n%+v", r.Key, res.Outcome, res.Seq, want, res.Err, r.Action)
		}
		return nil
	}
	for _, r := range sample.Structure() {
		if err := decide(r); err != nil {
			return nil, err
		}
	}
	if s.Seq()+1 != sample.FirstSeq(0) {
		return nil, fmt.Errorf("structure ends at %d", s.Seq())
	}
	for r := range sample.Postings(sample.FirstSeq(0)) {
		if err := decide(r); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// A model that knows nothing of kinds of events adds the legs up: rings are
// zero after each entry, guarded accounts never below it, advances and spending
// agree between authority and money.
func TestAcceptedAndSound(t *testing.T) {
	balances := map[ledger.Account]int64{}
	for _, r := range played(t).Changes().Records {
		if r.Entry == nil {
			continue
		}
		rings := map[string]int64{}
		for _, l := range r.Entry.Legs {
			n := amount(t, l.Signed())
			balances[l.Account] += n
			rings[l.Account.Ring(sample.Code)] += n
		}
		for ring, n := range rings {
			if n != 0 {
				t.Fatalf("record %d: %s is off by %d", r.Seq, ring, n)
			}
		}
		for _, l := range r.Entry.Legs {
			if n := balances[l.Account]; l.Account.State.Guarded() && n < 0 {
				t.Fatalf("record %d: %s is %d", r.Seq, l.Account.Path(sample.Code), n)
			}
		}
	}
	identities(t, balances)
}

func identities(t *testing.T, balances map[ledger.Account]int64) {
	t.Helper()
	sum := map[ledger.AccountState]int64{}
	for a, n := range balances {
		sum[a.State] += n
		if a.State == ledger.FundTreasury && n != 0 && backing(a.Line.Source) == ledger.ByAppropriation {
			t.Errorf("%s holds %d of an appropriation", a.Path(sample.Code), n)
		}
	}
	if sum[ledger.LineAdvanced] != sum[ledger.FundAdvances] {
		t.Errorf("advances: authority %d, money %d", sum[ledger.LineAdvanced], sum[ledger.FundAdvances])
	}
	if sum[ledger.LineActual] != sum[ledger.FundSpent] {
		t.Errorf("spent: authority %d, money %d", sum[ledger.LineActual], sum[ledger.FundSpent])
	}
	if due := -sum[ledger.FundPledged] - sum[ledger.FundPledgeMet] - sum[ledger.FundPledgeCancelled]; due != sum[ledger.FundPledgeDue] {
		t.Errorf("pledges: %d due, %d left", sum[ledger.FundPledgeDue], due)
	}
}

func backing(source ledger.Code) ledger.Backing {
	for _, r := range sample.Structure() {
		if d, ok := r.Action.(ledger.DefineSource); ok && d.Source.Code == source {
			return d.Source.Backing
		}
	}
	return 0
}

// Old years keep few obligations open: the overdue advances, the contract of 28
// December, what is kept against warranties, one pledge.
func TestLittleIsLeftOpen(t *testing.T) {
	type group struct {
		year int
		kind ledger.ObligationKind
	}
	open := map[group]int{}
	overdue := 0
	for _, c := range played(t).Changes().Obligations {
		o := c.Obligation
		if o.Open().Sign() > 0 {
			open[group{o.Line.Year, o.Kind}]++
		}
		if o.Open().Sign() > 0 && o.Kind == ledger.AdvanceObligation && o.Due.Year() == o.Line.Year {
			overdue++
		}
	}
	for g, n := range open {
		if n > 4 {
			t.Errorf("%d: %d of kind %s are left open", g.year, n, g.kind)
		}
	}
	if overdue < 10 || open[group{0, ledger.PledgeObligation}] != 1 || open[group{2019, ledger.CommitmentObligation}] != 1 {
		t.Errorf("%d advances overdue, open: %v", overdue, open)
	}
}

// Project 3 ends with less than half of its budget spent, project 2 with nearly
// all of it.
func TestExecution(t *testing.T) {
	usable, actual := map[ledger.Code]int64{}, map[ledger.Code]int64{}
	for _, r := range played(t).Changes().Records {
		for i := 0; r.Entry != nil && i < len(r.Entry.Legs); i++ {
			l := r.Entry.Legs[i]
			n, p := amount(t, l.Signed()), l.Account.Line.Project
			switch l.Account.State {
			case ledger.LineActual:
				actual[p] += n
			case ledger.LineAvailable, ledger.LineWithheld, ledger.LineCommitted, ledger.LineAccrued, ledger.LineAdvanced:
				usable[p] += n
			}
		}
	}
	for p, want := range map[ledger.Code][2]int64{"DA1": {80, 90}, "DA2": {90, 98}, "DA3": {43, 47}, "DA5": {88, 98}} {
		if got := 100 * actual[p] / (usable[p] + actual[p]); got < want[0] || got > want[1] {
			t.Errorf("%s: %d %% spent", p, got)
		}
	}
}
