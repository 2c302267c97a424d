package web

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
	"github.com/sokinhphi/kinhphi/ledger/seal"
)

// An entryView is the page of one entry.
type entryView struct {
	Record   ledger.Record
	Entry    *ledger.Entry
	Number   string
	Events   []eventView
	Legs     []legView
	Total    ledger.Money // of all events
	Reversed ledger.Seq   // the entry that took this one back
	Leaf     string       // hash of the record in the log
	Posted   bool         // it was recorded just now
	Reverse  *reverseView // nil for those who may not, and for what cannot be
}

type eventView struct {
	ledger.EntryEvent
	N        int
	LineName string
	ToName   string
	OfSeq    ledger.Seq
}

// A legView is a row of the table of accounts: its amount stands on one side.
type legView struct {
	Account       string // as foreign tools name it
	Place, State  string // for people
	Obligation    ledger.Code
	Debit, Credit ledger.Money
	Red           bool
	First         bool // of a new book
	Book          string
}

// A reverseView is the form that takes an entry back in red.
type reverseView struct {
	Action  string
	Key     string
	Workday ledger.Date
	Fields  []field
	Summary []oops
	Notice  string
	Open    bool
}

func showEntry(r *request) error {
	v, err := r.entry()
	if err != nil {
		return err
	}
	if v.Reverse != nil {
		r.reverseForm(&v, values{}, nil)
	}
	return r.showEntry(v)
}

func (r *request) showEntry(v entryView) error {
	r.tab = "journal"
	r.title(r.t("entry.title", "paper", cmp.Or(v.Entry.Document.Number, v.Number)))
	return r.render("entry", v)
}

// entry loads the entry that the path names, with all that its page shows.
func (r *request) entry() (entryView, error) {
	seq, err := strconv.ParseInt(r.Params("seq"), 10, 64)
	if err != nil || seq < 1 {
		return entryView{}, fiber.ErrNotFound
	}
	rec, err := r.books.Record(r.ctx, r.actor, r.programme(), ledger.Seq(seq))
	if err != nil {
		return entryView{}, fmt.Errorf("open record %d: %w", seq, err)
	}
	if rec.Entry == nil {
		return entryView{}, fiber.ErrNotFound
	}
	v := entryView{Record: rec, Entry: rec.Entry, Number: numberText(rec.Entry.Number),
		Total: r.book.Programme.Currency.Zero(), Legs: legViews(rec.Entry.Legs, r.programme(), r.lang), Posted: r.Query("posted") != ""}
	n := namesOf(r.book)
	for i, e := range rec.Entry.Events {
		v.Events = append(v.Events, eventView{e, i + 1, n.line(e.Line), n.line(e.To), e.Of.Seq})
		v.Total = v.Total.Add(e.Amount)
	}
	if v.Leaf, err = leafOf(rec); err != nil {
		return entryView{}, err
	}
	if v.Reversed, err = r.reversedBy(rec); err != nil {
		return entryView{}, err
	}
	if v.Reversed == 0 && rec.Entry.Reverses == 0 && r.mayReverse(rec.Entry) {
		v.Reverse = &reverseView{}
	}
	return v, nil
}

// mayReverse reports whether the person may take back an entry: who may enter
// all of its kinds.
func (r *request) mayReverse(e *ledger.Entry) bool {
	for _, ev := range e.Events {
		if !r.mayUse(groupOf(ev.Kind)) {
			return false
		}
	}
	return true
}

// reversedBy finds the entry that took the record's entry back.
func (r *request) reversedBy(rec ledger.Record) (ledger.Seq, error) {
	page, err := r.books.Journal(r.ctx, r.actor, r.programme(), ledger.JournalQuery{Entry: rec.Seq, Limit: 1})
	if err != nil || len(page.Rows) == 0 {
		return 0, err
	}
	return page.Rows[0].Reversed, nil
}

// leafOf is the hash under which the record stands in the log.
func leafOf(rec ledger.Record) (string, error) {
	fields := rec.Fields()
	sealed := make([]seal.Field, len(fields))
	for i, f := range fields {
		sealed[i] = seal.Field{Name: f.Name, Value: f.Value, Salt: f.Salt}
	}
	canon, err := seal.Canon(rec.Salt, sealed)
	if err != nil {
		return "", fmt.Errorf("seal record %d: %w", rec.Seq, err)
	}
	h := seal.LeafHash(canon)
	return hex.EncodeToString(h[:]), nil
}

var bookNames = map[ledger.Book]string{ledger.PlanBook: "plan", ledger.PoolBook: "pool", ledger.LineBook: "line", ledger.FundBook: "fund"}

func legViews(legs []ledger.Leg, programme ledger.Code, l lang.Lang) []legView {
	views := make([]legView, len(legs))
	for i, leg := range legs {
		book := bookNames[leg.Account.Book()]
		v := legView{Account: leg.Account.Path(programme), State: text(l, "state."+book+"."+leg.Account.State.String()),
			Place: strings.TrimPrefix(leg.Account.Line.String(), "-/"), Obligation: leg.Obligation, Red: leg.Red, Book: text(l, "entry.book."+book)}
		if leg.Account.Sub != "" {
			v.State += " " + string(leg.Account.Sub)
		}
		if leg.Debit {
			v.Debit = leg.Amount
		} else {
			v.Credit = leg.Amount
		}
		v.First = i == 0 || views[i-1].Book != v.Book
		views[i] = v
	}
	return views
}

// reverseEntry takes the entry back in red.
func reverseEntry(r *request) error {
	v, err := r.entry()
	if err != nil {
		return err
	}
	if v.Reverse == nil && (v.Reversed == 0 || !r.mayReverse(v.Entry)) {
		return ledger.Refuse(ledger.Forbidden, "", "user", string(r.person.Login), "action", string(ledger.PostEntries), "programme", string(r.programme()))
	}
	form := r.formValues()
	in := reader{values: form, in: r.lang, currency: r.book.Programme.Currency, day: r.reverseDay(v.Entry)}
	in.require("reason")
	in.require("date")
	action := ledger.Reversal{Of: v.Record.Seq, Date: in.date("date"), Reason: form["reason"],
		Document: ledger.Document{Type: v.Entry.Document.Type, Number: form["number"]}}
	if len(in.faults) > 0 {
		return r.refuseReversal(v, form, in.faults, "")
	}
	results, err := r.books.Post(r.ctx, r.actor, r.programme(), ledger.Each,
		[]ledger.Request{{Key: ledger.UserKey(r.actor.User, "web:"+form[keyField]), Action: action}})
	switch {
	case errors.Is(err, ledger.Busy), errors.Is(err, ledger.UnknownOutcome):
		return r.refuseReversal(v, form, nil, faultText(ledger.Faults(err)[0], r.lang))
	case err != nil:
		return fmt.Errorf("take entry %d back: %w", v.Record.Seq, err)
	case results[0].Outcome == ledger.Refused && len(ledger.Faults(results[0].Err)) == 0:
		return fmt.Errorf("take entry %d back: %w", v.Record.Seq, results[0].Err)
	case results[0].Outcome == ledger.Refused:
		return r.refuseReversal(v, form, ledger.Faults(results[0].Err), "")
	}
	return r.redirect(r.path("entries/"+strconv.FormatInt(int64(results[0].Seq), 10)) + "?posted=1")
}

func (r *request) refuseReversal(v entryView, form values, faults []*ledger.Fault, notice string) error {
	r.Status(fiber.StatusUnprocessableEntity)
	if notice != "" {
		r.Status(fiber.StatusServiceUnavailable)
	}
	if v.Reverse == nil {
		v.Reverse = &reverseView{}
	}
	r.reverseForm(&v, form, faults)
	v.Reverse.Notice, v.Reverse.Open = notice, true
	return r.showEntry(v)
}

// reverseForm fills in the form that takes the entry back.
func (r *request) reverseForm(v *entryView, form values, faults []*ledger.Fault) {
	f := v.Reverse
	f.Action = r.path("entries/" + strconv.FormatInt(int64(v.Record.Seq), 10) + "/reverse")
	f.Workday = r.reverseDay(v.Entry)
	if f.Key = form[keyField]; f.Key == "" {
		f.Key = newKey()
	}
	if form["date"] == "" && len(faults) == 0 {
		form["date"] = inputDate(f.Workday)
	}
	f.Fields = []field{
		{Name: "date", As: "date", Span: 3, Required: true, Label: r.t("field.date"), Value: form["date"], Hint: r.t("voucher.doc_date.hint")},
		{Name: "number", As: "text", Span: 3, Label: r.t("field.document.number"), Value: form["number"]},
		{Name: "reason", As: "text", Span: 6, Required: true, Label: r.t("field.reason"), Value: form["reason"], Hint: r.t("entry.reason_hint")},
	}
	f.Summary = blame(f.Fields, faults, r.lang)
}

// reverseDay is the posting date that a correction mostly has: today, or the
// entry's own date when its budget year takes no postings of today any more.
func (r *request) reverseDay(e *ledger.Entry) ledger.Date {
	today := r.today()
	for _, ev := range e.Events {
		if y := ev.Line.Year; y != 0 {
			end, err := ledger.NewDate(y, 12, 31)
			if err == nil && today.After(end.AddDays(r.book.Programme.AdjustmentDays)) {
				return e.Date
			}
		}
	}
	return today
}
