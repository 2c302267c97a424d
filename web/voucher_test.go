package web

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/ledgertest"
	"github.com/sokinhphi/kinhphi/ledger/postgres"
)

func init() {
	row := ledger.JournalRow{Ref: ledger.EventRef{Seq: 9, N: 1}, Event: ledger.EntryEvent{Event: ledger.Event{Kind: ledger.Pay,
		Amount: ledgertest.Dong(5), Payee: "A"}}, Effect: ledgertest.Dong(-5), Reverses: 3, Document: ledger.Document{Type: "PC"}}
	full := voucherView{Kind: ledger.Pay, Group: kindGroups[0], Action: "/p/CT/vouchers/new", Key: "k", Workday: ledgertest.Day(3, 1),
		Fields: []field{{Name: "a", As: "text", Span: 3, Label: "A", Hint: "h", Errors: []string{"e"}, List: "natures", Options: []option{{"1", "x", "", false}}},
			{Name: "b", As: "select", Options: []option{{"1", "x", "5", true}}}, {Name: "c", As: "radio", Options: []option{{"1", "x", "", true}}},
			{Name: "line", As: "line", Candidates: []choice{{"v", "t", ""}}}, {Name: "date", As: "date"}, {Name: "amount", As: "money", Sign: "₫"}},
		More: []field{{Name: "m", As: "text", Errors: []string{"e"}}}, Summary: []oops{{"a", "e"}, {"", "f"}}, Notice: "n",
		Duplicates: []ledger.JournalRow{row}, Posted: &postedView{Seq: 9, Kind: ledger.Pay, Paper: "PC-1", Number: "PC-0001", Amount: ledgertest.Dong(5)},
		Panel: panel{Name: "x", Left: ledgertest.Dong(1), Base: ledgertest.Dong(10), Effect: -1, This: ledgertest.Dong(-5), Rows: []panelRow{{"spent", "s", ledgertest.Dong(9)}}},
		Today: todayView{Rows: []todayRow{{JournalRow: row, Fresh: true}}, Total: ledgertest.Dong(-5), Cut: true}, Payees: []string{"A"}}
	sample("voucher", full, voucherView{Kind: ledger.Commit, Compared: true})
	sample("budget", kindGroups[1:])
}

// An office is a real book with its pages and the people of ledgertest.Programme.
type office struct {
	store *postgres.Store
	t     *testing.T
}

func newOffice(t *testing.T) office {
	t.Helper()
	store := ledgertest.New(t)
	ledgertest.Programme(t, store)
	for _, role := range ledger.Roles {
		if err := store.SetPassword(context.Background(), ledger.LocalActor(), ledger.Login(role), testPassword); err != nil {
			t.Fatal(err)
		}
	}
	return office{store, t}
}

func (o office) as(role ledger.Role) *browser {
	return signedInBrowser(o.t, o.store, o.store, string(role))
}

// available is what the line 2019/NSTW/DA1/CAT may still spend.
func (o office) available() string {
	o.t.Helper()
	f := ledger.Filter{Years: []int{2019}, Line: ledgertest.Line("NSTW", "DA1", "CAT")}
	s, err := ledger.Summarize(o.store.Cells(context.Background(), ledger.LocalActor(), ledgertest.Code, f, ledger.Detail{}), o.structure(), f)
	if err != nil {
		o.t.Fatal(err)
	}
	return s.Total.Must(ledger.Available).String()
}

func (o office) structure() ledger.Structure {
	o.t.Helper()
	st, err := o.store.Structure(context.Background(), ledger.LocalActor(), ledgertest.Code)
	if err != nil {
		o.t.Fatal(err)
	}
	return st
}

func (o office) entries() (n int) {
	o.t.Helper()
	for rec, err := range o.store.Records(context.Background(), ledger.LocalActor(), ledgertest.Code, 0) {
		if err != nil {
			o.t.Fatal(err)
		}
		if rec.Entry != nil {
			n++
		}
	}
	return n
}

const newVoucher = "/p/CT/vouchers/new"

var keyValue = regexp.MustCompile(`name="key" value="([^"]+)"`)

// form opens the voucher form of a kind and returns its fields with those given.
func (b *browser) form(kind string, fields ...string) (token string, v url.Values) {
	b.t.Helper()
	page := b.get(newVoucher + "?kind=" + kind)
	page.wants(b.t, fiber.StatusOK)
	v = url.Values{"kind": {kind}, "type": {"GRDT"}, "doc_date": {"17/3/2019"}, "do": {"next"}}
	if m := keyValue.FindStringSubmatch(page.body); m != nil {
		v.Set("key", m[1])
	}
	for i := 0; i < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	return page.token(b.t), v
}

// enter fills in a form and sends it.
func (b *browser) enter(kind string, fields ...string) answer {
	b.t.Helper()
	token, v := b.form(kind, fields...)
	return b.post(newVoucher, token, v)
}

const payLine = "2019/NSTW/DA1/CAT"

func TestPayAndSeeTheBalanceMove(t *testing.T) {
	o := newOffice(t)
	b := o.as(ledger.Officer)
	payee := "Công ty Hòa Bình"
	res := b.enter("pay", "line", payLine, "number", "PC-0147", "amount", "86,4tr", "item", "6503",
		"payee", norm.NFD.String(payee), "text", norm.NFD.String("Xăng dầu tuần tra"))
	res.wants(t, fiber.StatusSeeOther)
	if got := o.available(); got != "913600000" {
		t.Errorf("available %s", got)
	}
	next := b.get(res.Header.Get("Location"))
	next.wants(t, fiber.StatusOK, payee, "Xăng dầu tuần tra", "86.400.000", "913.600.000", `value="PC-0148"`, `value="17/03/2019"`,
		`value="`+payLine+`"`, `role="status"`, "journal.xlsx?by=officer&amp;kind=pay&amp;recorded=")
	checkMarkup(t, "voucher", next.body)
}

func TestOverspendIsRefusedAndNothingTypedIsLost(t *testing.T) {
	o := newOffice(t)
	b := o.as(ledger.Officer)
	before := o.entries()
	res := b.enter("pay", "line", payLine, "number", "PC-9", "amount", "1,2 tỷ", "payee", "Ông A", "text", "Việc B", "item", "6503", "treasury", "KBNN")
	res.wants(t, fiber.StatusUnprocessableEntity, "1.000.000.000", "200.000.000", `value="PC-9"`, `value="1,2 tỷ"`, `value="Ông A"`,
		`value="Việc B"`, `value="6503"`, `value="KBNN"`, `href="#amount"`, `aria-invalid="true"`, "autofocus", "Vượt hạn mức", "Một tỷ hai trăm triệu đồng")
	checkMarkup(t, "voucher", res.body)
	if got := o.entries(); got != before {
		t.Errorf("%d entries, %d before", got, before)
	}
}

func TestEverythingWrongIsNamedAtOnce(t *testing.T) {
	b := newOffice(t).as(ledger.Officer)
	for field, bad := range map[string]string{"amount": "1e9", "doc_date": "31/2", "line": "2019/XX/DA1/CAT", "date": "13/25", "item": "a b"} {
		res := b.enter("pay", "line", payLine, "amount", "1000", field, bad)
		res.wants(t, fiber.StatusUnprocessableEntity, `href="#`+field+`"`, `value="`+bad+`"`)
	}
	b.enter("pay", "amount", "1.5", "doc_date", "x").
		wants(t, fiber.StatusUnprocessableEntity, `href="#amount"`, `href="#doc_date"`, `href="#line"`)
	for _, amount := range []string{"NaN", "1.5", "1.50", "0", "-5", strings.Repeat("9", 40), "12,500"} {
		b.enter("pay", "line", payLine, "amount", amount).wants(t, fiber.StatusUnprocessableEntity, `href="#amount"`)
	}
}

func TestSentTwiceIsRecordedOnce(t *testing.T) {
	o := newOffice(t)
	b := o.as(ledger.Officer)
	token, v := b.form("pay", "line", payLine, "amount", "5.000.000", "payee", "Ông A")
	first, second := b.post(newVoucher, token, v), b.post(newVoucher, token, v)
	if a, z := first.Header.Get("Location"), second.Header.Get("Location"); a != z || a == "" {
		t.Errorf("sent to %q and %q", a, z)
	}
	if got := o.available(); got != "995000000" {
		t.Errorf("available %s", got)
	}
	v.Set("amount", "6.000.000")
	res := b.post(newVoucher, token, v)
	res.wants(t, fiber.StatusUnprocessableEntity, "đã ghi một chứng từ")
	if strings.Contains(res.body, v.Get("key")) {
		t.Error("the used key is offered again")
	}
}

func TestPossibleDuplicateMustBeCompared(t *testing.T) {
	o := newOffice(t)
	b := o.as(ledger.Officer)
	same := []string{"line", payLine, "amount", "5tr", "payee", "Ông A"}
	b.enter("pay", same...).wants(t, fiber.StatusSeeOther)
	later := append(same, "doc_date", "16/4/2019")
	res := b.enter("pay", later...)
	res.wants(t, fiber.StatusUnprocessableEntity, `name="compared"`, "đối chiếu chứng từ giấy", "5.000.000")
	checkMarkup(t, "voucher", res.body)
	b.enter("pay", append(later, "compared", "1")...).wants(t, fiber.StatusSeeOther)
	b.enter("pay", append(same, "doc_date", "17/5/2019")...).wants(t, fiber.StatusSeeOther)
	b.enter("pay", append(same, "amount", "4tr")...).wants(t, fiber.StatusSeeOther)
	if got := o.available(); got != "981000000" {
		t.Errorf("available %s", got)
	}
}

func TestLineIsFoundByItsNames(t *testing.T) {
	o := newOffice(t)
	b := o.as(ledger.Officer)
	b.get("/p/CT/find-line?q=phong+tham+MUU+da1").wants(t, fiber.StatusOK, `"value":"2019/NSTW/DA1/CAT"`, "Phòng Tham mưu")
	b.get("/p/CT/find-line?q=vien+tro").wants(t, fiber.StatusOK, "VIENTRO")
	if body := b.get("/p/CT/find-line?q=khong+co").body; body != "[]" {
		t.Errorf("found %s", body)
	}
	b.enter("pay", "line", "phong tham muu", "amount", "5tr").
		wants(t, fiber.StatusUnprocessableEntity, `name="pick" value="2019/NSTW/DA1/CAT"`, `name="pick" value="2019/VIENTRO/DA3/CAT"`)
	token, v := b.form("pay", "line", "phong tham muu", "amount", "5tr", "pick", payLine)
	b.post(newVoucher, token, v).wants(t, fiber.StatusOK, `value="`+payLine+`"`, `value="5tr"`, "1.000.000.000")
	b.enter("pay", "line", "tham muu trung uong", "amount", "5tr").wants(t, fiber.StatusSeeOther)
}

func TestTheOfficersKinds(t *testing.T) {
	o := newOffice(t)
	b := o.as(ledger.Officer)
	step := func(want, kind string, fields ...string) {
		t.Helper()
		b.enter(kind, append([]string{"line", payLine}, fields...)...).wants(t, fiber.StatusSeeOther)
		if got := o.available(); got != want {
			t.Errorf("after %s: available %s, want %s", kind, got, want)
		}
	}
	step("700000000", "commit", "amount", "300tr", "opens", "hd-12", "payee", "Công ty A", "due", "31/12/2019")
	step("650000000", "change-commitment", "amount", "50tr", "obligation", "HD-12", "direction", "up")
	step("670000000", "change-commitment", "amount", "20tr", "obligation", "HD-12", "direction", "down")
	step("670000000", "advance", "amount", "100tr", "obligation", "HD-12", "opens", "TU-A")
	step("670000000", "clear", "amount", "60tr", "obligation", "TU-A")
	step("670000000", "return-advance", "amount", "40tr", "obligation", "TU-A")
	step("670000000", "accrue", "amount", "150tr", "obligation", "HD-12", "opens", "NT-A")
	step("670000000", "pay", "amount", "150tr", "obligation", "NT-A")
	step("790000000", "cancel-commitment", "amount", "120tr", "obligation", "HD-12")
	step("780000000", "pay", "amount", "10tr")
	page := b.get(newVoucher + "?kind=refund&line=" + payLine)
	m := regexp.MustCompile(`<option value="(\d+\.\d+)">[^<]*10\.000\.000`).FindStringSubmatch(page.body)
	if m == nil {
		t.Fatalf("the payment is not offered:\n%s", page.body)
	}
	step("783000000", "refund", "amount", "3tr", "of", m[1])
}

func TestObligationsOfTheLineAreOffered(t *testing.T) {
	b := newOffice(t).as(ledger.Officer)
	b.enter("commit", "line", payLine, "amount", "300tr", "opens", "HD-12", "payee", "Công ty A").wants(t, fiber.StatusSeeOther)
	b.get(newVoucher+"?kind=pay&line="+payLine).wants(t, fiber.StatusOK, `<option value="HD-12"`, "còn 300.000.000")
	b.get("/p/CT/balance?kind=pay&line="+payLine).wants(t, fiber.StatusOK, `"left":"700000000"`, `"value":"HD-12"`, `"effect":-1`)
	b.get("/p/CT/balance?kind=pay&obligation=HD-12&line="+payLine).wants(t, fiber.StatusOK, `"left":"300000000"`, `"base":"300000000"`)
	if strings.Contains(b.get(newVoucher+"?kind=pay&line=2019/NSTW/DA2/PC04").body, "HD-12") {
		t.Error("an obligation of another line is offered")
	}
}

func TestTheAgencysKinds(t *testing.T) {
	o := newOffice(t)
	b := o.as(ledger.Agency)
	pool := []string{"year", "2019", "source", "NSTW"}
	line := append(pool, "project", "DA1", "unit", "BP", "khoan", "041", "nature", "12")
	for _, step := range [][]string{
		append([]string{"plan", "project", "DA1", "amount", "3 tỷ"}, pool...),
		append([]string{"revise-plan", "project", "DA1", "amount", "1 tỷ", "direction", "down"}, pool...),
		append([]string{"appropriate", "amount", "100tr"}, pool...),
		append([]string{"supplement", "amount", "100tr"}, pool...),
		append([]string{"late-supplement", "amount", "100tr"}, pool...),
		append([]string{"reduce", "amount", "50tr"}, pool...),
		append([]string{"allocate", "amount", "200tr"}, line...),
		append([]string{"allocate-supplement", "amount", "20tr"}, line...),
		append([]string{"allocate-late-supplement", "amount", "20tr"}, line...),
		append([]string{"open-undrawn", "amount", "5tr"}, line...),
		append([]string{"open-advance", "amount", "5tr"}, line...),
		{"open-cash", "source", "VIENTRO", "amount", "5tr"},
		{"withdraw", "line", payLine, "amount", "10tr"},
		{"withhold", "line", payLine, "amount", "100tr"},
		{"release", "line", payLine, "amount", "50tr"},
		{"transfer", "line", payLine, "to", "2019/NSTW/DA2/PC04", "amount", "40tr"},
		{"transfer", "line", payLine, "to", "2019/nstw/da3/bp/041/13", "amount", "40tr"},
		{"pledge", "source", "VIENTRO", "amount", "80tr", "opens", "CKTT-1", "payee", "Nhà tài trợ"},
		{"receive", "source", "VIENTRO", "obligation", "CKTT-1", "amount", "30tr"},
		{"cancel-pledge", "source", "VIENTRO", "obligation", "CKTT-1", "amount", "10tr"},
	} {
		if res := b.enter(step[0], step[1:]...); res.StatusCode != fiber.StatusSeeOther {
			t.Errorf("%s: status %d\n%s", step[0], res.StatusCode, res.body)
		}
	}
	if got := o.available(); got != "860000000" {
		t.Errorf("available %s", got)
	}
	b.get("/p/CT/budget").wants(t, fiber.StatusOK, "kind=allocate", "kind=receive", "kind=open-cash")
}

func TestWhoMayNot(t *testing.T) {
	o := newOffice(t)
	for _, role := range []ledger.Role{ledger.Approver, ledger.Owner, ledger.Auditor, ledger.Admin} {
		b := o.as(role)
		b.get(newVoucher).wants(t, fiber.StatusForbidden)
		home := b.get("/p/CT/entries/17")
		if strings.Contains(home.body, "vouchers/new") || strings.Contains(home.body, "/reverse") {
			t.Errorf("%s is offered what is not allowed", role)
		}
		b.post(newVoucher, home.token(t), url.Values{"kind": {"pay"}}).wants(t, fiber.StatusForbidden)
		b.post("/p/CT/entries/17/reverse", home.token(t), url.Values{"reason": {"x"}}).wants(t, fiber.StatusForbidden)
	}
	officer := o.as(ledger.Officer)
	officer.get(newVoucher+"?kind=allocate").wants(t, fiber.StatusForbidden)
	token, v := officer.form("pay", "kind", "allocate")
	officer.post(newVoucher, token, v).wants(t, fiber.StatusForbidden)
	officer.get(newVoucher+"?kind=nonsense").wants(t, fiber.StatusNotFound)
}

func TestFormOfAnEndedSessionIsSentOn(t *testing.T) {
	o := newOffice(t)
	b := o.as(ledger.Officer)
	token, v := b.form("pay", "line", payLine, "amount", "5tr", "payee", `Ông "A" & <B>`, "by", "officer")
	cookie := b.cookies["kinhphi-8080"]
	if err := o.store.SignOut(context.Background(), cookie); err != nil {
		t.Fatal(err)
	}
	asked := b.post(newVoucher, token, v)
	asked.wants(t, fiber.StatusUnauthorized, `name="kept.amount" value="5tr"`, `name="kept.key"`, "còn nguyên")
	kept := url.Values{"login": {"officer"}, "password": {testPassword}, "next": {newVoucher}}
	for name, values := range v {
		kept["kept."+name] = values
	}
	res := b.post("/sign-in", "", kept)
	res.wants(t, fiber.StatusSeeOther)
	if !strings.Contains(res.Header.Get("Location"), "posted=") || b.cookies["kinhphi-8080"] == cookie {
		t.Errorf("sent to %q", res.Header.Get("Location"))
	}
	b.get(res.Header.Get("Location")).wants(t, fiber.StatusOK, "Ông &#34;A&#34; &amp; &lt;B&gt;")
	if got := o.available(); got != "995000000" {
		t.Errorf("available %s", got)
	}
	// The same form again, by somebody else: it is shown, not recorded.
	kept.Set("login", "agency")
	b.post("/sign-in", "", kept).wants(t, fiber.StatusUnprocessableEntity, `value="5tr"`, "officer", "agency")
	if got := o.available(); got != "995000000" {
		t.Errorf("recorded in another's name: %s", got)
	}
}

func TestFormOfAnEarlierSessionIsOfferedAgain(t *testing.T) {
	o := newOffice(t)
	b := o.as(ledger.Officer)
	token, v := b.form("pay", "line", payLine, "amount", "5tr")
	b.cookies = o.as(ledger.Officer).cookies
	res := b.post(newVoucher, token, v)
	res.wants(t, fiber.StatusForbidden, `name="amount" value="5tr"`, `action="`+newVoucher+`"`)
	b.post(newVoucher, res.token(t), v).wants(t, fiber.StatusSeeOther)
}

// failing are books whose writer does not answer.
type failing struct {
	*postgres.Store
	err error
}

func (f failing) Post(context.Context, ledger.Actor, ledger.Code, ledger.Mode, []ledger.Request) ([]ledger.Result, error) {
	return nil, f.err
}

func TestUnansweredFormCanBeSentAgain(t *testing.T) {
	o := newOffice(t)
	b := o.as(ledger.Officer)
	token, v := b.form("pay", "line", payLine, "amount", "5tr")
	sound := b.app
	for _, rule := range []ledger.Rule{ledger.Busy, ledger.UnknownOutcome} {
		b.app = newApp(failing{o.store, fmt.Errorf("post: %w", ledger.Refuse(rule, ""))}, o.store, Options{})
		b.post(newVoucher, token, v).wants(t, fiber.StatusServiceUnavailable, `value="5tr"`, v.Get("key"))
	}
	b.app = sound
	b.post(newVoucher, token, v).wants(t, fiber.StatusSeeOther)
}

func TestNextNumber(t *testing.T) {
	for in, want := range map[string]string{"PC-0147": "PC-0148", "PC-0999": "PC-1000", "99": "100", "12/QĐ-UBND": "", "": "", "PC": "", "A-9": "A-10"} {
		if got := nextNumber(in); got != want {
			t.Errorf("nextNumber(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPagesAreInEnglishToo(t *testing.T) {
	o := newOffice(t)
	b := o.as(ledger.Officer)
	b.cookies["lang"] = "en"
	res := b.enter("pay", "line", payLine, "amount", "1,200m", "doc_date", "17/3/2019")
	res.wants(t, fiber.StatusUnprocessableEntity, "Not recorded")
	res = b.enter("pay", "line", payLine, "amount", "86.4m")
	res.wants(t, fiber.StatusSeeOther)
	page := b.get(res.Header.Get("Location"))
	page.wants(t, fiber.StatusOK, "Recorded", "86,400,000", `value="17/03/2019"`)
	main := page.body[strings.Index(page.body, "<main"):]
	main = strings.NewReplacer("Sổ Kinh Phí", "", "Chương trình thử", "", "Phòng Tham mưu", "", "Ngân sách trung ương", "", "Nhà tài trợ", "", "₫", "").Replace(main)
	if m := vietnamese.FindString(main); m != "" {
		i := strings.Index(main, m)
		t.Errorf("Vietnamese in an English page: …%s…", main[max(0, i-60):min(len(main), i+60)])
	}
}

func TestFirstVisitIsSmall(t *testing.T) {
	o := newOffice(t)
	b := o.as(ledger.Officer)
	req := httptest.NewRequest(get, newVoucher+"?line="+payLine, nil)
	req.Header.Set("Accept-Encoding", "gzip")
	page := b.do(req)
	if n := len(page.body); n > 9000 || page.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("the page has %d bytes, %s", n, page.Header.Get("Content-Encoding"))
	}
	if began := time.Now(); b.get(newVoucher).StatusCode != 200 || time.Since(began) > 5*time.Second {
		t.Errorf("the form took %s", time.Since(began))
	}
}
