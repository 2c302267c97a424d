package sample

import (
	"strconv"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A need is something that a project buys: an item of the budget
// classification (tiểu mục), who is paid, the price of one in đồng, and what is
// written on the voucher. In the text {n} is the number bought, {u} the price
// of one, {m} the month, {q} the quarter, {y} the year, {p} a place, {c} a case.
type need struct {
	item     ledger.Code
	from     trade
	price    int64
	contract bool // bought by contract
	most     int  // how many at once; 0 = any number
	text     string
}

// Two things that are bought on purpose as well.
var (
	car    = need{"6953", equipper, 968_000_000, true, 6, "Ô tô chuyên dùng phục vụ đánh án ({n} xe)"}
	camera = need{"6954", equipper, 38_750_000, true, 0, "Bộ camera ghi hình nghiệp vụ ({n} bộ)"}
)

// needs are what is bought, by project; a project with a suffix is for units
// whose work differs.
var needs = map[string][]need{
	"DA1": {
		{"6503", fuelStation, 0, false, 0, "Xăng phục vụ công tác phòng, chống ma túy tháng {m}/{y} ({n} lít × {u})"},
		{"6551", stationer, 68_000, false, 90, "Giấy in, bìa hồ sơ án ma túy quý {q}/{y} ({n} ram)"},
		{"6552", stationer, 385_000, false, 24, "Giá, hộp lưu hồ sơ chuyên án ({n} bộ)"},
		{"6601", telecom, 11_000, false, 300, "Cước điện thoại, đường truyền dữ liệu nghiệp vụ tháng {m}/{y}"},
		{"6652", staff, 800_000, false, 14, "Bồi dưỡng báo cáo viên lớp tập huấn điều tra án ma túy ({n} buổi)"},
		{"6758", school, 2_450_000, true, 0, "Tập huấn nghiệp vụ điều tra, thu thập chứng cứ án ma túy ({n} học viên)"},
		{"7001", clinic, 42_000, false, 0, "Que thử nhanh ma túy tổng hợp ({n} que)"},
		{"7001", stationer, 26_500, false, 240, "Túi niêm phong, hộp đựng mẫu vật giám định ({n} bộ)"},
		{"7012", staff, 150_000, false, 0, "Bồi dưỡng lấy mẫu, giám định chất ma túy ({n} lượt)"},
		{"7004", equipper, 1_260_000, true, 0, "Áo giáp, găng tay chống đâm cho tổ công tác ({n} bộ)"},
		{"6912", repairer, 520_000, false, 7, "Sửa chữa, thay linh kiện máy tính phục vụ điều tra ({n} lần)"},
		{"6905", repairer, 640_000, false, 12, "Bảo dưỡng máy ghi âm, ghi hình hỏi cung ({n} máy)"},
	},
	"DA1/court": {
		{"7049", staff, 180_000, false, 0, "Bồi dưỡng phiên tòa xét xử lưu động án ma túy tại {p} ({n} lượt người)"},
		{"6551", stationer, 68_000, false, 90, "Giấy in, bìa hồ sơ án ma túy quý {q}/{y} ({n} ram)"},
		{"6652", staff, 700_000, false, 14, "Bồi dưỡng báo cáo viên tập huấn kỹ năng xử lý án ma túy ({n} buổi)"},
		{"6651", printer, 46_000, true, 0, "In sổ tay nghiệp vụ xử lý án ma túy ({n} cuốn)"},
		{"6751", carrier, 1_450_000, false, 9, "Thuê xe phục vụ xét xử lưu động tại {p} ({n} chuyến)"},
		{"6758", school, 1_950_000, true, 0, "Bồi dưỡng kỹ năng kiểm sát, xét xử án ma túy ({n} học viên)"},
	},
	"DA2": {
		{"6503", fuelStation, 0, false, 0, "Xăng tuần tra, kiểm soát địa bàn {p} tháng {m}/{y} ({n} lít × {u})"},
		{"7012", staff, 150_000, false, 0, "Bồi dưỡng lực lượng đấu tranh chuyên án {c} ({n} ngày công)"},
		{"6658", staff, 100_000, false, 0, "Tiền ăn lực lượng trực chốt kiểm soát {p} ({n} suất)"},
		{"6757", staff, 180_000, false, 0, "Thuê người dẫn đường, phiên dịch tiếng Mông, tiếng Thái tại {p} ({n} công)"},
		{"6751", carrier, 1_350_000, false, 9, "Thuê xe chở lực lượng truy quét tại {p} ({n} chuyến)"},
		{"7001", clinic, 42_000, false, 0, "Que thử ma túy kiểm tra người nghi nghiện tại {p} ({n} que)"},
		{"7007", grocer, 85_000, false, 150, "Thức ăn cho chó nghiệp vụ tháng {m}/{y} ({n} suất)"},
		{"6606", printer, 320_000, false, 40, "Biển cảnh báo, pa nô nhỏ tại {p} ({n} tấm)"},
		{"6903", mechanic, 780_000, false, 7, "Sửa chữa, bảo dưỡng xe tuần tra ({n} lần)"},
		{"6552", stationer, 245_000, false, 40, "Đèn pin, võng, bạt cho tổ công tác {p} ({n} bộ)"},
		{"6601", telecom, 11_000, false, 300, "Cước liên lạc tổ công tác {p} tháng {m}/{y}"},
		{"7004", equipper, 985_000, true, 0, "Trang phục tuần tra, ủng, áo mưa cho tổ công tác ({n} bộ)"},
	},
	"DA3": {
		{"6954", equipper, 168_500_000, true, 0, "Máy phát hiện chất ma túy cầm tay ({n} máy)"},
		camera,
		{"6954", equipper, 24_600_000, true, 0, "Ống nhòm ngày và đêm ({n} chiếc)"},
		{"6954", equipper, 9_870_000, true, 0, "Cân điện tử, bộ lấy mẫu hiện trường ({n} bộ)"},
		{"6956", equipper, 14_850_000, true, 0, "Máy tính phục vụ phân tích dữ liệu án ma túy ({n} máy)"},
		car,
		{"7053", software, 46_200_000, true, 2, "Phần mềm quản lý hồ sơ đối tượng, bảo trì ({n} gói)"},
		{"6905", repairer, 3_450_000, false, 7, "Sửa chữa máy móc, thiết bị kỹ thuật nghiệp vụ ({n} lần)"},
		{"7757", insurer, 4_365_000, false, 6, "Bảo hiểm phương tiện chuyên dùng ({n} xe)"},
		{"6503", fuelStation, 0, false, 0, "Xăng chạy thử, vận hành phương tiện mới tháng {m}/{y} ({n} lít × {u})"},
		{"6955", stationer, 6_950_000, false, 0, "Máy in, máy quét tài liệu cho bộ phận kỹ thuật ({n} máy)"},
	},
	"DA4": {
		{"7049", staff, 500_000, false, 0, "Hỗ trợ đội tự quản, câu lạc bộ phòng, chống ma túy {p} ({n} tháng)"},
		{"6606", printer, 320_000, false, 40, "Pa nô, áp phích “Thôn, bản không ma túy” tại {p} ({n} tấm)"},
		{"6608", printer, 3_200, false, 0, "In tờ rơi cam kết không vi phạm về ma túy ({n} tờ)"},
		{"6202", staff, 500_000, false, 0, "Thưởng người cung cấp tin có giá trị về tội phạm ma túy ({n} người)"},
		{"6699", grocer, 20_000, false, 0, "Nước uống họp thôn, bản ký cam kết ({n} người)"},
		{"6652", staff, 300_000, false, 14, "Bồi dưỡng báo cáo viên cơ sở tại {p} ({n} buổi)"},
		{"6551", stationer, 68_000, false, 90, "Văn phòng phẩm ban chỉ đạo quý {q}/{y} ({n} ram)"},
	},
	"DA5": {
		{"6606", broadcaster, 8_500_000, true, 0, "Phóng sự truyền hình phòng, chống ma túy ({n} kỳ)"},
		{"6608", printer, 2_850, true, 0, "In tờ gấp tiếng Việt, tiếng Thái, tiếng Mông ({n} tờ)"},
		{"6606", printer, 1_180_000, false, 40, "Pa nô khổ lớn tại {p} ({n} tấm)"},
		{"6606", broadcaster, 650_000, false, 0, "Tin, bài phát thanh phòng, chống ma túy tháng {m}/{y} ({n} tin)"},
		{"6655", hotel, 2_600_000, false, 14, "Thuê hội trường, âm thanh buổi tuyên truyền tại {p} ({n} buổi)"},
		{"6651", printer, 15_500, false, 0, "In tài liệu hỏi đáp pháp luật về ma túy ({n} cuốn)"},
		{"6652", staff, 600_000, false, 14, "Bồi dưỡng báo cáo viên nói chuyện chuyên đề tại {p} ({n} buổi)"},
		{"6699", grocer, 20_000, false, 0, "Nước uống buổi tuyên truyền tại {p} ({n} người)"},
		{"7049", staff, 400_000, false, 30, "Giải thưởng cuộc thi tìm hiểu tác hại của ma túy ({n} giải)"},
	},
	"DA6": {
		{"7001", clinic, 128_000, false, 0, "Thuốc hỗ trợ cắt cơn, giải độc ({n} liều)"},
		{"7049", grocer, 45_000, false, 0, "Tiền ăn học viên cai nghiện tháng {m}/{y} ({n} suất)"},
		{"7012", school, 1_900_000, true, 0, "Dạy nghề may, mộc, chăn nuôi cho người sau cai ({n} học viên)"},
		{"7004", stationer, 465_000, true, 0, "Quần áo, chăn màn cho học viên ({n} bộ)"},
		{"6501", power, 1_860, false, 9000, "Tiền điện cơ sở cai nghiện tháng {m}/{y} ({n} kWh)"},
		{"6905", repairer, 1_280_000, false, 7, "Sửa chữa hệ thống nước, thiết bị khu cắt cơn ({n} lần)"},
		{"6652", staff, 500_000, false, 14, "Bồi dưỡng tư vấn viên điều trị nghiện tại cộng đồng ({n} buổi)"},
		{"6757", staff, 190_000, false, 0, "Thuê nhân công vệ sinh, bảo vệ khu cắt cơn ({n} công)"},
		{"6606", printer, 320_000, false, 40, "Pa nô cai nghiện tự nguyện tại {p} ({n} tấm)"},
	},
	"DA7": {
		{"7001", clinic, 63_500, true, 0, "Sinh phẩm xét nghiệm ma túy trong nước tiểu ({n} test)"},
		{"7001", clinic, 63_500, false, 0, "Sinh phẩm bổ sung cho điểm cấp phát thuốc {p} ({n} test)"},
		{"6751", carrier, 1_650_000, false, 9, "Vận chuyển thuốc methadone đến điểm cấp phát {p} ({n} chuyến)"},
		{"7012", staff, 120_000, false, 0, "Khám, tư vấn người bệnh điều trị methadone tại {p} ({n} lượt)"},
		{"6652", staff, 700_000, false, 14, "Bồi dưỡng giảng viên lớp điều trị thay thế ({n} buổi)"},
		{"6954", equipper, 27_300_000, true, 0, "Máy bơm, tủ bảo quản thuốc methadone ({n} bộ)"},
		{"6601", telecom, 11_000, false, 300, "Cước đường truyền dữ liệu điểm cấp phát {p} tháng {m}/{y}"},
		{"7053", software, 21_400_000, true, 2, "Phần mềm theo dõi người bệnh methadone ({n} gói)"},
	},
}

// needsOf returns what the line's unit buys for its project.
func needsOf(l ledger.Line) []need {
	if l.Project == "DA1" && (l.Unit == "VKS" || l.Unit == "TA") {
		return needs["DA1/court"]
	}
	return needs[string(l.Project)]
}

// petrol is the price of a litre at the beginning of each year.
var petrol = map[int]int64{2017: 17_580, 2018: 18_670, 2019: 17_600, 2020: 18_930, 2021: 16_440}

// priceOn returns what one of n costs on a day: petrol moves by the month, the
// rest by some two percent a year.
func (n need) priceOn(d ledger.Date) int64 {
	if n.item == "6503" {
		return petrol[d.Year()] + int64(d.Month()*d.Month()*37%19)*60
	}
	p := n.price * int64(100+2*(d.Year()-FirstYear)) / 100
	switch {
	case p >= 1_000_000:
		return round(p, 10_000)
	case p >= 100_000:
		return round(p, 5_000)
	case p >= 10_000:
		return round(p, 500)
	}
	return round(p, 10)
}

// write fills in what is written on the voucher.
func (s *sim) write(unit ledger.Code, text string, count int, price int64) string {
	d := s.today
	return strings.NewReplacer(
		"{n}", grouped(int64(count)), "{u}", grouped(price),
		"{m}", strconv.Itoa(d.Month()), "{q}", quarter(d), "{y}", strconv.Itoa(d.Year()),
		"{p}", s.place(unit), "{c}", strconv.Itoa(s.dice.roll(101, 988))+string(rune('A'+d.Month()))).Replace(text)
}

// grouped writes a number with dots between thousands.
func grouped(n int64) string {
	t := strconv.FormatInt(n, 10)
	for i := len(t) - 3; i > 0; i -= 3 {
		t = t[:i] + "." + t[i:]
	}
	return t
}
