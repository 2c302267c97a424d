package web

import (
	"context"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

// datedBooks have one event on each date, the newest first.
type datedBooks struct {
	noBooks
	dates []ledger.Date
}

func (b *datedBooks) Journal(_ context.Context, _ ledger.Actor, _ ledger.Code, q ledger.JournalQuery) (page ledger.JournalPage, err error) {
	for _, d := range b.dates[:min(len(b.dates), q.Limit)] {
		page.Rows = append(page.Rows, ledger.JournalRow{Date: d})
	}
	return page, b.err
}

func TestDayOfTheBook(t *testing.T) {
	day := func(s string) ledger.Date {
		d, err := ledger.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	entered := []ledger.Date{day("2021-01-25"), day("2020-12-17")}
	// Eight in the evening of the day before in London is the next day in Vietnam.
	now := func() time.Time { return time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		what   string
		sample bool
		dates  []ledger.Date
		want   string
	}{
		{"a book at work", false, entered, "2026-11-24"},
		{"a sample", true, entered, "2021-01-25"},
		{"an empty sample", true, nil, "2026-11-24"},
	} {
		r := &request{site: &site{Options: Options{Now: now}, books: &datedBooks{dates: c.dates}}, ctx: t.Context()}
		r.book.Programme.Sample = c.sample
		if got, err := r.bookDay(); err != nil || got.String() != c.want {
			t.Errorf("%s: %s %v, want %s", c.what, got, err, c.want)
		}
	}
}
