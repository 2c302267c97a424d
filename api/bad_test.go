package api

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

const goodHead = `"date":"2019-03-17","document":{"type":"GRDT","number":"PC-0147","date":"2019-03-15"}`
const goodEvent = `"kind":"pay","line":"2019/NSTW/DA1/CAT","amount":"86400000"`
const goodEntry = `{` + goodHead + `,` + goodEvent + `}`
const entriesPath = "/api/v1/programmes/PCMT/entries"

// with returns goodEntry with one piece replaced.
func with(old, new string) string {
	if !strings.Contains(goodEntry, old) {
		panic(old)
	}
	return strings.Replace(goodEntry, old, new, 1)
}

func TestBadBodies(t *testing.T) {
	const bulk = `{"entries":[` + goodEntry + `,`
	for _, x := range []struct {
		name, body  string
		status      int
		field, rule string
		operands    string
	}{
		{"empty", ``, 422, "body", "required", "map[]"},
		{"not JSON", `{"kind":`, 422, "body", "malformed_json", "map[offset:8]"},
		{"something after the end", goodEntry + `{}`, 422, "body", "malformed_json", fmt.Sprintf("map[offset:%d]", len(goodEntry)+1)},
		{"byte order mark", "\ufeff" + goodEntry, 422, "body", "malformed_json", "map[offset:1]"},
		{"not UTF-8", with("GRDT", "GR\xff"), 422, "body", "invalid_utf8", "map[offset:43]"},
		{"half a character", with("GRDT", `GR\ud800`), 422, "document.type", "invalid_utf8", "map[offset:40]"},
		{"not an object", `[]`, 422, "body", "wrong_type", "map[got:array wanted:object]"},
		{"null", `null`, 422, "body", "wrong_type", "map[got:null wanted:object]"},
		{"field twice", with(`"amount"`, `"amount":"1","amount"`), 422, "amount", "duplicate_field", "map[]"},
		{"field twice, escaped", with(`"amount"`, `"\u0061mount":"1","amount"`), 422, "amount", "duplicate_field", "map[]"},
		{"field twice, deep", with(`"type"`, `"type":"PC","type"`), 422, "document.type", "duplicate_field", "map[]"},
		{"unknown field", with(`"amount"`, `"role":"admin","amount"`), 422, "role", "unknown_field", "map[]"},
		{"unknown field, deep", with(`"type"`, `"typ":"","type"`), 422, "document.typ", "unknown_field", "map[]"},
		{"other case", with(`"amount"`, `"Amount":"1","amount"`), 422, "Amount", "unknown_field", "map[]"},
		{"a long name", with(`"amount"`, `"`+strings.Repeat("é", 5000)+`":"1","amount"`), 422, strings.Repeat("é", 80) + "…", "unknown_field", "map[]"},
		{"too deep", with(`"amount"`, `"x":`+strings.Repeat("[", 40)+strings.Repeat("]", 40)+`,"amount"`), 422, "x", "too_deep", "map[limit:32]"},
		{"amount as number", with(`"86400000"`, `86400000`), 422, "amount", "wrong_type", "map[got:number wanted:string]"},
		{"amount null", with(`"86400000"`, `null`), 422, "amount", "wrong_type", "map[got:null wanted:string]"},
		{"amount missing", with(`,"amount":"86400000"`, ``), 422, "amount", "required", "map[]"},
		{"exponent", with(`86400000`, `1e9`), 422, "amount", "invalid_amount", "map[value:1e9]"},
		{"NaN", with(`86400000`, `NaN`), 422, "amount", "invalid_amount", "map[value:NaN]"},
		{"decimals of VND", with(`86400000`, `1.5`), 422, "amount", "amount_scale", "map[scale:0 value:1.5]"},
		{"40 digits", with(`86400000`, strings.Repeat("9", 40)), 422, "amount", "amount_range", "map[digits:40 limit:18]"},
		{"thousands", with(`86400000`, `86.400.000`), 422, "amount", "invalid_amount", "map[value:86.400.000]"},
		{"full-width digits", with(`86400000`, `８６`), 422, "amount", "invalid_amount", "map[value:８６]"},
		{"unknown kind", with(`"pay"`, `"chi"`), 422, "kind", "unknown_kind", "map[value:chi]"},
		{"kind as number", with(`"pay"`, `27`), 422, "kind", "wrong_type", "map[got:number wanted:string]"},
		{"line", with(`2019/NSTW/DA1/CAT`, `2019/nstw`), 422, "line", "invalid_code", "map[value:2019/nstw]"},
		{"line and source", with(`"line"`, `"source":"NSTW","line"`), 422, "source", "conflicting_fields", "map[with:line]"},
		{"line and year", with(`"line"`, `"year":2019,"line"`), 422, "year", "conflicting_fields", "map[with:line]"},
		{"year as string", with(`"line":"2019/NSTW/DA1/CAT"`, `"source":"NSTW","year":"2019"`), 422, "year", "wrong_type", "map[got:string wanted:number]"},
		{"year with decimals", with(`"line":"2019/NSTW/DA1/CAT"`, `"source":"NSTW","year":2019.5`), 422, "year", "wrong_type", "map[got:number wanted:integer]"},
		{"year of a million digits", with(`"line":"2019/NSTW/DA1/CAT"`, `"source":"NSTW","year":`+strings.Repeat("9", 100_000)), 422, "year", "wrong_type", "map[got:number wanted:integer]"},
		{"no such day", with(`2019-03-17`, `2019-02-30`), 422, "date", "invalid_date", "map[value:2019-02-30]"},
		{"date of another form", with(`2019-03-17`, `17/03/2019`), 422, "date", "invalid_date", "map[value:17/03/2019]"},
		{"no document", `{"date":"2019-03-17",` + goodEvent + `}`, 422, "document", "required", "map[]"},
		{"document as string", with(`{"type":"GRDT","number":"PC-0147","date":"2019-03-15"}`, `"PC-0147"`), 422, "document", "wrong_type", "map[got:string wanted:object]"},
		{"of", with(`"amount"`, `"of":"12,1","amount"`), 422, "of", "invalid_code", "map[value:12,1]"},
		{"from", with(`"amount"`, `"from":"anywhere","amount"`), 422, "from", "unknown_kind", "map[value:anywhere]"},
		{"event of an entry", `{` + goodHead + `,"events":[{` + goodEvent + `},{"kind":"pay","line":"2019/NSTW/DA1/CAT","amount":"1e9"}]}`, 422, "events[1].amount", "invalid_amount", "map[value:1e9]"},
		{"events and an event", with(`"amount"`, `"events":[],"amount"`), 422, "amount", "unknown_field", "map[]"},
		{"too many events", `{` + goodHead + `,"events":[` + strings.Repeat(`{`+goodEvent+`},`, 500) + `{` + goodEvent + `}]}`, 422, "events", "too_many", "map[count:501 limit:500]"},
		{"one of several", bulk + `{` + goodHead + `,` + goodEvent + `,"to":"x"}]}`, 422, "entries[1].to", "invalid_code", "map[value:x]"},
		{"event of one of several", bulk + `{` + goodHead + `,"events":[{` + goodEvent + `,"due":"tomorrow"}]}]}`, 422, "entries[1].events[0].due", "invalid_date", "map[value:tomorrow]"},
		{"a number among several", bulk + `1]}`, 422, "entries[1]", "wrong_type", "map[got:number wanted:object]"},
		{"none of several", `{"entries":[]}`, 422, "entries", "required", "map[]"},
		{"too many", `{"entries":[` + strings.Repeat(goodEntry+`,`, 1000) + goodEntry + `]}`, 422, "entries", "too_many", "map[count:1001 limit:1000]"},
		{"one too large", with(`"amount"`, `"description":"`+strings.Repeat("a", MaxBody)+`","amount"`), 413, "body", "body_too_large", "map[limit:262144]"},
		{"several too large", bulk + strings.Repeat(" ", MaxBulkBody) + goodEntry + `]}`, 413, "body", "body_too_large", "map[limit:4194304]"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c, books := newFake(t)
			p := c.do("POST", entriesPath, x.body).problem(t)
			if p.Status != x.status || len(p.Errors) == 0 {
				t.Fatalf("%+v", p)
			}
			e := p.Errors[0]
			for _, one := range p.Errors { // others may be there too: an event among events is several unknown fields
				if one.Field == x.field {
					e = one
				}
			}
			if e.Field != x.field || e.Rule != x.rule || fmt.Sprint(e.Operands) != x.operands {
				t.Errorf("%s %s %v, want %s %s %s", e.Field, e.Rule, e.Operands, x.field, x.rule, x.operands)
			}
			if !wellWorded(e.Message) {
				t.Errorf("message %q", e.Message)
			}
			if len(books.posted) != 0 {
				t.Error("posted all the same")
			}
		})
	}
}

func wellWorded(message string) bool {
	return message != "" && !strings.ContainsAny(message, "{}⟦⟧")
}

func TestAllFaultsAtOnce(t *testing.T) {
	c, _ := newFake(t)
	a := c.do("POST", entriesPath, `{"date":"x","document":{"type":"gr"},"kind":"chi","line":"2019","amount":"1.5","extra":1}`, "Idempotency-Key", "")
	p := a.problem(t)
	got := map[string]string{}
	for _, e := range p.Errors {
		got[e.Field] = e.Rule
	}
	want := map[string]string{"date": "invalid_date", "document.type": "invalid_code", "kind": "unknown_kind", "line": "invalid_code",
		"amount": "amount_scale", "extra": "unknown_field", "Idempotency-Key": "required"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestFloodOfFaultsStops(t *testing.T) {
	c, books := newFake(t)
	p := c.do("POST", entriesPath, `{`+strings.Repeat(`"x":1,`, 600_000)+`"y":1}`, "Idempotency-Key", "k").problem(t)
	if len(p.Errors) == 0 {
		t.Error("no faults")
	}
	flood := `{"entries":[` + strings.TrimSuffix(strings.Repeat(`{"events":[`+strings.TrimSuffix(strings.Repeat(`{},`, 400), ",")+`]},`, 900), ",") + `]}`
	p = c.do("POST", entriesPath, flood).problem(t)
	if len(p.Errors) != maxFaults || len(books.posted) != 0 {
		t.Errorf("%d faults, %d posted", len(p.Errors), len(books.posted))
	}
}

func TestBadEnvelopes(t *testing.T) {
	for _, x := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		field, rule              string
	}{
		{"no token", "POST", entriesPath, goodEntry, []string{"Authorization", ""}, 401, "Authorization", "unauthenticated"},
		{"a cookie instead", "POST", entriesPath, goodEntry, []string{"Authorization", "", "Cookie", "session=token-lan; token=token-lan"}, 401, "Authorization", "unauthenticated"},
		{"basic", "GET", "/api/v1/programmes", "", []string{"Authorization", "Basic bGFuOmxhbg=="}, 401, "Authorization", "unauthenticated"},
		{"an unknown token", "GET", "/api/v1/programmes", "", []string{"Authorization", "Bearer nobody"}, 401, "", "expired"},
		{"an endless token", "GET", "/api/v1/programmes", "", []string{"Authorization", "Bearer " + strings.Repeat("a", 3000)}, 401, "Authorization", "unauthenticated"},
		{"no key", "POST", entriesPath, goodEntry, []string{"Idempotency-Key", ""}, 422, "Idempotency-Key", "required"},
		{"a long key", "POST", entriesPath, goodEntry, []string{"Idempotency-Key", strings.Repeat("k", 129)}, 422, "Idempotency-Key", "too_long"},
		{"a key with spaces", "POST", entriesPath, goodEntry, []string{"Idempotency-Key", "a b"}, 422, "Idempotency-Key", "control_character"},
		{"a form", "POST", entriesPath, "amount=1", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "Content-Type", "unsupported_media_type"},
		{"XML", "POST", entriesPath, "<a/>", []string{"Content-Type", "text/xml"}, 415, "Content-Type", "unsupported_media_type"},
		{"no media type", "POST", entriesPath, goodEntry, []string{"Content-Type", ""}, 415, "Content-Type", "unsupported_media_type"},
		{"another charset", "POST", entriesPath, goodEntry, []string{"Content-Type", "application/json; charset=tcvn3"}, 415, "Content-Type", "unsupported_media_type"},
		{"a compressed body", "POST", entriesPath, "\x1f\x8b", []string{"Content-Encoding", "gzip"}, 415, "Content-Encoding", "unsupported_media_type"},
		{"no such path", "GET", "/api/v1/nothing", "", nil, 404, "", "no_route"},
		{"no such path outside v1", "GET", "/api/v2/programmes", "", nil, 404, "", "no_route"},
		{"another method", "DELETE", entriesPath, "", nil, 405, "", "method_not_allowed"},
		{"another case", "GET", "/api/v1/Programmes", "", nil, 404, "", "no_route"},
		{"a programme that cannot be", "GET", "/api/v1/programmes/pcmt%00/units", "", nil, 404, "programme", "not_found"},
		{"a programme not in UTF-8", "GET", "/api/v1/programmes/%ff/units", "", nil, 404, "programme", "not_found"},
		{"an unknown programme", "POST", "/api/v1/programmes/OTHER/entries", goodEntry, nil, 404, "", "not_found"},
		{"an entry that cannot be", "GET", entriesPath + "/0012", "", nil, 404, "seq", "not_found"},
		{"an unknown parameter", "GET", entriesPath + "?limits=1", "", nil, 422, "limits", "unknown_parameter"},
		{"a path's name as parameter", "GET", entriesPath + "?programme=X", "", nil, 422, "programme", "unknown_parameter"},
		{"a parameter twice", "GET", entriesPath + "?year=2019&year=2020", "", nil, 422, "year", "duplicate_field"},
		{"limit", "GET", entriesPath + "?limit=1001", "", nil, 422, "limit", "too_many"},
		{"limit of none", "GET", entriesPath + "?limit=0", "", nil, 422, "limit", "wrong_type"},
		{"year", "GET", entriesPath + "?year=19", "", nil, 422, "year", "invalid_date"},
		{"code with quote", "GET", entriesPath + "?source=A'--", "", nil, 422, "source", "invalid_code"},
		{"text with NUL", "GET", entriesPath + "?text=a%00b", "", nil, 422, "text", "control_character"},
		{"text not in UTF-8", "GET", entriesPath + "?text=%ff", "", nil, 422, "text", "invalid_utf8"},
		{"amount", "GET", entriesPath + "?amount=1e3", "", nil, 422, "amount", "invalid_amount"},
		{"figure", "GET", entriesPath + "?figure=spent", "", nil, 422, "figure", "unknown_kind"},
		{"kinds", "GET", entriesPath + "?kind=pay,chi", "", nil, 422, "kind", "unknown_kind"},
		{"no lines", "GET", "/api/v1/programmes/PCMT/balances", "", nil, 422, "line", "required"},
		{"a short line", "GET", "/api/v1/programmes/PCMT/balances?line=2019/NSTW", "", nil, 422, "line", "incomplete_line"},
		{"an unknown line", "GET", "/api/v1/programmes/PCMT/balances?line=2019/NSTW/DA1/CAT", "", nil, 422, "line", "unknown_code"},
		{"a flag", "GET", "/api/v1/programmes/PCMT/obligations?open=yes", "", nil, 422, "open", "wrong_type"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c, books := newFake(t)
			a := c.do(x.method, x.path, x.body, x.headers...)
			p := a.problem(t)
			if p.Status != x.status || len(p.Errors) != 1 || p.Errors[0].Field != x.field || p.Errors[0].Rule != x.rule {
				t.Errorf("%+v, want %d %s %s", p, x.status, x.field, x.rule)
			}
			if p.Type != "/api/problems/"+x.rule || !wellWorded(p.Errors[0].Message) {
				t.Errorf("%+v", p)
			}
			if x.status == 401 && a.header.Get("WWW-Authenticate") != "Bearer" {
				t.Error("no WWW-Authenticate")
			}
			if len(books.posted) != 0 {
				t.Error("posted all the same")
			}
		})
	}
}

func TestBadDefinitions(t *testing.T) {
	for _, x := range []struct{ path, body, field, rule string }{
		{"/api/v1/programmes", `{"code":"X","name":"X","currency":"vnd","scale":0,"adjustment_days":31}`, "currency", "invalid_code"},
		{"/api/v1/programmes", `{"code":"X","name":"X","currency":"VND","scale":9,"adjustment_days":31}`, "currency", "amount_scale"},
		{"/api/v1/programmes", `{"code":"X","name":"X","currency":"VND","scale":"0","adjustment_days":31}`, "scale", "wrong_type"},
		{"/api/v1/programmes/PCMT/units", `{"code":"công an","name":"X","from":"2017-01-01"}`, "code", "invalid_code"},
		{"/api/v1/programmes/PCMT/units", `{"code":"X","from":"2017-01-01"}`, "name", "required"},
		{"/api/v1/programmes/PCMT/units", `{"code":"X","name":"X","from":"1/1/2017"}`, "from", "invalid_date"},
		{"/api/v1/programmes/PCMT/projects", `{"code":"DA1","name":"X","owner":"-"}`, "owner", "invalid_code"},
		{"/api/v1/programmes/PCMT/sources", `{"code":"A","name":"X","kind":"lottery","backing":"cash"}`, "kind", "unknown_kind"},
		{"/api/v1/programmes/PCMT/sources", `{"code":"A","name":"X","kind":"other","backing":"hope"}`, "backing", "unknown_kind"},
		{"/api/v1/programmes/PCMT/periods", `{"year":2019,"month":13,"closed":true}`, "month", "invalid_date"},
		{"/api/v1/programmes/PCMT/periods", `{"year":2019,"month":1}`, "closed", "required"},
		{"/api/v1/programmes/PCMT/periods", `{"year":2019,"month":1,"closed":"true"}`, "closed", "wrong_type"},
		{"/api/v1/programmes/PCMT/grants", `{"login":"lan","role":"king"}`, "role", "unknown_kind"},
		{"/api/v1/programmes/PCMT/grants", `{"login":"Lan","role":"officer"}`, "login", "invalid_code"},
		{"/api/v1/users", `{"login":"lan","name":"Lan","admin":true}`, "admin", "unknown_field"},
		{entriesPath + "/12/reverse", `{"date":"2019-03-17","reason":"x"}`, "document", "required"},
		{entriesPath + "/x/reverse", `{"date":"2019-03-17","document":{"type":"PDC"},"reason":"x"}`, "seq", "not_found"},
	} {
		t.Run(x.field+" "+x.rule, func(t *testing.T) {
			c, books := newFake(t)
			p := c.do("POST", x.path, x.body).problem(t)
			if len(p.Errors) != 1 || p.Errors[0].Field != x.field || p.Errors[0].Rule != x.rule || len(books.posted) != 0 {
				t.Errorf("%+v, want %s %s; %d posted", p, x.field, x.rule, len(books.posted))
			}
		})
	}
}

func TestRefusalsOfTheBooks(t *testing.T) {
	overLimit := ledger.Refuse(ledger.OverLimit, "events[0].amount", "account", "Budget:2019:NSTW:DA1:CAT:041:12:Available", "available", "2000000", "needed", "8000000", "short", "6000000")
	for _, x := range []struct {
		name, body string
		err        error
		call       bool // the whole call failed
		status     int
		field      string
		rule       ledger.Rule
		retry      string
	}{
		{"over the limit", goodEntry, overLimit, false, 409, "amount", ledger.OverLimit, ""},
		{"over the limit among events", `{` + goodHead + `,"events":[{` + goodEvent + `}]}`, overLimit, false, 409, "events[0].amount", ledger.OverLimit, ""},
		{"a part of a line", goodEntry, ledger.Refuse(ledger.UnknownCode, "events[0].line.unit", "value", "X"), false, 422, "line", ledger.UnknownCode, ""},
		{"a source", with(`"line":"2019/NSTW/DA1/CAT"`, `"source":"NSTW"`), ledger.Refuse(ledger.UnknownCode, "events[0].line.source", "value", "NSTW"), false, 422, "source", ledger.UnknownCode, ""},
		{"a whole line by source", with(`"line":"2019/NSTW/DA1/CAT"`, `"source":"NSTW"`), ledger.Refuse(ledger.IncompleteLine, "events[0].line", "value", "-/NSTW", "needs", "x"), false, 422, "source", ledger.IncompleteLine, ""},
		{"a text", goodEntry, ledger.Refuse(ledger.NotNFC, "events[0].text"), false, 422, "description", ledger.NotNFC, ""},
		{"a voucher's date", goodEntry, ledger.Refuse(ledger.OutsideYear, "events[0].date", "date", "2021-01-01", "year", "2019", "from", "2019-01-01", "until", "2020-01-31"), false, 422, "date", ledger.OutsideYear, ""},
		{"a closed period", goodEntry, ledger.Refuse(ledger.PeriodClosed, "date", "period", "2019-03"), false, 409, "date", ledger.PeriodClosed, ""},
		{"a used key", goodEntry, ledger.Refuse(ledger.KeyReused, "key", "key", "k1"), false, 409, "Idempotency-Key", ledger.KeyReused, ""},
		{"its own used key", with(`"amount"`, `"key":"k2","amount"`), ledger.Refuse(ledger.KeyReused, "key", "key", "k2"), false, 409, "key", ledger.KeyReused, ""},
		{"forbidden", goodEntry, ledger.Refuse(ledger.Forbidden, "", "user", "lan", "action", "post", "programme", "PCMT"), false, 403, "", ledger.Forbidden, ""},
		{"busy", goodEntry, ledger.Busy, true, 503, "", ledger.Busy, "1"},
		{"busy, wrapped", goodEntry, fmt.Errorf("post: %w", ledger.Refuse(ledger.Busy, "")), true, 503, "", ledger.Busy, "1"},
		{"unknown outcome", goodEntry, ledger.UnknownOutcome, true, 503, "", ledger.UnknownOutcome, "1"},
		{"too late", goodEntry, fmt.Errorf("post: %w", context.DeadlineExceeded), true, 504, "", Deadline, ""},
		{"cancelled", goodEntry, context.Canceled, true, 503, "", ledger.Busy, "1"},
		{"a failure", goodEntry, errors.New("password=hunter2 dial tcp 10.0.0.1"), true, 500, "", Internal, ""},
		{"a failure of one", goodEntry, errors.New("relation leg does not exist"), false, 500, "", Internal, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			books := &fakeBooks{answer: func(rs []ledger.Request) ([]ledger.Result, error) {
				if x.call {
					return nil, x.err
				}
				return []ledger.Result{{Outcome: ledger.Refused, Err: x.err}}, nil
			}}
			var failed []error
			c := newClient(t, books, fakeDirectory{"lan": {User: "lan"}}, Options{Failed: func(id string, err error) { failed = append(failed, fmt.Errorf("%s: %w", id, err)) }})
			a := c.do("POST", entriesPath, x.body)
			p := a.problem(t)
			if p.Status != x.status || len(p.Errors) != 1 || p.Errors[0].Field != x.field || p.Errors[0].Rule != string(x.rule) {
				t.Errorf("%+v, want %d %s %s", p, x.status, x.field, x.rule)
			}
			if a.header.Get("Retry-After") != x.retry {
				t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
			}
			if (x.status == 500) != (len(failed) == 1) || len(failed) == 1 && (!errors.Is(failed[0], x.err) || !strings.HasPrefix(failed[0].Error(), p.RequestID)) {
				t.Errorf("reported %v", failed)
			}
			if x.status == 500 && (strings.Contains(string(a.body), "hunter2") || strings.Contains(string(a.body), "leg")) {
				t.Errorf("the answer tells %s", a.body)
			}
		})
	}
}

func TestOverLimitIsWorded(t *testing.T) {
	books := &fakeBooks{answer: func([]ledger.Request) ([]ledger.Result, error) {
		return []ledger.Result{{Err: ledger.Refuse(ledger.OverLimit, "events[0].amount", "account", "Budget:2019:NSTW:DA1:CAT:041:12:Available",
			"available", "2000000", "needed", "8000000", "short", "6000000")}}, nil
	}}
	c := newClient(t, books, fakeDirectory{"lan": {User: "lan"}}, Options{})
	for accept, want := range map[string]string{"": "2.000.000", "vi": "2.000.000", "en-GB,en;q=0.9": "2,000,000", "fr": "2.000.000"} {
		p := c.do("POST", entriesPath, goodEntry, "Accept-Language", accept).problem(t)
		e := p.Errors[0]
		if !strings.Contains(e.Message, want) || e.Operands["available"] != "2000000" || e.Operands["short"] != "6000000" {
			t.Errorf("%q: %+v", accept, e)
		}
	}
}

func TestDirectoryFailureIsNotARefusal(t *testing.T) {
	var failed error
	c := newClient(t, &fakeBooks{}, brokenDirectory{}, Options{Failed: func(_ string, err error) { failed = err }})
	if a := c.do("GET", "/api/v1/programmes", ""); a.status != 500 || failed == nil || strings.Contains(string(a.body), "store") {
		t.Errorf("status %d, reported %v: %s", a.status, failed, a.body)
	}
}

type brokenDirectory struct{ fakeDirectory }

func (brokenDirectory) TokenActor(context.Context, string) (ledger.Actor, error) {
	return ledger.Actor{}, errors.New("the store is away")
}

func TestDeadlineReachesTheBooks(t *testing.T) {
	books := &deadlineBooks{}
	c := newClient(t, books, fakeDirectory{"lan": {User: "lan"}}, Options{})
	c.do("GET", "/api/v1/programmes", "")
	if books.left <= 0 || books.left > 20*time.Second {
		t.Errorf("%v left", books.left)
	}
}

type deadlineBooks struct {
	fakeBooks
	left time.Duration
}

func (b *deadlineBooks) Programmes(ctx context.Context, _ ledger.Actor) ([]ledger.Programme, error) {
	at, _ := ctx.Deadline()
	b.left = time.Until(at)
	return nil, nil
}
