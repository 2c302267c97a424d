package web

import (
	"slices"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

// journalQuery reads a selection of the journal from the address. Lists are
// parted by commas; the names are those of the API.
func (in *reader) journalQuery() ledger.JournalQuery {
	q := ledger.JournalQuery{Filter: in.filter(), From: in.date("from"), To: in.date("to"), Figure: ledger.Figure(in.values["figure"]),
		Type: in.optional("type"), Obligation: in.optional("obligation"), Item: in.optional("item"), Text: in.values["text"],
		Payee: in.values["payee"], After: in.values["after"], Red: in.values["red"] != "" && in.values["red"] != "false"}
	for _, word := range in.list("kind") {
		kind, err := ledger.ParseEventKind(word)
		if in.fault("kind", err); err == nil && !slices.Contains(q.Kinds, kind) {
			q.Kinds = append(q.Kinds, kind)
		}
	}
	if _, ok := q.Figure.Info(); q.Figure != "" && !ok {
		in.fault("figure", ledger.Refuse(ledger.UnknownKind, "figure", "value", in.values["figure"]))
		q.Figure = ""
	}
	if in.values["amount"] != "" {
		q.Amount = in.exact("amount")
	}
	q.By = ledger.Login(in.values["by"])
	if d := in.date("recorded"); !d.IsZero() {
		q.Since, q.Before = midnight(d), midnight(d.AddDays(1))
	}
	return q
}

// exact reads an amount that is canonical, as in addresses, or typed.
func (in *reader) exact(field string) ledger.Money {
	if m, err := ledger.ParseMoney(in.values[field], in.currency); err == nil {
		return m
	}
	return in.amount(field)
}

// journalValues writes a selection of the journal as it stands in addresses,
// with the page.
func journalValues(q ledger.JournalQuery) values {
	kinds := make([]string, len(q.Kinds))
	for i, k := range q.Kinds {
		kinds[i] = k.String()
	}
	v := filterValues(q.Filter).with("from", q.From.String(), "to", q.To.String(), "figure", string(q.Figure), "type", string(q.Type),
		"obligation", string(q.Obligation), "item", string(q.Item), "text", q.Text, "payee", q.Payee, "after", q.After,
		"kind", strings.Join(kinds, ","), "amount", canonical(q.Amount))
	if q.Red {
		v["red"] = "true"
	}
	if v["by"] = string(q.By); !q.Since.IsZero() {
		v["recorded"] = ledger.DateOf(q.Since.In(zone)).String()
	}
	return v
}

// journalChips name the conditions of a selection of the journal.
func (r *request) journalChips(q ledger.JournalQuery, v values) []chip {
	chips := r.chips("journal", q.Filter, v)
	add := func(name, text string) {
		if v[name] != "" {
			chips = append(chips, chip{r.t("pick." + name), text, r.path("journal") + v.with(name, "", "after", "").query()})
		}
	}
	add("figure", r.t("figure."+string(q.Figure)))
	kinds := make([]string, len(q.Kinds))
	for i, k := range q.Kinds {
		kinds[i] = r.t("kind." + k.String())
	}
	add("kind", strings.Join(kinds, ", "))
	add("from", date(q.From, r.lang))
	add("to", date(q.To, r.lang))
	add("type", string(q.Type))
	add("item", string(q.Item))
	add("obligation", string(q.Obligation))
	add("text", q.Text)
	add("payee", q.Payee)
	add("amount", money(q.Amount, r.lang))
	add("red", r.t("pick.red_only"))
	add("by", string(q.By))
	add("recorded", date(ledger.DateOf(q.Since.In(zone)), r.lang))
	return chips
}

// journalPicks are the controls of the journal's form: first those that are
// always in sight, then the others.
func (r *request) journalPicks(in *reader, q ledger.JournalQuery, years []int) (first, more []pick) {
	typed := func(name, as, value string) pick {
		return pick{Name: name, Label: r.t("pick." + name), As: as, Value: value}
	}
	first = []pick{typed("text", "text", q.Text), typed("from", "date", shown(in, "from", q.From)), typed("to", "date", shown(in, "to", q.To))}
	kinds := pick{Name: "kind", Label: r.t("pick.kind")}
	for _, k := range ledger.Kinds {
		kinds.add(k.Name, r.t("kind."+k.Name))
	}
	kinds.choose(in.values["kind"], r.t("pick.all"))
	figures := pick{Name: "figure", Label: r.t("pick.figure")}
	for _, f := range ledger.Figures {
		figures.add(string(f.Figure), r.t("figure."+string(f.Figure)))
	}
	figures.choose(in.values["figure"], r.t("pick.none"))
	types := pick{Name: "type", Label: r.t("pick.type")}
	for _, t := range documentTypes {
		types.add(string(t), r.t("type."+string(t)))
	}
	types.choose(in.values["type"], r.t("pick.all"))
	more = append(r.picks(in, years), kinds, figures, types, typed("amount", "amount", in.values["amount"]),
		typed("payee", "text", q.Payee), typed("obligation", "text", in.values["obligation"]), typed("item", "text", in.values["item"]))
	return first, more
}

// shown is a date for its field: in the reader's way if it could be read.
func shown(in *reader, field string, d ledger.Date) string {
	if d.IsZero() {
		return in.values[field]
	}
	return inputDate(d)
}
