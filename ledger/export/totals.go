package export

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sokinhphi/kinhphi/ledger"
)

// totals are the turnovers of every account, the only thing in memory that
// grows with the book.
type totals struct {
	programme ledger.Programme
	index     map[ledger.Account]int
	all       []total
}

// A total is the turnover of one account: what was brought in from years that
// are not written, and debits and credits of those that are.
type total struct {
	account                ledger.Account
	path, ring, commodity  string
	opening, debit, credit ledger.Money
}

func newTotals(p ledger.Programme) *totals {
	return &totals{programme: p, index: map[ledger.Account]int{}}
}

func (t *total) balance() ledger.Money { return t.opening.Add(t.debit).Sub(t.credit) }

// at returns the number of an account, which is given when it is first seen.
func (t *totals) at(a ledger.Account) int {
	if i, ok := t.index[a]; ok {
		return i
	}
	i := len(t.all)
	t.index[a] = i
	zero, code := t.programme.Currency.Zero(), t.programme.Code
	t.all = append(t.all, total{
		account: a, path: a.Path(code), ring: a.Ring(code), commodity: a.Commodity(t.programme.Currency),
		opening: zero, debit: zero, credit: zero,
	})
	return i
}

// add counts legs and returns the numbers of their accounts.
func (t *totals) add(legs []ledger.Leg, p part) []int {
	numbers := make([]int, len(legs))
	for i, l := range legs {
		numbers[i] = t.at(l.Account)
		x := &t.all[numbers[i]]
		switch {
		case p != selected:
			x.opening = x.opening.Add(l.Signed())
		case l.Debit:
			x.debit = x.debit.Add(l.Amount)
		default:
			x.credit = x.credit.Add(l.Amount)
		}
	}
	return numbers
}

// order returns the numbers of all accounts by path, ring after ring.
func (t *totals) order() []int {
	numbers := make([]int, len(t.all))
	for i := range numbers {
		numbers[i] = i
	}
	t.sort(numbers)
	return numbers
}

// sort orders numbers by ring and path, so that accounts of a ring stand together.
func (t *totals) sort(numbers []int) {
	slices.SortFunc(numbers, func(a, b int) int {
		x, y := &t.all[a], &t.all[b]
		return cmp.Or(cmp.Compare(x.ring, y.ring), cmp.Compare(x.path, y.path))
	})
}

// writeTrial writes the trial balance. It is plain ASCII with bare line ends and
// without quotes, so that cut, sort and diff can work on it.
func writeTrial(out *staging, t *totals) error {
	f, err := out.create("trial.csv")
	if err != nil {
		return err
	}
	fmt.Fprintln(f, "account,commodity,debit,credit,balance,opening")
	for _, i := range t.order() {
		x := &t.all[i]
		fmt.Fprintf(f, "%s,%s,%s,%s,%s,%s\n", x.path, x.commodity, x.debit, x.credit, x.balance(), x.opening)
		f.entry.Rows++
	}
	return f.close()
}
