package web

import (
	"archive/zip"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/xuri/excelize/v2"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
	"github.com/sokinhphi/kinhphi/ledger/ledgertest"
	pcmt "github.com/sokinhphi/kinhphi/ledger/sample"
)

func init() {
	m := ledgertest.Dong(1_234_567)
	l := ledgertest.Line("NSTW", "DA1", "CAT")
	picks := []pick{{Name: "year", Label: "Năm", Options: []option{{Value: "2019", Text: "2019", Chosen: true}}},
		{Name: "from", Label: "Từ", As: "date", Value: "x", Errors: []string{"sai"}}, {Name: "amount", As: "amount"}, {Name: "text", As: "text"}}
	filter := filterView{Action: "/a", Picks: picks, Chips: []chip{{"Năm", "2019", "/b"}}, Keep: values{"khoan": "041"}, Summary: []oops{{"from", "sai"}, {"", "sai"}}}
	strip := []tile{{Label: "Thực chi", Text: "1", Unit: "₫", Path: "/c", Red: true, Under: "x", UnderPath: "/d"}, {Label: "Kế hoạch"}}
	bar := []barPart{{"spent", 0, 5000}}
	row := tableRow{Name: "DA1", Path: "/e", Cells: []figureCell{{"Thực chi", "(1)", "/f", true}, {"Kế hoạch", "–", "", false}}, Bar: bar, Rate: "50,00%"}
	table := tableView{ID: "by-x", Title: "Theo", Head: "Dự án", Columns: []string{"Thực chi", "Kế hoạch"}, Rows: []tableRow{row}, Total: row}
	chart := &chartView{Wide: `<svg class="chart wide" role="img" aria-label="a"></svg>`, Rows: []chartRow{{"I/19", "1", "2", "3"}}, Unit: "đồng"}
	sample("summary", summaryView{}, summaryView{Empty: true, filterView: filter},
		summaryView{filterView: filter, Strip: strip, Chart: chart, Tables: []tableView{table}, Unit: "đồng", Rounded: true, Export: "?year=2019"})
	rows := []journalRow{{JournalRow: ledger.JournalRow{Event: ledger.EntryEvent{Event: ledger.Event{Kind: ledger.Refund, Payee: "A", Text: "B"}}, Effect: m.Neg()}, Path: "/g", Name: "PC-1",
		Line: l.Short().String(), LinePath: "/h", To: "2019/X", Correction: true}, {JournalRow: ledger.JournalRow{Event: ledger.EntryEvent{Event: ledger.Event{Kind: ledger.Pay}}, Reversed: 7, Effect: m}}}
	sample("journal", journalView{Total: m}, journalView{filterView: filter, More: []pick{{Name: "kind"}}, Open: true, Red: true, Rows: rows, Count: 2, Total: m, Figure: ledger.Actual, Next: "/i", First: "/j", Export: "/k"})
	line := lineRow{Line: l, Name: "CAT", Path: "/l", Usable: m, Actual: m, Advances: m, Held: m, Available: m, Bar: bar, Rate: "95,00%", Near: true}
	obligations := []obligationRow{{Obligation: ledger.Obligation{Code: "HD-1", Kind: ledger.AdvanceObligation, Opened: m, Used: m, Due: ledgertest.Day(3, 1)}, LinePath: "/m", Line: "x", Journal: "/n", Late: 2},
		{Obligation: ledger.Obligation{Code: "TT-1", Kind: ledger.PledgeObligation, Opened: m, Used: m}}}
	sample("lines", linesView{}, linesView{filterView: filter, Rows: []lineRow{line}, Total: line, Count: 1, Cut: true}, linesView{Near: true, Rows: []lineRow{line}})
	sample("line", lineView{}, lineView{Line: l, Name: "x", Parts: []linePart{{"Năm", "2019", "/o"}, {"Khoản", "041", ""}}, Available: m, Usable: m, UsablePath: "/p",
		Bridge: []bridgeRow{{"spent", "Thực chi", "/q", m}}, Whole: true, Bar: bar, More: []bridgeRow{{"", "Rút", "/r", m}}, Obligations: obligations, Rows: rows, Count: 3, Journal: "/s", Record: "/t"})
	sample("obligations", obligationsView{}, obligationsView{filterView: filter, Open: true, Overdue: true, Rows: obligations, Count: 2, Cut: true, Total: m})
	sample("project", projectView{}, projectView{Project: ledger.Project{Code: "DA1", Name: "x"}, Owner: "y", Strip: strip, Chart: chart, Tables: []tableView{table}, Rounded: true, Year: 2019,
		Years: []link{{Text: "2019", Path: "/u", Current: true}}, Rows: []lineRow{line}, Total: line, Obligations: obligations, Count: 2, All: "/v"})
	sample("desk", deskView{}, deskView{Empty: true}, deskView{Strip: strip, Year: 2019, Projects: []deskProject{{Name: "DA1", Path: "/w", Available: "1", Bar: bar, Lines: []lineRow{line}}, {Name: "DA2"}}, Total: row,
		Reviews: []review{{"bad", "Chậm", "x", "/x", "y"}, {"warn", "Gần", "x", "/x", ""}}, Quick: []quick{{"Ghi", "/y"}}, Owner: true})
	sample("export", exportView{File: "/z", Years: picks[:1], Seq: 7})
}

// A library is the sample programme in a real database, and who reads it.
type library struct {
	store ledger.Books
	dir   *people
}

// newLibrary loads the whole sample.
func newLibrary(t *testing.T) library {
	t.Helper()
	address := ledgertest.URL(t)
	store := ledgertest.Open(t, address)
	define := ledger.Request{Key: ledger.ImportKey("sample", "programme"), Action: ledger.DefineProgramme{Programme: pcmt.Programme()}}
	accept(t, store, ledger.System, define)
	first := accept(t, store, pcmt.Code, pcmt.Structure()...) + 1
	accept(t, store, pcmt.Code, slices.Collect(pcmt.Postings(first))...)
	analyze(t, address)
	roles := map[string][]ledger.Role{}
	for _, role := range ledger.Roles {
		roles[string(role)] = []ledger.Role{role}
	}
	return library{store, newPeople(roles, pcmt.Code)}
}

func accept(t *testing.T, b ledger.Books, programme ledger.Code, requests ...ledger.Request) (last ledger.Seq) {
	t.Helper()
	for some := range slices.Chunk(requests, ledger.MaxBulk) {
		results, err := b.Post(context.Background(), ledger.LocalActor(), programme, ledger.Each, some)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			if last = r.Seq; r.Outcome == ledger.Refused {
				t.Fatal(r.Err)
			}
		}
	}
	return last
}

// analyze does what a loader does after it: without statistics, searches in
// fresh tables take minutes.
func analyze(t *testing.T, address string) {
	t.Helper()
	db, err := sql.Open("postgres", address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("ANALYZE"); err != nil {
		t.Fatal(err)
	}
}

func (l library) as(t *testing.T, role ledger.Role) *browser {
	return signedInBrowser(t, l.store, l.dir, string(role))
}

func TestReadingTheSample(t *testing.T) {
	l := newLibrary(t)
	for name, test := range map[string]func(*testing.T, library){
		"every page": everyPage, "every figure is the sum of its journal": everyFigure, "downloads": downloads,
		"pages of the journal": pagesOfTheJournal, "addresses": addresses, "reviews": reviews, "bridges": bridges,
	} {
		t.Run(name, func(t *testing.T) { test(t, l) })
	}
}

// reading are the addresses of all pages that show figures, and what they must show.
var reading = map[string]string{
	"/p/PCMT": "Cần xem lại", "/p/PCMT/summary": "Lũy kế chi so với kế hoạch", "/p/PCMT/journal": "dòng khớp điều kiện",
	"/p/PCMT/lines?year=2020": "dòng kinh phí", "/p/PCMT/obligations?open=1": "Quá hạn tính đến",
	"/p/PCMT/projects/DA1": "Còn được chi theo dòng", "/p/PCMT/export": "Tải tệp .zip",
	"/p/PCMT/summary?year=2018,2019&source=NSTW&in=thousand": "nghìn đồng", "/p/PCMT/journal?red=true": "Bút đỏ",
}

func everyPage(t *testing.T, l library) {
	for _, role := range ledger.Roles {
		b := l.as(t, role)
		for path, want := range reading {
			res := b.get(path)
			res.wants(t, fiber.StatusOK, want)
			checkMarkup(t, path, res.body)
			t.Logf("%-10s %-60s %6d bytes  %s", role, path, len(res.body), res.Header.Get("Server-Timing"))
		}
	}
	b := l.as(t, ledger.Officer)
	b.cookies["lang"] = "en"
	for path := range reading {
		res := b.get(path)
		res.wants(t, fiber.StatusOK)
		checkMarkup(t, path, res.body)
	}
	for _, path := range []string{"/p/PCMT/projects/NONE", "/p/PCMT/lines/2020/NSTW/DA1/NONE/041/12", "/p/PCMT/lines/x/NSTW/DA1/CAT/041/12"} {
		b.get(path).wants(t, fiber.StatusNotFound)
	}
}

var journalTotal = regexp.MustCompile(`(?s)<tfoot.*?<td role="cell" class="num[^"]*">([^<]*)</td>`)

// everyFigure follows every figure of the summary, of the whole and of a
// selection, to the journal, whose rows must add up to it.
func everyFigure(t *testing.T, l library) {
	b := l.as(t, ledger.Auditor)
	for _, selection := range []string{"?in=full", "?in=full&year=2019", "?in=full&source=NSTW&year=2018,2019", "?in=full&as_of=2019-05-17", "?in=full&project=DA3"} {
		res := b.get("/p/PCMT/summary" + selection)
		res.wants(t, fiber.StatusOK)
		n := 0
		seen := map[string]bool{}
		for _, m := range regexp.MustCompile(`<a href="(/p/PCMT/journal\?[^"]*figure=[^"]*)">([0-9.()]+)</a>`).FindAllStringSubmatch(res.body, -1) {
			path, shown := html.UnescapeString(m[1]), m[2]
			if seen[path] {
				continue
			}
			seen[path] = true
			total := b.total(path)
			if n++; total != shown {
				t.Errorf("%s shows %s, but %s adds up to %s", selection, shown, path, total)
			}
		}
		if t.Logf("%s: %d figures followed", selection, n); n < 20 {
			t.Errorf("%s: only %d figures", selection, n)
		}
	}
}

// total is the total that a page of the journal shows.
func (b *browser) total(path string) string {
	b.t.Helper()
	res := b.get(path)
	res.wants(b.t, fiber.StatusOK)
	m := journalTotal.FindStringSubmatch(res.body)
	if m == nil {
		return "0"
	}
	return m[1]
}

func downloads(t *testing.T, l library) {
	b := l.as(t, ledger.Auditor)
	var read struct{ Total map[string]*string }
	res := b.get("/p/PCMT/summary.json?year=2019")
	if err := json.Unmarshal([]byte(res.body), &read); err != nil || read.Total["actual"] == nil || read.Total["received"] != nil {
		t.Errorf("%v: %.200s", err, res.body)
	}
	f := workbook(t, b.get("/p/PCMT/summary.xlsx?year=2019"))
	if v, err := f.GetCellValue("Tham số", "B6"); err != nil || v != "Năm ngân sách: 2019" {
		t.Errorf("selection %q, %v", v, err)
	}
	if csv := b.get("/p/PCMT/summary.csv").body; !strings.HasPrefix(csv, "\uFEFFdimension,key,name,planned,") {
		t.Errorf("%.100s", csv)
	}
	journal := workbook(t, b.get("/p/PCMT/journal.xlsx?year=2019&figure=actual"))
	rows, err := journal.GetRows("Sổ nhật ký", excelize.Options{RawCellValue: true})
	if err != nil || len(rows) < 200 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	last := rows[len(rows)-1]
	if got, want := last[len(last)-1], *read.Total["actual"]; got != want || !strings.HasPrefix(rows[2][0], "Năm ngân sách: 2019; Làm thay đổi chỉ tiêu: Thực chi · Lập ngày") {
		t.Errorf("total %s, want %s; %q", got, want, rows[2])
	}
	bundle(t, b.get("/p/PCMT/export.zip?year=2019"))
	for _, path := range []string{"summary.xlsx?year=x", "journal.xlsx?kind=x", "summary.json?as_of=31/02", "export.zip?year=x"} {
		b.get("/p/PCMT/"+path).wants(t, fiber.StatusBadRequest)
	}
}

func workbook(t *testing.T, a answer) *excelize.File {
	t.Helper()
	if kind := a.Header.Get("Content-Type"); kind != typeXLSX || !strings.Contains(a.Header.Get("Content-Disposition"), "PCMT-") {
		t.Errorf("%s: %s, %s", a.Request.URL, kind, a.Header.Get("Content-Disposition"))
	}
	f, err := excelize.OpenReader(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func bundle(t *testing.T, a answer) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader([]byte(a.body)), int64(len(a.body)))
	if err != nil {
		t.Fatalf("%v: %.200s", err, a.body)
	}
	sizes := map[string]int{}
	for _, file := range z.File {
		in, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(in) // checks the sum
		if err != nil {
			t.Fatal(err)
		}
		sizes[strings.TrimPrefix(file.Name, "so-kinh-phi-PCMT/")] = len(body)
	}
	for _, name := range []string{"so.csv", "so.jsonl", "hledger/main.journal", "trial.csv", "SHA256SUMS", "manifest.json"} {
		if sizes[name] == 0 {
			t.Errorf("no %s in %v", name, sizes)
		}
	}
}

var (
	nextPage  = regexp.MustCompile(`<a class="button" href="([^"]+)" rel="next">`)
	entryLink = regexp.MustCompile(`<td role="cell" class="nowrap"><a href="/p/PCMT/entries/(\d+)">`)
	countText = regexp.MustCompile(`Tổng của (\d+) dòng`)
)

func pagesOfTheJournal(t *testing.T, l library) {
	b := l.as(t, ledger.Officer)
	path, pages, rows := "/p/PCMT/journal?kind=refund,return-advance,advance", 0, 0
	var total, count string
	for path != "" {
		res := b.get(path)
		res.wants(t, fiber.StatusOK)
		if sum := journalTotal.FindStringSubmatch(res.body)[1]; total != "" && sum != total {
			t.Errorf("page %d: the total is %s, was %s", pages, sum, total)
		} else {
			total, count = sum, countText.FindStringSubmatch(res.body)[1]
		}
		rows += len(entryLink.FindAllString(res.body, -1))
		pages++
		m := nextPage.FindStringSubmatch(res.body)
		if path = ""; m != nil {
			path = html.UnescapeString(m[1])
		}
	}
	if fmt.Sprint(rows) != count || pages < 2 {
		t.Errorf("%d rows on %d pages, the total is of %s", rows, pages, count)
	}
}

func addresses(t *testing.T, l library) {
	b := l.as(t, ledger.Officer)
	for from, to := range map[string]string{
		"journal?text=&from=1/6/2018&to=31-8-2018&source=nstw&kind=": "journal?from=2018-06-01&source=NSTW&to=2018-08-31",
		"journal?amount=12,5tr":                  "journal?amount=12500000",
		"summary?year=&source=&in=&as_of=1/2/19": "summary?as_of=2019-02-01",
		"lines?year=2019&unit=":                  "lines?year=2019",
		"obligations?kind=&open=1&year=":         "obligations?open=1",
	} {
		res := b.get("/p/PCMT/" + from)
		if got := res.Header.Get("Location"); res.StatusCode != fiber.StatusSeeOther || got != "/p/PCMT/"+to {
			t.Errorf("%s: %d to %q, want %q", from, res.StatusCode, got, to)
			continue
		}
		b.get("/p/PCMT/"+to).wants(t, fiber.StatusOK)
	}
	wrong := b.get("/p/PCMT/journal?from=" + url.QueryEscape("31/02/2018") + "&kind=nothing&figure=x&year=99")
	wrong.wants(t, fiber.StatusOK, `aria-invalid="true"`, `value="31/02/2018"`, "role=\"alert\"")
	for _, x := range pcmt.Textures() {
		b.get("/p/PCMT/journal?"+x.Query).wants(t, fiber.StatusOK, "dòng khớp điều kiện")
	}
	b.get("/p/PCMT/journal?text="+url.QueryEscape("không có gì như thế")).wants(t, fiber.StatusOK, "Không có dòng nào khớp")
	b.get("/p/PCMT/summary?year=1999").wants(t, fiber.StatusOK, "Không có số liệu nào khớp")
}

func reviews(t *testing.T, l library) {
	b := l.as(t, ledger.Owner)
	desk := b.get("/p/PCMT")
	desk.wants(t, fiber.StatusOK, "Chậm giải ngân", "Tạm ứng quá hạn", "/p/PCMT/obligations?kind=advance&amp;overdue=1", "left-lines")
	if desk.Header.Get("Server-Timing") == "" {
		t.Error("no Server-Timing")
	}
	overdue := b.get("/p/PCMT/obligations?kind=advance&overdue=1")
	overdue.wants(t, fiber.StatusOK, "quá ", `class="pill bad"`)
	officer := l.as(t, ledger.Officer).get("/p/PCMT")
	officer.wants(t, fiber.StatusOK, "/p/PCMT/vouchers/new?kind=pay")
	if strings.Contains(desk.body, "vouchers/new") {
		t.Error("an owner is sent to the voucher form")
	}
}

// bridges checks on every line that the parts add up to the usable budget, as
// its page says.
func bridges(t *testing.T, l library) {
	actor := ledger.LocalActor()
	lines, err := l.store.Lines(context.Background(), actor, pcmt.Code, ledger.Line{})
	if err != nil {
		t.Fatal(err)
	}
	b := l.as(t, ledger.Agency)
	for i := 0; i < len(lines); i += 17 {
		res := b.get("/p/PCMT/lines/" + lines[i].String())
		res.wants(t, fiber.StatusOK, "Các phần cộng lại bằng đúng số được sử dụng.")
		checkMarkup(t, lines[i].String(), res.body)
	}
}

func TestRoundedColumnsSayThatTheyMayNotAddUp(t *testing.T) {
	in := scale{lang.Millions, ledger.VND, lang.Vi}
	if got := in.rounded(ledgertest.Dong(333_500_000)).String(); got != "334" {
		t.Errorf("rounded to %s", got)
	}
	books, dir := ledgertest.New(t), newPeople(map[string][]ledger.Role{"auditor": {ledger.Auditor}}, ledgertest.Code)
	ledgertest.Define(t, books)
	ledgertest.Post(t, books, "pool", ledgertest.Day(1, 2), ledger.Event{Kind: ledger.Appropriate, Line: ledger.Line{Year: 2019, Source: "NSTW"}, Amount: ledgertest.Dong(1_000_000_000)})
	for i, p := range []ledger.Code{"DA1", "DA2", "DA3"} {
		ledgertest.Post(t, books, string(p), ledgertest.Day(1, 3), ledger.Event{Kind: ledger.Allocate, Line: ledgertest.Line("NSTW", p, "CAT"), Amount: ledgertest.Dong([]int64{333_333_333, 333_333_333, 333_333_334}[i])})
	}
	b := signedInBrowser(t, books, dir, "auditor")
	const note = "Số liệu có thể chênh lệch do làm tròn."
	b.get("/p/CT/summary").wants(t, fiber.StatusOK, note, ">1.000<", ">333<")
	if res := b.get("/p/CT/summary?in=full"); strings.Contains(res.body, note) || !strings.Contains(res.body, ">333.333.334<") {
		t.Error("exact figures are called rounded")
	}
}

func TestNobodyReadsWithoutTheRight(t *testing.T) {
	books := ledgertest.New(t)
	ledgertest.Programme(t, books)
	stranger := signedInBrowser(t, books, newPeople(map[string][]ledger.Role{"stranger": nil}, ledgertest.Code), "stranger")
	for _, page := range []string{"", "/summary", "/summary.xlsx", "/journal", "/journal.xlsx", "/lines", "/lines/2019/NSTW/DA1/CAT/041/12", "/projects/DA1", "/obligations", "/export", "/export.zip"} {
		stranger.get("/p/CT"+page).wants(t, fiber.StatusForbidden)
	}
}

func TestEmptyProgramme(t *testing.T) {
	books, dir := ledgertest.New(t), newPeople(map[string][]ledger.Role{"agency": {ledger.Agency}}, ledgertest.Code)
	ledgertest.Define(t, books)
	b := signedInBrowser(t, books, dir, "agency")
	for path, want := range map[string]string{"": "chưa có số liệu", "/summary": "chưa có số liệu", "/journal": "Sổ chưa có dòng nào", "/lines": "Không có dòng kinh phí nào",
		"/projects/DA1": "DA1", "/obligations": "Không có khoản nào", "/export": "zip", "/summary.xlsx": "", "/journal.xlsx": "", "/export.zip": ""} {
		res := b.get("/p/CT" + path)
		res.wants(t, fiber.StatusOK, want)
		if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			checkMarkup(t, path, res.body)
		}
	}
}
