package sample

import "github.com/sokinhphi/kinhphi/ledger"

// near are the places in which a unit of a district or commune works.
var near = map[ledger.Code][]string{
	"CATP-VINH":       {"phường Lê Lợi", "phường Hưng Dũng", "phường Trung Đô", "phường Vinh Tân"},
	"CATX-CUALO":      {"phường Nghi Thủy", "phường Thu Thủy", "phường Nghi Hương"},
	"CATX-HOANGMAI":   {"phường Quỳnh Thiện", "phường Mai Hùng", "xã Quỳnh Vinh"},
	"CATX-THAIHOA":    {"phường Hòa Hiếu", "phường Quang Phong", "xã Nghĩa Thuận"},
	"CAH-ANHSON":      {"thị trấn Anh Sơn", "xã Phúc Sơn", "xã Hội Sơn"},
	"CAH-CONCUONG":    {"xã Môn Sơn", "xã Châu Khê", "thị trấn Con Cuông"},
	"CAH-DIENCHAU":    {"thị trấn Diễn Châu", "xã Diễn Ngọc", "xã Diễn Kỷ"},
	"CAH-DOLUONG":     {"thị trấn Đô Lương", "xã Yên Sơn", "xã Đà Sơn"},
	"CAH-HUNGNGUYEN":  {"thị trấn Hưng Nguyên", "xã Hưng Tây", "xã Hưng Đạo"},
	"CAH-KYSON":       {"xã Nậm Cắn", "xã Keng Đu", "xã Mường Típ", "xã Na Ngoi", "thị trấn Mường Xén"},
	"CAH-NAMDAN":      {"thị trấn Nam Đàn", "xã Vân Diên", "xã Nam Giang"},
	"CAH-NGHILOC":     {"thị trấn Quán Hành", "xã Nghi Xá", "xã Nghi Thiết"},
	"CAH-NGHIADAN":    {"thị trấn Nghĩa Đàn", "xã Nghĩa Bình", "xã Nghĩa Lộc"},
	"CAH-QUEPHONG":    {"xã Tri Lễ", "xã Thông Thụ", "xã Hạnh Dịch", "thị trấn Kim Sơn"},
	"CAH-QUYCHAU":     {"thị trấn Tân Lạc", "xã Châu Bình", "xã Châu Hội"},
	"CAH-QUYHOP":      {"thị trấn Quỳ Hợp", "xã Châu Quang", "xã Tam Hợp"},
	"CAH-QUYNHLUU":    {"thị trấn Cầu Giát", "xã Quỳnh Thạch", "xã Quỳnh Châu"},
	"CAH-TANKY":       {"thị trấn Tân Kỳ", "xã Nghĩa Hành", "xã Nghĩa Đồng"},
	"CAH-THANHCHUONG": {"thị trấn Thanh Chương", "xã Thanh Thủy", "xã Thanh Đức"},
	"CAH-TUONGDUONG":  {"xã Nhôn Mai", "xã Lượng Minh", "xã Tam Quang", "thị trấn Hòa Bình"},
	"CAH-YENTHANH":    {"thị trấn Yên Thành", "xã Công Thành", "xã Đô Thành"},
	"UBX-TRILE":       {"xã Tri Lễ", "bản Huồi Mới, xã Tri Lễ"},
	"UBX-NAMCAN":      {"xã Nậm Cắn", "bản Tiền Tiêu, xã Nậm Cắn"},
	"UBX-KENGDU":      {"xã Keng Đu", "bản Huồi Phuôn, xã Keng Đu"},
	"UBX-NHONMAI":     {"xã Nhôn Mai", "bản Nhôn Mai, xã Nhôn Mai"},
	"UBX-LUONGMINH":   {"xã Lượng Minh", "bản Minh Phương, xã Lượng Minh"},
	"UBP-LELOI":       {"phường Lê Lợi", "khối 3, phường Lê Lợi"},
}

// anywhere are the places in which units of the province work.
var anywhere = []string{
	"xã Tri Lễ", "xã Nậm Cắn", "xã Keng Đu", "xã Mường Típ", "xã Nhôn Mai", "xã Lượng Minh", "xã Tam Quang", "xã Thông Thụ",
	"xã Hạnh Dịch", "xã Môn Sơn", "xã Châu Khê", "xã Thanh Thủy", "thị trấn Mường Xén", "thị trấn Hòa Bình", "thị trấn Kim Sơn",
	"thị trấn Quỳ Hợp", "thị trấn Con Cuông", "phường Lê Lợi", "phường Hòa Hiếu", "phường Quỳnh Thiện",
}

// place returns where the unit works today.
func (s *sim) place(unit ledger.Code) string {
	if list := near[unit]; list != nil {
		return one(s.dice, list)
	}
	return one(s.dice, anywhere)
}
