package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A cell is a figure of a table of the summary, with the journal that it leads to.
type cell struct{ Text, Link string }

// cells are the figures of a table, by its dimension, that lead somewhere; rows
// selects among its rows.
func (b *tab) cells(by, rows string) []cell {
	b.Helper()
	return eval[[]cell](b, `[...document.querySelectorAll('[aria-labelledby=by-`+by+`] :is(`+rows+`) td.num a[href*="/journal?"]')].map((a) => ({ Text: a.innerText, Link: a.pathname + a.search }))`)
}

// selection is the query of a link.
func (c cell) selection(t *testing.T) url.Values {
	t.Helper()
	u, err := url.Parse(c.Link)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// columns are the figures of the tables of the summary.
var columns = []string{"planned", "mobilised", "allocated", "usable", "disbursed", "actual", "committed_open", "available"}

// Every figure of the page, in whole đồng, is the API's for the same selection, and
// no figure that is not zero is left out.
func TestSummaryIsTheAPIs(t *testing.T) {
	b := as(t, "owner")
	for _, q := range []url.Values{{}, {"year": {"2019"}}, {"project": {"DA2"}}, {"as_of": {"2019-06-30"}, "year": {"2019"}}} {
		b.visit(root + "/summary?in=full&" + q.Encode())
		want := site.summary(t, q)
		compared := 0
		for by, rows := range map[string][]map[string]any{"project": want.Projects, "source": want.Sources, "year": want.Years, "unit": want.Units} {
			compared += b.sameTable(by, rows, want.Total, q)
		}
		t.Logf("summary of %v: %d figures compared", q, compared)
	}
}

// sameTable compares the table by a dimension with rows of the API's summary.
func (b *tab) sameTable(by string, rows []map[string]any, total figures, q url.Values) (compared int) {
	b.Helper()
	want := map[string]figures{}
	for _, row := range rows {
		want[fmt.Sprint(row["key"])] = figuresOf(row)
	}
	count := 0 // of figures that are not zero, in the columns that the table can have
	for _, row := range append(rows, nil) {
		values := figuresOf(row)
		if row == nil {
			values = total
		}
		for _, figure := range columns {
			if v := values[figure]; rows[0][figure] != nil && v != nil && *v != "0" {
				count++
			}
		}
	}
	all := b.cells(by, "tbody")
	for _, c := range all {
		b.sameAsAPI(c, want[c.selection(b.T).Get(by)], q)
	}
	sum := b.cells(by, "tfoot")
	for _, c := range sum {
		b.sameAsAPI(c, total, q)
	}
	if got := len(all) + len(sum); got != count {
		b.Errorf("summary of %v by %s: %d figures, want %d", q, by, got, count)
	}
	return count
}

// figuresOf are the figures of a row of the API's summary.
func figuresOf(row map[string]any) figures {
	all := figures{}
	for name, v := range row {
		if s, ok := v.(string); ok && name != "key" {
			all[name] = &s
		}
	}
	return all
}

func (b *tab) sameAsAPI(c cell, want figures, q url.Values) {
	b.Helper()
	figure := c.selection(b.T).Get("figure")
	if want[figure] == nil {
		b.Errorf("summary of %v: the API has no %s", q, figure)
		return
	}
	if got := shown(b.T, c.Text); got != integer(b.T, *want[figure]) {
		b.Errorf("summary of %v: %s is %s, by the API %s", q, figure, c.Text, *want[figure])
	}
}

// total is what the journal on the page adds up to.
func (b *tab) total() int64 {
	b.Helper()
	return shown(b.T, b.text("section.journal tfoot td.num"))
}

// Each figure leads to the rows of the journal that add up to it.
func TestFiguresLeadToTheirRows(t *testing.T) {
	b := as(t, "auditor")
	b.visit(root + "/summary?in=full&year=2019")
	all := b.cells("project", "tbody tr:nth-child(3), tfoot")
	if len(all) < 12 {
		t.Fatalf("only %d figures lead to the journal", len(all))
	}
	for i, c := range all {
		if i == 0 {
			b.click(`[aria-labelledby=by-project] tbody tr:nth-child(3) td.num a`)
		} else {
			b.visit(c.Link)
		}
		if got := b.total(); got != shown(t, c.Text) {
			t.Errorf("%s shows %s; the journal adds up to %d", c.Link, c.Text, got)
		}
	}
}

// From the summary to a project, to a line, to an entry: by links alone.
func TestDownToTheEntry(t *testing.T) {
	b := as(t, "owner")
	b.visit(root + "/summary")
	b.click(`[aria-labelledby=by-project] tbody th a`)
	if !strings.HasPrefix(b.address(), root+"/projects/DA1") {
		t.Errorf("the first project leads to %s", b.address())
	}
	line := b.text(`[aria-labelledby=list] tbody a`)
	b.click(`[aria-labelledby=list] tbody a`)
	if !strings.HasPrefix(b.address(), root+"/lines/") {
		t.Errorf("the line %s leads to %s", line, b.address())
	}
	if whole := b.text(".bridge"); !b.has(".bridge tr.whole") || b.has(".hint .red") {
		t.Errorf("the parts of the line do not add up: %s", whole)
	}
	b.click(`[aria-labelledby=rows] tbody a[href*="/entries/"]`)
	if !strings.HasPrefix(b.address(), root+"/entries/") {
		t.Errorf("a row of the line leads to %s", b.address())
	}
}

// What a line has left is the same on its page, in the panel and in the API.
func TestLineSaysTheSameEverywhere(t *testing.T) {
	b := as(t, "officer")
	const line = "2020/NSTINH/DA3/PC04/041/12"
	want := site.available(t, line)
	b.visit(root + "/lines/" + line)
	if got := shown(t, b.text("section[aria-labelledby=bridge] .figure")); got != want {
		t.Errorf("the page of the line shows %d left, the API %d", got, want)
	}
	b.click(".heading a.primary")
	b.wait(`document.querySelector("#line[role=combobox]") !== null`)
	if got := b.left(); got != want || b.value("#line") != lineTwin {
		t.Errorf("from its page, the form has the line %q with %d left, want %s with %d", b.value("#line"), got, lineTwin, want)
	}
}

// How long the summary took is in Server-Timing; how long that is, is told, not judged.
func TestSummaryTellsItsTime(t *testing.T) {
	b := as(t, "owner")
	for _, path := range []string{root + "/summary", root + "/summary?year=2019", root} {
		b.visit(path)
		timing := eval[map[string]float64](b, `Object.fromEntries(performance.getEntriesByType("navigation")[0].serverTiming.map((s) => [s.name, s.duration]))`)
		if timing["summary"] <= 0 {
			t.Errorf("%s: Server-Timing is %v", path, timing)
		}
		t.Logf("%s: Server-Timing in ms: %v", path, timing)
	}
}

// The chart has numbers to read, and letters that can be read on a phone.
func TestChartOnAPhone(t *testing.T) {
	b := as(t, "owner")
	for _, s := range []screen{desktop, phone} {
		b.show(s, "light")
		b.visit(root + "/summary")
		smallest := eval[float64](b, `Math.min(...[...document.querySelectorAll(".chart-box svg")].filter((e) => e.checkVisibility())
			.flatMap((e) => [...e.querySelectorAll("text")].map((l) => parseFloat(getComputedStyle(l).fontSize) * e.getBoundingClientRect().width / e.viewBox.baseVal.width)))`)
		if smallest < 10 {
			t.Errorf("%s: letters of the chart are %.1f px high", s.name, smallest)
		}
		if n := eval[int](b, `[...document.querySelectorAll(".chart-box svg")].filter((e) => e.checkVisibility()).length`); n != 1 {
			t.Errorf("%s: %d charts are in sight", s.name, n)
		}
	}
	b.do(chromedp.Click(".numbers summary", chromedp.ByQuery))
	if rows := eval[int](b, `document.querySelectorAll(".numbers tbody tr").length`); rows < 16 {
		t.Errorf("the chart has numbers for %d quarters", rows)
	}
}

// The files of the summary say what the page says.
func TestSummaryFiles(t *testing.T) {
	b := as(t, "auditor")
	b.visit(root + "/summary?year=2019")
	for _, file := range []string{"summary.xlsx", "summary.csv", "summary.json"} {
		link := eval[string](b, `document.querySelector('a[href*="`+file+`"]')?.href ?? ""`)
		if !strings.Contains(link, "year=2019") {
			t.Errorf("%s: the link is %q", file, link)
			continue
		}
		f := b.download(link)
		want := *site.summary(t, url.Values{"year": {"2019"}}).Total["actual"]
		switch {
		case file == "summary.xlsx":
			if sheet := f.sheets(t); !strings.Contains(sheet, want) {
				t.Errorf("%s does not hold %s", file, want)
			}
		case !strings.Contains(string(f.body), want):
			t.Errorf("%s does not hold %s: %.300s", file, want, f.body)
		}
		t.Log(fmt.Sprintf("%s: %s, %d bytes", file, f.kind, len(f.body)))
	}
}
