package sample

import (
	"fmt"

	"github.com/sokinhphi/kinhphi/ledger"
)

// opening brings in what was left of the programme before: undrawn budget and
// advances of some lines, and cash of the sources that have any.
func (s *sim) opening() {
	for _, source := range []ledger.Code{central, provincial} {
		s.openLines(source)
	}
	for _, o := range []struct {
		source ledger.Code
		text   string
		n      int64
	}{
		{aid, "Số dư đợt viện trợ 2014", 18_742_000}, {aid, "Số dư đợt viện trợ 2015", 47_315_600},
		{aid, "Số dư đợt viện trợ 2016", 126_480_250}, {aid, "Lãi tiền gửi viện trợ đến 31/12/2016", 3_218_417},
		{fund, "Số dư Quỹ, phần ngân sách hỗ trợ", 82_500_000}, {fund, "Số dư Quỹ, phần đóng góp tự nguyện", 46_750_000},
		{fund, "Số dư Quỹ, tiền thưởng để lại", 31_200_000}, {fund, "Lãi tiền gửi Quỹ đến 31/12/2016", 1_906_233},
		{contribution, "Số dư đợt vận động 2014", 6_400_000}, {contribution, "Số dư đợt vận động 2015", 17_850_000},
		{contribution, "Số dư đợt vận động 2016", 34_600_000}, {contribution, "Lãi tiền gửi đóng góp đến 31/12/2016", 612_508},
	} {
		s.post(s.voucher("SDDK", root), event{ledger.Event{Kind: ledger.OpenCash, Line: ledger.Line{Source: o.source}, Text: o.text}, o.n})
	}
}

// openLines carries undrawn budget and advances of 2016 into lines of one
// source, by one opening document for each line.
func (s *sim) openLines(source ledger.Code) {
	lines := s.some(FirstYear, func(l *line) bool {
		return l.ref.Source == source && l.ref.Nature == "12" && l.want >= 120*million && l.ref.Project != "DA3"
	})
	for _, l := range lines[:min(7, len(lines))] {
		undrawn := round(l.want*int64(s.dice.roll(3, 9))/100, 1000) + int64(s.dice.roll(0, 9))*100
		advance := int64(s.dice.roll(60, 240)) * 100_000
		name := s.person(l.ref.Unit)
		e := event{ledger.Event{Kind: ledger.OpenAdvance, Line: l.ref, Opens: s.code("TUCU"), Due: on(FirstYear, 3, 31), Item: "7799",
			Payee: name, Text: "Tạm ứng năm 2016 chưa thanh toán, chuyển sang năm 2017"}, advance}
		s.post(s.voucher("SDDK", l.ref.Unit),
			event{ledger.Event{Kind: ledger.OpenUndrawn, Line: l.ref, Text: "Dự toán năm 2016 chưa sử dụng được chuyển sang năm 2017"}, undrawn}, e)
		s.start(l)
		s.in(s.dice.roll(20, 75), on(FirstYear, 4, 28), func() { s.clear(l, e.Opens, e.Payee, "thanh toán tạm ứng năm 2016") })
	}
}

// A promise is a pledge of a donor, what comes of it on which days, and when
// the rest of it is withdrawn, if it is.
type promise struct {
	source   ledger.Code
	donor    string
	purpose  string
	n        int64
	pledged  ledger.Date
	received map[int]int // month to percent
	withdraw int         // month in which what is left is withdrawn; 0 = all comes
}

// mobilise puts the year's pledges and receipts on the agenda.
func (s *sim) mobilise(y int) {
	for _, p := range s.promises(y) {
		s.at(p.pledged, func() { s.pledge(p) })
	}
	of := func(million float64) int64 { return int64(million*10_000) * int64(size[y]) }
	s.at(on(y, 2, 24), func() {
		s.receive(fund, "Quỹ phòng, chống tội phạm trung ương", "Hỗ trợ Quỹ tỉnh đợt 1", of(212.35))
	})
	s.at(on(y, 6, 8), func() {
		s.receive(fund, "Ngân sách tỉnh", "Bổ sung Quỹ phòng, chống tội phạm", of(118.6))
	})
	s.at(on(y, 9, 21), func() {
		s.receive(fund, "Quỹ phòng, chống tội phạm trung ương", "Hỗ trợ Quỹ tỉnh đợt 2", of(74.825))
	})
	for i, donor := range []string{"Giáo xứ Lam Hồng", "Hội đồng hương Xứ Nghệ phía Nam"} {
		s.at(on(y, 6+3*i, 12+i), func() {
			s.receive(contribution, donor, "Ủng hộ phong trào toàn dân phòng, chống ma túy", of(float64(9+4*i)))
		})
	}
}

// companies are those that contribute; none of them exists.
var companies = []string{
	"Công ty Cổ phần Xi măng Hoàng Sơn Lam", "Công ty TNHH Chè Thanh Mai Xứ Nghệ", "Công ty Cổ phần Mía đường Phủ Quỳ Xanh",
	"Công ty TNHH Đá trắng Châu Hồng Phát", "Công ty Cổ phần Thủy điện Nậm Mô Thượng", "Công ty TNHH May Lam Trà",
}

// promises are the pledges of a year: two foreign donors, of whom the second
// gives at an agreed rate of the dollar, and four companies.
func (s *sim) promises(y int) []promise {
	n := int64(size[y])
	rate := map[int]int64{2017: 22_720, 2018: 22_735, 2019: 23_190, 2020: 23_165}[y]
	dollars := 190 * n
	all := []promise{
		{aid, "Tổ chức Hợp tác Nordhavn vì Thanh niên", "Trang thiết bị, tập huấn phòng, chống ma túy", n * 5_300_000, on(y, 2, 16), map[int]int{3: 60, 8: 40}, 0},
		{aid, "Quỹ Phát triển Mekong Bridge", fmt.Sprintf("Điều trị methadone: %s USD × %s", grouped(dollars), grouped(rate)), dollars * rate, on(y, 3, 2), map[int]int{3: 55, 9: 30}, 11},
	}
	for i := range 4 {
		p := promise{contribution, companies[(y+i)%len(companies)], "Xã, phường không tệ nạn ma túy", n * int64(s.dice.roll(42, 74)) * 10_000,
			on(y, 3, 20+2*i), map[int]int{5 + i: 100}, 0}
		if i%2 == 1 {
			p.received, p.withdraw = map[int]int{5 + i: s.dice.roll(55, 75)}, 10
		}
		if y == LastYear && i == 3 { // the last pledge is still owed in part
			p.withdraw = 0
		}
		all = append(all, p)
	}
	return all
}

// pledge records a promise and puts down what becomes of it.
func (s *sim) pledge(p promise) {
	e := event{ledger.Event{Kind: ledger.Pledge, Line: ledger.Line{Source: p.source}, Opens: s.code("TAITRO"),
		Due: on(s.today.Year(), 12, 15), Payee: p.donor, Text: "Cam kết tài trợ: " + p.purpose}, p.n}
	s.post(s.decision("QD", "QĐ-UBND"), e)
	y := s.today.Year()
	for m := range 13 {
		if percent := p.received[m]; percent > 0 {
			s.at(on(y, m, s.dice.roll(17, 25)), func() { s.collect(e, p.n*int64(percent)/100) })
		}
	}
	if p.withdraw > 0 {
		s.at(on(y, p.withdraw, s.dice.roll(5, 20)), func() { s.cancelPledge(e) })
	}
}

// collect receives a part of a pledge.
func (s *sim) collect(pledge event, n int64) {
	s.post(s.voucher("TN", root), event{ledger.Event{Kind: ledger.Receive, Line: pledge.Line, Obligation: pledge.Opens,
		Payee: pledge.Payee, Text: "Tiếp nhận tiền tài trợ theo cam kết " + string(pledge.Opens)}, n})
}

// cancelPledge records that the donor withdraws what has not come.
func (s *sim) cancelPledge(pledge event) {
	s.post(s.voucher("PDC", root), event{ledger.Event{Kind: ledger.CancelPledge, Line: pledge.Line, Obligation: pledge.Opens,
		Payee: pledge.Payee, Text: "Nhà tài trợ rút phần cam kết chưa chuyển"}, s.duties[pledge.Opens].open})
}

// receive records cash that nobody had pledged.
func (s *sim) receive(source ledger.Code, donor, text string, n int64) {
	s.post(s.voucher("PT", root), event{ledger.Event{Kind: ledger.Receive, Line: ledger.Line{Source: source}, Payee: donor, Text: text}, n})
}
