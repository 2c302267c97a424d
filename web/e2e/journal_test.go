package e2e

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// A download is a file as the browser would get it.
type download struct {
	kind, disposition string
	body              []byte
}

// download gets a file with the browser's cookies.
func (b *tab) download(link string) download {
	b.Helper()
	req, err := http.NewRequestWithContext(b.ctx, http.MethodGet, link, nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range b.cookies() {
		req.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatalf("GET %s: %s %v %.300s", link, res.Status, err, body)
	}
	d := download{res.Header.Get("Content-Type"), res.Header.Get("Content-Disposition"), body}
	if !strings.HasPrefix(d.disposition, "attachment") {
		b.Errorf("%s: Content-Disposition is %q", link, d.disposition)
	}
	return d
}

// sheets is the XML of all sheets of a workbook.
func (d download) sheets(t *testing.T) string {
	t.Helper()
	if d.kind != "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" {
		t.Errorf("the workbook has the type %q", d.kind)
	}
	z, err := zip.NewReader(bytes.NewReader(d.body), int64(len(d.body)))
	if err != nil {
		t.Fatalf("the workbook does not open: %v", err)
	}
	var all strings.Builder
	for _, f := range z.File {
		if !strings.HasPrefix(f.Name, "xl/worksheets/sheet") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

// journal is what the API says of a selection.
func journal(t *testing.T, q url.Values) (page struct {
	Count int
	Total string
}) {
	t.Helper()
	site.api(t, "/entries", q, &page)
	return page
}

// A selection made in the form stands in the address, without what is empty, and
// its total is over all pages.
func TestJournalSelectionIsInTheAddress(t *testing.T) {
	b := as(t, "auditor")
	b.visit(root + "/journal")
	b.fill("#text", "xang dau")
	b.fill("#from", "1/1/2019")
	b.fill("#to", "31/12/2019")
	if status := b.follow(typed(kb.Enter)); status != 200 {
		t.Fatalf("status %d", status)
	}
	if want := root + "/journal?from=2019-01-01&text=xang+dau&to=2019-12-31"; b.address() != want {
		t.Errorf("the address is %s, want %s", b.address(), want)
	}
	q := url.Values{"from": {"2019-01-01"}, "to": {"2019-12-31"}, "text": {"xang dau"}}
	want := journal(t, q)
	if want.Count == 0 {
		t.Fatal("the sample buys no fuel")
	}
	if got := b.total(); got != integer(t, want.Total) {
		t.Errorf("the journal adds up to %d, the API's to %s", got, want.Total)
	}
	if rows := eval[int](b, `document.querySelectorAll("section.journal tbody tr").length`); rows != min(rows, want.Count) || rows == 0 {
		t.Errorf("%d rows are shown of %d", rows, want.Count)
	}
	if b.value("#text") != "xang dau" || b.value("#from") != "01/01/2019" {
		t.Errorf("the form shows text %q, from %q", b.value("#text"), b.value("#from"))
	}
	// Without one condition.
	b.click(".chips a")
	if strings.Count(b.address(), "=") != 2 {
		t.Errorf("without one condition the address is %s", b.address())
	}
}

func TestJournalPages(t *testing.T) {
	b := as(t, "auditor")
	b.visit(root + "/journal?year=2018")
	want := journal(t, url.Values{"year": {"2018"}})
	first := b.text("section.journal tbody tr")
	if got := b.total(); got != integer(t, want.Total) {
		t.Errorf("the first page says %d in all, the API %s", got, want.Total)
	}
	b.click("a[rel=next]")
	if got := b.total(); got != integer(t, want.Total) || b.text("section.journal tbody tr") == first {
		t.Errorf("the second page says %d in all, the API %s; its first row is %q", got, want.Total, b.text("section.journal tbody tr"))
	}
	if !strings.Contains(b.address(), "year=2018") {
		t.Errorf("the second page is at %s", b.address())
	}
}

func TestJournalRefusesWhatItCannotRead(t *testing.T) {
	b := as(t, "auditor")
	b.visit(root + "/journal")
	b.fill("#from", "31/02/2019")
	b.follow(typed(kb.Enter))
	if !b.has("#from[aria-invalid=true]") || b.value("#from") != "31/02/2019" {
		t.Errorf("31/02/2019 is taken for a date; the field holds %q", b.value("#from"))
	}
}

// The workbook holds every row of the selection, not of the page.
func TestJournalAsWorkbook(t *testing.T) {
	b := as(t, "auditor")
	b.visit(root + "/journal?kind=pay&project=DA2&year=2019")
	f := b.download(eval[string](b, `document.querySelector('a[href*="journal.xlsx"]').href`))
	want := journal(t, url.Values{"kind": {"pay"}, "project": {"DA2"}, "year": {"2019"}})
	rows := len(regexp.MustCompile(`<row `).FindAllString(f.sheets(t), -1))
	if rows < want.Count {
		t.Errorf("the workbook has %d rows, the selection %d", rows, want.Count)
	}
	t.Log("journal.xlsx: " + strconv.Itoa(len(f.body)) + " bytes, " + strconv.Itoa(want.Count) + " events")
}
