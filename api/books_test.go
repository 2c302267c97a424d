package api

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/ledgertest"
	"github.com/sokinhphi/kinhphi/ledger/postgres"
	"github.com/sokinhphi/kinhphi/ledger/report"
)

const ct = "/api/v1/programmes/CT"

// newReal is the API on the real books of ledgertest.Programme, as the officer.
func newReal(t testing.TB) (*client, *postgres.Store) {
	store := ledgertest.New(t)
	ledgertest.Programme(t, store)
	c := newClient(t, store, store, Options{Failed: func(id string, err error) { t.Errorf("request %s failed: %v", id, err) }})
	c.as(store, "officer")
	return c, store
}

// as makes c act for a user.
func (c *client) as(store *postgres.Store, login ledger.Login) *client {
	c.t.Helper()
	token, _, err := store.CreateToken(context.Background(), ledger.LocalActor(), login, time.Hour)
	if err != nil {
		c.t.Fatal(err)
	}
	c.token = token
	return c
}

func (c *client) get(path string, v any) answer {
	c.t.Helper()
	a := c.do("GET", path, "")
	if a.status != 200 {
		c.t.Fatalf("GET %s: %d %s", path, a.status, a.body)
	}
	a.into(c.t, v)
	return a
}

// post posts entry under key and returns its sequence.
func (c *client) post(key, path, body string) recorded {
	c.t.Helper()
	a := c.do("POST", path, body, "Idempotency-Key", key)
	if a.status/100 != 2 {
		c.t.Fatalf("%s: %d %s", body, a.status, a.body)
	}
	var r recorded
	a.into(c.t, &r)
	return r
}

// voucher is an entry of one event.
func voucher(date, kind, line, amount, more string) string {
	return fmt.Sprintf(`{"date":%q,"document":{"type":"GRDT","number":"PC-1"},"kind":%q,"line":%q,"amount":%q%s}`, date, kind, line, amount, more)
}

// seq is the last record of the programme.
func (c *client) seq() int64 {
	c.t.Helper()
	var st struct{ Seq int64 }
	c.get(ct, &st)
	return st.Seq
}

func (c *client) balance(line string) map[string]string {
	c.t.Helper()
	var got struct {
		Items []struct {
			Line    string
			Figures map[string]string
		}
	}
	c.get(ct+"/balances?line="+line, &got)
	return got.Items[0].Figures
}

func wantFigures(t *testing.T, got map[string]string, want ...string) {
	t.Helper()
	for i := 0; i < len(want); i += 2 {
		if got[want[i]] != want[i+1] {
			t.Errorf("%s is %q, want %s", want[i], got[want[i]], want[i+1])
		}
	}
}

func TestOfficersDay(t *testing.T) {
	c, _ := newReal(t)
	const line = "2019/NSTW/DA1/CAT"
	wantFigures(t, c.balance(line), "allocated", "1000000000", "available", "1000000000", "actual", "0")

	c.post("1", ct+"/entries", voucher("2019-03-01", "commit", line, "300000000", `,"opens":"HD-12","due":"2019-09-30","payee":"Công ty A"`))
	c.post("2", ct+"/entries", voucher("2019-03-05", "advance", line, "90000000", `,"obligation":"HD-12","opens":"TU-1"`))
	c.post("3", ct+"/entries", voucher("2019-04-01", "clear", line, "60000000", `,"obligation":"TU-1"`))
	paid := c.post("4", ct+"/entries", voucher("2019-04-02", "pay", line, "86400000", `,"obligation":"HD-12","item":"6503","payee":"Công ty A","description":"Mua xăng dầu"`))
	if paid.Outcome != "accepted" || paid.Number == nil || paid.Number.Unit != "CAT" || paid.Number.Type != "GRDT" || paid.Number.Number != 4 {
		t.Errorf("%+v", paid)
	}
	c.post("5", ct+"/entries", voucher("2019-05-02", "refund", line, "6400000", fmt.Sprintf(`,"of":"%d.1"`, paid.Seq)))
	wantFigures(t, c.balance(line), "available", "700000000", "committed_open", "130000000", "committed_total", "300000000",
		"advances_open", "30000000", "actual", "140000000", "disbursed", "170000000")

	again := c.do("POST", ct+"/entries", voucher("2019-04-02", "pay", line, "86400000", `,"obligation":"HD-12","item":"6503","payee":"Công ty A","description":"Mua xăng dầu"`), "Idempotency-Key", "4")
	var replayed recorded
	if again.into(t, &replayed); again.status != 200 || replayed.Outcome != "replayed" || replayed.Seq != paid.Seq || *replayed.Number != *paid.Number {
		t.Errorf("%d %s", again.status, again.body)
	}

	var open obligationPage
	if c.get(ct+"/obligations?limit=1&year=2019", &open); len(open.Items) != 1 || !open.More {
		t.Errorf("%+v", open)
	}
	if c.get(ct+"/obligations?open=true&unit=CAT", &open); open.More {
		t.Error("more than all")
	}
	if len(open.Items) != 2 || open.Items[0].Code != "HD-12" || open.Items[0].Open != "130000000" || open.Items[0].Due != "2019-09-30" || open.Items[1].Code != "TU-1" {
		t.Errorf("%+v", open.Items)
	}
	var entry entryOut
	c.get(ct+"/entries/"+strconv.FormatInt(paid.Seq, 10), &entry)
	if len(entry.Events) != 1 || entry.Events[0].Line != line+"/041/12" || entry.Events[0].Payee != "Công ty A" || len(entry.Legs) != 6 || entry.By != "officer" {
		t.Errorf("%+v", entry)
	}

	reversed := c.post("6", ct+"/entries", voucher("2019-05-10", "pay", line, "5", ""))
	back := c.post("7", ct+"/entries/"+strconv.FormatInt(reversed.Seq, 10)+"/reverse", `{"date":"2019-05-11","document":{"type":"PDC"},"reason":"Ghi nhầm dòng"}`)
	var red entryOut
	c.get(ct+"/entries/"+strconv.FormatInt(back.Seq, 10), &red)
	if red.Reverses != reversed.Seq || !red.Legs[0].Red || red.Events[0].Amount != "-5" {
		t.Errorf("%+v", red)
	}
	wantFigures(t, c.balance(line), "available", "700000000", "actual", "140000000")
	p := c.do("POST", ct+"/entries/"+strconv.FormatInt(reversed.Seq, 10)+"/reverse", `{"date":"2019-05-11","document":{"type":"PDC"},"reason":"Lần nữa"}`, "Idempotency-Key", "8").problem(t)
	if p.Status != 409 || p.Errors[0].Rule != "already_reversed" || p.Errors[0].Field != "seq" {
		t.Errorf("%+v", p)
	}
}

func TestJournalPages(t *testing.T) {
	c, _ := newReal(t)
	for i := range 7 {
		c.post(strconv.Itoa(i), ct+"/entries", voucher("2019-03-0"+strconv.Itoa(i+1), "pay", "2019/NSTW/DA1/CAT", strconv.Itoa(100+i), `,"payee":"Công ty Ánh Dương"`))
	}
	var seen []string
	for after := ""; ; {
		var page journalPage
		c.get(ct+"/entries?kind=pay&text=anh%20duong&limit=3&after="+after, &page)
		if page.Count != 7 || page.Total != "721" {
			t.Fatalf("%d, %s", page.Count, page.Total)
		}
		for _, r := range page.Items {
			seen = append(seen, r.Event.Amount)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if got := strings.Join(seen, " "); got != "106 105 104 103 102 101 100" {
		t.Errorf("read %s", got)
	}
	if p := c.do("GET", ct+"/entries?after=%25nonsense", "").problem(t); p.Status != 422 {
		t.Errorf("%+v", p)
	}
}

func TestLinesAndSummaryAgree(t *testing.T) {
	c, _ := newReal(t)
	c.post("1", ct+"/entries", voucher("2019-03-01", "pay", "2019/VIENTRO/DA3/CAT", "50000000", ""))
	var lines []lineFigures
	for after := ""; ; {
		var page struct {
			Items []lineFigures
			Next  string
		}
		c.get(ct+"/lines?year=2019&limit=2&after="+after, &page)
		lines = append(lines, page.Items...)
		if after = page.Next; after == "" {
			break
		}
	}
	var sum struct {
		Programme string
		AsOf      *string `json:"as_of"`
		KnownAt   *int64  `json:"known_at"`
		Total     map[string]*string
		Years     []map[string]any
		Sources   []map[string]any
		Projects  []map[string]any
		Units     []map[string]any
	}
	if a := c.get(ct+"/summary", &sum); !strings.HasPrefix(a.header.Get("Server-Timing"), "summary;dur=") {
		t.Error("no Server-Timing")
	}
	if len(lines) != 3 || sum.Programme != "CT" || sum.AsOf != nil || sum.KnownAt != nil || len(sum.Projects) != 3 || sum.Years[0]["key"] != 2019.0 {
		t.Fatalf("%d lines, %+v", len(lines), sum)
	}
	for name, figure := range lines[0].Figures {
		total := ledgertest.Dong(0)
		for _, l := range lines {
			m, err := ledger.ParseMoney(*l.Figures[name], ledger.VND)
			if err != nil {
				t.Fatal(name, figure, err)
			}
			total = total.Add(m)
		}
		if *sum.Total[name] != total.String() {
			t.Errorf("%s: lines add up to %s, the summary says %s", name, total, *sum.Total[name])
		}
	}
	if da3 := sum.Projects[2]; da3["key"] != "DA3" || da3["actual"] != "50000000" || da3["received"] != nil {
		t.Errorf("%v", da3)
	}
	c.get(ct+"/summary?as_of=2019-02-01&source=VIENTRO", &sum)
	if *sum.Total["actual"] != "0" || *sum.Total["received"] != "150000000" || *sum.AsOf != "2019-02-01" {
		t.Errorf("%v", sum.Total)
	}
	known := c.seq() - 1
	c.get(ct+"/summary?known_at="+strconv.FormatInt(known, 10), &sum)
	if *sum.Total["actual"] != "0" || *sum.KnownAt != known {
		t.Errorf("%v", sum.Total)
	}
}

type lineFigures struct {
	Line    string
	Figures map[string]*string
}

// What the command "report summary" prints is what the API answers.
func TestSummaryIsThatOfTheCommand(t *testing.T) {
	c, store := newReal(t)
	by, ctx := ledger.LocalActor(), context.Background()
	st, err := store.Structure(ctx, by, "CT")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := ledger.Summarize(store.Cells(ctx, by, "CT", ledger.Filter{}, ledger.Detail{}), st, ledger.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	printed, err := json.Marshal(report.NewSummary(sum, st))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(string(c.do("GET", ct+"/summary", "").body)); got != string(printed) {
		t.Errorf("%s\nis not\n%s", got, printed)
	}
}

func TestDefinitionsAndRights(t *testing.T) {
	c, store := newReal(t)
	c.as(store, "agency")
	c.post("u", ct+"/units", `{"code":"HUYEN","name":"Công an huyện","parent":"TINH","chapter":"409","from":"2019-01-01"}`)
	c.post("p", ct+"/projects", `{"code":"DA4","name":"Tuyên truyền","owner":"BP"}`)
	c.post("s", ct+"/sources", `{"code":"XHH","name":"Xã hội hóa","kind":"contribution","backing":"cash","treasury":"TGNH"}`)
	c.post("c", ct+"/periods", `{"year":2019,"month":2,"closed":true}`)
	var st structure
	c.get(ct, &st)
	if len(st.Units) != 5 || len(st.Projects) != 4 || len(st.Sources) != 4 || len(st.Closed) != 1 || st.Closed[0] != (period{2019, 2, true}) || st.Currency != "VND" {
		t.Errorf("%+v", st)
	}
	for path, n := range map[string]int{"/units": 5, "/projects": 4, "/sources": 4, "/periods": 1, "/grants": 6} {
		var all List[map[string]any]
		if c.get(ct+path, &all); len(all.Items) != n {
			t.Errorf("%s: %d, want %d", path, len(all.Items), n)
		}
	}
	c.as(store, "admin")
	c.post("n", "/api/v1/users", `{"login":"lan","name":"Nguyễn Thị Lan"}`)
	c.post("g", ct+"/grants", `{"login":"lan","role":"officer"}`)
	var users List[user]
	if c.get("/api/v1/users", &users); !slices.Contains(users.Items, user{"lan", "Nguyễn Thị Lan", false}) {
		t.Errorf("%+v", users)
	}
	admin := c.token
	c.as(store, "lan").post("e", ct+"/entries", voucher("2019-03-01", "pay", "2019/NSTW/DA1/CAT", "1", ""))
	lan := c.token
	c.token = admin
	c.post("r", ct+"/grants", `{"login":"lan","role":"officer","revoked":true}`)
	c.token = lan
	if p := c.do("POST", ct+"/entries", voucher("2019-03-01", "pay", "2019/NSTW/DA1/CAT", "1", ""), "Idempotency-Key", "e2").problem(t); p.Status != 403 || p.Errors[0].Rule != "forbidden" {
		t.Errorf("after revocation: %+v", p)
	}
	c.token = admin
	c.post("np", "/api/v1/programmes", `{"code":"MXN1","name":"Programa","currency":"MXN","scale":2,"adjustment_days":31}`)
}

func TestBadInputOnBooks(t *testing.T) {
	c, store := newReal(t)
	agency := newClient(t, store, store, Options{}).as(store, "agency")
	agency.post("khoan", ct+"/entries", voucher("2019-01-02", "allocate", "2019/NSTW/DA1/CAT/042/12", "1000", ""))
	agency.post("shut", ct+"/periods", `{"year":2019,"month":2,"closed":true}`)
	c.post("used", ct+"/entries", voucher("2019-03-01", "pay", "2019/NSTW/DA2/PC04", "1", ""))
	other(t, store)
	const line = "2019/NSTW/DA2/PC04"
	for _, x := range []struct {
		name, body  string
		status      int
		field, rule string
		operands    string
	}{
		{"too much", voucher("2019-03-17", "pay", line, "600000000", ""), 409, "amount", "over_limit",
			"map[account:Budget:2019:NSTW:DA2:PC04:041:12:Available available:499999999 needed:600000000 short:100000001]"},
		{"one event of two too much", `{"date":"2019-03-17","document":{"type":"GRDT"},"events":[
			{"kind":"pay","line":"` + line + `","amount":"1"},{"kind":"pay","line":"2019/VIENTRO/DA3/CAT","amount":"160000000"}]}`, 409, "events[1].amount", "over_limit",
			"map[account:Fund:VIENTRO:Treasury:TGNH available:150000000 needed:160000000 short:10000000]"},
		{"an ambiguous line", voucher("2019-03-17", "pay", "2019/NSTW/DA1/CAT", "1", ""), 422, "line", "ambiguous_line",
			"map[candidates:2019/NSTW/DA1/CAT/041/12, 2019/NSTW/DA1/CAT/042/12 value:2019/NSTW/DA1/CAT]"},
		{"an unknown source", voucher("2019-03-17", "pay", "2019/NOBODY/DA2/PC04", "1", ""), 422, "line", "unknown_code", "map[value:NOBODY]"},
		{"an unknown project", voucher("2019-03-17", "pay", "2019/NSTW/DA9/PC04", "1", ""), 422, "line", "unknown_code", "map[value:DA9]"},
		{"an unknown unit", voucher("2019-03-17", "pay", "2019/NSTW/DA2/PC05", "1", ""), 422, "line", "unknown_code", "map[value:PC05]"},
		{"a line that is not there", voucher("2019-03-17", "pay", "2019/NST/DA2/PC04", "1", ""), 422, "line", "unknown_code", "map[value:2019/NST/DA2/PC04]"},
		{"a line of another programme", voucher("2019-03-17", "pay", "2019/KHAC/DK/DVK/041/12", "1", ""), 422, "line", "unknown_code", "map[value:KHAC]"},
		{"an unknown source of a pool", `{"date":"2019-03-17","document":{"type":"QD"},"kind":"appropriate","source":"NOBODY","year":2019,"amount":"1"}`, 422, "source", "unknown_code", "map[value:NOBODY]"},
		{"too little of a line", voucher("2019-03-17", "pay", "2019/NSTW", "1", ""), 422, "line", "incomplete_line", "map[needs:YEAR/SOURCE/PROJECT/UNIT/KHOAN/NATURE value:2019/NSTW]"},
		{"an unknown obligation", voucher("2019-03-17", "pay", line, "1", `,"obligation":"HD-99"`), 422, "obligation", "unknown_code", "map[value:HD-99]"},
		{"a field of another kind", voucher("2019-03-17", "pay", line, "1", `,"to":"`+line+`"`), 422, "to", "not_allowed", "map[kind:pay]"},
		{"a closed period", voucher("2019-02-17", "pay", line, "1", ""), 409, "date", "period_closed", "map[period:2019-02]"},
		{"after the budget year", voucher("2020-03-17", "pay", line, "1", ""), 422, "date", "outside_year", "map[date:2020-03-17 from:2019-01-01 until:2020-01-31 year:2019]"},
		{"nothing", voucher("2019-03-17", "pay", line, "0", ""), 422, "amount", "zero", "map[]"},
		{"minus nothing", voucher("2019-03-17", "pay", line, "-0", ""), 422, "amount", "zero", "map[]"},
		{"less than nothing", voucher("2019-03-17", "pay", line, "-5", ""), 422, "amount", "negative", "map[value:-5]"},
		{"half a đồng", voucher("2019-03-17", "pay", line, "1.5", ""), 422, "amount", "amount_scale", "map[scale:0 value:1.5]"},
		{"decomposed accents", voucher("2019-03-17", "pay", line, "1", `,"payee":"Co\u0302ng ty"`), 422, "payee", "not_nfc", "map[]"},
		{"decomposed accents in a description", voucher("2019-03-17", "pay", line, "1", `,"description":"Ngh\u00ea\u0323 An"`), 422, "description", "not_nfc", "map[]"},
		{"NUL", voucher("2019-03-17", "pay", line, "1", `,"payee":"a\u0000b"`), 422, "payee", "control_character", "map[]"},
		{"text that reads backwards", voucher("2019-03-17", "pay", line, "1", `,"payee":"a\u202eb"`), 422, "payee", "control_character", "map[]"},
		{"a long text", voucher("2019-03-17", "pay", line, "1", `,"payee":"`+strings.Repeat("a", 1001)+`"`), 422, "payee", "too_long", "map[length:1001 limit:1000]"},
		{"a long paper number", strings.Replace(voucher("2019-03-17", "pay", line, "1", ""), "PC-1", strings.Repeat("9", 1001), 1), 422, "document.number", "too_long", "map[length:1001 limit:1000]"},
		{"a refund of nothing", voucher("2019-03-17", "refund", line, "1", `,"of":"99999"`), 422, "of", "not_found", "map[value:99999.1 what:entry]"},
		{"a used key", voucher("2019-03-01", "pay", line, "2", ""), 409, "Idempotency-Key", "key_reused", "map[key:used]"},
	} {
		t.Run(x.name, func(t *testing.T) {
			before := c.seq()
			key := "bad"
			if x.rule == "key_reused" {
				key = "used"
			}
			p := c.do("POST", ct+"/entries", x.body, "Idempotency-Key", key).problem(t)
			if x.rule == "not_found" {
				x.status = 404
			}
			if p.Status != x.status || len(p.Errors) != 1 {
				t.Fatalf("%+v", p)
			}
			e := p.Errors[0]
			if e.Field != x.field || e.Rule != x.rule || fmt.Sprint(e.Operands) != x.operands || !wellWorded(e.Message) {
				t.Errorf("%s %s %v %q, want %s %s %s", e.Field, e.Rule, e.Operands, e.Message, x.field, x.rule, x.operands)
			}
			if after := c.seq(); after != before {
				t.Errorf("%d records more", after-before)
			}
		})
	}
}

// other makes a second programme with a line of its own.
func other(t *testing.T, store *postgres.Store) {
	day, _ := ledger.NewDate(2017, 1, 1)
	ledgertest.Do(t, store, ledger.System, "other", ledger.DefineProgramme{Programme: ledger.Programme{Code: "KHAC", Name: "Khác", Currency: ledger.VND, AdjustmentDays: 31}})
	ledgertest.Do(t, store, "KHAC", "other", ledger.DefineUnit{Unit: ledger.Unit{Code: "DVK", Name: "Đơn vị", From: day}},
		ledger.DefineProject{Project: ledger.Project{Code: "DK", Name: "Dự án"}},
		ledger.DefineSource{Source: ledger.Source{Code: "KHAC", Name: "Nguồn", Kind: ledger.CentralBudget, Backing: ledger.ByAppropriation, Treasury: "KBNN"}})
}

func TestThousandAtOnce(t *testing.T) {
	c, _ := newReal(t)
	var entries []string
	for i := range 1000 {
		amount := "1000"
		if i == 500 {
			amount = "9000000000"
		}
		entries = append(entries, voucher("2019-03-17", "pay", "2019/NSTW/DA1/CAT", amount, ""))
	}
	all := `{"entries":[` + strings.Join(entries, ",") + `]}`
	for round, want := range []string{"accepted", "replayed"} {
		var got bulkAnswer
		a := c.do("POST", ct+"/entries", all, "Idempotency-Key", "lot")
		if a.into(t, &got); a.status != 200 || len(got.Results) != 1000 {
			t.Fatalf("%d %.300s", a.status, a.body)
		}
		for i, r := range got.Results {
			if i == 500 {
				if r.Outcome != "refused" || r.Problem.Errors[0].Field != "entries[500].amount" {
					t.Errorf("round %d: %+v", round, r)
				}
			} else if r.Outcome != want {
				t.Fatalf("round %d: %+v", round, r)
			}
		}
	}
	wantFigures(t, c.balance("2019/NSTW/DA1/CAT"), "actual", "999000")
}

// 8 clients pay from one line until it is empty: what is left and what was accepted
// add up, and the line is never overdrawn.
func TestHotLine(t *testing.T) {
	c, _ := newReal(t)
	var mu sync.Mutex
	var wg sync.WaitGroup
	accepted := 0
	for w := range 8 {
		wg.Go(func() {
			mine := *c
			for i := range 20 {
				a := mine.do("POST", ct+"/entries", voucher("2019-03-17", "pay", "2019/NSTW/DA2/PC04", "7000000", ""), "Idempotency-Key", fmt.Sprintf("%d-%d", w, i))
				switch a.status {
				case 201:
					mu.Lock()
					accepted++
					mu.Unlock()
				case 409:
				default:
					t.Errorf("%d %s", a.status, a.body)
				}
			}
		})
	}
	wg.Wait()
	left := 500_000_000 - 7_000_000*accepted
	if accepted != 71 {
		t.Errorf("%d accepted, want 71", accepted)
	}
	wantFigures(t, c.balance("2019/NSTW/DA2/PC04"), "available", strconv.Itoa(left))
}

// The right to every operation, role by role. A route without a request here fails;
// what the roles may is in testdata/rights.txt.
func TestRights(t *testing.T) {
	requests := map[string]string{
		"GET /v1/programmes": "", "GET /v1/programmes/{programme}": "", "GET /v1/programmes/{programme}/units": "",
		"GET /v1/programmes/{programme}/projects": "", "GET /v1/programmes/{programme}/sources": "", "GET /v1/programmes/{programme}/lines": "",
		"GET /v1/programmes/{programme}/balances": "?line=2019/NSTW/DA1/CAT", "GET /v1/programmes/{programme}/obligations": "",
		"GET /v1/programmes/{programme}/summary": "", "GET /v1/programmes/{programme}/entries": "", "GET /v1/programmes/{programme}/entries/{seq}": "",
		"GET /v1/programmes/{programme}/periods": "", "GET /v1/programmes/{programme}/grants": "", "GET /v1/users": "",
		"POST /v1/programmes":                                   `{"code":"NEW","name":"x","currency":"VND","scale":0,"adjustment_days":31}`,
		"POST /v1/programmes/{programme}/units":                 `{"code":"NEW","name":"x","parent":"TINH","from":"2019-01-01"}`,
		"POST /v1/programmes/{programme}/projects":              `{"code":"NEW","name":"x"}`,
		"POST /v1/programmes/{programme}/sources":               `{"code":"NEW","name":"x","kind":"other","backing":"cash","treasury":"TGNH"}`,
		"POST /v1/programmes/{programme}/entries":               voucher("2019-03-17", "pay", "2019/NSTW/DA1/CAT", "1", ""),
		"POST /v1/programmes/{programme}/entries/{seq}/reverse": `{"date":"2019-03-17","document":{"type":"PDC"},"reason":"x"}`,
		"POST /v1/programmes/{programme}/periods":               `{"year":2018,"month":1,"closed":true}`,
		"POST /v1/programmes/{programme}/grants":                `{"login":"owner","role":"owner"}`,
		"POST /v1/users":                                        `{"login":"new","name":"x"}`,
	}
	c, store := newReal(t)
	ledgertest.Do(t, store, ledger.System, "stranger", ledger.SetUser{User: "stranger", Name: "Người lạ"})
	other(t, store)
	ledgertest.Do(t, store, "KHAC", "elsewhere", ledger.SetGrant{User: "stranger", Role: ledger.Agency})
	var paid ledger.Seq
	tokens := map[ledger.Login]string{}
	who := []ledger.Login{"stranger"}
	for _, r := range ledger.Roles {
		who = append(who, ledger.Login(r))
	}
	for _, login := range who {
		tokens[login] = c.as(store, login).token
	}
	var rows []string
	for _, path := range slices.Sorted(maps.Keys(c.spec.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(operationsOf(c.spec.Paths[path]))) {
			body, ok := requests[method+" "+path]
			if !ok {
				t.Errorf("%s %s has no request here", method, path)
			}
			row := fmt.Sprintf("%-4s %-55s", method, path)
			for i, login := range who {
				c.token = tokens[login]
				paid = ledgertest.Post(t, store, fmt.Sprint(path, method, i), ledgertest.Day(3, 1), ledger.Event{Kind: ledger.Pay, Line: ledgertest.Line("NSTW", "DA1", "CAT"), Amount: ledgertest.Dong(1)}).Seq
				row += " " + c.may(string(login), method, path, body, paid)
			}
			rows = append(rows, strings.TrimRight(row, " "))
		}
	}
	golden(t, "testdata/rights.txt", []byte(strings.Join(rows, "\n")+"\n"))
}

// may tries a request and says who may, or "-" padded as long.
func (c *client) may(login, method, path, body string, paid ledger.Seq) string {
	url := "/api" + strings.NewReplacer("{programme}", "CT", "{seq}", fmt.Sprint(paid)).Replace(path)
	if method == "GET" {
		url, body = url+body, ""
	}
	a := c.do(method, url, body, "Idempotency-Key", login+path)
	switch {
	case a.status/100 == 2 || a.status == 409: // 409: made already by one who may
		return login
	case a.status == 403:
		return strings.Repeat("-", len(login))
	}
	c.t.Errorf("%s %s as %s: %d %s", method, url, login, a.status, a.body)
	return "?"
}
