package sample

import (
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A trade is a kind of payee.
type trade uint8

const (
	staff trade = iota
	fuelStation
	stationer
	telecom
	school
	clinic
	equipper
	mechanic
	repairer
	printer
	carrier
	grocer
	software
	insurer
	hotel
	broadcaster
	power
)

// firms are the payees of each trade; none of them exists.
var firms = map[trade][]string{
	fuelStation: {"Công ty TNHH Xăng dầu Lam Sơn Hải", "Doanh nghiệp tư nhân xăng dầu Khe Bố Xanh", "Cửa hàng xăng dầu số 27 Phủ Quỳ Mới", "Công ty Cổ phần Nhiên liệu Sông Hiếu Á"},
	stationer:   {"Công ty TNHH Văn phòng phẩm Hồng Lĩnh Bút", "Cửa hàng thiết bị trường học Bến Thủy Xưa", "Hộ kinh doanh Phúc Thành Giấy"},
	telecom:     {"Công ty Viễn thông Lam Giang Số", "Trung tâm Viễn thông Bắc Miền Trung Xanh"},
	school:      {"Trung tâm Đào tạo nghề Trường Sơn Việt", "Trường Bồi dưỡng nghiệp vụ Lam Hồng Học"},
	clinic:      {"Công ty Cổ phần Thiết bị y tế Đại Huệ Phát", "Công ty TNHH Dược phẩm Sông Giăng", "Công ty TNHH Sinh phẩm Việt Lam"},
	equipper:    {"Công ty Cổ phần Thiết bị an ninh Đông Trường Sơn", "Công ty TNHH Kỹ thuật số Pù Mát", "Công ty TNHH Thương mại kỹ thuật Hoàng Lam Phú", "Công ty Cổ phần Công nghệ Bến Thủy Nam"},
	mechanic:    {"Xưởng sửa chữa ô tô Quang Hợp Tiến", "Gara Bến Thủy Tám", "Hợp tác xã Cơ khí Phủ Diễn Mới"},
	repairer:    {"Công ty TNHH Cơ điện Nghi Kim Phát", "Hộ kinh doanh điện tử Đức Thuận An"},
	printer:     {"Công ty Cổ phần In Sông Lam Mới", "Công ty TNHH Quảng cáo Hưng Bình Trẻ", "Xưởng in Thành Sen Xứ Nghệ"},
	carrier:     {"Hợp tác xã Vận tải Tây Nghệ Tiến", "Công ty TNHH Vận tải Con Cuông Xanh", "Nhà xe Mường Thanh Lâm"},
	grocer:      {"Hộ kinh doanh thực phẩm Hoa Lư Vinh", "Hợp tác xã Nông sản Phủ Diễn Sạch", "Cửa hàng thực phẩm Mai Lan Hương"},
	software:    {"Công ty TNHH Phần mềm Cửa Hội", "Công ty Cổ phần Giải pháp số Núi Quyết"},
	insurer:     {"Công ty Bảo hiểm Bắc Trung Bộ Tín"},
	hotel:       {"Khách sạn Phượng Hoàng Xứ Nghệ", "Nhà khách Lam Kiều", "Trung tâm Hội nghị Hồng Sơn Vinh"},
	broadcaster: {"Trung tâm Sản xuất chương trình Lam Giang", "Công ty TNHH Truyền thông Xứ Nghệ Xanh"},
	power:       {"Điện lực khu vực Phủ Quỳ Mới"},
}

var (
	surnames = []string{"Nguyễn", "Trần", "Phan", "Hồ", "Đặng", "Lô", "Vi", "Lương", "Hoàng", "Cao", "Võ", "Lữ", "Bùi", "Moong"}
	middles  = []string{"Văn", "Đình", "Quốc", "Thị", "Xuân", "Hữu", "Đức", "Thanh", "Minh"}
	givens   = []string{"Hải", "Thắng", "Sơn", "Lan", "Hùng", "Dũng", "Thủy", "Tuấn", "Hà", "Cường", "Nam", "Hạnh", "Long", "Vinh", "Quyết", "Phúc"}
)

// person returns an invented member of the unit's staff.
func (s *sim) person(unit ledger.Code) string {
	name := one(s.dice, surnames) + " " + one(s.dice, middles) + " " + one(s.dice, givens)
	return name + " - " + shortName(unit)
}

// shortName returns the unit's name without its district or a remark.
func shortName(unit ledger.Code) string {
	name := unitName(unit)
	for _, tail := range []string{" (", ", huyện", ", thành phố"} {
		name, _, _ = strings.Cut(name, tail)
	}
	return name
}

// payee returns who is paid: units keep to a supplier of their own, except in
// one of five cases.
func (s *sim) payee(t trade, unit ledger.Code) string {
	if t == staff {
		return s.person(unit)
	}
	list := firms[t]
	if s.dice.chance(200) {
		return one(s.dice, list)
	}
	sum := 0
	for _, c := range unit {
		sum += int(c)
	}
	return list[sum%len(list)]
}
