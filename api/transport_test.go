package api

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

func TestEntryReachesTheBooks(t *testing.T) {
	c, books := newFake(t)
	a := c.do("POST", entriesPath, `{`+goodHead+`,`+goodEvent+`,"obligation":"HD-12","payee":"Công ty A","item":"6503",
		"description":"Mua \"xăng\"","from":"committed","treasury":"KB-1","opens":"TU-1","due":"2019-06-30","of":"12.2","to":"2019/NSTW/DA2/CAT/041/12"}`,
		"Idempotency-Key", "PC-0147", "Content-Type", "application/json; charset=UTF-8")
	var got recorded
	if a.into(t, &got); a.status != 201 || got.Outcome != "accepted" || got.Seq != 1 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	date, _ := ledger.NewDate(2019, 3, 17)
	paper, _ := ledger.NewDate(2019, 3, 15)
	due, _ := ledger.NewDate(2019, 6, 30)
	amount, _ := ledger.ParseMoney("86400000", ledger.VND)
	want := []ledger.Request{{Key: ledger.UserKey("lan", "PC-0147"), Action: ledger.Posting{Date: date,
		Document: ledger.Document{Type: "GRDT", Number: "PC-0147", Date: paper},
		Events: []ledger.Event{{Kind: ledger.Pay, Line: ledger.Line{Year: 2019, Source: "NSTW", Project: "DA1", Unit: "CAT"},
			To:       ledger.Line{Year: 2019, Source: "NSTW", Project: "DA2", Unit: "CAT", Khoan: "041", Nature: "12"},
			Treasury: "KB-1", From: ledger.LineCommitted, Obligation: "HD-12", Opens: "TU-1", Due: due,
			Of: ledger.EventRef{Seq: 12, N: 2}, Amount: amount, Item: "6503", Payee: "Công ty A", Text: `Mua "xăng"`}}}}}
	if fmt.Sprint(books.posted) != fmt.Sprint(want) || books.mode != ledger.Each {
		t.Errorf("posted\n%v, want\n%v", books.posted, want)
	}
}

func TestFormsOfEntries(t *testing.T) {
	entry := `{` + goodHead + `,"events":[{` + goodEvent + `},{"kind":"appropriate","source":"NSTW","year":2019,"amount":"1"},{"kind":"receive","source":"VIENTRO","amount":"1"}]}`
	for _, x := range []struct{ name, body, keys, lines string }{
		{"flat", goodEntry, "u:lan=k1", "2019/NSTW/DA1/CAT"},
		{"flat with key", with(`"amount"`, `"key":"own","amount"`), "u:lan=own", "2019/NSTW/DA1/CAT"},
		{"events", entry, "u:lan=k1", "2019/NSTW/DA1/CAT,2019/NSTW,-/VIENTRO"},
		{"several", `{"entries":[` + goodEntry + `,` + entry + `]}`, "u:lan=k1/0 u:lan=k1/1", "2019/NSTW/DA1/CAT 2019/NSTW/DA1/CAT,2019/NSTW,-/VIENTRO"},
		{"several with a key", `{"entries":[` + goodEntry + `,` + with(`"amount"`, `"key":"own","amount"`) + `]}`, "u:lan=k1/0 u:lan=own", "2019/NSTW/DA1/CAT 2019/NSTW/DA1/CAT"},
		{"one of several", `{"entries":[` + goodEntry + `]}`, "u:lan=k1/0", "2019/NSTW/DA1/CAT"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c, books := newFake(t)
			a := c.do("POST", entriesPath, x.body)
			if a.status/100 != 2 {
				t.Fatalf("%d %s", a.status, a.body)
			}
			var keys, lines []string
			for _, r := range books.posted {
				keys = append(keys, r.Key.Space+"="+r.Key.Value)
				var all []string
				for _, e := range r.Action.(ledger.Posting).Events {
					all = append(all, e.Line.String())
				}
				lines = append(lines, strings.Join(all, ","))
			}
			if strings.Join(keys, " ") != x.keys || strings.Join(lines, " ") != x.lines {
				t.Errorf("keys %v, lines %v", keys, lines)
			}
		})
	}
}

func TestSeveralAnswers(t *testing.T) {
	n := ledger.Number{Unit: "CAT", Type: "GRDT", Year: 2019, Number: 7}
	books := &fakeBooks{answer: func([]ledger.Request) ([]ledger.Result, error) {
		return []ledger.Result{{Outcome: ledger.Accepted, Seq: 9, Number: n}, {Outcome: ledger.Replayed, Seq: 3, Number: n},
			{Err: ledger.Refuse(ledger.OverLimit, "events[0].amount", "available", "1")}}, nil
	}}
	c := newClient(t, books, fakeDirectory{"lan": {User: "lan"}}, Options{})
	a := c.do("POST", entriesPath, `{"entries":[`+goodEntry+`,`+goodEntry+`,`+goodEntry+`]}`)
	var got bulkAnswer
	a.into(t, &got)
	if a.status != 200 || len(got.Results) != 3 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	for i, want := range []string{"accepted 9", "replayed 3", "refused 0"} {
		r := got.Results[i]
		if r.Index != i || fmt.Sprintf("%s %d", r.Outcome, r.Seq) != want || (r.Number == nil) != (i == 2) {
			t.Errorf("%d: %+v", i, r)
		}
	}
	p := got.Results[2].Problem
	if p == nil || p.Status != 409 || p.Errors[0].Field != "entries[2].amount" || p.Errors[0].Operands["available"] != "1" {
		t.Errorf("%+v", p)
	}
}

func TestReplayIs200(t *testing.T) {
	books := &fakeBooks{answer: func([]ledger.Request) ([]ledger.Result, error) {
		return []ledger.Result{{Outcome: ledger.Replayed, Seq: 3}}, nil
	}}
	c := newClient(t, books, fakeDirectory{"lan": {User: "lan"}}, Options{})
	for path, body := range map[string]string{entriesPath: goodEntry, "/api/v1/users": `{"login":"lan","name":"Lan"}`} {
		if a := c.do("POST", path, body); a.status != 200 || !bytes.Contains(a.body, []byte(`"replayed"`)) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}

// A posting asks the books for nothing but the posting, once the currency is known.
func TestOnePostOneQuery(t *testing.T) {
	c, books := newFake(t)
	for i := range 5 {
		c.do("POST", entriesPath, goodEntry, "Idempotency-Key", strconv.Itoa(i))
	}
	if books.queries != 1 || len(books.posted) != 5 {
		t.Errorf("%d queries for %d postings", books.queries, len(books.posted))
	}
}

func TestJournalQuery(t *testing.T) {
	c, books := newFake(t)
	a := c.do("GET", entriesPath+"?year=2018,2019&source=NSTW&project=DA1&unit=CAT&khoan=041&nature=12&as_of=2019-12-31&known_at=77"+
		"&from=2019-01-01&to=2019-03-31&kind=pay,refund&figure=actual&type=GRDT&obligation=HD-12&item=6503&text=xa%CC%86ng&payee=A%20B&amount=5&red=true&after=c&limit=7", "")
	if a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	day := func(y, m, d int) ledger.Date { x, _ := ledger.NewDate(y, m, d); return x }
	five, _ := ledger.ParseMoney("5", ledger.VND)
	want := ledger.JournalQuery{Filter: ledger.Filter{Years: []int{2018, 2019}, At: ledger.AsOf{Date: day(2019, 12, 31), Known: 77},
		Line: ledger.Line{Source: "NSTW", Project: "DA1", Unit: "CAT", Khoan: "041", Nature: "12"}},
		From: day(2019, 1, 1), To: day(2019, 3, 31), Kinds: []ledger.EventKind{ledger.Pay, ledger.Refund}, Figure: ledger.Actual, Type: "GRDT",
		Obligation: "HD-12", Item: "6503", Text: "xăng", Payee: "A B", Amount: five, Red: true, After: "c", Limit: 7}
	if fmt.Sprint(books.journal) != fmt.Sprint(want) {
		t.Errorf("%v, want\n%v", books.journal, want)
	}
}

// Requests of one connection reuse fiber's buffers; what was handed to the books must
// not change under them.
func TestStringsAreKept(t *testing.T) {
	c, books := newFake(t)
	address := serve(t, c.app)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	for i := range 3 {
		body := with("PC-0147", strings.Repeat(strconv.Itoa(i), 7))
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token-lan\r\nContent-Type: application/json\r\nIdempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s",
			entriesPath, strings.Repeat(strconv.Itoa(i), 7), len(body), body)
		if res, err := http.ReadResponse(in, nil); err != nil || res.StatusCode != 201 {
			t.Fatalf("%v %v", res, err)
		} else {
			_, _ = io.Copy(io.Discard, res.Body)
		}
	}
	for i, r := range books.posted {
		want := strings.Repeat(strconv.Itoa(i), 7)
		if r.Key.Value != want || r.Action.(ledger.Posting).Document.Number != want {
			t.Errorf("request %d became key %s, document %s", i, r.Key.Value, r.Action.(ledger.Posting).Document.Number)
		}
	}
}

func serve(t *testing.T, app *fiber.App) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = app.Listener(l) }()
	t.Cleanup(func() { _ = app.Shutdown(); <-done })
	return l.Addr().String()
}

// What a client library would not send.
func TestRawRequests(t *testing.T) {
	c, books := newFake(t)
	address := serve(t, c.app)
	auth := "Host: x\r\nAuthorization: Bearer token-lan\r\n"
	for _, x := range []struct{ name, request, status string }{
		{"a broken escape", "GET /api/v1/programmes/%zz HTTP/1.1\r\n" + auth + "\r\n", "404"},
		{"brackets", "GET /api/v1/programmes/[::1/units HTTP/1.1\r\n" + auth + "\r\n", "404"},
		{"a body announced above all limits", "POST " + entriesPath + " HTTP/1.1\r\n" + auth + "Content-Type: application/json\r\nContent-Length: 9000000000\r\n\r\n", "413"},
		{"two lengths", "POST " + entriesPath + " HTTP/1.1\r\n" + auth + "Content-Type: application/json\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "400"},
		{"headers without end", "GET /api/v1/programmes HTTP/1.1\r\n" + auth + "X: " + strings.Repeat("a", 9000) + "\r\n\r\n", "431"},
	} {
		t.Run(x.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprint(conn, x.request)
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			b, _ := io.ReadAll(res.Body)
			var p Problem
			if json.Unmarshal(b, &p) != nil || strconv.Itoa(p.Status) != x.status || strconv.Itoa(res.StatusCode) != x.status {
				t.Errorf("%s: %s", res.Status, b)
			}
			if len(books.posted) != 0 {
				t.Error("posted")
			}
		})
	}
}

func TestRegisterWantsImmutable(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an app that hands out its buffers was taken")
		}
	}()
	Register(fiber.New(), &fakeBooks{}, fakeDirectory{}, Options{})
}

func TestDocsPage(t *testing.T) {
	c, _ := newFake(t)
	a := c.do("GET", "/api/docs", "", "Authorization", "")
	policy := a.header.Get("Content-Security-Policy")
	if a.status != 200 || strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") {
		t.Fatalf("%d %s", a.status, policy)
	}
	page := string(a.body)
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(page)
	sum := sha256.Sum256([]byte(style[1]))
	if !strings.Contains(policy, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
		t.Error("the policy forbids the page's style")
	}
	if strings.Contains(page, "://") || strings.Contains(page, "<script") || strings.Contains(page, "style=") || strings.Contains(page, "ZgotmplZ") {
		t.Error("the page needs what its policy forbids")
	}
	for path, item := range c.spec.Paths {
		for method, op := range operationsOf(item) {
			if !strings.Contains(page, method+" /api"+path+"<") || !strings.Contains(page, op.Summary) {
				t.Errorf("%s %s is not on the page", method, path)
			}
		}
	}
}

func TestProblemsCatalogue(t *testing.T) {
	c, _ := newFake(t)
	var got List[RuleInfo]
	if a := c.do("GET", "/api/problems", "", "Authorization", ""); a.status != 200 {
		t.Fatal(a.status)
	} else {
		a.into(t, &got)
	}
	if len(got.Items) != len(rules) {
		t.Errorf("%d of %d rules", len(got.Items), len(rules))
	}
	var one RuleInfo
	c.do("GET", "/api/problems/over_limit", "", "Authorization", "").into(t, &one)
	if one.Rule != ledger.OverLimit || one.Status != 409 {
		t.Errorf("%+v", one)
	}
	if a := c.do("GET", "/api/problems/nothing", ""); a.status != 404 {
		t.Errorf("status %d", a.status)
	}
}

// Every rule of the ledger and of the transport has a status and words.
func TestEveryRuleIsAnswered(t *testing.T) {
	known := map[ledger.Rule]bool{}
	for _, r := range rules {
		if known[r.Rule] {
			t.Errorf("%s has two rows", r.Rule)
		}
		known[r.Rule] = true
		if _, own := words[r.Rule]; !own && !lang.Has("error."+string(r.Rule)) {
			t.Errorf("%s has no words", r.Rule)
		}
	}
	for _, dir := range []string{".", "../ledger"} {
		for name, rule := range rulesIn(t, dir) {
			if !known[rule] {
				t.Errorf("%s (%s) has no status", name, rule)
			}
		}
	}
}

// rulesIn finds the constants of type Rule in the sources of a package.
func rulesIn(t *testing.T, dir string) map[string]ledger.Rule {
	found := map[string]ledger.Rule{}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal(dir, err)
	}
	for _, path := range files {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if ok && spec.Type != nil && len(spec.Values) == 1 && (typeText(spec.Type) == "Rule" || typeText(spec.Type) == "ledger.Rule") {
				value, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				found[spec.Names[0].Name] = ledger.Rule(value)
			}
			return true
		})
	}
	if len(found) == 0 {
		t.Fatalf("no rules in %s", dir)
	}
	return found
}

func typeText(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return typeText(e.X) + "." + e.Sel.Name
	}
	return ""
}

// The description of a body and the reader of it are made from the same type; they
// must agree on what is known and what is required.
func TestDescriptionAgreesWithReader(t *testing.T) {
	c, _ := newFake(t)
	schemas := c.spec.Components.Schemas.Map()
	for name, sh := range map[string]*shape{"SingleEntry": singleShape, "EntryOfEvents": eventsShape, "BulkEntries": bulkShape,
		"Unit": shapeOf(typeOf[unit]()), "Project": shapeOf(typeOf[project]()), "Source": shapeOf(typeOf[source]()), "Programme": shapeOf(typeOf[Programme]()),
		"Period": shapeOf(typeOf[period]()), "GrantChange": shapeOf(typeOf[grantChange]()), "User": shapeOf(typeOf[user]()), "Reversal": shapeOf(typeOf[reversal]())} {
		s := schemas[name]
		if s == nil || len(s.Properties) != len(sh.fields) || s.AdditionalProperties != false {
			t.Errorf("%s: described %+v, read %+v", name, s, sh.fields)
			continue
		}
		for _, fd := range sh.fields {
			required := false
			for _, r := range s.Required {
				required = required || r == fd.name
			}
			if s.Properties[fd.name] == nil || required != fd.required {
				t.Errorf("%s.%s: described %+v required %t, read required %t", name, fd.name, s.Properties[fd.name], required, fd.required)
			}
		}
	}
}

// FuzzDecode: no body makes the reader panic, and what it takes encoding/json takes too,
// with the same result.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{goodEntry, `{"entries":[` + goodEntry + `]}`, `{` + goodHead + `,"events":[{` + goodEvent + `}]}`, `{"a":[{"b":"\u00e9\\"}],"amount":1e5}`, `[`, ` {"date" : "x" , "year":-3}`} {
		f.Add([]byte(seed))
	}
	var post postBody
	shapes := []*shape{shapeOf(typeOf[postBody]()), singleShape, shapeOf(typeOf[period]())}
	_ = post
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, sh := range shapes {
			v := newValue(sh)
			fs := newFaults()
			decode(b, sh, v, fs)
			if fs.err() != nil || sh.custom {
				continue
			}
			want := newValue(sh)
			if err := json.Unmarshal(b, want.Addr().Interface()); err != nil {
				t.Fatalf("%s: %v", b, err)
			}
			if got := fmt.Sprint(v.Interface()); got != fmt.Sprint(want.Interface()) {
				t.Fatalf("%s: %s, want %v", b, got, want.Interface())
			}
		}
	})
}

func typeOf[T any]() reflect.Type      { return reflect.TypeFor[T]() }
func newValue(sh *shape) reflect.Value { return reflect.New(sh.typ).Elem() }

func BenchmarkPostEntry(b *testing.B) {
	books := &fakeBooks{answer: func([]ledger.Request) ([]ledger.Result, error) {
		return []ledger.Result{{Outcome: ledger.Accepted, Seq: 1}}, nil
	}}
	c := newClient(b, books, fakeDirectory{"lan": {User: "lan"}}, Options{})
	handler := c.app.Handler()
	b.ReportAllocs()
	for b.Loop() {
		ctx := newRequestCtx(goodEntry)
		handler(ctx)
		if ctx.Response.StatusCode() != 201 {
			b.Fatal(string(ctx.Response.Body()))
		}
		books.posted = books.posted[:0]
	}
}
