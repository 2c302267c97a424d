package web

import (
	"bytes"
	"io"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
	"github.com/sokinhphi/kinhphi/ledger/report"
)

// Types of the files that pages offer.
const (
	typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typeCSV  = "text/csv; charset=utf-8"
	typeJSON = "application/json; charset=utf-8"
	typeZIP  = "application/zip"
)

func summaryXLSX(r *request) error {
	return r.summaryFile("xlsx", typeXLSX, func(w io.Writer, s ledger.Summary, f ledger.Filter) error {
		return report.WriteXLSX(w, s, r.book, report.Options{Lang: r.lang, Filter: r.words(r.chips("summary", f, filterValues(f))), Made: r.made()})
	})
}

func summaryCSV(r *request) error {
	return r.summaryFile("csv", typeCSV, func(w io.Writer, s ledger.Summary, _ ledger.Filter) error { return report.WriteCSV(w, s, r.book) })
}

func summaryJSON(r *request) error {
	return r.summaryFile("json", typeJSON, func(w io.Writer, s ledger.Summary, _ ledger.Filter) error { return report.WriteJSON(w, s, r.book) })
}

// summaryFile answers with the summary of the selection in the address.
func (r *request) summaryFile(extension, contentType string, write func(io.Writer, ledger.Summary, ledger.Filter) error) error {
	in := r.query(r.today())
	f := in.filter()
	if len(in.faults) > 0 {
		return in.faults[0]
	}
	s, err := r.summarize(f)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := write(&b, s, f); err != nil {
		return err
	}
	return r.file("tong-hop", extension, contentType, b.Bytes())
}

// file answers with a whole file under a name that says what, of which
// programme and of which day it is.
func (r *request) file(what, extension, contentType string, body []byte) error {
	r.attach(what, extension, contentType)
	return r.Ctx.Send(body)
}

func (r *request) attach(what, extension, contentType string) {
	name := what + "-" + string(r.programme()) + "-" + r.today().String() + "." + extension
	r.Set(fiber.HeaderContentType, contentType)
	r.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	r.Set(fiber.HeaderCacheControl, "no-store")
}

// words are conditions of a selection for paper.
func (r *request) words(chips []chip) []string {
	texts := make([]string, len(chips))
	for i, c := range chips {
		texts[i] = c.Label + ": " + c.Text
	}
	return texts
}

// made says when and by whom a paper was made.
func (r *request) made() string {
	now := r.Now().In(zone)
	return strings.Join([]string{r.t("paper.made", "date", lang.ShortDate(ledger.DateOf(now), r.lang), "time", now.Format("15:04")), r.person.Name}, ", ")
}
