package web

import (
	"cmp"
	"fmt"
	"net/url"
	"strconv"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// render shows the form with everything around it.
func (f *voucherForm) render(faults []*ledger.Fault, twins []ledger.JournalRow, notice string) error {
	r := f.request
	p, choices, err := f.panel()
	if err != nil {
		return err
	}
	v := voucherView{
		Kind: f.kind, Group: groupOf(f.kind), Action: r.path("vouchers/new"), Key: f.key, Workday: f.day,
		Fields: f.fields(choices), More: f.more(), Notice: notice, Duplicates: twins,
		Compared: f.values[checkedField] != "", Panel: p,
	}
	all := append(v.Fields, v.More...)
	v.Summary = blame(all, faults, r.lang)
	v.Fields, v.More = all[:len(v.Fields)], all[len(v.Fields):]
	v.Payees = f.recent.payees(lang.Collator(r.lang))
	fresh := ledger.Seq(0)
	if v.Posted = r.posted(f.recent); v.Posted != nil {
		fresh = v.Posted.Seq
	}
	v.Today = r.todays(f.recent, f.kind, fresh)
	v.Major, v.Minor = unitNames(f.currency, "major", r.lang), unitNames(f.currency, "minor", r.lang)
	v.Fields[0].Focus = len(v.Summary) == 0 && notice == "" && len(twins) == 0
	return f.show(v)
}

// show puts the view into its place in the site.
func (f *voucherForm) show(v voucherView) error {
	r := f.request
	if r.tab = "spend"; v.Group.Name != "spend" {
		r.tab = "budget"
		r.crumb(r.t("budget.title"), r.path("budget"))
	}
	r.title(r.t("kind." + f.kind.String()))
	return r.render("voucher", v)
}

// fields are the controls that the kind needs, in the order of the paper.
func (f *voucherForm) fields(c choices) []field {
	fields := []field{
		f.field("doc_date", "date", 3, true), f.field("number", "text", 3, false),
		f.documentType(), f.field("date", "date", 3, false),
	}
	fields = append(fields, f.lineFields()...)
	info := f.kind.Info()
	if info.Draws != 0 {
		fields = append(fields, f.choiceField("obligation", c.obligations, info.MustDraw))
	}
	if info.Of {
		fields = append(fields, f.choiceField("of", c.payments, true))
	}
	if info.To {
		fields = append(fields, f.lineField("to", 5))
	}
	if info.Opens != 0 {
		fields = append(fields, f.field("opens", "text", 3, false), f.field("due", "date", 3, false))
	}
	fields = append(fields, f.textFields(info)...)
	return append(fields, f.amountFields(info)...)
}

// more are controls that are seldom needed.
func (f *voucherForm) more() []field {
	if f.kind.Info().Cash {
		return []field{f.field("treasury", "text", 4, false)}
	}
	return nil
}

// field returns a control with its label and, if there is one, its hint.
func (f *voucherForm) field(name, as string, span int, required bool) field {
	l := f.lang
	c := field{Name: name, As: as, Span: span, Required: required, Value: f.values[name], Label: text(l, "voucher."+name)}
	if key := "voucher." + name + ".hint"; hasText(key) {
		c.Hint = text(l, key)
	}
	// Dates that came in the address, of the voucher before, are shown as people write them.
	if d, err := ledger.ParseDate(c.Value); err == nil && as == "date" {
		c.Value = inputDate(d)
	}
	return c
}

func (f *voucherForm) documentType() field {
	c := f.field("type", "select", 3, true)
	for _, code := range documentTypes {
		c.Options = append(c.Options, option{Value: string(code), Text: string(code) + " · " + f.t("type."+string(code)),
			Chosen: string(code) == c.Value})
	}
	return c
}

// lineFields ask for the line, by its reference or by its parts.
func (f *voucherForm) lineFields() []field {
	info := f.kind.Info()
	if !f.byParts() {
		line := f.lineField("line", 7)
		if info.MustDraw || info.Of { // which name their line themselves
			line.Required = false
			if line.Value == "" {
				line.Hint = f.t("voucher.line.narrow")
			}
		}
		return []field{line}
	}
	var fields []field
	if info.Year {
		fields = append(fields, f.field("year", "text", 2, true))
	}
	sources, projects, units := f.structureOptions()
	fields = append(fields, f.selectField("source", 5, sources))
	if info.Scope >= ledger.ProjectScope {
		fields = append(fields, f.selectField("project", 5, projects))
	}
	if info.Scope == ledger.LineScope {
		fields = append(fields, f.selectField("unit", 6, units), f.field("khoan", "text", 3, true), f.natureField())
	}
	return fields
}

// lineField is a line picker; what was typed and means no single line gets
// candidates to choose from.
func (f *voucherForm) lineField(name string, span int) field {
	c := f.field(name, "line", span, true)
	if c.Value == "" {
		return c
	}
	l, candidates, ok := f.lines.resolve(c.Value)
	if ok {
		c.Hint = f.lines.names.line(l)
	}
	for _, l := range candidates[:min(len(candidates), 8)] {
		c.Candidates = append(c.Candidates, choice{Value: f.lines.ref(l), Text: f.lines.names.line(l)})
	}
	return c
}

func (f *voucherForm) selectField(name string, span int, options []option) field {
	c := f.field(name, "select", span, true)
	c.Options = append([]option{{Text: f.t("voucher.choose")}}, options...)
	for i := range c.Options {
		c.Options[i].Chosen = c.Options[i].Value == c.Value
	}
	return c
}

// natureField offers the natures of funds that programmes have (12, 13, 14) but takes any.
func (f *voucherForm) natureField() field {
	c := f.field("nature", "text", 3, true)
	c.List = "natures"
	for _, n := range []string{"12", "13", "14"} {
		c.Options = append(c.Options, option{Value: n, Text: f.t("nature." + n)})
	}
	return c
}

func (f *voucherForm) structureOptions() (sources, projects, units []option) {
	for _, s := range f.book.Sources {
		sources = append(sources, option{Value: string(s.Code), Text: string(s.Code) + " · " + s.Name})
	}
	for _, p := range f.book.Projects {
		projects = append(projects, option{Value: string(p.Code), Text: string(p.Code) + " · " + p.Name})
	}
	for _, u := range f.book.Units {
		units = append(units, option{Value: string(u.Code), Text: string(u.Code) + " · " + u.Name})
	}
	return sources, projects, units
}

// choiceField is a list of what the voucher may draw upon or take back.
func (f *voucherForm) choiceField(name string, options []option, required bool) field {
	c := f.field(name, "select", 5, required)
	c.Label = f.t("voucher." + name + "." + f.kind.String())
	none := "voucher." + name + ".none"
	if required {
		none = "voucher.choose"
	}
	c.Options = []option{{Text: f.t(none)}}
	known := c.Value == ""
	for _, o := range options {
		o.Chosen = o.Value == c.Value
		known = known || o.Chosen
		c.Options = append(c.Options, o)
	}
	if !known { // typed in an earlier form, or of another line: kept, for the ledger to judge
		c.Options = append(c.Options, option{Value: c.Value, Text: c.Value, Chosen: true})
	}
	if required && len(options) == 0 {
		c.Hint = f.t("voucher." + name + ".empty")
	}
	return c
}

func (f *voucherForm) textFields(info ledger.KindInfo) []field {
	payee, body := f.field("payee", "text", 5, false), f.field("text", "text", 5, false)
	payee.List = "payees"
	if info.Assignment {
		payee.Label, payee.List = f.t("voucher.payee.authority"), ""
		payee.Span, body.Span = 6, 6
		return []field{payee, body}
	}
	return []field{payee, f.field("item", "text", 2, false), body}
}

func (f *voucherForm) amountFields(info ledger.KindInfo) []field {
	amount := f.field("amount", "money", 5, true)
	amount.Sign = sign(f.currency)
	if canonical, err := lang.ParseTyped(amount.Value, f.lang, f.currency.Scale()); err == nil {
		if m, err := ledger.ParseMoney(canonical, f.currency); err == nil {
			amount.Words = words(m, f.lang)
		}
	}
	if !info.MayNegate {
		return []field{amount}
	}
	direction := f.field("direction", "radio", 12, true)
	for _, way := range []string{"up", "down"} {
		direction.Options = append(direction.Options, option{Value: way, Text: f.t("voucher.direction." + way),
			Chosen: way == f.values["direction"] || way == "up" && f.values["direction"] == ""})
	}
	return []field{direction, amount}
}

// query writes values as the query of an address, in the order of their names,
// without empty ones.
func (v values) query() string {
	q := url.Values{}
	for name, value := range v {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// posted is what the address says was recorded last; nil when nothing was, or
// when it is not of this person and day.
func (r *request) posted(l lately) *postedView {
	seq := r.Query("posted")
	for _, row := range l.mine.Rows {
		if r.Method() == get && strconv.FormatInt(int64(row.Ref.Seq), 10) == seq {
			return &postedView{Seq: row.Ref.Seq, Kind: row.Event.Kind, Paper: paper(row.Document),
				Number: numberText(row.Number), Amount: row.Event.Amount}
		}
	}
	return nil
}

// paper names a document as people do: its number, or its type where it has none.
func paper(d ledger.Document) string {
	return cmp.Or(d.Number, string(d.Type))
}

// numberText writes our own voucher number: PC-0012/CAT/2019.
func numberText(n ledger.Number) string {
	if n.Number == 0 {
		return ""
	}
	digits := strconv.Itoa(n.Number)
	for len(digits) < 4 {
		digits = "0" + digits
	}
	return string(n.Type) + "-" + digits + "/" + string(n.Unit) + "/" + strconv.Itoa(n.Year)
}

// inputDate writes a date as fields take it, in both languages.
func inputDate(d ledger.Date) string {
	return fmt.Sprintf("%02d/%02d/%04d", d.Day(), d.Month(), d.Year())
}

// unitNames are the names of a currency's unit for one and for many, for the
// page's script; "" for a minor unit without a name.
func unitNames(c ledger.Currency, unit string, l lang.Lang) string {
	key := "currency." + string(c.Code()) + "." + unit
	switch {
	case lang.Has(key):
		return lang.T(l, key, "n", 1) + "|" + lang.T(l, key, "n", 2)
	case unit == "major":
		return string(c.Code())
	}
	return ""
}
