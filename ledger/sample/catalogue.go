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
	text     string
}

// needs are what is bought, by project; a project with a suffix is for units
// whose work differs.
var needs = map[string][]need{
	"DA1": {
		{"6503", fuelStation, 0, false, "Xăng phục vụ công tác phòng, chống ma túy tháng {m}/{y} ({n} lít × {u})"},
		{"6551", stationer, 68_000, false, "Giấy in, bìa hồ sơ án ma túy quý {q}/{y} ({n} ram)"},
		{"6552", stationer, 385_000, false, "Giá, hộp lưu hồ sơ chuyên án ({n} bộ)"},
		{"6601", telecom, 11_000, false, "Cước điện thoại, đường truyền dữ liệu nghiệp vụ tháng {m}/{y}"},
		{"6652", staff, 800_000, false, "Bồi dưỡng báo cáo viên lớp tập huấn điều tra án ma túy ({n} buổi)"},
		{"6758", school, 2_450_000, true, "Tập huấn nghiệp vụ điều tra, thu thập chứng cứ án ma túy ({n} học viên)"},
		{"7001", clinic, 42_000, false, "Que thử nhanh ma túy tổng hợp ({n} que)"},
		{"7001", stationer, 26_500, false, "Túi niêm phong, hộp đựng mẫu vật giám định ({n} bộ)"},
		{"7012", staff, 150_000, false, "Bồi dưỡng lấy mẫu, giám định chất ma túy ({n} lượt)"},
		{"7004", equipper, 1_260_000, true, "Áo giáp, găng tay chống đâm cho tổ công tác ({n} bộ)"},
		{"6912", mechanic, 520_000, false, "Sửa chữa, thay linh kiện máy tính phục vụ điều tra ({n} lần)"},
		{"6905", mechanic, 640_000, false, "Bảo dưỡng máy ghi âm, ghi hình hỏi cung ({n} máy)"},
	},
	"DA1/court": {
		{"7049", staff, 180_000, false, "Bồi dưỡng phiên tòa xét xử lưu động án ma túy tại {p} ({n} lượt người)"},
		{"6551", stationer, 68_000, false, "Giấy in, bìa hồ sơ án ma túy quý {q}/{y} ({n} ram)"},
		{"6652", staff, 700_000, false, "Bồi dưỡng báo cáo viên tập huấn kỹ năng xử lý án ma túy ({n} buổi)"},
		{"6651", printer, 46_000, true, "In sổ tay nghiệp vụ xử lý án ma túy ({n} cuốn)"},
		{"6751", carrier, 1_450_000, false, "Thuê xe phục vụ xét xử lưu động tại {p} ({n} chuyến)"},
		{"6758", school, 1_950_000, true, "Bồi dưỡng kỹ năng kiểm sát, xét xử án ma túy ({n} học viên)"},
	},
	"DA2": {
		{"6503", fuelStation, 0, false, "Xăng tuần tra, kiểm soát địa bàn {p} tháng {m}/{y} ({n} lít × {u})"},
		{"7012", staff, 150_000, false, "Bồi dưỡng lực lượng đấu tranh chuyên án {c} ({n} ngày công)"},
		{"6658", staff, 100_000, false, "Tiền ăn lực lượng trực chốt kiểm soát {p} ({n} suất)"},
		{"6757", staff, 180_000, false, "Thuê người dẫn đường, phiên dịch tiếng Mông, tiếng Thái tại {p} ({n} công)"},
		{"6751", carrier, 1_350_000, false, "Thuê xe chở lực lượng truy quét tại {p} ({n} chuyến)"},
		{"7001", clinic, 42_000, false, "Que thử ma túy kiểm tra người nghi nghiện tại {p} ({n} que)"},
		{"7007", grocer, 85_000, false, "Thức ăn cho chó nghiệp vụ tháng {m}/{y} ({n} suất)"},
		{"6606", printer, 320_000, false, "Biển cảnh báo, pa nô nhỏ tại {p} ({n} tấm)"},
		{"6903", mechanic, 780_000, false, "Sửa chữa, bảo dưỡng xe tuần tra ({n} lần)"},
		{"6552", stationer, 245_000, false, "Đèn pin, võng, bạt cho tổ công tác {p} ({n} bộ)"},
		{"6601", telecom, 11_000, false, "Cước liên lạc tổ công tác {p} tháng {m}/{y}"},
		{"7004", equipper, 985_000, true, "Trang phục tuần tra, ủng, áo mưa cho tổ công tác ({n} bộ)"},
	},
	"DA3": {
		{"6954", equipper, 168_500_000, true, "Máy phát hiện chất ma túy cầm tay ({n} máy)"},
		{"6954", equipper, 38_750_000, true, "Bộ camera ghi hình nghiệp vụ ({n} bộ)"},
		{"6954", equipper, 24_600_000, true, "Ống nhòm ngày và đêm ({n} chiếc)"},
		{"6954", equipper, 9_870_000, true, "Cân điện tử, bộ lấy mẫu hiện trường ({n} bộ)"},
		{"6956", equipper, 14_850_000, true, "Máy tính phục vụ phân tích dữ liệu án ma túy ({n} máy)"},
		{"6953", equipper, 968_000_000, true, "Ô tô chuyên dùng phục vụ đánh án ({n} xe)"},
		{"7053", software, 46_200_000, true, "Phần mềm quản lý hồ sơ đối tượng, bảo trì ({n} gói)"},
		{"6905", mechanic, 3_450_000, false, "Sửa chữa máy móc, thiết bị kỹ thuật nghiệp vụ ({n} lần)"},
		{"7757", insurer, 4_365_000, false, "Bảo hiểm phương tiện chuyên dùng ({n} xe)"},
		{"6503", fuelStation, 0, false, "Xăng chạy thử, vận hành phương tiện mới tháng {m}/{y} ({n} lít × {u})"},
		{"6955", stationer, 6_950_000, false, "Máy in, máy quét tài liệu cho bộ phận kỹ thuật ({n} máy)"},
	},
	"DA4": {
		{"7049", staff, 500_000, false, "Hỗ trợ đội tự quản, câu lạc bộ phòng, chống ma túy {p} ({n} tháng)"},
		{"6606", printer, 320_000, false, "Pa nô, áp phích “Thôn, bản không ma túy” tại {p} ({n} tấm)"},
		{"6608", printer, 3_200, false, "In tờ rơi cam kết không vi phạm về ma túy ({n} tờ)"},
		{"6202", staff, 500_000, false, "Thưởng người cung cấp tin có giá trị về tội phạm ma túy ({n} người)"},
		{"6699", grocer, 20_000, false, "Nước uống họp thôn, bản ký cam kết ({n} người)"},
		{"6652", staff, 300_000, false, "Bồi dưỡng báo cáo viên cơ sở tại {p} ({n} buổi)"},
		{"6551", stationer, 68_000, false, "Văn phòng phẩm ban chỉ đạo quý {q}/{y} ({n} ram)"},
	},
	"DA5": {
		{"6606", broadcaster, 8_500_000, true, "Phóng sự truyền hình phòng, chống ma túy ({n} kỳ)"},
		{"6608", printer, 2_850, true, "In tờ gấp tiếng Việt, tiếng Thái, tiếng Mông ({n} tờ)"},
		{"6606", printer, 1_180_000, false, "Pa nô khổ lớn tại {p} ({n} tấm)"},
		{"6606", broadcaster, 650_000, false, "Tin, bài phát thanh phòng, chống ma túy tháng {m}/{y} ({n} tin)"},
		{"6655", hotel, 2_600_000, false, "Thuê hội trường, âm thanh buổi tuyên truyền tại {p} ({n} buổi)"},
		{"6651", printer, 15_500, false, "In tài liệu hỏi đáp pháp luật về ma túy ({n} cuốn)"},
		{"6652", staff, 600_000, false, "Bồi dưỡng báo cáo viên nói chuyện chuyên đề tại {p} ({n} buổi)"},
		{"6699", grocer, 20_000, false, "Nước uống buổi tuyên truyền tại {p} ({n} người)"},
		{"7049", staff, 400_000, false, "Giải thưởng cuộc thi tìm hiểu tác hại của ma túy ({n} giải)"},
	},
	"DA6": {
		{"7001", clinic, 128_000, false, "Thuốc hỗ trợ cắt cơn, giải độc ({n} liều)"},
		{"7049", grocer, 45_000, false, "Tiền ăn học viên cai nghiện tháng {m}/{y} ({n} suất)"},
		{"7012", school, 1_900_000, true, "Dạy nghề may, mộc, chăn nuôi cho người sau cai ({n} học viên)"},
		{"7004", stationer, 465_000, true, "Quần áo, chăn màn cho học viên ({n} bộ)"},
		{"6501", power, 1_860, false, "Tiền điện cơ sở cai nghiện tháng {m}/{y} ({n} kWh)"},
		{"6905", mechanic, 1_280_000, false, "Sửa chữa hệ thống nước, thiết bị khu cắt cơn ({n} lần)"},
		{"6652", staff, 500_000, false, "Bồi dưỡng tư vấn viên điều trị nghiện tại cộng đồng ({n} buổi)"},
		{"6757", staff, 190_000, false, "Thuê nhân công vệ sinh, bảo vệ khu cắt cơn ({n} công)"},
		{"6606", printer, 320_000, false, "Pa nô cai nghiện tự nguyện tại {p} ({n} tấm)"},
	},
	"DA7": {
		{"7001", clinic, 63_500, true, "Sinh phẩm xét nghiệm ma túy trong nước tiểu ({n} test)"},
		{"7001", clinic, 63_500, false, "Sinh phẩm bổ sung cho điểm cấp phát thuốc {p} ({n} test)"},
		{"6751", carrier, 1_650_000, false, "Vận chuyển thuốc methadone đến điểm cấp phát {p} ({n} chuyến)"},
		{"7012", staff, 120_000, false, "Khám, tư vấn người bệnh điều trị methadone tại {p} ({n} lượt)"},
		{"6652", staff, 700_000, false, "Bồi dưỡng giảng viên lớp điều trị thay thế ({n} buổi)"},
		{"6954", equipper, 27_300_000, true, "Máy bơm, tủ bảo quản thuốc methadone ({n} bộ)"},
		{"6601", telecom, 11_000, false, "Cước đường truyền dữ liệu điểm cấp phát {p} tháng {m}/{y}"},
		{"7053", software, 21_400_000, true, "Phần mềm theo dõi người bệnh methadone ({n} gói)"},
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

// places are where the work is done.
var places = []string{
	"xã Tri Lễ", "xã Nậm Cắn", "xã Keng Đu", "xã Mường Típ", "xã Nhôn Mai", "xã Lượng Minh", "xã Tam Hợp",
	"xã Thông Thụ", "xã Hạnh Dịch", "xã Tam Quang", "xã Môn Sơn", "xã Châu Khê", "cửa khẩu Thanh Thủy",
	"quốc lộ 7", "quốc lộ 48", "ga Vinh", "bến xe Vinh", "thị trấn Mường Xén", "thị trấn Hòa Bình", "thị trấn Kim Sơn",
}

// write fills in what is written on the voucher.
func (s *sim) write(text string, count int, price int64) string {
	d := s.today
	return strings.NewReplacer(
		"{n}", grouped(int64(count)), "{u}", grouped(price),
		"{m}", strconv.Itoa(d.Month()), "{q}", quarter(d), "{y}", strconv.Itoa(d.Year()),
		"{p}", one(s.dice, places), "{c}", strconv.Itoa(s.dice.roll(101, 988))+string(rune('A'+d.Month()))).Replace(text)
}

// grouped writes a number with dots between thousands.
func grouped(n int64) string {
	t := strconv.FormatInt(n, 10)
	for i := len(t) - 3; i > 0; i -= 3 {
		t = t[:i] + "." + t[i:]
	}
	return t
}
