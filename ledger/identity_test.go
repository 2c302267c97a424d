package ledger_test

import (
	"fmt"

	"github.com/sokinhphi/kinhphi/ledger"
)

// identities holds the balances to what must be true between the books, whatever
// was posted. They know states, not kinds of events.
func (x *trial) identities() {
	x.stored()
	x.byLine()
	x.bySource()
	x.byPool()
}

// stored: balances are what the legs add up to, and cash is where the model has
// it.
func (x *trial) stored() {
	for a, n := range x.balance {
		if a.State == ledger.FundTreasury && n != x.m.heaps["cash "+string(a.Line.Source)+"/"+string(a.Sub)] {
			x.Errorf("%s stands at %d", a.Path(programme), n)
		}
	}
	for _, c := range x.b.state.Changes().Accounts {
		if n := number(c.Debit.Sub(c.Credit)); n != x.balance[c.Account] {
			x.Errorf("%s stands at %d, its legs at %d", c.Account.Path(programme), n, x.balance[c.Account])
		}
	}
}

// sums adds balances up by a key of the account; debit balances are positive.
func (x *trial) sums(key func(ledger.Account) string) map[string]map[ledger.AccountState]int64 {
	all := map[string]map[ledger.AccountState]int64{}
	for a, n := range x.balance {
		k := key(a)
		if all[k] == nil {
			all[k] = map[ledger.AccountState]int64{}
		}
		all[k][a.State] += n
	}
	return all
}

func (x *trial) equal(what, where string, a, b int64) {
	if a != b {
		x.Errorf("%s of %s: %d and %d", what, where, a, b)
	}
}

// byLine: advances and spending are the same in authority and in money.
func (x *trial) byLine() {
	for l, s := range x.sums(func(a ledger.Account) string { return a.Line.String() }) {
		x.equal("advances in budget and fund", l, s[ledger.LineAdvanced], s[ledger.FundAdvances])
		x.equal("spending in budget and fund", l,
			s[ledger.LineActual]+s[ledger.LineClaimed]+s[ledger.LineSettled]+s[ledger.LineDisallowed], s[ledger.FundSpent]+s[ledger.FundRecoverable])
	}
}

// bySource: an appropriation is received as it is drawn and keeps no cash; a
// pledge is due, met or cancelled; what papers have open is on their accounts.
func (x *trial) bySource() {
	open := map[string]int64{}
	for _, c := range x.b.state.Changes().Obligations {
		o := c.Obligation
		open[fmt.Sprint(o.Line.Source, o.Kind.State())] += number(o.Open())
	}
	for src, s := range x.sums(func(a ledger.Account) string { return string(a.Line.Source) }) {
		x.equal("pledges", src, -s[ledger.FundPledged], s[ledger.FundPledgeDue]+s[ledger.FundPledgeMet]+s[ledger.FundPledgeCancelled])
		x.equal("transfers", src, -s[ledger.LineTransferIn], s[ledger.LineTransferOut])
		for _, state := range []ledger.AccountState{ledger.LineCommitted, ledger.LineAccrued, ledger.LineAdvanced, ledger.FundPledgeDue} {
			x.equal("open papers and "+state.String(), src, open[src+state.String()], s[state])
		}
		if x.m.sources[ledger.Code(src)].Backing == ledger.ByAppropriation {
			x.equal("Treasury", src, s[ledger.FundTreasury], 0)
			drawn := s[ledger.LineActual] + s[ledger.LineAdvanced] + s[ledger.LineCarryInAdvance]
			x.equal("received and drawn", src, -s[ledger.FundReceived], drawn)
		}
	}
}

// byPool: what the pool allotted is with lines; what a project's plan has
// funded was assigned to its lines; transfers stay within source and year.
func (x *trial) byPool() {
	assigned := func(s map[ledger.AccountState]int64) int64 {
		return -s[ledger.LineOriginal] - s[ledger.LineSupplement] - s[ledger.LineLateSupplement] - s[ledger.LineProvisional] -
			s[ledger.LineTransferIn] - s[ledger.LineTransferOut] - s[ledger.LineWithdrawn]
	}
	for p, s := range x.sums(func(a ledger.Account) string { return pool(a.Line.Year, a.Line.Source).String() }) {
		x.equal("allotted", p, s[ledger.PoolAllotted], assigned(s)-s[ledger.LineCarryInUndrawn]-s[ledger.LineCarryInAdvance])
		x.equal("transfers", p, -s[ledger.LineTransferIn], s[ledger.LineTransferOut])
	}
	project := func(a ledger.Account) string {
		return ledger.Line{Year: a.Line.Year, Source: a.Line.Source, Project: a.Line.Project}.String()
	}
	for p, s := range x.sums(project) {
		x.equal("funded plan", p, s[ledger.PlanFunded], assigned(s))
	}
}
