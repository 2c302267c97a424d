package sample

import "github.com/sokinhphi/kinhphi/ledger"

// since is the day from which the sample's units exist: the start of the
// programme before this one.
var since = on(2012, 1, 1)

// root is the standing agency.
const root ledger.Code = "CAT"

// units are the units, parents first. Chapters follow the pattern of the State
// budget classification: centre 0xx, province 4xx and 5xx, district 6xx,
// commune 8xx.
var units = []ledger.Unit{
	{Code: root, Name: "Công an tỉnh Nghệ An (Cơ quan thường trực)", Chapter: "409", From: since},
	{Code: "PC04", Name: "Phòng Cảnh sát điều tra tội phạm về ma túy", Parent: root, Chapter: "409", From: since},
	{Code: "PH10", Name: "Phòng Hậu cần Công an tỉnh", Parent: root, Chapter: "409", From: since},
	{Code: "PV05", Name: "Phòng Xây dựng phong trào bảo vệ an ninh Tổ quốc", Parent: root, Chapter: "409", From: since},
	{Code: "BCHBP", Name: "Bộ Chỉ huy Bộ đội Biên phòng tỉnh", Parent: root, Chapter: "010", From: since},
	{Code: "HQ", Name: "Cục Hải quan tỉnh Nghệ An", Parent: root, Chapter: "018", From: since},
	{Code: "VKS", Name: "Viện Kiểm sát nhân dân tỉnh", Parent: root, Chapter: "004", From: since},
	{Code: "TA", Name: "Tòa án nhân dân tỉnh", Parent: root, Chapter: "003", From: since},
	{Code: "SLDTBXH", Name: "Sở Lao động - Thương binh và Xã hội", Parent: root, Chapter: "424", From: since},
	{Code: "CSCN", Name: "Cơ sở cai nghiện ma túy tỉnh", Parent: "SLDTBXH", Chapter: "424", From: since},
	{Code: "SYT", Name: "Sở Y tế", Parent: root, Chapter: "423", From: since},
	{Code: "TTPC", Name: "Trung tâm Phòng, chống HIV/AIDS tỉnh", Parent: "SYT", Chapter: "423", From: since},
	{Code: "STTTT", Name: "Sở Thông tin và Truyền thông", Parent: root, Chapter: "427", From: since},
	{Code: "SGDDT", Name: "Sở Giáo dục và Đào tạo", Parent: root, Chapter: "422", From: since},
	{Code: "TDOAN", Name: "Tỉnh đoàn Nghệ An", Parent: root, Chapter: "511", From: since},
	{Code: "HLHPN", Name: "Hội Liên hiệp Phụ nữ tỉnh", Parent: root, Chapter: "512", From: since},
	{Code: "CATP-VINH", Name: "Công an thành phố Vinh", Parent: root, Chapter: "609", From: since},
	{Code: "CATX-CUALO", Name: "Công an thị xã Cửa Lò", Parent: root, Chapter: "609", From: since},
	{Code: "CATX-HOANGMAI", Name: "Công an thị xã Hoàng Mai", Parent: root, Chapter: "609", From: on(2013, 6, 1)},
	{Code: "CATX-THAIHOA", Name: "Công an thị xã Thái Hòa", Parent: root, Chapter: "609", From: since},
	{Code: "CAH-ANHSON", Name: "Công an huyện Anh Sơn", Parent: root, Chapter: "609", From: since},
	{Code: "CAH-CONCUONG", Name: "Công an huyện Con Cuông", Parent: root, Chapter: "609", From: since},
	{Code: "CAH-DIENCHAU", Name: "Công an huyện Diễn Châu", Parent: root, Chapter: "609", From: since},
	{Code: "CAH-DOLUONG", Name: "Công an huyện Đô Lương", Parent: root, Chapter: "609", From: since},
	{Code: "CAH-HUNGNGUYEN", Name: "Công an huyện Hưng Nguyên", Parent: root, Chapter: "609", From: since},
	{Code: "CAH-KYSON", Name: "Công an huyện Kỳ Sơn", Parent: root, Chapter: "609", From: since},
	{Code: "CAH-NAMDAN", Name: "Công an huyện Nam Đàn", Parent: root, Chapter: "609", From: since},
	{Code: "CAH-NGHILOC", Name: "Công an huyện Nghi Lộc", Parent: root, Chapter: "609", From: since},
	{Code: "CAH-NGHIADAN", Name: "Công an huyện Nghĩa Đàn", Parent: root, Chapter: "609", From: since},
	{Code: "CAH-QUEPHONG", Name: "Công an huyện Quế Phong", Parent: root, Chapter: "609", From: since},
	{Code: "CAH-QUYCHAU", Name: "Công an huyện Quỳ Châu", Parent: root, Chapter: "609", From: since},
	{Code: "CAH-QUYHOP", Name: "Công an huyện Quỳ Hợp", Parent: root, Chapter: "609", From: since},
	{Code: "CAH-QUYNHLUU", Name: "Công an huyện Quỳnh Lưu", Parent: root, Chapter: "609", From: since},
	{Code: "CAH-TANKY", Name: "Công an huyện Tân Kỳ", Parent: root, Chapter: "609", From: since},
	{Code: "CAH-THANHCHUONG", Name: "Công an huyện Thanh Chương", Parent: root, Chapter: "609", From: since},
	{Code: "CAH-TUONGDUONG", Name: "Công an huyện Tương Dương", Parent: root, Chapter: "609", From: since},
	{Code: "CAH-YENTHANH", Name: "Công an huyện Yên Thành", Parent: root, Chapter: "609", From: since},
	{Code: "UBX-TRILE", Name: "Ủy ban nhân dân xã Tri Lễ, huyện Quế Phong", Parent: root, Chapter: "805", From: since},
	{Code: "UBX-NAMCAN", Name: "Ủy ban nhân dân xã Nậm Cắn, huyện Kỳ Sơn", Parent: root, Chapter: "805", From: since},
	{Code: "UBX-KENGDU", Name: "Ủy ban nhân dân xã Keng Đu, huyện Kỳ Sơn", Parent: root, Chapter: "805", From: since},
	{Code: "UBX-NHONMAI", Name: "Ủy ban nhân dân xã Nhôn Mai, huyện Tương Dương", Parent: root, Chapter: "805", From: since},
	{Code: "UBX-LUONGMINH", Name: "Ủy ban nhân dân xã Lượng Minh, huyện Tương Dương", Parent: root, Chapter: "805", From: since},
	{Code: "UBP-LELOI", Name: "Ủy ban nhân dân phường Lê Lợi, thành phố Vinh", Parent: root, Chapter: "805", From: since},
}

var projects = []ledger.Project{
	{Code: "DA1", Name: "Hỗ trợ, nâng cao năng lực phòng, chống ma túy cho lực lượng chuyên trách và năng lực xử lý án ma túy của Viện kiểm sát, Tòa án", Owner: root},
	{Code: "DA2", Name: "Nâng cao hiệu quả phòng ngừa, phát hiện, đấu tranh, ngăn chặn ma túy tại địa bàn trọng điểm, phức tạp", Owner: root},
	{Code: "DA3", Name: "Nâng cao năng lực, phương tiện, thiết bị kỹ thuật nghiệp vụ cho Cảnh sát điều tra tội phạm về ma túy", Owner: "PC04"},
	{Code: "DA4", Name: "Xây dựng xã, phường, thị trấn không tệ nạn ma túy", Owner: "PV05"},
	{Code: "DA5", Name: "Thông tin, tuyên truyền phòng, chống ma túy; giám sát, đánh giá", Owner: "STTTT"},
	{Code: "DA6", Name: "Công tác cai nghiện ma túy và quản lý sau cai nghiện", Owner: "SLDTBXH"},
	{Code: "DA7", Name: "Ứng dụng thuốc, y học trong điều trị nghiện; điều trị thay thế bằng methadone", Owner: "SYT"},
}

// The sources, by their codes.
const (
	central      ledger.Code = "NSTW"
	provincial   ledger.Code = "NSTINH"
	district     ledger.Code = "NSHUYEN"
	aid          ledger.Code = "VIENTRO"
	fund         ledger.Code = "QUYPCTP"
	contribution ledger.Code = "XAHOIHOA"
)

var sources = []ledger.Source{
	{Code: central, Name: "Ngân sách trung ương", Kind: ledger.CentralBudget, Backing: ledger.ByAppropriation, Treasury: "KBNN-DT-TW"},
	{Code: provincial, Name: "Ngân sách tỉnh", Kind: ledger.ProvincialBudget, Backing: ledger.ByAppropriation, Treasury: "KBNN-DT-TINH"},
	{Code: district, Name: "Ngân sách huyện, thành phố, thị xã", Kind: ledger.DistrictBudget, Backing: ledger.ByAppropriation, Treasury: "KBNN-DT-HUYEN"},
	{Code: aid, Name: "Viện trợ không hoàn lại của nước ngoài", Kind: ledger.ForeignAid, Backing: ledger.ByCash, Treasury: "KBNN-TG-VIENTRO"},
	{Code: fund, Name: "Quỹ phòng, chống tội phạm tỉnh", Kind: ledger.CrimePreventionFund, Backing: ledger.ByCash, Treasury: "KBNN-TG-QUY"},
	{Code: contribution, Name: "Đóng góp bằng tiền của doanh nghiệp, tổ chức, cá nhân", Kind: ledger.Contribution, Backing: ledger.ByCash, Treasury: "NH-TG-XAHOIHOA"},
}

// cashBacked reports whether payments out of the source need cash in hand.
func cashBacked(source ledger.Code) bool {
	return source == aid || source == fund || source == contribution
}

// unitName returns the name of a unit.
func unitName(code ledger.Code) string {
	for _, u := range units {
		if u.Code == code {
			return u.Name
		}
	}
	panic("sample: no unit " + string(code))
}
