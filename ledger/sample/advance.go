package sample

import (
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

// errands are what advances are given for.
var errands = []string{
	"Tạm ứng kinh phí đợt cao điểm tấn công, trấn áp tội phạm ma túy", "Tạm ứng chi công tác nghiệp vụ tại {p}",
	"Tạm ứng tổ chức tập huấn tại {p}", "Tạm ứng chi chuyên án {c}", "Tạm ứng kinh phí hội nghị sơ kết quý {q}/{y}",
	"Tạm ứng tổ chức tuyên truyền, vận động tại {p}",
}

// advance gives somebody money for an errand and puts its clearing down, up to
// the adjustment period.
func (s *sim) advance(l *line, n int64) {
	e := event{ledger.Event{Kind: ledger.Advance, Line: l.ref, Opens: s.code("TUNG"), Due: s.today.AddDays(s.dice.roll(6, 12) * 5),
		Item: "7799", Payee: s.person(l.ref.Unit), Text: s.write(l.ref.Unit, one(s.dice, errands), 0, 0)}, round(n, 100_000)}
	s.post(s.slip(l, e.n), e)
	if s.dice.chance(35) {
		s.in(s.dice.roll(1, 4), on(l.ref.Year, 12, 30), func() { s.recall(e) })
		return
	}
	s.in(s.dice.roll(12, 48), on(l.ref.Year+1, 1, 23), func() { s.clear(l, e.Opens, e.Payee, "thanh toán tạm ứng") })
}

// recall returns an advance whole: the errand did not take place.
func (s *sim) recall(e event) {
	s.post(s.voucher("NTKP", e.Line.Unit), event{ledger.Event{Kind: ledger.ReturnAdvance, Line: e.Line, Obligation: e.Opens,
		Item: e.Item, Payee: e.Payee, Text: "Nộp trả tạm ứng do hoãn công việc"}, e.n})
}

// spentOn are the items under which advances are cleared.
var spentOn = []struct {
	item ledger.Code
	text string
}{
	{"6702", "Phụ cấp lưu trú"}, {"6703", "Thuê phòng ngủ"}, {"6503", "Xăng xe"}, {"6652", "Bồi dưỡng báo cáo viên"},
	{"6658", "Chi bù tiền ăn"}, {"6699", "Nước uống, chi khác của hội nghị"}, {"7012", "Bồi dưỡng lực lượng tham gia"},
}

// clear turns an advance into actual spending under its true items, at once or
// in two parts; what was not spent is returned a few days later.
func (s *sim) clear(l *line, code ledger.Code, payee, why string) {
	d := s.duties[code]
	n := d.open
	last := on(l.ref.Year+1, 1, 24)
	switch chance := s.dice.below(100); {
	case chance < 12 && n >= 4*million:
		n = round(n*int64(s.dice.roll(45, 65))/100, 1000)
		s.in(s.dice.roll(8, 30), last, func() { s.clear(l, code, payee, rest(why)) })
	case chance < 34 && d.by != ledger.OpenAdvance: // carried advances are cleared whole
		n = round(n*int64(s.dice.roll(80, 97))/100, 1000)
		s.in(s.dice.roll(0, 5), last, func() { s.giveBack(d, payee) })
	}
	s.post(s.voucher("TTTU", l.ref.Unit), s.cleared(l, code, payee, why, n)...)
}

// rest is why what is left of something is still spent, said once however often
// it is left.
func rest(why string) string {
	const left = " (phần còn lại)"
	return strings.TrimSuffix(why, left) + left
}

// cleared splits n over one to three items.
func (s *sim) cleared(l *line, code ledger.Code, payee, why string, n int64) []event {
	parts := s.dice.roll(1, 3)
	first := s.dice.below(len(spentOn))
	var events []event
	for i := range parts {
		x := n
		if i < parts-1 {
			x = round(n*int64(s.dice.roll(35, 60))/100, 1000)
		}
		n -= x
		on := spentOn[(first+2*i)%len(spentOn)]
		events = append(events, event{ledger.Event{Kind: ledger.Clear, Line: l.ref, Obligation: code, Item: on.item,
			Payee: payee, Text: on.text + ", " + why}, x})
	}
	return events
}

// giveBack returns what is left of an advance.
func (s *sim) giveBack(d *duty, payee string) {
	s.post(s.voucher("NTKP", d.line.ref.Unit), event{ledger.Event{Kind: ledger.ReturnAdvance, Line: d.line.ref, Obligation: d.code,
		Item: "7799", Payee: payee, Text: "Nộp trả phần tạm ứng không sử dụng hết"}, d.open})
}
