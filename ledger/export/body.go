package export

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/sokinhphi/kinhphi/ledger"
)

// assertionsPerTransaction keeps transactions small enough to read.
const assertionsPerTransaction = 400

// A body writes the entries of a journal in order, year by year, with what makes
// a changed digit fail: at the end of each month the balance of every account
// that moved, at the end of each year and of the journal the balance of every
// account, and that every ring is zero.
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
	w := b.postings(date, "opening balances")
	for _, i := range b.totals.order() {
		if brought := b.balances[i].Sub(b.written[i]); brought.Sign() != 0 {
			w.ring(i)
			w.post(i, brought, b.balances[i])
			b.written[i] = b.balances[i]
			b.touched[i] = true
		}
	}
	w.end()
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
	if len(b.moved) == 0 {
		return
	}
	w := b.postings(lastDay(b.month), "balances at the end of the month")
	for _, i := range b.totals.sortedNumbers(b.moved) {
		w.post(i, b.totals.programme.Currency.Zero(), b.written[i])
	}
	w.end()
	clear(b.moved)
}

// assertAll asserts every account, and every ring to be zero.
func (b *body) assertAll(date string) {
	w := b.postings(date, "all balances; all rings zero")
	for _, i := range b.totals.order() {
		if b.touched[i] {
			w.ring(i)
			w.post(i, b.totals.programme.Currency.Zero(), b.written[i])
		}
	}
	w.end()
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

// postings writes transactions of postings with assertions. Errors of the file
// are kept by it until it is closed.
type postings struct {
	b            *body
	date, note   string
	inside       int    // postings in the open transaction
	current      string // ring
	currentMoney string // and its commodity
}

func (b *body) postings(date, note string) *postings {
	return &postings{b: b, date: date, note: description(note)}
}

// post writes one posting and asserts the balance after it, in the only
// commodity that the account may have.
func (w *postings) post(i int, amount, balance ledger.Money) {
	if w.inside == 0 {
		fmt.Fprintf(w.b.f, "%s %s | %s\n", w.date, self, w.note)
	}
	w.inside++
	t := &w.b.totals.all[i]
	unit := commodity(t.commodity)
	fmt.Fprintf(w.b.f, "    %s  %s %s == %s %s\n", t.path, amount, unit, balance, unit)
	if w.current == "" && w.inside >= assertionsPerTransaction {
		w.endTransaction()
	}
}

// ring tells that the postings from here on are of the ring of account i, and
// asserts the one before to be zero.
func (w *postings) ring(i int) {
	t := &w.b.totals.all[i]
	if t.ring == w.current {
		return
	}
	w.endRing()
	w.current, w.currentMoney = t.ring, commodity(t.commodity)
}

func (w *postings) endRing() {
	if w.current == "" {
		return
	}
	zero := w.b.totals.programme.Currency.Zero()
	fmt.Fprintf(w.b.f, "    %s  %s %s ==* %s %s\n", w.current, zero, w.currentMoney, zero, w.currentMoney)
	if w.inside >= assertionsPerTransaction {
		w.endTransaction()
	}
}

func (w *postings) endTransaction() {
	if w.inside > 0 {
		w.b.f.WriteByte('\n')
	}
	w.inside = 0
}

func (w *postings) end() {
	w.endRing()
	w.endTransaction()
}
