package sample

// A Texture is a trait of real books, and the query string of the journal that
// shows it. The names of the query's fields are those of the API: year, source,
// project, unit, kind, figure, type, text, from, to, red; lists are parted by
// commas.
type Texture struct {
	Vi, En string // what it is, in Vietnamese and in English
	Query  string
}

// Textures returns what is worth looking at in the sample, one by one.
func Textures() []Texture {
	return []Texture{
		{"Số dư chuyển từ năm 2016", "Balances carried in from 2016", "kind=open-undrawn,open-advance,open-cash"},
		{"Kế hoạch cao hơn dự toán được giao", "Plan above what was appropriated", "year=2019&kind=plan,revise-plan,appropriate"},
		{"Kinh phí trung ương về muộn, tháng 6 đến tháng 8", "Central funds that came late, June to August", "source=NSTW&kind=appropriate,allocate&from=2018-06-01&to=2018-08-31"},
		{"Dự toán 2019 giao làm hai đợt", "The budget of 2019 given in two parts", "year=2019&source=NSTW&kind=appropriate"},
		{"Bổ sung trước 30/9", "Supplements before 30 September", "kind=supplement,allocate-supplement"},
		{"Bổ sung muộn trong tháng 12", "Late supplements in December", "kind=late-supplement,allocate-late-supplement"},
		{"Dự án 3 mới chi khoảng 45 %", "Project 3 spent only some 45 %", "project=DA3&figure=available"},
		{"Tạm ứng quá hạn chưa thanh toán", "Advances overdue", "figure=advances_open&text=to+cong+tac+lien+nganh+tuyen+bien+gioi"},
		{"Giữ lại 10 %, một phần được sử dụng lại", "A withheld tenth, partly released", "kind=withhold,release"},
		{"Ghi số âm có lý do", "Corrections in red, with reasons", "type=PDC&red=true"},
		{"Quyết định phân bổ nhầm đơn vị, ghi lại", "An allocation to the wrong unit, made anew", "kind=allocate&text=phan+bo+them+du+toan"},
		{"Một hóa đơn chi từ hai nguồn", "One invoice paid from two sources", "kind=pay&text=chia+hai+nguon"},
		{"Tăng, giảm giá trị hợp đồng", "Contracts raised and lowered", "kind=change-commitment"},
		{"Hợp đồng bị hủy", "Cancelled contracts", "kind=cancel-commitment"},
		{"Hợp đồng ký 28/12, giao hàng năm sau", "Contracts signed on 28 December for delivery next year", "kind=commit&text=giao+hang+sau+nam+ngan+sach"},
		{"Nghiệm thu trước, thanh toán sau", "Work accepted first and paid later", "kind=accrue"},
		{"Chi tháng 01 cho năm ngân sách trước", "January postings to the year before", "year=2018&from=2019-01-01"},
		{"Giữ lại 5 % bảo hành, còn phải trả", "A twentieth kept against the warranty, still to be paid", "figure=accrued_open&project=DA3"},
		{"Nhà tài trợ rút một phần cam kết", "Pledges withdrawn in part", "kind=pledge,cancel-pledge"},
		{"Tiếp nhận tiền viện trợ", "Cash received from donors", "source=VIENTRO&kind=receive"},
		{"Điều chỉnh dự toán giữa các dòng", "Transfers between lines", "kind=transfer"},
		{"Thu hồi và giảm dự toán", "Budget withdrawn and reduced", "kind=withdraw,reduce"},
		{"Nộp trả chi thừa", "Payments refunded in part", "kind=refund"},
		{"Nộp trả tạm ứng", "Advances returned", "kind=return-advance"},
	}
}
