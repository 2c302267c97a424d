package export

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/sokinhphi/kinhphi/ledger"
)

// assertionsPerTransaction keeps transactions small enough to read.
const assertionsPerTransaction = 400

// A body writes the entries of a journal in order, year by year, with what makes
// a changed digit fail: at the end of each month the balance of every account
// that moved, and at the end of each year and of the journal the balance of
// every account, and that every ring is zero.
type body struct {
	out      *staging
	totals   *totals
	balances []ledger.Money // by number of account, as of the last entry read
	written  []ledger.Money // what the journal so far adds up to
	touched  []bool         // whether the journal so far has the account
	moved    map[int]bool   // since the last assertions
	month    ledger.Date    // of the last entry written; zero before the first
	f        *file          // of that entry's year
	files    []string
}

func newBody(out *staging, t *totals) *body {
	zeros := make([]ledger.Money, len(t.all))
	for i := range zeros {
		zeros[i] = t.programme.Currency.Zero()
	}
	return &body{out: out, totals: t, balances: zeros, written: slices.Clone(zeros),
		touched: make([]bool, len(zeros)), moved: map[int]bool{}}
}

// entry takes the next entry, as the journal put it down.
func (b *body) entry(k key, stored []byte) error {
	text, legs, err := cutString(stored)
	if err != nil {
		return err
	}
	written := len(text) > 0
	if written {
		if err := b.transaction(k.date, text); err != nil {
			return err
		}
	}
	return b.move(legs, written)
}

// transaction writes the text of an entry, in the file of its year.
func (b *body) transaction(d ledger.Date, text []byte) error {
	if m := d.FirstOfMonth(); m != b.month {
		if err := b.startMonth(m); err != nil {
			return err
		}
	}
	b.f.entry.Rows++
	_, err := b.f.Write(text)
	return err
}

// startMonth closes the month before and, in a new year, its file.
func (b *body) startMonth(m ledger.Date) error {
	b.assertMoved()
	if b.f == nil || m.Year() != b.month.Year() {
		if err := b.startYear(m); err != nil {
			return err
		}
	}
	b.month = m
	return nil
}

func (b *body) startYear(m ledger.Date) error {
	if b.f != nil {
		b.assertAll(fmt.Sprintf("%d-12-31", b.month.Year()))
		if err := b.f.close(); err != nil {
			return err
		}
	}
	name := fmt.Sprintf("%d.journal", m.Year())
	f, err := b.out.create("hledger/" + name)
	if err != nil {
		return err
	}
	b.f, b.files = f, append(b.files, name)
	f.WriteString(everyFile + "\n")
	b.open(fmt.Sprintf("%d-01-01", m.Year()))
	return nil
}

// open brings in what accounts got in years that are not written.
func (b *body) open(date string) {
	for ring := range b.rings(func(i int) bool { return !b.balances[i].Equal(b.written[i]) }) {
		b.head(date, "opening of "+b.totals.all[ring[0]].ring)
		for _, i := range ring {
			b.posting(b.totals.all[i].path, i, b.balances[i].Sub(b.written[i]), b.balances[i])
			b.written[i] = b.balances[i]
			b.touched[i] = true
		}
		b.f.WriteByte('\n')
	}
}

// move counts the legs of an entry.
func (b *body) move(legs []byte, written bool) error {
	for len(legs) > 0 {
		number, n := binary.Uvarint(legs)
		amount, rest, err := cutString(legs[max(n, 0):])
		if err != nil || number >= uint64(len(b.balances)) {
			return errors.Join(errBroken, err)
		}
		x, err := ledger.MoneyFromStore(string(amount), b.totals.programme.Currency)
		if err != nil {
			return err
		}
		b.balances[number] = b.balances[number].Add(x)
		if written {
			b.written[number] = b.written[number].Add(x)
			b.touched[number] = true
			b.moved[int(number)] = true
		}
		legs = rest
	}
	return nil
}

// finish closes the last year and writes the closing file, which asserts
// everything once more: a body that was cut cannot pass it.
func (b *body) finish() error {
	b.assertMoved()
	if b.f != nil {
		if err := b.f.close(); err != nil {
			return err
		}
	}
	f, err := b.out.create("hledger/closing.journal")
	if err != nil {
		return err
	}
	b.f = f
	f.WriteString(everyFile + "\n")
	if !b.month.IsZero() {
		b.assertAll(lastDay(b.month))
	}
	return f.close()
}

// assertMoved asserts the accounts that moved in the month.
func (b *body) assertMoved() {
	zero := b.totals.programme.Currency.Zero()
	for part := range slices.Chunk(b.totals.sortedNumbers(b.moved), assertionsPerTransaction) {
		b.head(lastDay(b.month), "balances at the end of the month")
		for _, i := range part {
			b.posting(b.totals.all[i].path, i, zero, b.written[i])
		}
		b.f.WriteByte('\n')
	}
	clear(b.moved)
}

// assertAll takes every ring to zero and back again, account by account. The
// first of the two transactions balances only because the ring is zero; an
// assertion on the ring with its sub-accounts would say the same, but hledger
// looks at all accounts for each of those, which takes minutes in a large book.
// The postings are virtual, so that hledger --real leaves them out.
func (b *body) assertAll(date string) {
	zero := b.totals.programme.Currency.Zero()
	for ring := range b.rings(func(i int) bool { return b.touched[i] }) {
		name := b.totals.all[ring[0]].ring
		b.head(date, name+" adds up to zero")
		for _, i := range ring {
			b.posting("["+b.totals.all[i].path+"]", i, b.written[i].Neg(), zero)
		}
		b.f.WriteByte('\n')
		b.head(date, name+" stands again")
		for _, i := range ring {
			b.posting("["+b.totals.all[i].path+"]", i, b.written[i], b.written[i])
		}
		b.f.WriteByte('\n')
	}
}

// rings yields the numbers of the accounts wanted, ring by ring, in order.
func (b *body) rings(wanted func(int) bool) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		numbers := slices.DeleteFunc(b.totals.order(), func(i int) bool { return !wanted(i) })
		for len(numbers) > 0 {
			n := 1
			for n < len(numbers) && b.totals.all[numbers[n]].ring == b.totals.all[numbers[0]].ring {
				n++
			}
			if !yield(numbers[:n]) {
				return
			}
			numbers = numbers[n:]
		}
	}
}

// head begins a transaction that is no entry. Errors of the file are kept by it
// until it is closed.
func (b *body) head(date, note string) {
	fmt.Fprintf(b.f, "%s %s | %s\n", date, self, note)
}

// posting writes one posting to account i and asserts the balance after it, in
// the only commodity that the account may have.
func (b *body) posting(name string, i int, amount, balance ledger.Money) {
	unit := commodity(b.totals.all[i].commodity)
	fmt.Fprintf(b.f, "    %s  %s %s == %s %s\n", name, amount, unit, balance, unit)
}

func lastDay(month ledger.Date) string { return month.AddDays(31).FirstOfMonth().AddDays(-1).String() }

var errBroken = errors.New("export: the working file is damaged")

// cutString splits off the string at the start of b.
func cutString(b []byte) (s, rest []byte, err error) {
	size, n := binary.Uvarint(b)
	if n <= 0 || uint64(len(b)-n) < size {
		return nil, nil, errBroken
	}
	return b[n : n+int(size)], b[n+int(size):], nil
}
