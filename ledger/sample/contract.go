package sample

import (
	"fmt"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A deal is a contract that is being carried out.
type deal struct {
	*sim
	l     *line
	code  ledger.Code // of the commitment
	item  ledger.Code
	payee string
	what  string
	end   ledger.Date // by when everything is delivered
}

// contract commits about n to a supplier.
func (s *sim) contract(l *line, n, room int64) {
	w, count, price := s.choose(l, n, room, true)
	if count == 0 {
		s.purchase(l, n, room)
		return
	}
	s.sign(l, w, count, price).carryOut()
}

// carryOut puts down how a signed contract goes on.
func (d deal) carryOut() {
	s, begin, end := d.sim, d.today.AddDays(15), d.end
	if s.dice.chance(240) {
		s.in(s.dice.roll(5, 11), end, d.change)
	}
	switch chance := s.dice.below(100); {
	case chance < 38:
		s.at(begin, func() { d.withAdvance(end) })
	case chance < 66:
		parts := s.dice.roll(2, 3)
		for i := range parts {
			s.at(between(begin, end, i+1, parts), func() { d.instalment(parts - i) })
		}
	case chance < 92:
		s.at(between(begin, end, s.dice.roll(4, 9), 10), d.accept)
	case chance < 96:
		s.at(between(begin, end, 1, 3), func() { d.instalment(3) })
		s.at(between(begin, end, 2, 3), d.cancel)
	default:
		s.at(between(begin, end, 1, 2), d.cancel)
	}
}

// sign posts the commitment.
func (s *sim) sign(l *line, w need, count int, price int64) deal {
	d := deal{s, l, s.code("HD"), w.item, s.payee(w.from, l.ref.Unit), s.write(l.ref.Unit, w.text, count, price),
		earlier(s.today.AddDays(s.dice.roll(45, 95)), on(l.ref.Year, 12, 28))}
	number := fmt.Sprintf("%d/%d/HĐ-%s", s.count(fmt.Sprintf("HĐ/%s/%d", l.ref.Unit, l.ref.Year)), l.ref.Year, l.ref.Unit)
	s.post(s.voucher("CKC", l.ref.Unit), event{ledger.Event{Kind: ledger.Commit, Line: l.ref, Opens: d.code, Due: d.end, Item: d.item,
		Payee: d.payee, Text: "Hợp đồng số " + number + ": " + d.what}, int64(count) * price})
	return d
}

// open returns what is left of the commitment.
func (d deal) open() int64 { return d.duties[d.code].open }

// event returns an event of the contract.
func (d deal) event(k ledger.EventKind, obligation ledger.Code, n int64, text string) event {
	return event{ledger.Event{Kind: k, Line: d.l.ref, Obligation: obligation, Item: d.item, Payee: d.payee, Text: text + d.what}, n}
}

// change raises or lowers the contract's price by an annex.
func (d deal) change() {
	n := max(1000, round(d.open()*int64(d.dice.roll(3, 11))/100, 1000))
	if d.dice.chance(450) && d.l.avail >= n {
		d.post(d.voucher("CKC", d.l.ref.Unit), d.event(ledger.ChangeCommitment, d.code, n, "Phụ lục tăng giá trị hợp đồng: "))
		return
	}
	d.post(d.voucher("CKC", d.l.ref.Unit), d.event(ledger.ChangeCommitment, d.code, -n, "Phụ lục giảm giá sau thương thảo: "))
}

// cancel gives back what is left of a contract that the supplier cannot fulfil.
func (d deal) cancel() {
	d.post(d.voucher("CKC", d.l.ref.Unit), d.event(ledger.CancelCommitment, d.code, d.open(), "Hủy hợp đồng, nhà thầu không giao được hàng: "))
}

// instalment pays an equal part of what is left, all of it at the end.
func (d deal) instalment(left int) {
	n := d.open()
	if left > 1 {
		n = round(n/int64(left), 1000)
	}
	if n = min(n, d.payable(d.l.committed)); n > 0 {
		d.post(d.slip(d.l, n), d.event(ledger.Pay, d.code, n, fmt.Sprintf("Thanh toán theo %s: ", d.code)))
	}
}

// payable is how much of n the source has cash for.
func (d deal) payable(n int64) int64 {
	if cashBacked(d.l.ref.Source) {
		return min(n, d.cash[d.l.ref.Source])
	}
	return n
}

// withAdvance draws three tenths before delivery; what is delivered is accepted
// net of the advance, which is cleared on the same day.
func (d deal) withAdvance(end ledger.Date) {
	n := d.payable(round(d.open()*3/10, 1000))
	if n == 0 {
		d.accept()
		return
	}
	e := d.event(ledger.Advance, d.code, n, "Tạm ứng 30 % hợp đồng: ")
	e.Opens, e.Due, e.Item = d.sim.code("TUNG"), end.AddDays(20), "7799"
	d.post(d.slip(d.l, n), e)
	d.at(end, func() {
		d.post(d.voucher("TTTU", d.l.ref.Unit), d.event(ledger.Clear, e.Opens, n, "Thanh toán tạm ứng hợp đồng: "))
		d.accept()
	})
}

// accept takes delivery of what is left and has it paid later, some of it in
// January. Of the larger ones a twentieth may be kept against the warranty.
func (d deal) accept() {
	n := d.open()
	e := d.event(ledger.Accrue, d.code, n, "Nghiệm thu, bàn giao: ")
	e.Opens, e.Due = d.sim.code("NTHU"), d.today.AddDays(30)
	d.post(d.voucher("NT", d.l.ref.Unit), e)
	last := on(d.l.ref.Year+1, 1, 22)
	if n >= 60*million {
		d.in(d.dice.roll(8, 20), last, func() { d.settle(e, round(n*7/10, 1000)) })
		kept := int64(0)
		if d.dice.chance(250) {
			kept = round(n/20, 1000)
		}
		d.in(d.dice.roll(21, 45), last, func() { d.settle(e, d.duties[e.Opens].open-kept) })
		return
	}
	d.in(d.dice.roll(5, 28), last, func() { d.settle(e, n) })
}

// settle pays for something accepted, as far as there is cash.
func (d deal) settle(accepted event, n int64) {
	n = min(n, d.duties[accepted.Opens].open)
	if d.payable(n) < n {
		return
	}
	d.post(d.slip(d.l, n), d.event(ledger.Pay, accepted.Opens, n, fmt.Sprintf("Thanh toán theo biên bản nghiệm thu %s: ", accepted.Opens)))
}
