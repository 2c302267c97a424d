package sample

import (
	"strconv"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A share is what the units of one project get out of one source in a year of
// ordinary size, in million đồng: pairs of unit and amount.
type share struct {
	project, source, khoan, nature ledger.Code
	units                          string
}

// shares is the budget of a year. Khoản 041 is security and social order, 131
// preventive medicine, 341 state administration, 398 social protection; nature
// 12 and 13 are funds without and with autonomy.
var shares = []share{
	{"DA1", central, "041", "12", "CAT 590 PC04 460 BCHBP 540"},
	{"DA1", central, "341", "12", "HQ 250 VKS 185 TA 165"},
	{"DA1", provincial, "041", "12", "CAT 230 PC04 175 BCHBP 145"},
	{"DA1", provincial, "041", "13", "CAT 64 PC04 48"},
	{"DA1", aid, "041", "12", "PC04 210"},

	{"DA2", central, "041", "12", "PC04 330 BCHBP 290 CAH-KYSON 165 CAH-TUONGDUONG 155 CAH-QUEPHONG 150 CAH-CONCUONG 84 CAH-QUYHOP 72 CAH-QUYCHAU 60 CAH-ANHSON 70 CATP-VINH 132 CAH-THANHCHUONG 74"},
	{"DA2", provincial, "041", "12", "PC04 190 CATP-VINH 64 CATX-CUALO 34 CATX-HOANGMAI 36 CATX-THAIHOA 30 CAH-ANHSON 40 CAH-CONCUONG 42 CAH-DIENCHAU 48 CAH-DOLUONG 38 CAH-HUNGNGUYEN 32 CAH-KYSON 62 CAH-NAMDAN 33 CAH-NGHILOC 36 CAH-NGHIADAN 30 CAH-QUEPHONG 58 CAH-QUYCHAU 35 CAH-QUYHOP 44 CAH-QUYNHLUU 46 CAH-TANKY 34 CAH-THANHCHUONG 40 CAH-TUONGDUONG 60 CAH-YENTHANH 38"},
	{"DA2", district, "041", "12", "CATP-VINH 46 CATX-CUALO 22 CATX-HOANGMAI 20 CATX-THAIHOA 18 CAH-DIENCHAU 30 CAH-DOLUONG 24 CAH-HUNGNGUYEN 20 CAH-KYSON 24 CAH-NAMDAN 22 CAH-NGHILOC 24 CAH-NGHIADAN 19 CAH-QUEPHONG 21 CAH-QUYHOP 22 CAH-QUYNHLUU 28 CAH-TANKY 18 CAH-TUONGDUONG 24 CAH-YENTHANH 24"},
	{"DA2", fund, "041", "12", "PC04 170 CAH-KYSON 42 CAH-TUONGDUONG 40 CAH-QUEPHONG 40 CATP-VINH 36"},

	{"DA3", central, "041", "12", "PC04 2280 CAT 640"},
	{"DA3", provincial, "041", "12", "PC04 410 PH10 180"},
	{"DA3", aid, "041", "12", "PC04 290"},

	{"DA4", provincial, "041", "12", "PV05 150"},
	{"DA4", district, "041", "12", "UBX-TRILE 34 UBX-NAMCAN 36 UBX-KENGDU 30 UBX-NHONMAI 28 UBX-LUONGMINH 36 UBP-LELOI 26"},
	{"DA4", contribution, "041", "12", "UBX-TRILE 26 UBX-NAMCAN 28 UBX-KENGDU 22 UBX-NHONMAI 22 UBX-LUONGMINH 26 UBP-LELOI 32"},

	{"DA5", central, "341", "12", "STTTT 125"},
	{"DA5", provincial, "341", "12", "STTTT 250 SGDDT 135 TDOAN 125 HLHPN 88"},
	{"DA5", contribution, "341", "12", "TDOAN 64"},

	{"DA6", central, "398", "12", "SLDTBXH 430"},
	{"DA6", provincial, "398", "12", "SLDTBXH 180 CSCN 640"},
	{"DA6", fund, "398", "12", "CSCN 62"},

	{"DA7", central, "131", "12", "SYT 175"},
	{"DA7", provincial, "131", "12", "SYT 145 TTPC 265"},
	{"DA7", aid, "131", "12", "TTPC 390"},
}

// size is how large a year's budget is, in percent of an ordinary one.
var size = map[int]int{2017: 86, 2018: 97, 2019: 111, 2020: 101}

// A tranche is a part of a source's budget, and the day on which it comes.
type tranche struct{ month, day, percent int }

// tranches say when money comes. Central money comes in the middle of the year:
// the programme is funded late, and in 2019 in two parts.
var tranches = map[ledger.Code]map[int][]tranche{
	central:      {2017: {{7, 12, 100}}, 2018: {{6, 14, 100}}, 2019: {{2, 20, 30}, {8, 6, 70}}, 2020: {{6, 22, 100}}},
	provincial:   {2017: {{1, 12, 100}}, 2018: {{1, 9, 100}}, 2019: {{1, 10, 100}}, 2020: {{1, 8, 60}, {7, 2, 40}}},
	district:     {2017: {{1, 19, 100}}, 2018: {{2, 6, 100}}, 2019: {{1, 22, 100}}, 2020: {{1, 16, 100}}},
	aid:          {2017: {{4, 10, 100}}, 2018: {{4, 3, 100}}, 2019: {{3, 28, 100}}, 2020: {{5, 5, 100}}},
	fund:         {2017: {{3, 7, 100}}, 2018: {{3, 6, 100}}, 2019: {{3, 5, 100}}, 2020: {{3, 10, 100}}},
	contribution: {2017: {{5, 15, 100}}, 2018: {{5, 8, 100}}, 2019: {{5, 14, 100}}, 2020: {{6, 3, 100}}},
}

// million is a million đồng.
const million = 1_000_000

// round cuts n to a whole multiple of unit.
func round(n, unit int64) int64 { return n / unit * unit }

// draft works out what every line of a year is to get at first.
func (s *sim) draft(y int) {
	for _, sh := range shares {
		words := strings.Fields(sh.units)
		for i := 0; i < len(words); i += 2 {
			base, err := strconv.Atoi(words[i+1])
			if err != nil {
				panic(err)
			}
			l := s.line(ledger.Line{Year: y, Source: sh.source, Project: sh.project, Unit: ledger.Code(words[i]), Khoan: sh.khoan, Nature: sh.nature})
			l.want = max(15*million, round(int64(base*size[y]*s.dice.roll(91, 110))*100, million/2))
			s.year[y] = append(s.year[y], l)
		}
	}
}

// some returns the year's lines that match, in the order of the budget.
func (s *sim) some(y int, match func(*line) bool) []*line {
	var found []*line
	for _, l := range s.year[y] {
		if match(l) {
			found = append(found, l)
		}
	}
	return found
}

// plan puts a whole year on the agenda.
func (s *sim) plan(y int) {
	s.draft(y)
	s.at(on(y, 1, 5), func() { s.approvePlan(y) })
	for _, src := range sources {
		for i, t := range tranches[src.Code][y] {
			last := i == len(tranches[src.Code][y])-1
			s.at(on(y, t.month, t.day), func() { s.appropriate(y, src.Code, t.percent, last) })
		}
	}
	s.at(on(y, 9, 12), func() { s.revisePlan(y) })
	s.changes(y)
	s.mobilise(y)
	s.texture(y)
}

// approvePlan records the plan: a sixth to a third above what is going to come.
func (s *sim) approvePlan(y int) {
	want := map[ledger.Line]int64{}
	var order []ledger.Line
	for _, l := range s.year[y] {
		key := ledger.Line{Year: y, Source: l.ref.Source, Project: l.ref.Project}
		if want[key] == 0 {
			order = append(order, key)
		}
		want[key] += l.want
	}
	var events []event
	for _, key := range order {
		over := 116
		if key.Source == central {
			over = 131
		}
		events = append(events, event{ledger.Event{Kind: ledger.Plan, Line: key,
			Text: "Kế hoạch kinh phí năm " + strconv.Itoa(y) + " được phê duyệt"}, round(want[key]*int64(over)/100, 5*million)})
	}
	s.post(s.decision("KH", "KH-UBND"), events...)
}

// revisePlan shifts plan between projects in the third quarter.
func (s *sim) revisePlan(y int) {
	n := int64(s.dice.roll(12, 30)) * 5 * million
	shift := func(project ledger.Code, n int64, why string) event {
		return event{ledger.Event{Kind: ledger.RevisePlan, Line: ledger.Line{Year: y, Source: central, Project: project}, Text: why}, n}
	}
	s.post(s.decision("KH", "KH-UBND"),
		shift("DA3", -n, "Điều chỉnh giảm kế hoạch mua sắm thiết bị do vướng thủ tục đấu thầu"),
		shift("DA2", round(n*6/10, million), "Điều chỉnh tăng kế hoạch cho địa bàn trọng điểm"),
		shift("DA6", round(n*3/10, million), "Điều chỉnh tăng kế hoạch cai nghiện"))
}

// decides returns who decides on a source's money.
func decides(source ledger.Code) string {
	switch source {
	case central:
		return "QĐ-BCA"
	case district:
		return "QĐ-UBND.H"
	case fund:
		return "QĐ-QPCTP"
	default:
		return "QĐ-UBND"
	}
}

// appropriate gives a source its part of the year's budget, with a little to
// spare, and has it allocated some days later.
func (s *sim) appropriate(y int, source ledger.Code, percent int, last bool) {
	lines := s.some(y, func(l *line) bool { return l.ref.Source == source })
	var sum int64
	for _, l := range lines {
		sum += l.part(percent, last)
	}
	s.post(s.decision("QD", decides(source)), event{ledger.Event{Kind: ledger.Appropriate, Line: pool(lines[0].ref),
		Text: "Giao dự toán chi thực hiện Chương trình phòng, chống ma túy năm " + strconv.Itoa(y)}, round(sum*104/100, million) + million})
	for i, p := range projects {
		some := s.some(y, func(l *line) bool { return l.ref.Source == source && l.ref.Project == p.Code })
		if len(some) > 0 {
			s.in(6+i, on(y, 12, 20), func() { s.allocate(some, percent, last) })
		}
	}
}

// part returns how much of what the line wants a tranche brings.
func (l *line) part(percent int, last bool) int64 {
	if last {
		return l.want - l.given
	}
	return round(l.want*int64(percent)/100, million/2)
}

// allocate gives the lines of one project their part, by one decision.
func (s *sim) allocate(lines []*line, percent int, last bool) {
	var events []event
	for _, l := range lines {
		n := l.part(percent, last)
		l.given += n
		events = append(events, event{ledger.Event{Kind: ledger.Allocate, Line: l.ref,
			Text: "Phân bổ dự toán năm " + strconv.Itoa(l.ref.Year) + " cho " + unitName(l.ref.Unit)}, n})
	}
	s.post(s.decision("QD", "QĐ-CAT"), events...)
	for _, l := range lines {
		s.start(l)
	}
}
