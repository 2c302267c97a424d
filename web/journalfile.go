package web

import (
	"bytes"
	"errors"
	"iter"

	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/report"
)

// journalXLSX answers with all rows of the selection, as a workbook. It is made
// whole before the first byte is sent, so that it is never half a file.
func journalXLSX(r *request) error {
	in := r.query(r.today())
	q := in.journalQuery()
	if len(in.faults) > 0 {
		return in.faults[0]
	}
	q.After = ""
	chips := r.journalChips(q, journalValues(q))
	if q.At.Known == 0 {
		q.At.Known = r.book.Seq // all pages show the book as it stood at one record
	}
	var b bytes.Buffer
	err := report.JournalXLSX(&b, r.allRows(q), r.book.Programme, q.Figure, report.Options{Lang: r.lang, Filter: r.words(chips), Made: r.made()})
	if errors.Is(err, report.ErrTooManyRows) {
		return fiber.ErrRequestEntityTooLarge
	}
	if err != nil {
		return err
	}
	return r.file("so-nhat-ky", "xlsx", typeXLSX, b.Bytes())
}

// allRows yields the rows of all pages of a selection.
func (r *request) allRows(q ledger.JournalQuery) iter.Seq2[ledger.JournalRow, error] {
	return func(yield func(ledger.JournalRow, error) bool) {
		for q.Limit = ledger.MaxPage; ; {
			page, err := r.books.Journal(r.ctx, r.actor, r.programme(), q)
			if err != nil {
				yield(ledger.JournalRow{}, err)
				return
			}
			for _, row := range page.Rows {
				if !yield(row, nil) {
					return
				}
			}
			if q.After = page.Next; q.After == "" {
				return
			}
		}
	}
}
