package report

import (
	"strings"

	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// words are the texts of papers: Vietnamese, English. The names of figures,
// kinds and units are those of package lang.
var words = map[string][2]string{
	"title":            {"TỔNG HỢP HUY ĐỘNG, PHÂN BỔ VÀ SỬ DỤNG KINH PHÍ", "SUMMARY OF FUNDS MOBILISED, ALLOCATED AND SPENT"},
	"sample":           {"DỮ LIỆU MẪU, SỐ LIỆU HƯ CẤU", "SAMPLE DATA, INVENTED FIGURES"},
	"as_of":            {"Số liệu đến ngày {date}", "Figures to {date}"},
	"as_of_all":        {"Số liệu đến bút toán cuối cùng trong sổ", "Figures to the last entry of the book"},
	"known_at":         {"theo sổ đến bản ghi số {seq}", "as the book stood at record {seq}"},
	"unit":             {"Đơn vị tính: {unit}", "Unit of measure: {unit}"},
	"no":               {"TT", "No."},
	"total":            {"Tổng cộng", "Total"},
	"rate":             {"Tỷ lệ thực chi / được sử dụng", "Actual / usable"},
	"by.project":       {"Theo dự án thành phần", "By component project"},
	"by.source":        {"Theo nguồn kinh phí", "By funding source"},
	"by.unit":          {"Theo đơn vị", "By unit"},
	"by.year":          {"Theo năm ngân sách", "By budget year"},
	"sheet.project":    {"Dự án", "Projects"},
	"sheet.source":     {"Nguồn", "Sources"},
	"sheet.unit":       {"Đơn vị", "Units"},
	"sheet.year":       {"Năm", "Years"},
	"sheet.all":        {"Đủ chỉ tiêu", "All figures"},
	"sheet.parameters": {"Tham số", "Parameters"},
	"sheet.journal":    {"Sổ nhật ký", "Journal"},
	"head.project":     {"Dự án", "Project"},
	"head.source":      {"Nguồn kinh phí", "Source"},
	"head.unit":        {"Đơn vị", "Unit"},
	"head.year":        {"Năm ngân sách", "Budget year"},
	"head.total":       {"Tổng cộng", "Total"},
	"dimension":        {"Phân theo", "Dimension"},
	"key":              {"Mã", "Code"},
	"name":             {"Tên", "Name"},
	"all":              {"Toàn chương trình", "Whole programme"},
	"additive":         {"Cột không cộng được theo năm thì tổng là số của toàn bộ lựa chọn, không phải tổng các dòng.", "Where years do not add up, the total is that of the whole selection, not the sum of its rows."},
	"p.programme":      {"Chương trình", "Programme"},
	"p.code":           {"Mã chương trình", "Programme code"},
	"p.currency":       {"Loại tiền", "Currency"},
	"p.as_of":          {"Thời điểm số liệu", "Point of view"},
	"p.filter":         {"Lựa chọn", "Selection"},
	"p.made":           {"Lập lúc", "Made"},
	"p.figures":        {"Chỉ tiêu và cách tính", "Figures and how they are made up"},
	"place_date":       {"…………, ngày …… tháng …… năm ………", "…………, …… …………… ………"},
	"sign.preparer":    {"Người lập biểu", "Prepared by"},
	"sign.accountant":  {"Kế toán trưởng", "Chief accountant"},
	"sign.head":        {"Thủ trưởng đơn vị", "Head of the unit"},
	"sign.how":         {"(Ký, họ tên)", "(Signature, name)"},
	"sign.seal":        {"(Ký, họ tên, đóng dấu)", "(Signature, name, seal)"},
	"journal":          {"SỔ NHẬT KÝ", "JOURNAL"},
	"j.rows":           {"Cộng {n} dòng", "Total of {n} rows"},
	"j.date":           {"Ngày ghi sổ", "Posting date"},
	"j.seq":            {"Số trong sổ", "Record"},
	"j.ours":           {"Số của sổ", "Our number"},
	"j.number":         {"Số chứng từ", "Voucher no."},
	"j.doc_date":       {"Ngày chứng từ", "Voucher date"},
	"j.kind":           {"Nghiệp vụ", "Event"},
	"j.text":           {"Nội dung", "Description"},
	"j.payee":          {"Người nhận", "Payee"},
	"j.year":           {"Năm NS", "Budget year"},
	"j.khoan":          {"Khoản", "Sub-sector"},
	"j.nature":         {"Tính chất", "Nature"},
	"j.item":           {"Tiểu mục", "Item"},
	"j.obligation":     {"Nghĩa vụ", "Obligation"},
	"j.to":             {"Đến dòng", "To line"},
	"j.amount":         {"Số tiền", "Amount"},
	"j.effect":         {"Làm thay đổi: {figure}", "Change of: {figure}"},
	"chart.title":      {"Lũy kế so với kế hoạch, {unit}", "Cumulative, against plan, {unit}"},
	"chart.quarter":    {"Quý", "Quarter"},
	"chart.planned":    {"Kế hoạch", "Planned"},
}

// say returns the text of a key with its {placeholders} filled from pairs.
func say(l lang.Lang, key string, pairs ...string) string {
	w, ok := words[key]
	if !ok {
		panic("report: no text " + key)
	}
	s := w[0]
	if l == lang.En {
		s = w[1]
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, "{"+pairs[i]+"}", pairs[i+1])
	}
	return s
}
