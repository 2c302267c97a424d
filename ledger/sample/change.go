package sample

import (
	"slices"
	"strconv"

	"github.com/sokinhphi/kinhphi/ledger"
)

// changes puts the year's changes of the budget on the agenda.
func (s *sim) changes(y int) {
	s.at(on(y, 3, 1), func() {
		s.withholdTenth(y, provincial, 95*million, "Giữ lại 10 % tiết kiệm chi theo chỉ đạo đầu năm")
	})
	if y == LastYear {
		s.at(on(y, 7, 20), func() {
			s.withholdTenth(y, central, 150*million, "Cắt giảm, tiết kiệm thêm 10 % chi thường xuyên còn lại")
		})
	}
	s.at(on(y, 11, 6), func() { s.release(y) })
	s.at(on(y, 9, 14), func() { s.supplement(y) })
	for i := range 7 {
		s.at(on(y, 10, 9).AddDays(5*i), func() { s.transfer(y) })
	}
	s.at(on(y, 10, 23), func() { s.withdraw(y) })
	s.at(on(y, 12, 9), func() { s.supplementLate(y) })
}

// decide posts one decision about several lines of one kind.
func (s *sim) decide(kind ledger.EventKind, issuer, text string, lines []*line, amount func(*line) int64) {
	var events []event
	for _, l := range lines {
		if n := amount(l); n > 0 {
			events = append(events, event{ledger.Event{Kind: kind, Line: l.ref, Text: text}, n})
		}
	}
	if len(events) > 0 {
		s.post(s.decision("QD", issuer), events...)
	}
}

// withholdTenth holds back a tenth of the larger lines of a source.
func (s *sim) withholdTenth(y int, source ledger.Code, least int64, text string) {
	lines := s.some(y, func(l *line) bool { return l.ref.Source == source && l.usable >= least })
	s.decide(ledger.Withhold, decides(source), text, lines, func(l *line) int64 { return min(l.avail, round(l.usable/10, 100_000)) })
}

// release gives back what is withheld to some projects; the others do without.
func (s *sim) release(y int) {
	lines := s.some(y, func(l *line) bool {
		p := l.ref.Project
		return l.ref.Source == provincial && l.withheld > 0 && (p == "DA1" || p == "DA5" || p == "DA6")
	})
	s.decide(ledger.Release, decides(provincial), "Cho sử dụng lại phần kinh phí đã giữ lại", lines, func(l *line) int64 { return l.withheld })
}

// supplement gives more to the hot spots, in time before 30 September.
func (s *sim) supplement(y int) {
	for _, more := range []struct {
		source ledger.Code
		units  []ledger.Code
		each   int
	}{
		{central, []ledger.Code{"CAH-KYSON", "CAH-TUONGDUONG", "CAH-QUEPHONG"}, 46},
		{provincial, []ledger.Code{"CATP-VINH", "CAH-QUYHOP", "CAH-CONCUONG"}, 24},
		{district, []ledger.Code{"CAH-DIENCHAU", "CAH-YENTHANH", "CAH-NGHILOC"}, 11},
	} {
		lines := s.some(y, func(l *line) bool {
			return l.ref.Source == more.source && l.ref.Project == "DA2" && slices.Contains(more.units, l.ref.Unit)
		})
		s.more(y, lines, ledger.Supplement, ledger.AllocateSupplement, more.each, "Bổ sung kinh phí đấu tranh tại địa bàn trọng điểm", 6)
	}
}

// supplementLate brings money in December, when little of it can be used.
func (s *sim) supplementLate(y int) {
	for _, more := range []struct {
		source, project ledger.Code
		each            int
	}{{central, "DA3", 120}, {provincial, "DA6", 55}, {district, "DA4", 8}} {
		lines := s.some(y, func(l *line) bool { return l.ref.Source == more.source && l.ref.Project == more.project })
		for _, l := range lines {
			l.late = true
		}
		s.more(y, lines[:min(2, len(lines))], ledger.LateSupplement, ledger.AllocateLateSupplement, more.each, "Bổ sung dự toán cuối năm", 3)
	}
}

// more raises a pool and, some days later, the lines for which it is meant.
func (s *sim) more(y int, lines []*line, raise, assign ledger.EventKind, each int, text string, days int) {
	parts := map[*line]int64{}
	var sum int64
	for _, l := range lines {
		parts[l] = int64(each*s.dice.roll(85, 120)) * 10_000
		sum += parts[l]
	}
	text += " năm " + strconv.Itoa(y)
	s.post(s.decision("QD", decides(lines[0].ref.Source)), event{ledger.Event{Kind: raise, Line: pool(lines[0].ref), Text: text}, sum})
	s.in(days, on(y, 12, 24), func() {
		s.decide(assign, "QĐ-CAT", text, lines, func(l *line) int64 { return parts[l] })
	})
}

// transfer moves what a line does not need to another of the same source,
// before 15 November.
func (s *sim) transfer(y int) {
	source := one(s.dice, []ledger.Code{central, provincial, provincial, district})
	lines := s.some(y, func(l *line) bool { return l.ref.Source == source && l.started })
	from, to := lines[0], one(s.dice, lines)
	for range 24 {
		if l := one(s.dice, lines); l.avail*to.usable > from.avail*l.usable/2 || l.avail > 2*from.avail {
			from = l
		}
	}
	n := round(min(from.avail*int64(s.dice.roll(8, 22))/100, 48*million), 500_000)
	if from == to || n < 2*million {
		return
	}
	s.post(s.decision("QD", "QĐ-CAT"), event{ledger.Event{Kind: ledger.Transfer, Line: from.ref, To: to.ref,
		Text: "Điều chỉnh dự toán từ " + shortName(from.ref.Unit) + " (" + string(from.ref.Project) + ") sang " +
			shortName(to.ref.Unit) + " (" + string(to.ref.Project) + ")"}, n})
}

// withdraw takes back from lines what they will not use, and has a part of it
// cut from the source's budget.
func (s *sim) withdraw(y int) {
	for _, cut := range []struct {
		source  ledger.Code
		project ledger.Code
		percent int64
		why     string
	}{
		{central, "DA3", 9, "Thu hồi dự toán do chưa đấu thầu được thiết bị"},
		{provincial, "DA7", 6, "Thu hồi dự toán do số người bệnh thấp hơn kế hoạch"},
		{district, "DA2", 4, "Thu hồi dự toán không còn nhiệm vụ chi"},
	} {
		lines := s.some(y, func(l *line) bool { return l.ref.Source == cut.source && l.ref.Project == cut.project })
		lines = lines[:min(3, len(lines))]
		s.decide(ledger.Withdraw, decides(cut.source), cut.why, lines, func(l *line) int64 { return min(l.avail, round(l.usable*cut.percent/100, 500_000)) })
		ref := pool(lines[0].ref)
		s.in(5, on(y, 11, 14), func() {
			if n := round(s.pools[ref]*7/10, 100_000); n > 0 {
				s.post(s.decision("QD", decides(cut.source)), event{ledger.Event{Kind: ledger.Reduce, Line: ref, Text: "Giảm dự toán không còn nhu cầu"}, n})
			}
		})
	}
}
