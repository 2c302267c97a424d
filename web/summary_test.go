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
	row := tableRow{Name: "DA1", Path: "/e", Cells: []figureCell{{"Thực chi", "(1)", "/f", true, true}, {Label: "Kế hoạch", Text: "–"}}, Bar: bar, Rate: "50,00%"}
	table := tableView{ID: "by-x", Title: "Theo", Head: "Dự án", Columns: []string{"Thực chi", "Kế hoạch"}, Rows: []tableRow{row}, Total: row}
	chart := &chartView{Wide: `<svg class="chart wide" role="img" aria-label="a"></svg>`, Rows: []chartRow{{"I/19", "1", "2", "3"}}, Unit: "đồng"}
	sample("summary", summaryView{}, summaryView{Empty: true, filterView: filter},
		summaryView{filterView: filter, Strip: strip, Chart: chart, Tables: []tableView{table}, Unit: "đồng", Rounded: true, Export: "?year=2019"})
	rows := []journalRow{{JournalRow: ledger.JournalRow{Event: ledger.EntryEvent{Event: ledger.Event{Kind: ledger.Refund, Payee: "A", Text: "B"}}, Effect: m.Neg()}, Path: "/g", Name: "PC-1",
		Line: l.Short().String(), LinePath: "/h", To: "2019/X", Red: true}, {JournalRow: ledger.JournalRow{Event: ledger.EntryEvent{Event: ledger.Event{Kind: ledger.Pay}}, Reversed: 7, Effect: m}, Lowers: true}}
	sample("journal", journalView{Total: m}, journalView{filterView: filter, More: []pick{{Name: "kind"}}, Open: true, Red: true, Rows: rows, Number: "2", Total: m, Figure: ledger.Actual, Next: "/i", First: "/j", Export: "/k"})
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
			if strings.Contains(path, "summary") && !strings.HasPrefix(res.Header.Get("Server-Timing"), "summary;dur=") {
				t.Errorf("%s: Server-Timing %q", path, res.Header.Get("Server-Timing"))
			}
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

var figureLink = regexp.MustCompile(`<a href="(/p/PCMT/journal\?[^"]*figure=[^"]*)">([0-9.()]+)</a>`)

// everyFigure follows figures of the summary, of the whole and of selections,
// to the journal, whose rows must add up to them: every seventh, since there
// are many; TestEveryFigureOpens follows them all in a small programme.
func everyFigure(t *testing.T, l library) {
	b := l.as(t, ledger.Auditor)
	for i, selection := range []string{"?in=full", "?in=full&year=2019", "?in=full&source=NSTW&year=2018,2019", "?in=full&as_of=2019-05-17", "?in=full&project=DA3"} {
		res := b.get("/p/PCMT/summary" + selection)
		res.wants(t, fiber.StatusOK)
		links := figureLink.FindAllStringSubmatch(res.body, -1)
		if len(links) < 50 {
			t.Errorf("%s: only %d figures open", selection, len(links))
		}
		for n := i; n < len(links); n += 7 {
			path, shown := html.UnescapeString(links[n][1]), links[n][2]
			if total := b.total(path); total != shown {
				t.Errorf("%s shows %s, but %s adds up to %s", selection, shown, path, total)
			}
		}
	}
}

// TestEveryFigureOpens follows every figure of every row, and not only those
// that the page shows, in a programme in which everything has happened.
func TestEveryFigureOpens(t *testing.T) {
	books, dir := ledgertest.New(t), newPeople(map[string][]ledger.Role{"auditor": {ledger.Auditor}}, ledgertest.Code)
	ledgertest.Programme(t, books)
	everythingHappens(t, books)
	actor := ledger.LocalActor()
	st, err := books.Structure(context.Background(), actor, ledgertest.Code)
	if err != nil {
		t.Fatal(err)
	}
	b := signedInBrowser(t, books, dir, "auditor")
	for _, f := range []ledger.Filter{{}, {Years: []int{2019}}, {Line: ledger.Line{Source: "NSTW"}}, {At: ledger.AsOf{Date: ledgertest.Day(5, 15)}}} {
		s, err := ledger.Summarize(books.Cells(context.Background(), actor, ledgertest.Code, f, ledger.Detail{}), st, f)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		check := func(v ledger.Values, pairs ...string) {
			for _, info := range ledger.Figures {
				m, ok := v.Get(info.Figure)
				if !ok {
					continue
				}
				n++
				path := "/p/CT/journal" + filterValues(f).with("figure", string(info.Figure)).with(pairs...).query()
				if got, want := b.total(path), money(m, lang.Vi); got != want {
					t.Errorf("%s is %s, but its journal adds up to %s", path, want, got)
				}
			}
		}
		check(s.Total)
		for _, row := range s.Years {
			check(row.Values, "year", itoa(row.Key))
		}
		for _, row := range s.Sources {
			check(row.Values, "source", string(row.Key))
		}
		for _, row := range s.Projects {
			check(row.Values, "project", string(row.Key))
		}
		for _, row := range s.Units {
			check(row.Values, "unit", string(row.Key))
		}
		if n < 60 {
			t.Errorf("only %d figures", n)
		}
	}
}

// everythingHappens records events of every kind.
func everythingHappens(t *testing.T, books ledger.Books) {
	t.Helper()
	nstw, aid := ledgertest.Line("NSTW", "DA1", "CAT"), ledgertest.Line("VIENTRO", "DA3", "CAT")
	pool, fund := ledger.Line{Year: 2019, Source: "NSTW"}, ledger.Line{Source: "VIENTRO"}
	n := 0
	post := func(month int, events ...ledger.Event) ledger.Seq {
		n++
		return ledgertest.Post(t, books, fmt.Sprintf("E%d", n), ledgertest.Day(month, 10), events...).Seq
	}
	e := func(kind ledger.EventKind, l ledger.Line, dong int64) ledger.Event {
		return ledger.Event{Kind: kind, Line: l, Amount: ledgertest.Dong(dong)}
	}
	with := func(e ledger.Event, change func(*ledger.Event)) ledger.Event { change(&e); return e }
	opens := func(c ledger.Code) func(*ledger.Event) {
		return func(e *ledger.Event) { e.Opens, e.Due = c, ledgertest.Day(12, 1) }
	}
	draws := func(c ledger.Code) func(*ledger.Event) { return func(e *ledger.Event) { e.Obligation = c } }
	post(1, e(ledger.Plan, ledger.Line{Year: 2019, Source: "NSTW", Project: "DA1"}, 1_500_000_000))
	post(2, with(e(ledger.RevisePlan, ledger.Line{Year: 2019, Source: "NSTW", Project: "DA1"}, 7), func(e *ledger.Event) { e.Amount = e.Amount.Neg() }))
	post(1, e(ledger.OpenUndrawn, nstw, 40_000_000))
	post(1, with(e(ledger.OpenAdvance, nstw, 9_000_000), opens("TU-0")))
	post(2, with(e(ledger.Pledge, fund, 90_000_000), opens("CK-1")))
	post(3, with(e(ledger.Receive, fund, 50_000_000), draws("CK-1")))
	post(4, with(e(ledger.CancelPledge, fund, 30_000_000), draws("CK-1")))
	post(3, e(ledger.Supplement, pool, 100_000_000), e(ledger.AllocateSupplement, nstw, 60_000_000))
	post(3, e(ledger.Reduce, pool, 5_000_000))
	post(4, e(ledger.Withdraw, nstw, 3_000_001))
	post(4, with(e(ledger.Transfer, nstw, 11_000_000), func(e *ledger.Event) { e.To = ledgertest.Line("NSTW", "DA2", "PC04") }))
	post(4, e(ledger.Withhold, nstw, 50_000_000))
	post(9, e(ledger.Release, nstw, 20_000_000))
	post(5, with(e(ledger.Commit, nstw, 200_000_000), opens("HD-1")))
	post(6, with(e(ledger.Accrue, nstw, 70_000_000), func(e *ledger.Event) { e.Obligation, e.Opens = "HD-1", "NT-1" }))
	paid := post(7, with(e(ledger.Pay, nstw, 60_000_000), draws("NT-1")))
	post(8, with(e(ledger.Refund, nstw, 4_000_000), func(e *ledger.Event) { e.Of = ledger.EventRef{Seq: paid, N: 1} }))
	post(5, with(e(ledger.Advance, nstw, 25_000_000), opens("TU-1")))
	post(6, with(e(ledger.Clear, nstw, 15_000_000), draws("TU-1")))
	post(7, with(e(ledger.ReturnAdvance, nstw, 2_000_000), draws("TU-1")))
	wrong := post(8, e(ledger.Pay, aid, 12_345_678))
	post(8, e(ledger.Pay, aid, 21_345_678))
	ledgertest.Do(t, books, ledgertest.Code, "red", ledger.Reversal{Of: wrong, Date: ledgertest.Day(9, 1), Reason: "Ghi nhầm số tiền", Document: ledger.Document{Type: "PDC", Number: "PDC-1"}})
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
	return html.UnescapeString(m[1])
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
	countText = regexp.MustCompile(`Tổng của ([0-9.]+) dòng`)
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
	if fmt.Sprint(rows) != strings.ReplaceAll(count, ".", "") || pages < 2 {
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
