package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// benchPlaceFor is a directory that the server of root, who is not root, may enter.
func benchPlaceFor(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "kinhphi-bench-test-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// A bench runs whole, its figures agree with each other and with the books, and
// nothing of it remains.
func TestBenchPost(t *testing.T) {
	parent := benchPlaceFor(t)
	file := filepath.Join(parent, "figures.json")
	var out, progress bytes.Buffer
	o := benchOptions{rounds: 2, seconds: 0.3, connections: 4, batch: 1, lines: 3, scale: 1, hot: true, parent: parent, out: file}
	r, err := benchPost(t.Context(), o, &out, &progress)
	if err != nil {
		t.Fatalf("%v\n%s", err, &progress)
	}
	if len(r.Rounds) != 2 || r.Accepted == 0 || r.Records != r.Accepted || r.Legs != 6*r.Accepted || len(r.Findings) > 0 {
		t.Errorf("%+v", r)
	}
	counted := 0.0
	for _, round := range r.Rounds {
		for _, f := range []*postFigures{round.Spread, round.Hot} {
			counted += f.Rate * 0.3
			if f.P50 <= 0 || f.P99 < f.P50 || f.ServiceCPU <= 0 || round.TPCB.Rate <= 0 || f.Ratio != f.Rate/round.TPCB.Rate || f.CPURatio <= 0 {
				t.Errorf("%+v beside %+v", f, round.TPCB)
			}
		}
	}
	if counted > float64(r.Accepted) { // the warm-up comes on top
		t.Errorf("rates of %v postings, accepted were %d", counted, r.Accepted)
	}
	for _, want := range []string{"not a promise", "TPC-B", "spread", "hot", "medians of 2 rounds", "check clean"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output does not say %q:\n%s", want, &out)
		}
	}
	again := &benchReport{}
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, again)
	}
	if err != nil || !reflect.DeepEqual(again, r) {
		t.Errorf("the file says %+v, %v", again, err)
	}
	nothingLeft(t, parent)
}

// nothingLeft waits for the end of the removal, which outlives the server a little.
func nothingLeft(t *testing.T, parent string) {
	t.Helper()
	var left []string
	for range 500 {
		if left, _ = filepath.Glob(filepath.Join(parent, "kinhphi-bench-*")); len(left) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("left behind: %v", left)
}

// Many entries a request are counted one by one.
func TestBenchPostBatches(t *testing.T) {
	o := benchOptions{rounds: 1, seconds: 0.2, connections: 2, batch: 7, lines: 2, parent: benchPlaceFor(t)}
	var progress bytes.Buffer
	r, err := benchPost(t.Context(), o, io.Discard, &progress)
	if err != nil {
		t.Fatalf("%v\n%s", err, &progress)
	}
	if r.Accepted == 0 || r.Accepted%7 != 0 || r.Rounds[0].TPCB != nil || r.Rounds[0].Hot != nil {
		t.Errorf("%+v", r)
	}
}

func TestBenchRefuses(t *testing.T) {
	good := benchOptions{rounds: 1, seconds: 1, connections: 1, batch: 1, lines: 1}
	if err := good.check(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*benchOptions){
		"no round":         func(o *benchOptions) { o.rounds = 0 },
		"no time":          func(o *benchOptions) { o.seconds = 0 },
		"no number":        func(o *benchOptions) { o.seconds = math.NaN() },
		"no connection":    func(o *benchOptions) { o.connections = 0 },
		"too many entries": func(o *benchOptions) { o.batch = 1001 },
		"no line":          func(o *benchOptions) { o.lines = 0 },
		"negative scale":   func(o *benchOptions) { o.scale = -1 },
	} {
		o := good
		if change(&o); o.check() == nil {
			t.Errorf("%s is taken", name)
		}
	}
	for _, flag := range []string{"--database-url=postgres://u@127.0.0.1:1/x", "--data=/nowhere"} {
		root := newRoot()
		root.SetArgs([]string{"bench", "post", flag})
		if err := root.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), "never a given database") {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

// A load takes nothing for accepted that was not.
func TestPosterReadsAnswers(t *testing.T) {
	accepted := `{"outcome":"accepted","seq":7}`
	answer := func(status, body string) string {
		return "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
	}
	for name, c := range map[string]struct{ answer, wrong string }{
		"accepted":   {answer("201 Created", accepted), ""},
		"replayed":   {answer("200 OK", `{"outcome":"replayed","seq":7}`), "0 of 1 entries were accepted: status 200"},
		"refused":    {answer("409 Conflict", `{"rule":"over_limit"}`), `status 409: {"rule":"over_limit"}`},
		"two":        {answer("200 OK", accepted+accepted), "2 of 1 entries"},
		"cut":        {answer("201 Created", accepted)[:90], "EOF"},
		"no length":  {"HTTP/1.1 201 Created\r\n\r\n" + accepted, "does not say its length"},
		"other":      {"SSH-2.0-x\r\n\r\n", "no status line"},
		"not a code": {"HTTP/1.1 xyz\r\n\r\n", "invalid syntax"},
	} {
		here, there := net.Pipe()
		go func() {
			_, _ = there.Read(make([]byte, 4096))
			_, _ = io.Copy(there, iotest.OneByteReader(strings.NewReader(c.answer)))
			there.Close()
		}()
		p := &poster{load: &load{token: "t", lines: []string{"2019/S/P/U"}, batch: 1}, conn: here, in: bufio.NewReader(here)}
		p.request()
		err := p.exchange(time.Now())
		if c.wrong == "" && err != nil || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%s: %v", name, err)
		}
		here.Close()
	}
}

func TestPosterMakesDifferentRequests(t *testing.T) {
	p := &poster{load: &load{token: "t", lines: []string{"2019/S/P/A", "2019/S/P/B"}, batch: 2}}
	p.request()
	first := string(p.out)
	p.request()
	for _, one := range []string{first, string(p.out)} {
		_, body, _ := strings.Cut(one, "\r\n\r\n")
		var got struct {
			Entries []struct{ Line, Amount, Date string }
		}
		if err := json.Unmarshal([]byte(body), &got); err != nil || len(got.Entries) != 2 || got.Entries[0].Line == got.Entries[1].Line {
			t.Errorf("%s: %v", body, err)
		}
		for _, e := range got.Entries {
			if _, err := time.Parse(time.DateOnly, e.Date); err != nil {
				t.Error(err)
			}
		}
	}
	key := func(request string) string {
		_, rest, _ := strings.Cut(request, "Idempotency-Key: ")
		key, _, _ := strings.Cut(rest, "\r\n")
		return key
	}
	if len(key(first)) < 10 || key(first) == key(string(p.out)) {
		t.Errorf("keys %q and %q", key(first), key(string(p.out)))
	}
}

func TestFigures(t *testing.T) {
	times := make([]time.Duration, 200)
	for i := range times {
		times[i] = time.Duration(i + 1)
	}
	for p, want := range map[int]time.Duration{0: 1, 1: 2, 50: 100, 99: 198, 100: 200} {
		if got := percentile(times, p); got != want {
			t.Errorf("percentile %d is %d, want %d", p, got, want)
		}
	}
	if got := percentile(nil, 50); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
	for _, c := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 2, 9}, 3}} {
		if got := median(c.values); got != c.want {
			t.Errorf("median of %v is %v", c.values, got)
		}
	}
	stat := "4711 (postgres: a) b) S 42 4711 4711 0 -1 4194560 1 2 3 4 150 50 30 20 20 0 1 0 99 1000 100"
	if parent, own, children := parseStat(stat); parent != 42 || own != 2*time.Second || children != 500*time.Millisecond {
		t.Errorf("%d, %v, %v", parent, own, children)
	}
	if parent, own, children := parseStat("broken"); parent != 0 || own != 0 || children != 0 {
		t.Errorf("%d, %v, %v", parent, own, children)
	}
}
