package postgres_test

import (
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/ledgertest"
	"github.com/sokinhphi/kinhphi/ledger/postgres"
)

func journal(t *testing.T, s *postgres.Store, q ledger.JournalQuery) ledger.JournalPage {
	t.Helper()
	page, err := s.Journal(t.Context(), ledger.LocalActor(), ledgertest.Code, q)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestJournalFilters(t *testing.T) {
	s := ledgertest.New(t)
	start := time.Now()
	lived(t, s)
	vnd, _ := ledger.ParseMoney("5000000", ledger.VND)
	all := journal(t, s, ledger.JournalQuery{})
	for _, c := range []struct {
		name  string
		q     ledger.JournalQuery
		count int
		total int64
	}{
		{"kind", ledger.JournalQuery{Kinds: []ledger.EventKind{ledger.Pay, ledger.Refund}}, 5, 114_000_000},
		{"text without accents", ledger.JournalQuery{Text: "nghiem THU"}, 1, 100_000_000},
		{"percent sign is no wildcard", ledger.JournalQuery{Text: "%"}, 0, 0},
		{"payee", ledger.JournalQuery{Payee: "Nhà khách"}, 1, 12_000_000},
		{"amount without sign", ledger.JournalQuery{Amount: vnd}, 2, 0},
		{"red", ledger.JournalQuery{Red: true}, 2, -3_000_000},
		{"obligation", ledger.JournalQuery{Obligation: "HD-12"}, 3, 490_000_000},
		{"item", ledger.JournalQuery{Item: "6655"}, 1, 12_000_000},
		{"dates", ledger.JournalQuery{From: ledgertest.Day(2, 1), To: ledgertest.Day(3, 31)}, 2, 390_000_000},
		{"line", ledger.JournalQuery{Filter: ledger.Filter{Line: ledger.Line{Unit: "PC04"}}}, 1, 500_000_000},
		{"unknown code", ledger.JournalQuery{Filter: ledger.Filter{Line: ledger.Line{Unit: "KHONGCO"}}}, 0, 0},
		{"voucher type", ledger.JournalQuery{Type: "PDC"}, 1, -5_000_000},
		{"recorded by", ledger.JournalQuery{By: "officer"}, 0, 0},
		{"recorded before", ledger.JournalQuery{Before: start.Add(-time.Hour)}, 0, 0},
	} {
		if page := journal(t, s, c.q); page.Count != c.count || !page.Total.Equal(ledgertest.Dong(max(c.total, 0)).Sub(ledgertest.Dong(max(-c.total, 0)))) {
			t.Errorf("%s: %d events, total %s; want %d, %d", c.name, page.Count, page.Total, c.count, c.total)
		}
	}
	if page := journal(t, s, ledger.JournalQuery{By: ledger.LocalUser, Since: start.Add(-time.Minute), Before: time.Now().Add(time.Minute)}); page.Count != all.Count {
		t.Errorf("recorded by local: %d of %d", page.Count, all.Count)
	}
	wrong := journal(t, s, ledger.JournalQuery{Amount: vnd, From: ledgertest.Day(8, 5), To: ledgertest.Day(8, 5)}).Rows[0]
	if again := journal(t, s, ledger.JournalQuery{Entry: wrong.Ref.Seq}); again.Count != 1 || again.Rows[0].Reversed == 0 {
		t.Errorf("entry %d: %+v", wrong.Ref.Seq, again)
	}
}

// Every page of the journal together is the whole selection, once, in order.
func TestJournalPages(t *testing.T) {
	s := ledgertest.New(t)
	lived(t, s)
	whole := journal(t, s, ledger.JournalQuery{})
	var paged []ledger.JournalRow
	for after := ""; ; {
		page := journal(t, s, ledger.JournalQuery{After: after, Limit: 3})
		if page.Count != whole.Count || !page.Total.Equal(whole.Total) {
			t.Fatalf("page says %d, %s; want %d, %s", page.Count, page.Total, whole.Count, whole.Total)
		}
		paged = append(paged, page.Rows...)
		if after = page.Next; after == "" {
			break
		}
	}
	if len(paged) != len(whole.Rows) || len(paged) != whole.Count {
		t.Fatalf("%d rows in pages, %d at once, count %d", len(paged), len(whole.Rows), whole.Count)
	}
	for i := range paged {
		if paged[i].Ref != whole.Rows[i].Ref {
			t.Errorf("row %d is %v, want %v", i, paged[i].Ref, whole.Rows[i].Ref)
		}
	}
}

// The rows behind a figure add up to it, for every figure and each line.
func TestFiguresOpenToTheirRows(t *testing.T) {
	s := ledgertest.New(t)
	lived(t, s)
	for _, f := range []ledger.Filter{{}, {Line: ledgertest.Line("NSTW", "DA1", "CAT")}, {Line: ledger.Line{Source: "VIENTRO"}}, {Years: []int{2019}}} {
		total := summary(t, s, f).Total
		for _, info := range ledger.Figures {
			m, ok := total.Get(info.Figure)
			if !ok {
				continue
			}
			if page := journal(t, s, ledger.JournalQuery{Filter: f, Figure: info.Figure, Limit: ledger.MaxPage}); !page.Total.Equal(m) {
				t.Errorf("%v %s: rows add up to %s, the figure is %s", f.Line, info.Figure, page.Total, m)
			}
		}
	}
}

// Cells told apart less, or only those of some figures, give the same totals.
func TestCellsAtEveryDetail(t *testing.T) {
	s := ledgertest.New(t)
	lived(t, s)
	ctx, by := t.Context(), ledger.LocalActor()
	st, err := s.Structure(ctx, by, ledgertest.Code)
	if err != nil {
		t.Fatal(err)
	}
	want := summary(t, s, ledger.Filter{}).Total
	for _, d := range []ledger.Detail{{ByLine: true}, {ByMonth: true}, {ByLine: true, ByMonth: true}, {Totals: true}, {Totals: true, ByMonth: true}} {
		for _, figures := range [][]ledger.Figure{nil, {ledger.Actual, ledger.Disbursed}} {
			f := ledger.Filter{Figures: figures}
			got, err := ledger.Summarize(s.Cells(ctx, by, ledgertest.Code, f, d), st, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, figure := range []ledger.Figure{ledger.Actual, ledger.Disbursed} {
				if !got.Total.Must(figure).Equal(want.Must(figure)) {
					t.Errorf("%+v %v: %s is %s, want %s", d, figures, figure, got.Total.Must(figure), want.Must(figure))
				}
			}
		}
	}
}
