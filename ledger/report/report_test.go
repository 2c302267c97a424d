package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file under testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got:\n%s", name, got)
	}
}

func TestSummaryAsJSON(t *testing.T) {
	b := smallBook()
	b.filter.At = ledger.AsOf{Date: day(2020, 12, 31), Known: 7}
	var out bytes.Buffer
	if err := WriteJSON(&out, b.summary(t), b.st); err != nil {
		t.Fatal(err)
	}
	golden(t, "summary.json", out.Bytes())
	var read struct {
		AsOf  string `json:"as_of"`
		Total map[string]*string
		Units []map[string]any
	}
	if err := json.Unmarshal(out.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	if len(read.Total) != len(ledger.Figures) || *read.Total["actual"] != "833333332" || read.AsOf != "2020-12-31" {
		t.Errorf("total %v as of %s", read.Total, read.AsOf)
	}
	if read.Units[0]["received"] != nil || read.Units[0]["key"] != "PC04" || read.Units[0]["actual"] != "399999999" {
		t.Errorf("unit %v", read.Units[0])
	}
}

func TestEmptyListsAreLists(t *testing.T) {
	b := newBook(ledger.VND)
	var out bytes.Buffer
	if err := WriteJSON(&out, b.summary(t), b.st); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), `"years": null`) || !strings.Contains(out.String(), `"as_of": null`) {
		t.Error(out.String())
	}
}

func TestSummaryAsCSV(t *testing.T) {
	b := smallBook()
	var out bytes.Buffer
	if err := WriteCSV(&out, b.summary(t), b.st); err != nil {
		t.Fatal(err)
	}
	golden(t, "summary.csv", out.Bytes())
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(out.Bytes(), []byte("\uFEFF")))).ReadAll()
	if err != nil || len(rows) != 2+2+2+2+2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if name := rows[6][2]; rows[6][1] != "PC04" || name[:2] != "'=" {
		t.Errorf("a name that begins like a formula: %q", name)
	}
}

type brokenWriter struct{}

var errBroken = errors.New("disk full")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestFailingWriters(t *testing.T) {
	b := smallBook()
	s := b.summary(t)
	for name, err := range map[string]error{
		"json": WriteJSON(brokenWriter{}, s, b.st), "csv": WriteCSV(brokenWriter{}, s, b.st),
		"xlsx":    WriteXLSX(brokenWriter{}, s, b.st, Options{}),
		"journal": JournalXLSX(brokenWriter{}, journal(nil, nil), b.st.Programme, "", Options{}),
	} {
		if !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := JournalXLSX(io.Discard, journal(nil, errBroken), b.st.Programme, "", Options{}); !errors.Is(err, errBroken) {
		t.Errorf("rows: %v", err)
	}
}

func TestProgress(t *testing.T) {
	b := smallBook()
	p, err := NewProgress(b.all(), b.summary(t), b.filter, day(2020, 5, 17))
	if err != nil {
		t.Fatal(err)
	}
	texts := func(all []ledger.Money) (s []string) {
		for _, m := range all {
			s = append(s, m.String())
		}
		return s
	}
	equal := func(what string, got []ledger.Money, want string) {
		if s := strings.Join(texts(got), " "); s != want {
			t.Errorf("%s: %s, want %s", what, s, want)
		}
	}
	equal("plan", p.Planned, "750000000 1500000001 2250000002 3000000003 3250000003 3500000003 3750000003 4000000003")
	equal("disbursed", p.Disbursed, "333333333 333333333 483333333 483333333 883333332 883333332")
	equal("actual", p.Actual, "333333333 333333333 333333333 433333333 833333332 833333332")
	if q := p.Quarters[0]; q.Label(lang.Vi) != "I/19" || q.Label(lang.En) != "Q1/19" || len(p.Quarters) != 8 {
		t.Errorf("quarters %v", p.Quarters)
	}
	s := b.summary(t)
	if last := p.Actual[len(p.Actual)-1]; !last.Equal(s.Total.Must(ledger.Actual)) {
		t.Errorf("the last point is %s, the summary says %s", last, s.Total.Must(ledger.Actual))
	}
	if _, err := NewProgress(func(yield func(ledger.Cell, error) bool) { yield(ledger.Cell{}, errBroken) }, s, b.filter, day(2020, 1, 1)); !errors.Is(err, errBroken) {
		t.Error(err)
	}
}

func TestQuartersOfOddAmounts(t *testing.T) {
	mxn, err := ledger.NewCurrency("MXN", 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		m    ledger.Money
		n    int
		want string
	}{
		{amount("0.37", mxn), 1, "0.09"}, {amount("0.37", mxn), 3, "0.27"}, {amount("-10", ledger.VND), 1, "-2"},
		{amount("123456789012345678901", ledger.VND), 2, "61728394506172839450"}, {amount("0", mxn), 2, "0.00"},
	} {
		if got := quarters4(c.m, c.n).String(); got != c.want {
			t.Errorf("%d quarters of %s: %s, want %s", c.n, c.m, got, c.want)
		}
	}
}

var presentation = regexp.MustCompile(`style=|fill=|stroke=|font-`)

func TestChart(t *testing.T) {
	b := smallBook()
	p, err := NewProgress(b.all(), b.summary(t), b.filter, day(2020, 5, 17))
	if err != nil {
		t.Fatal(err)
	}
	wide, narrow := p.SVG(Wide, lang.Millions, lang.Vi), p.SVG(Narrow, lang.Millions, lang.En)
	golden(t, "wide.svg", []byte(wide+"\n"))
	golden(t, "narrow.svg", []byte(narrow+"\n"))
	for _, svg := range []string{wide, narrow} {
		if m := presentation.FindString(svg); m != "" {
			t.Errorf("looks are for style sheets, not %q", m)
		}
		if !strings.Contains(svg, `role="img" aria-label=`) {
			t.Error("no label")
		}
	}
	if empty := (Progress{}).SVG(Wide, lang.Ones, lang.Vi); empty != "" {
		t.Errorf("an empty chart: %s", empty)
	}
}

func TestScaleIsRound(t *testing.T) {
	for highest, want := range map[float64]float64{77e9: 20e9, 1: 0.25, 999: 250, 1000: 250, 4: 1, 0: 1, 8.1: 2.5} {
		if got := niceStep(highest, 4); got != want {
			t.Errorf("step to %v: %v, want %v", highest, got, want)
		}
	}
}

func TestTextsInBothLanguages(t *testing.T) {
	placeholder := regexp.MustCompile(`\{[a-z_]+\}`)
	for key, w := range words {
		vi, en := placeholder.FindAllString(w[0], -1), placeholder.FindAllString(w[1], -1)
		if w[0] == "" || w[1] == "" || strings.Join(vi, "") != strings.Join(en, "") {
			t.Errorf("%s: %q, %q", key, w[0], w[1])
		}
	}
}
