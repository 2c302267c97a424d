package sample

import (
	"cmp"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A habit is how a project spends: how much of its budget in percent, and how
// often, in a thousand steps, it signs a contract, gives an advance, sends a
// group out or holds a meeting; the rest are direct payments.
type habit struct {
	percent                             int64
	contract, advance, journey, meeting int
	step                                int64 // about how much one step is
}

var habits = map[ledger.Code]habit{
	"DA1": {87, 90, 90, 170, 60, 16 * million},
	"DA2": {96, 30, 120, 150, 20, 10 * million},
	"DA3": {47, 720, 0, 0, 0, 170 * million},
	"DA4": {93, 0, 90, 0, 160, 5 * million},
	"DA5": {95, 190, 70, 40, 170, 11 * million},
	"DA6": {91, 100, 60, 60, 60, 18 * million},
	"DA7": {82, 170, 60, 60, 80, 13 * million},
}

// least is the smallest amount for which anybody writes a voucher.
const least = 600_000

// start spreads a line's spending over the rest of the year.
func (s *sim) start(l *line) {
	if l.started {
		return
	}
	l.started = true
	steps := int(min(60, 4+l.want/habits[l.ref.Project].step))
	from, to := s.today.AddDays(4), on(l.ref.Year, 12, 21)
	for i := range steps {
		s.at(between(from, to, i, steps).AddDays(s.dice.roll(0, 9)), func() { s.step(l, steps-i) })
	}
}

// step spends about as much as keeps the line on its way to its goal.
func (s *sim) step(l *line, left int) {
	h := habits[l.ref.Project]
	goal := l.usable*h.percent/100 - l.used()
	if l.late && s.today.Month() == 12 {
		goal /= 3
	}
	room := min(goal, s.spendable(l))
	n := min(room, room/int64(left)*int64(s.dice.roll(55, 165))/100)
	if left == 1 {
		n = room
	}
	if n < least {
		return
	}
	s.spend(l, h, n, room)
}

// spend chooses a way of spending about n, and never more than room.
func (s *sim) spend(l *line, h habit, n, room int64) {
	kind := s.dice.below(1000)
	closing := s.today.After(on(l.ref.Year, 11, 25))
	switch {
	case kind < h.contract && !closing && n >= 9*million:
		s.contract(l, n, room)
	case kind < h.contract+h.advance && n >= 1_500_000:
		s.advance(l, n)
	case kind < h.contract+h.advance+h.journey && n >= 1_200_000:
		s.journey(l, n)
	case kind < h.contract+h.advance+h.journey+h.meeting && n >= 4*million:
		s.meeting(l, n)
	default:
		s.purchase(l, n, room)
	}
}

// choose finds something to buy for about n: what, how many, at what price.
func (s *sim) choose(l *line, n, room int64, contract bool) (need, int, int64) {
	list := needsOf(l.ref)
	for range 30 {
		w := one(s.dice, list)
		p := w.priceOn(s.today)
		most := cmp.Or(int64(w.most), n)
		if w.contract == contract && p <= room && p*2 <= n*3 && p*most*2 >= n {
			return w, int(max(1, min(n/p, most))), p
		}
	}
	return need{}, 0, 0
}

// slip returns the paper that pays out of a line: a drawing slip on the budget,
// a payment order or a cash voucher on cash.
func (s *sim) slip(l *line, n int64) ledger.Document {
	switch {
	case !cashBacked(l.ref.Source):
		return s.voucher("GRDT", l.ref.Unit)
	case n < 5*million:
		return s.voucher("PC", l.ref.Unit)
	default:
		return s.voucher("UNC", l.ref.Unit)
	}
}

// buying returns the event of paying for something.
func (s *sim) buying(l *line, w need, count int, price int64) event {
	return event{ledger.Event{Kind: ledger.Pay, Line: l.ref, Item: w.item, Payee: s.payee(w.from, l.ref.Unit),
		Text: s.write(l.ref.Unit, w.text, count, price)}, int64(count) * price}
}

// purchase pays for something directly.
func (s *sim) purchase(l *line, n, room int64) {
	w, count, price := s.choose(l, n, room, false)
	if count == 0 {
		return
	}
	s.pay(l, s.buying(l, w, count, price))
}

// pay posts direct payments of one line; now and then something about them has
// to be put right later.
func (s *sim) pay(l *line, events ...event) {
	var n int64
	for _, e := range events {
		n += e.n
	}
	seq := s.post(s.slip(l, n), events...)
	switch chance := s.dice.below(1000); {
	case chance < 13:
		s.in(s.dice.roll(2, 12), on(l.ref.Year, 12, 30), func() { s.correct(l, seq, events) })
	case chance < 28:
		s.in(s.dice.roll(9, 55), on(l.ref.Year+1, 1, 22), func() { s.refund(l, seq, events[0]) })
	}
}

// journey pays a group for a few days out: tickets, allowances, lodging.
func (s *sim) journey(l *line, n int64) {
	days := int64(s.dice.roll(2, 5))
	fare, daily, night := int64(180_000), 200_000*days, 300_000*(days-1)
	people := n / (fare + daily + night)
	if people == 0 {
		s.purchase(l, n, n)
		return
	}
	people = min(people, 14)
	leader := s.person(l.ref.Unit)
	text := s.write(l.ref.Unit, " đoàn công tác tại {p}: "+grouped(people)+" người, "+grouped(days)+" ngày", 0, 0)
	part := func(item ledger.Code, what string, each int64) event {
		return event{ledger.Event{Kind: ledger.Pay, Line: l.ref, Item: item, Payee: leader, Text: what + text}, each * people}
	}
	s.pay(l, part("6702", "Phụ cấp lưu trú", daily), part("6703", "Thuê phòng ngủ", night), part("6701", "Vé tàu, xe", fare))
}

// meeting pays for a meeting or a class.
func (s *sim) meeting(l *line, n int64) {
	speakers, hall := int64(s.dice.roll(1, 3))*600_000, int64(s.dice.roll(20, 32))*50_000
	people := (n - speakers - hall) / 158_500
	if people < 8 {
		s.purchase(l, n, n)
		return
	}
	people = min(people, 180)
	text := s.write(l.ref.Unit, " hội nghị tập huấn phòng, chống ma túy tại {p}", 0, 0)
	part := func(item ledger.Code, from trade, what string, n int64) event {
		return event{ledger.Event{Kind: ledger.Pay, Line: l.ref, Item: item, Payee: s.payee(from, l.ref.Unit), Text: what + text}, n}
	}
	s.pay(l,
		part("6651", printer, "In tài liệu ("+grouped(people)+" bộ)", people*18_500),
		part("6652", staff, "Bồi dưỡng báo cáo viên", speakers),
		part("6655", hotel, "Thuê hội trường", hall),
		part("6658", staff, "Chi bù tiền ăn ("+grouped(people)+" người)", people*100_000),
		part("6699", grocer, "Nước uống", people*40_000))
}
