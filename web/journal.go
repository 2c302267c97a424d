package web

import (
	"fmt"
	"strconv"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// A journalView is the page of the journal.
type journalView struct {
	filterView
	More   []pick // controls that are seldom needed
	Open   bool   // one of them is in use
	Red    bool
	Rows   []journalRow
	Number string // of rows on all pages
	Total  ledger.Money
	Figure ledger.Figure
	Next   string // address of the next page
	First  string // address of the first page, when this is another
	Export string
	Sum    string // what the total is of
}

// A journalRow is one event as the journal and the page of a line show it.
type journalRow struct {
	ledger.JournalRow
	Path      string
	Name      string // the paper's number, or ours where it has none
	Line, To  string
	LinePath  string
	LineTitle string
	Red       bool // it takes another back, or lowers what it is about
	Lowers    bool // it returns a part of another
}

func showJournal(r *request) error {
	in := r.query(r.today())
	q := in.journalQuery()
	address := journalValues(q)
	if settled, err := r.settle(in, "journal", address); settled || err != nil {
		return err
	}
	v := journalView{Red: q.Red, Figure: q.Figure, Total: r.book.Programme.Currency.Zero()}
	if err := r.journalFilter(&v, in, q, address); err != nil {
		return err
	}
	if len(in.faults) == 0 {
		if err := r.fillJournal(&v, q, address); err != nil {
			return err
		}
	}
	r.title(r.t("journal.title"))
	return r.render("journal", v)
}

func (r *request) journalFilter(v *journalView, in *reader, q ledger.JournalQuery, address values) error {
	years, err := r.budgetYears()
	if err != nil {
		return err
	}
	first, more := r.journalPicks(in, q, years)
	v.filterView = filterView{Action: r.path("journal"), Picks: first, Chips: r.journalChips(q, address),
		Keep: values{"khoan": address["khoan"], "nature": address["nature"], "as_of": address["as_of"], "known_at": address["known_at"],
			"by": address["by"], "recorded": address["recorded"]}.given()}
	all := append(v.Picks, more...)
	v.Summary = blamePicks(all, in.faults, r.lang)
	v.Picks, v.More = all[:len(first)], all[len(first):]
	for _, p := range v.More {
		v.Open = v.Open || len(p.Errors) > 0
	}
	return nil
}

func (r *request) fillJournal(v *journalView, q ledger.JournalQuery, address values) error {
	page, err := r.books.Journal(r.ctx, r.actor, r.programme(), q)
	if err != nil {
		return fmt.Errorf("read journal of %s: %w", r.programme(), err)
	}
	v.Rows, v.Number, v.Total = r.journalRows(page.Rows), lang.Number(strconv.Itoa(page.Count), r.lang), page.Total
	v.Export = r.path("journal.xlsx") + address.with("after", "").query()
	if page.Next != "" {
		v.Next = r.path("journal") + address.with("after", page.Next).query()
	}
	if q.After != "" {
		v.First = r.path("journal") + address.with("after", "").query()
	}
	return nil
}

// journalRows words rows of the journal.
func (r *request) journalRows(rows []ledger.JournalRow) []journalRow {
	n := namesOf(r.book)
	all := make([]journalRow, len(rows))
	for i, row := range rows {
		l := row.Event.Line
		all[i] = journalRow{JournalRow: row, Path: r.path("entries/" + itoa(row.Ref.Seq)), Name: row.Document.Number,
			Line: l.Short().String(), To: row.Event.To.Short().String(), LineTitle: n.line(l),
			Red:    row.Reverses != 0 || row.Event.Amount.Sign() < 0,
			Lowers: row.Event.Of != (ledger.EventRef{}) || row.Event.Kind == ledger.ReturnAdvance}
		if all[i].Name == "" {
			all[i].Name = numberText(row.Number)
		}
		if l.Full() {
			all[i].LinePath = r.linePath(l)
		}
	}
	return all
}
