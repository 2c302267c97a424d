package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/sokinhphi/kinhphi/ledger/postgres/local"
)

// The invented report and its map, from here.
const (
	sampleReport = "../../ledger/intake/testdata/sample.xlsx"
	sampleMap    = "../../ledger/intake/testdata/sample.toml"
	sampleBook   = "VIENTRO-MAU"
)

// importing is the command that imports a report with the sample's map.
func importing(report string, more ...string) []string {
	return append([]string{"import", "execution", report, "--map", sampleMap}, more...)
}

// TestCommands goes through everything as a user would, beside a running service.
func TestCommands(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	s := h.serve(t, "127.0.0.1:0")
	for _, step := range []struct {
		name string
		do   func(*testing.T, home, *service)
	}{
		{"programme", programmes}, {"import", imports}, {"users", users}, {"summary", summaries}, {"export", exports},
		{"bad files", badFiles}, {"bad postings", badPostings},
		{"bad words", badWords}, {"check", checks},
	} {
		t.Run(step.name, func(t *testing.T) { step.do(t, h, s) })
	}
	s.stop(t)
	h.ok(t, "migrate") // starts the server that the service took with it
	if out := h.ok(t, "version"); !strings.HasPrefix(out, "kinhphi ") {
		t.Errorf("the version is %q", out)
	}
}

func programmes(t *testing.T, h home, _ *service) {
	if list := h.ok(t, "programme", "list"); list != "" {
		t.Errorf("empty books have %q", list)
	}
	h.ok(t, "programme", "create", "CTMT-MT", "Phòng, chống ma túy", "--adjustment-days", "31")
	h.ok(t, "programme", "create", "USD-1", "Viện trợ", "--currency", "USD", "--scale", "2")
	if list := h.ok(t, "programme", "list"); list != "CTMT-MT\tVND\tPhòng, chống ma túy\nUSD-1\tUSD\tViện trợ\n" {
		t.Errorf("the list is %q", list)
	}
	if a := h.run(t, "", "programme", "create", "CTMT-MT", "Khác"); a.code != exitRefused || !strings.Contains(a.err, "CTMT-MT") {
		t.Errorf("the same code again: %+v", a)
	}
}

func imports(t *testing.T, h home, _ *service) {
	dry := h.ok(t, importing(sampleReport, "--dry-run")...)
	if !strings.Contains(dry, "dry run: 18 requests would be posted, nothing was") || !regexp.MustCompile(`paid +246000\.37 +6 +1`).MatchString(dry) {
		t.Errorf("the preview is\n%s", dry)
	}
	if list := h.ok(t, "programme", "list"); strings.Contains(list, sampleBook) {
		t.Errorf("after a dry run there is %q", list)
	}
	if out := h.ok(t, importing(sampleReport)...); !strings.Contains(out, "posted 18 requests; 0 were there already") {
		t.Errorf("the import said\n%s", out)
	}
	before := h.ok(t, "check", sampleBook)
	if out := h.ok(t, importing(sampleReport)...); !strings.Contains(out, "posted 0 requests;") {
		t.Errorf("the import again said\n%s", out)
	}
	if after := h.ok(t, "check", sampleBook); after != before {
		t.Errorf("importing again made of\n%s%s", before, after)
	}
	if other := h.ok(t, importing(sampleReport, "--programme", "KHAC")...); !strings.Contains(other, "posted 18 requests") {
		t.Errorf("into another programme:\n%s", other)
	}
}

func users(t *testing.T, h home, s *service) {
	h.ok(t, "user", "set", "lan", "Nguyễn Thị Lan")
	if a := h.run(t, "ngắn\n", "user", "password", "lan"); a.code == 0 {
		t.Errorf("a short password: %+v", a)
	}
	if a := h.run(t, "", "user", "password", "lan"); a.code == 0 {
		t.Errorf("no password: %+v", a)
	}
	if a := h.run(t, "sáu quả dừa xiêm\n", "user", "password", "lan"); a.code != 0 || a.out+a.err != "" {
		t.Errorf("a good password: %+v", a)
	}
	if list := h.ok(t, "user", "list"); !regexp.MustCompile(`(?m)^lan +Nguyễn Thị Lan *$`).MatchString(list) {
		t.Errorf("the users are %q", list)
	}
	a := h.run(t, "", "token", "create", "--user", "lan", "--expires", "1h")
	token := strings.TrimSuffix(a.out, "\n")
	if a.code != 0 || a.err != "" || len(token) < 32 || strings.ContainsAny(token, " \n") {
		t.Fatalf("the token: %+v", a)
	}
	if again := h.ok(t, "token", "create", "--user", "lan"); again == a.out {
		t.Error("two tokens are the same")
	}
	may := func(want int) { // the service trusts a token for a moment before it asks again
		t.Helper()
		var status int
		for range 100 {
			if status, _ = s.ask(t, token, "", "/api/v1/programmes/"+sampleBook+"/lines", ""); status == want {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Errorf("status %d, want %d", status, want)
	}
	may(http.StatusForbidden)
	h.ok(t, "user", "grant", "lan", "officer", sampleBook)
	may(http.StatusOK)
	h.ok(t, "user", "revoke", "lan", "officer", sampleBook)
	may(http.StatusForbidden)
	h.ok(t, "user", "grant", "lan", "officer", sampleBook)
	may(http.StatusOK)
	if status, body := s.pay(t, token, "k-1", "1.01"); status != http.StatusCreated {
		t.Errorf("a payment of who was given the right again: %d %s", status, body)
	}
	if status, body := s.pay(t, token, "k-2", "1000000"); status != http.StatusConflict || !strings.Contains(string(body), "over_limit") {
		t.Errorf("too much: %d %s", status, body)
	}
}

// pay records a payment.
func (s *service) pay(t *testing.T, token, key, amount string) (status int, body []byte) {
	t.Helper()
	return s.ask(t, token, key, "/api/v1/programmes/"+sampleBook+"/entries", `{"kind":"pay","date":"2020-07-01","document":{"type":"UNC"},
		"line":"2020/VIEN-TRO-KHONG-HOAN-LAI-2019-VT01/TRUYEN-THONG/T-CONG-AN-TINH-1ZH8JJ","amount":"`+amount+`","payee":"Nhà khách"}`)
}

// ask asks the API: a body is posted.
func (s *service) ask(t *testing.T, token, key, path, body string) (status int, answer []byte) {
	t.Helper()
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	request, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", key)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if answer, err = io.ReadAll(response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, answer
}

func summaries(t *testing.T, h home, s *service) {
	type report struct {
		Programme, Currency string
		Total               map[string]string
	}
	read := func(text []byte) (r report) {
		t.Helper()
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
		return r
	}
	printed := read([]byte(h.ok(t, "report", "summary", "--programme", "KHAC", "--format", "json")))
	for figure, want := range map[string]string{"original": "495000.50", "appropriated": "501001.13", "allocated": "501001.13",
		"received": "425000.50", "committed_total": "413000.25", "accrued_total": "282000.62", "actual": "246000.37"} {
		if got := printed.Total[figure]; got != want {
			t.Errorf("%s is %s, want %s", figure, got, want)
		}
	}
	if printed.Programme != "KHAC" || printed.Currency != "USD" {
		t.Errorf("it is of %s, in %s", printed.Programme, printed.Currency)
	}
	_, token := officer(t, h, "xem", sampleBook)
	_, body := s.ask(t, token, "", "/api/v1/programmes/"+sampleBook+"/summary", "")
	file := filepath.Join(t.TempDir(), "summary.json")
	h.ok(t, "report", "summary", "--programme", sampleBook, "--out", file)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(read(text)), fmt.Sprint(read(body)); got != want {
		t.Errorf("the file says\n%s\nthe API\n%s", got, want)
	}
	for format, begins := range map[string]string{"csv": "", "xlsx": "PK\x03\x04"} {
		if text := h.ok(t, "report", "summary", "--programme", "KHAC", "--format", format); len(text) < 200 || !strings.HasPrefix(text, begins) {
			t.Errorf("as %s: %d bytes, %.80q", format, len(text), text)
		}
	}
	if past := read([]byte(h.ok(t, "report", "summary", "--programme", sampleBook, "--as-of", "2020-06-29"))); past.Total["actual"] != "0.00" {
		t.Errorf("before everything %v", past.Total)
	}
}

// officer makes a user who is an officer of a programme, and a token.
func officer(t *testing.T, h home, login, programme string) (string, string) {
	t.Helper()
	h.ok(t, "user", "set", login, "Người "+login)
	h.ok(t, "user", "grant", login, "officer", programme)
	return login, strings.TrimSpace(h.ok(t, "token", "create", "--user", login))
}

func exports(t *testing.T, h home, _ *service) {
	dir := filepath.Join(t.TempDir(), "out")
	if said := h.ok(t, "export", "--programme", sampleBook, "--out", dir); !strings.Contains(said, "7 entries, 136 legs") {
		t.Errorf("it said %q", said)
	}
	text, err := os.ReadFile(filepath.Join(dir, "so.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff")))).ReadAll()
	if err != nil || len(rows) != 1+136 || !strings.Contains(string(text), "Nhà khách") {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	for _, name := range []string{"so.jsonl", "trial.csv", "SHA256SUMS", "hledger/main.journal", "hledger/2020.journal"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if a := h.run(t, "", "export", "--programme", sampleBook, "--out", dir); a.code == 0 || !strings.Contains(a.err, "not empty") {
		t.Errorf("over an export: %+v", a)
	}
}

// changed returns the sample report with cells changed.
func changed(t *testing.T, cells map[string]any) (file string) {
	t.Helper()
	f, err := excelize.OpenFile(sampleReport)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for cell, value := range cells {
		if err := f.SetCellValue("ThucHien", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	file = filepath.Join(t.TempDir(), "changed.xlsx")
	if err := f.SaveAs(file); err != nil {
		t.Fatal(err)
	}
	return file
}

func badFiles(t *testing.T, h home, _ *service) {
	before := h.ok(t, "check")
	for _, c := range []struct {
		name  string
		cells map[string]any
		code  int
		says  []string // place, value, rule
	}{
		{"letters in an amount", map[string]any{"T6": "75000,x"}, exitUnusable, []string{"ThucHien!T6", "75000,x", "invalid_amount"}},
		{"an exponent", map[string]any{"Q6": "1e9"}, exitUnusable, []string{"ThucHien!Q6", "1e9", "invalid_amount"}},
		{"too many decimals", map[string]any{"P7": "30000.005"}, exitUnusable, []string{"ThucHien!P7", "30000.005", "amount_scale"}},
		{"forty digits", map[string]any{"N6": strings.Repeat("9", 40)}, exitUnusable, []string{"ThucHien!N6", "9999", "amount_range"}},
		{"not reported in a detail row", map[string]any{"R13": "N/R"}, exitUnusable, []string{"ThucHien!R13", "N/R", "not_reported"}},
		{"a kind of row that nobody knows", map[string]any{"C9": "3. Khác"}, exitUnusable, []string{"ThucHien!C9", "3. Khác", "unknown_row"}},
		{"more paid than accrued", map[string]any{"T9": "0.38", "T12": "11000.38"}, exitUnusable, []string{"ThucHien!T9", "0.38", "above_column"}},
		{"a wrong total", map[string]any{"P12": "55001"}, exitUnusable, []string{"ThucHien!P8", "185001.50", "total_mismatch"}},
		{"a header that is missing", map[string]any{"T5": "Chi"}, exitUnusable, []string{"ThucHien!", "Đã chi", "column_missing"}},
		{"more paid than received by the source", map[string]any{"P6": "0", "P7": "0", "P8": "0"}, exitUnusable, []string{"ThucHien!T6", "55,000", "over_limit"}},
	} {
		a := h.run(t, "", importing(changed(t, c.cells), "--programme", "HONG")...)
		if a.code != c.code {
			t.Errorf("%s: exit code %d, want %d", c.name, a.code, c.code)
		}
		for _, want := range c.says {
			if !strings.Contains(a.err, want) {
				t.Errorf("%s: it does not say %q:\n%s", c.name, want, a.err)
			}
		}
	}
	if a := h.run(t, "", importing(sampleMap)...); a.code != exitUnusable || !strings.Contains(a.err, "not_workbook") {
		t.Errorf("no workbook: %+v", a)
	}
	if a := h.run(t, "", importing("nowhere.xlsx")...); a.code != exitUnusable || !strings.Contains(a.err, "nowhere.xlsx") {
		t.Errorf("no file: %+v", a)
	}
	if a := h.run(t, "", "import", "execution", sampleReport, "--map", sampleReport); a.code != exitUnusable || !strings.Contains(a.err, "sample.xlsx") {
		t.Errorf("no map: %+v", a)
	}
	if after := h.ok(t, "check"); after != before {
		t.Errorf("bad files made of\n%s%s", before, after)
	}
}

// What only the ledger can refuse is led back to the row too, and nothing of the
// file is posted.
func badPostings(t *testing.T, h home, _ *service) {
	text, err := os.ReadFile(sampleMap)
	if err != nil {
		t.Fatal(err)
	}
	late := filepath.Join(t.TempDir(), "late.toml")
	if err := os.WriteFile(late, bytes.Replace(text, []byte("2020-06-30"), []byte("2021-06-30"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	a := h.run(t, "", "import", "execution", sampleReport, "--map", late, "--programme", "USD-1")
	if a.code != exitRefused || !strings.Contains(a.err, "ThucHien!N6: \"120000.00\": 30 Jun 2021") || !strings.Contains(a.err, "outside_year") {
		t.Errorf("after the end of the year: %+v", a)
	}
	if out := h.ok(t, "check", "USD-1"); !strings.HasPrefix(out, "USD-1: 0 records") {
		t.Errorf("a refused file left %s", out)
	}
}

// What a command cannot do, it says in one line, without the words of a program.
func badWords(t *testing.T, h home, s *service) {
	_, address, _ := strings.Cut(s.url, "//")
	for _, c := range []struct {
		args string
		says string
	}{
		{"programme create ab Tên", "ab"},
		{"programme create AB Tên --currency XX", "XX"},
		{"programme create AB Tên --scale 9", "9"},
		{"user set Lan Tên", "Lan"},
		{"user set local Tên", "local"},
		{"user grant lan boss " + sampleBook, "boss"},
		{"user grant lan officer KHONG", "rogramme"},
		{"user grant khong officer " + sampleBook, "khong"},
		{"token create", "user"},
		{"token create --user khong", "ser"},
		{"token create --user lan --expires 0s", ""},
		{"token create --user lan --expires 1000000h", ""},
		{"report summary --programme KHONG", "rogramme"},
		{"report summary --programme KHAC --format pdf", "pdf"},
		{"report summary --programme KHAC --as-of 2020-13-01", "2020-13-01"},
		{"export --programme KHONG --out " + t.TempDir() + "/x", "rogramme"},
		{"check KHONG", "rogramme"},
		{"nonsense", "nonsense"},
		{"serve --addr " + address, "in use"},
		{"programme list --database-url postgres://x:khong-noi-ra@127.0.0.1:1/x --data .", "either"},
	} {
		a := h.run(t, "", strings.Fields(c.args)...)
		if a.code == 0 || a.out != "" || !strings.HasPrefix(a.err, "kinhphi: ") || !strings.Contains(a.err, c.says) || strings.Contains(a.err, "khong-noi-ra") {
			t.Errorf("%s: %+v", c.args, a)
		}
	}
}

func checks(t *testing.T, h home, _ *service) {
	if out := h.ok(t, "check"); strings.Count(out, ": 0 findings\n") != 5 {
		t.Errorf("the check says\n%s", out)
	}
	h.damage(t, "UPDATE leg SET amount = amount + 1 WHERE programme = (SELECT id FROM programme WHERE code = 'KHAC') AND seq = 13 AND n = 1")
	a := h.run(t, "", "check")
	if a.code != exitDamaged || !strings.Contains(a.out, "KHAC: seal: record 13: ") || !strings.Contains(a.out, sampleBook+": ") ||
		strings.Contains(a.out, sampleBook+": seal") {
		t.Errorf("after damage: %+v", a)
	}
	if a := h.run(t, "", "check", sampleBook); a.code != 0 {
		t.Errorf("of the sound book: %+v", a)
	}
}

// damage does what no role may, as the superuser with all walls down.
func (h home) damage(t *testing.T, statement string) {
	t.Helper()
	srv, err := local.Start(t.Context(), local.Options{Dir: filepath.Join(h.data, "postgresql")})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Stop(context.Background())
	db, err := sql.Open("postgres", srv.URL(databaseName)+"&search_path=core&session_replication_role=replica")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
