package web

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
)

// Fields of the voucher form that are no part of the voucher.
const (
	keyField     = "key"      // makes it safe to send twice
	byField      = "by"       // who opened the form
	todayField   = "workday"  // what completes dates typed in part
	doField      = "do"       // which button: record and next, record and look, or only look again
	pickField    = "pick"     // a line chosen among candidates
	checkedField = "compared" // the paper was compared: not a duplicate
)

// Buttons of the voucher form.
const (
	doNext    = "next"
	doOpen    = "open"
	doRefresh = "refresh"
)

// A voucherForm is a voucher while it is typed in.
type voucherForm struct {
	*request
	reader
	kind   ledger.EventKind
	lines  lineBook
	recent lately
	line   ledger.Line // chosen; zero while none is
	key    string
}

// A voucherView is the page of the voucher form.
type voucherView struct {
	Kind       ledger.EventKind
	Group      kindGroup
	Action     string
	Key        string
	Workday    ledger.Date
	Fields     []field
	More       []field // seldom needed
	Summary    []oops
	Notice     string // why nothing was recorded, when no field is to blame
	Duplicates []ledger.JournalRow
	Compared   bool
	Posted     *postedView
	Panel      panel
	Today      todayView
	Payees     []string
	// Major and Minor name the currency's units for one and for many, "dong|dong".
	Major, Minor string
}

// A postedView says what was recorded last.
type postedView struct {
	Seq    ledger.Seq
	Kind   ledger.EventKind
	Paper  string
	Number string
	Amount ledger.Money
}

func showVoucher(r *request) error {
	f, err := r.openForm(r.queryValues())
	if err != nil {
		return err
	}
	if f.values["type"] == "" {
		f.values["type"] = string(usualType(f.kind))
	}
	if f.values["doc_date"] == "" {
		f.values["doc_date"] = inputDate(f.day)
	}
	f.key = newKey()
	return f.render(nil, nil, "")
}

func postVoucher(r *request) error {
	f, err := r.openForm(r.formValues())
	if err != nil {
		return err
	}
	if f.key = f.values[keyField]; f.key == "" {
		f.key = newKey()
	}
	if f.values[doField] == doRefresh || f.values[pickField] != "" {
		return f.render(nil, nil, "")
	}
	if by := f.values[byField]; by != "" && by != string(r.person.Login) {
		r.Status(fiber.StatusUnprocessableEntity)
		return f.render(nil, nil, r.t("voucher.other_person", "by", by, "user", r.person.Login))
	}
	posting := f.posting()
	if len(f.faults) > 0 {
		return f.refuse(f.faults, nil)
	}
	twins, err := f.duplicates(posting)
	if err != nil {
		return err
	}
	if len(twins) > 0 && f.values[checkedField] == "" {
		return f.refuse(nil, twins)
	}
	return f.record(posting)
}

// openForm opens the form as a page has it: with the day and what was recorded lately.
func (r *request) openForm(v values) (f *voucherForm, err error) {
	if f, err = r.openVoucher(v); err != nil {
		return nil, err
	}
	if f.recent, err = r.lately(f.kind); err != nil {
		return nil, err
	}
	f.day, err = r.workday(v)
	return f, err
}

// openVoucher reads what belongs to the form as a whole: kind and line.
func (r *request) openVoucher(v values) (*voucherForm, error) {
	if v["kind"] == "" {
		v["kind"] = ledger.Pay.String()
	}
	kind, err := ledger.ParseEventKind(v["kind"])
	if err != nil {
		return nil, fiber.ErrNotFound
	}
	if group := groupOf(kind); !r.mayUse(group) {
		return nil, ledger.Refuse(ledger.Forbidden, "", "user", string(r.person.Login),
			"action", string(ledger.PostEntries), "programme", string(r.programme()))
	}
	f := &voucherForm{request: r, kind: kind,
		reader: reader{values: v, in: r.lang, currency: r.book.Programme.Currency}}
	if f.lines, err = r.lineBook(); err != nil {
		return nil, err
	}
	if v[pickField] != "" {
		v["line"] = v[pickField]
	}
	f.findLine()
	return f, nil
}

// workday is the day that completes dates typed in part: that of the form, the
// last one entered, or the day of the book.
func (r *request) workday(v values) (ledger.Date, error) {
	for _, name := range []string{todayField, "date", "doc_date"} {
		if d, err := ledger.ParseDate(v[name]); err == nil {
			return d, nil
		}
	}
	return r.bookDay()
}

// findLine finds the line that the form is about, however far it is typed in.
func (f *voucherForm) findLine() {
	if f.byParts() {
		f.line = f.parts()
		return
	}
	if f.values["line"] == "" {
		return
	}
	if l, _, ok := f.lines.resolve(f.values["line"]); ok {
		f.line = l
		f.values["line"] = f.lines.ref(l)
	}
}

// byParts reports whether the form asks for the parts of a line one by one:
// where the kind takes less than a line, or may bring a new one into being.
func (f *voucherForm) byParts() bool {
	info := f.kind.Info()
	return info.Scope != ledger.LineScope || info.MakesLine
}

// parts reads the parts of a line, as far as they are typed in.
func (f *voucherForm) parts() ledger.Line {
	year, _ := strconv.Atoi(f.values["year"]) // what is no number is missing
	return ledger.Line{Year: year, Source: f.code("source"), Project: f.code("project"), Unit: f.code("unit"),
		Khoan: f.code("khoan"), Nature: f.code("nature")}
}

// refuse shows the form again with what is wrong, everything typed kept.
func (f *voucherForm) refuse(faults []*ledger.Fault, twins []ledger.JournalRow) error {
	f.Status(fiber.StatusUnprocessableEntity)
	return f.render(faults, twins, "")
}

// record posts the voucher and answers.
func (f *voucherForm) record(p ledger.Posting) error {
	results, err := f.books.Post(f.ctx, f.actor, f.programme(), ledger.Each,
		[]ledger.Request{{Key: f.requestKey(), Action: p}})
	switch {
	case errors.Is(err, ledger.Busy), errors.Is(err, ledger.UnknownOutcome):
		// The same key goes into the form again: sending it once more is safe.
		f.Status(fiber.StatusServiceUnavailable)
		return f.render(nil, nil, faultText(ledger.Faults(err)[0], f.lang))
	case err != nil:
		return fmt.Errorf("post voucher: %w", err)
	}
	switch res := results[0]; {
	case res.Outcome != ledger.Refused:
		return f.redirect(f.after(p, res))
	case errors.Is(res.Err, ledger.KeyReused):
		f.key = newKey()
		f.Status(fiber.StatusUnprocessableEntity)
		return f.render(nil, nil, f.t("voucher.recorded_before"))
	case len(ledger.Faults(res.Err)) == 0:
		return fmt.Errorf("post voucher: %w", res.Err)
	case errors.Is(res.Err, ledger.Forbidden):
		return res.Err
	default:
		return f.refuse(ledger.Faults(res.Err), nil)
	}
}

// after is where the browser goes when the voucher is recorded: to the next one,
// with what mostly stays the same filled in, or to the entry.
func (f *voucherForm) after(p ledger.Posting, res ledger.Result) string {
	if f.values[doField] == doOpen {
		return f.path("entries/" + strconv.FormatInt(int64(res.Seq), 10))
	}
	keep := values{
		"kind": f.kind.String(), "posted": strconv.FormatInt(int64(res.Seq), 10), "type": f.values["type"],
		"doc_date": p.Document.Date.String(), "number": nextNumber(p.Document.Number), "line": f.values["line"],
	}
	if f.values["date"] != "" {
		keep["date"] = p.Date.String()
	}
	if f.byParts() {
		delete(keep, "line")
		for _, name := range partNames {
			keep[name] = f.values[name]
		}
	}
	return f.path("vouchers/new") + keep.query()
}

// posting turns the form into a voucher of one event, and collects what is wrong.
func (f *voucherForm) posting() ledger.Posting {
	doc := ledger.Document{Type: f.code("type"), Number: f.values["number"], Date: f.date("doc_date")}
	f.require("doc_date")
	f.require("type")
	p := ledger.Posting{Date: f.date("date"), Document: doc}
	if f.values["date"] == "" {
		p.Date = doc.Date
	}
	e := ledger.Event{
		Kind: f.kind, Line: f.line, Treasury: f.code("treasury"), Obligation: f.code("obligation"), Opens: f.code("opens"),
		Due: f.date("due"), Amount: f.amount("amount"), Item: f.code("item"), Payee: f.values["payee"], Text: f.values["text"],
	}
	if f.values["direction"] == "down" && f.kind.Info().MayNegate && e.Amount.Valid() {
		e.Amount = e.Amount.Neg()
	}
	f.checkLine(&e)
	p.Events = []ledger.Event{e}
	return p
}

// checkLine completes what an event leans on: its line, the second line, the
// event that it reduces.
func (f *voucherForm) checkLine(e *ledger.Event) {
	info := f.kind.Info()
	if !f.byParts() && f.line == (ledger.Line{}) {
		if f.values["line"] != "" {
			f.fault("line", f.unclear("line"))
		} else if !info.MustDraw && !info.Of {
			f.require("line")
		}
	}
	if f.byParts() {
		f.requireParts()
	}
	if info.MustDraw {
		f.require("obligation")
	}
	if info.Of && f.require("of") != "" {
		of, err := ledger.ParseEventRef(f.values["of"])
		f.fault("of", err)
		e.Of = of
	}
	if info.To && f.require("to") != "" {
		e.To = f.secondLine()
	}
}

// unclear says why the text of a line field means no line, or more than one.
func (f *voucherForm) unclear(name string) error {
	_, candidates, _ := f.lines.resolve(f.values[name])
	if len(candidates) == 0 {
		return ledger.Refuse(ledger.UnknownCode, name, "value", f.values[name])
	}
	refs := ""
	for i, l := range candidates[:min(len(candidates), 4)] {
		if i > 0 {
			refs += ", "
		}
		refs += f.lines.ref(l)
	}
	return ledger.Refuse(ledger.AmbiguousLine, name, "value", f.values[name], "candidates", refs)
}

// secondLine reads the line that receives; it may be a new one, named whole.
func (f *voucherForm) secondLine() ledger.Line {
	if l, _, ok := f.lines.resolve(f.values["to"]); ok {
		return l
	}
	if l, err := ledger.ParseLine(string(f.code("to"))); err == nil && l.Full() {
		return l
	}
	f.fault("to", f.unclear("to"))
	return ledger.Line{}
}

// requireParts notes the parts of a line that the kind needs and that are missing.
func (f *voucherForm) requireParts() {
	info := f.kind.Info()
	if info.Year {
		if f.require("year") != "" && f.line.Year == 0 {
			f.fault("year", ledger.Refuse(ledger.InvalidCode, "year", "value", f.values["year"]))
		}
	}
	for i, name := range partNames[1:] {
		if i+2 <= int(info.Scope) {
			f.require(name)
		}
	}
	if f.kind == ledger.Receive || f.kind == ledger.Pledge || f.kind == ledger.CancelPledge || f.kind == ledger.OpenCash {
		f.line.Year = 0
	}
}

// partNames are the fields of a line's parts, in order.
var partNames = []string{"year", "source", "project", "unit", "khoan", "nature"}

// nextNumber counts a paper's number on by one where it ends in digits: the
// next paper mostly has it. "" where it does not.
func nextNumber(number string) string {
	i := len(number)
	for i > 0 && number[i-1] >= '0' && number[i-1] <= '9' {
		i--
	}
	digits := []byte(number[i:])
	if len(digits) == 0 || len(digits) > 18 {
		return ""
	}
	for j := len(digits) - 1; ; j-- {
		if j < 0 {
			return number[:i] + "1" + string(digits)
		}
		if digits[j]++; digits[j] <= '9' {
			return number[:i] + string(digits)
		}
		digits[j] = '0'
	}
}

// duplicates looks for what may be the same voucher entered twice: the same
// payee and amount within thirty days, neither of them taken back. A form that
// comes a second time is no duplicate of what it recorded the first time.
func (f *voucherForm) duplicates(p ledger.Posting) ([]ledger.JournalRow, error) {
	e := p.Events[0]
	if e.Payee == "" || !e.Amount.Valid() || groupOf(f.kind).Name != "spend" {
		return nil, nil
	}
	page, err := f.books.Journal(f.ctx, f.actor, f.programme(), ledger.JournalQuery{
		From: p.Date.AddDays(-30), To: p.Date.AddDays(30), Kinds: alike(f.kind), Payee: e.Payee, Amount: e.Amount, Limit: 50})
	if err != nil {
		return nil, fmt.Errorf("look for duplicates: %w", err)
	}
	var twins []ledger.JournalRow
	for _, row := range page.Rows {
		if row.Reversed != 0 || row.Reverses != 0 {
			continue
		}
		if again, err := f.sentBefore(row); err != nil || again {
			return nil, err
		}
		twins = append(twins, row)
	}
	return twins[:min(len(twins), 5)], nil
}

// sentBefore reports whether the row was recorded from this same form: then the
// form comes again, and the ledger knows what to answer.
func (f *voucherForm) sentBefore(row ledger.JournalRow) (bool, error) {
	if row.By != f.actor.User {
		return false, nil
	}
	rec, err := f.books.Record(f.ctx, f.actor, f.programme(), row.Ref.Seq)
	if err != nil {
		return false, fmt.Errorf("look for duplicates: %w", err)
	}
	return rec.Key == f.requestKey(), nil
}

// requestKey is the key under which the form is recorded once.
func (f *voucherForm) requestKey() ledger.Key { return ledger.UserKey(f.actor.User, "web:"+f.key) }

// alike are the kinds of which a twin of the kind may be one: what was paid as an
// advance is not to be paid once more.
func alike(k ledger.EventKind) []ledger.EventKind {
	if k == ledger.Pay || k == ledger.Advance {
		return []ledger.EventKind{ledger.Pay, ledger.Advance}
	}
	return []ledger.EventKind{k}
}
