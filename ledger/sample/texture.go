package sample

import (
	"fmt"

	"github.com/sokinhphi/kinhphi/ledger"
)

// Words that stand in the text of deliberate cases only, so that the journal
// finds them.
const (
	shared  = "chia hai nguồn"
	overdue = "tổ công tác liên ngành tuyến biên giới"
	carried = "giao hàng sau năm ngân sách"
	misled  = "phân bổ thêm dự toán"
)

// texture puts the deliberate cases of a year on the agenda: what real books
// have and tidy samples lack.
func (s *sim) texture(y int) {
	for i, pair := range [][2]ledger.Code{{"DA1", "CAT"}, {"DA1", "PC04"}, {"DA2", "PC04"}, {"DA2", "CATP-VINH"}, {"DA3", "PC04"}} {
		s.at(on(y, 9, 18).AddDays(11*i+s.dice.roll(0, 6)), func() { s.sharedInvoice(y, pair[0], pair[1]) })
	}
	for i, unit := range []ledger.Code{"CAH-KYSON", "CAH-TUONGDUONG", "PC04"} {
		s.at(on(y, 10, 3).AddDays(6*i), func() { s.forget(y, unit) })
	}
	if y%2 == 1 {
		s.at(on(y, 8, 28), func() { s.buyCar(y) })
	}
	s.at(on(y, 12, 28), func() { s.signLate(y) })
	s.at(on(y, 3, 27), func() { s.mislead(y) })
}

// find returns a line of the year's budget by source, project and unit.
func (s *sim) find(y int, source, project, unit ledger.Code) *line {
	return s.some(y, func(l *line) bool {
		return l.ref.Source == source && l.ref.Project == project && l.ref.Unit == unit
	})[0]
}

// sharedInvoice pays one invoice from two sources by one voucher.
func (s *sim) sharedInvoice(y int, project, unit ledger.Code) {
	a, b := s.find(y, central, project, unit), s.find(y, provincial, project, unit)
	room := min(a.avail, b.avail)
	w, count, price := s.choose(a, min(room/2, 26*million), room, false)
	if count == 0 {
		return
	}
	n := int64(count) * price
	first := round(n*6/10, 1000)
	e := s.buying(a, w, count, price)
	e.Text = fmt.Sprintf("%s (hóa đơn số %07d, %s: 60 %% trung ương, 40 %% tỉnh)", e.Text, s.dice.roll(120, 9800), shared)
	f := e
	e.n, f.n, f.Line = first, n-first, b.ref
	s.post(s.voucher("GRDT", unit), e, f)
}

// forget gives an advance that is not cleared when it is due, at most in part.
func (s *sim) forget(y int, unit ledger.Code) {
	l := s.find(y, central, "DA2", unit)
	n := min(round(l.avail/2, 100_000), int64(s.dice.roll(110, 290))*100_000)
	if n < million {
		return
	}
	e := event{ledger.Event{Kind: ledger.Advance, Line: l.ref, Opens: s.code("TUNG"), Due: on(y, 11, 30), Item: "7799",
		Payee: s.person(unit), Text: "Tạm ứng chi cho " + overdue + " Việt - Lào"}, n}
	s.post(s.voucher("GRDT", unit), e)
	if s.dice.chance(500) {
		s.in(s.dice.roll(20, 40), on(y, 12, 20), func() {
			s.post(s.voucher("TTTU", unit), s.cleared(l, e.Opens, e.Payee, "thanh toán một phần tạm ứng chi cho "+overdue, round(n*4/10, 1000))...)
		})
	}
}

// buyCar signs the one contract that takes most of what project 3 spends.
func (s *sim) buyCar(y int) {
	l := s.find(y, central, "DA3", "PC04")
	if price := car.priceOn(s.today); l.avail >= price {
		d := s.sign(l, car, 1, price)
		s.in(16, d.end, func() { d.withAdvance(d.end) })
	}
}

// signLate signs a contract in the last days of the year: what it commits stays
// open.
func (s *sim) signLate(y int) {
	l := s.find(y, central, "DA3", "PC04")
	w := camera
	price := w.priceOn(s.today)
	if l.avail < 3*price {
		return
	}
	w.text += ", " + carried
	s.sign(l, w, 3, price)
}

// mislead allocates a supplement of the district budget to the wrong unit; the
// decision is taken back in red and made anew.
func (s *sim) mislead(y int) {
	right, wrong := s.find(y, district, "DA2", "CAH-NGHILOC"), s.find(y, district, "DA2", "CAH-NGHIADAN")
	n := min(s.pools[pool(right.ref)], int64(s.dice.roll(21, 39))*100_000)
	assign := func(l *line) event {
		return event{ledger.Event{Kind: ledger.Allocate, Line: l.ref, Text: "Quyết định " + misled + " cho " + unitName(l.ref.Unit)}, n}
	}
	if n < 100_000 {
		return
	}
	doc, e := s.decision("QD", "QĐ-CAT"), assign(wrong)
	seq := s.post(doc, e)
	s.in(1, on(y, 4, 15), func() {
		if wrong.avail < n {
			return
		}
		s.reverse(seq, root, "Quyết định "+misled+" số "+doc.Number+" ghi nhầm đơn vị", e)
		s.post(s.decision("QD", "QĐ-CAT"), assign(right))
	})
}

// correct takes a payment back in red and, unless it was recorded twice,
// records it as it should have been.
func (s *sim) correct(l *line, seq ledger.Seq, events []event) {
	unit := l.ref.Unit
	e := events[0]
	if len(events) > 1 {
		s.reverse(seq, unit, "Chứng từ chưa đủ chữ ký duyệt, lập lại", events...)
		s.post(s.slip(l, e.n), events...)
		return
	}
	switch s.dice.below(4) {
	case 0: // the same slip was recorded twice
		if s.spendable(l) < e.n {
			return
		}
		again := s.post(s.slip(l, e.n), e)
		s.in(s.dice.roll(1, 6), on(l.ref.Year, 12, 30), func() { s.reverse(again, unit, "Ghi trùng một chứng từ hai lần", e) })
	case 1: // the amount was wrong
		s.reverse(seq, unit, "Ghi sai số tiền so với hóa đơn", e)
		e.n = max(1000, round(e.n*9/10, 1000))
		s.post(s.slip(l, e.n), e)
	case 2: // the item was wrong
		s.reverse(seq, unit, "Hạch toán nhầm tiểu mục "+string(e.Item), e)
		e.Item = map[bool]ledger.Code{true: "7001", false: "7049"}[e.Item == "7049"]
		s.post(s.slip(l, e.n), e)
	default: // the bank sent it back
		s.reverse(seq, unit, "Ngân hàng trả lại, sai số tài khoản người nhận", e)
		s.in(s.dice.roll(2, 5), on(l.ref.Year, 12, 30), func() {
			if s.spendable(l) >= e.n {
				s.post(s.slip(l, e.n), e)
			}
		})
	}
}

// refund returns a part of a payment in the same budget year, now and then in
// two parts.
func (s *sim) refund(l *line, seq ledger.Seq, of event) {
	n := max(1000, round(of.n*int64(s.dice.roll(4, 30))/100, 1000))
	if n >= of.n {
		return
	}
	e := event{ledger.Event{Kind: ledger.Refund, Line: l.ref, Of: ledger.EventRef{Seq: seq, N: 1}, Item: of.Item, Payee: of.Payee,
		Text: "Nộp trả phần chi thừa: " + of.Text}, n}
	s.post(s.voucher("NTKP", l.ref.Unit), e)
	if s.dice.chance(200) && of.n-n > 2000 {
		e.n = max(1000, round((of.n-n)/9, 1000))
		s.in(s.dice.roll(3, 12), on(l.ref.Year+1, 1, 25), func() { s.post(s.voucher("NTKP", l.ref.Unit), e) })
	}
}
