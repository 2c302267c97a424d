package web

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// query begins to read the query of the address. Dates typed in part are
// completed from the given day.
func (r *request) query(day ledger.Date) *reader {
	return &reader{values: r.queryValues(), in: r.lang, day: day, currency: r.book.Programme.Currency}
}

// list reads values parted by commas.
func (in *reader) list(field string) (all []string) {
	for v := range strings.SplitSeq(in.values[field], ",") {
		if v = strings.TrimSpace(v); v != "" {
			all = append(all, v)
		}
	}
	return all
}

// filter reads what selects lines: year, source, project, unit, khoan, nature,
// and the point of view, as_of and known_at. The names are those of the API.
func (in *reader) filter() ledger.Filter {
	f := ledger.Filter{Line: ledger.Line{Source: in.optional("source"), Project: in.optional("project"),
		Unit: in.optional("unit"), Khoan: in.optional("khoan"), Nature: in.optional("nature")}}
	for _, text := range in.list("year") {
		l, err := ledger.ParseLine(text + "/X")
		if in.fault("year", err); l.Year != 0 && !slices.Contains(f.Years, l.Year) {
			f.Years = append(f.Years, l.Year)
		}
	}
	slices.Sort(f.Years)
	f.At.Date = in.date("as_of")
	if text := in.values["known_at"]; text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1 {
			in.fault("known_at", ledger.Refuse(ledger.InvalidCode, "known_at", "value", text))
			n = 0
		}
		f.At.Known = ledger.Seq(n)
	}
	return f
}

// optional reads a code that may be left out.
func (in *reader) optional(field string) ledger.Code {
	c := in.code(field)
	if c != "" && !c.Valid() {
		in.fault(field, ledger.Refuse(ledger.InvalidCode, field, "value", in.values[field]))
		return ""
	}
	return c
}

// filterValues writes a filter as it stands in addresses.
func filterValues(f ledger.Filter) values {
	v := values{"year": yearList(f.Years), "source": string(f.Line.Source), "project": string(f.Line.Project),
		"unit": string(f.Line.Unit), "khoan": string(f.Line.Khoan), "nature": string(f.Line.Nature), "as_of": f.At.Date.String()}
	if f.At.Known != 0 {
		v["known_at"] = strconv.FormatInt(int64(f.At.Known), 10)
	}
	return v
}

func yearList(years []int) string {
	texts := make([]string, len(years))
	for i, y := range years {
		texts[i] = strconv.Itoa(y)
	}
	return strings.Join(texts, ",")
}

// with returns a copy with a value set for each pair; an empty one drops it.
func (v values) with(pairs ...string) values {
	c := maps.Clone(v)
	for i := 0; i+1 < len(pairs); i += 2 {
		c[pairs[i]] = pairs[i+1]
	}
	return c
}

// given returns a copy without the values that are empty.
func (v values) given() values {
	c := maps.Clone(v)
	maps.DeleteFunc(c, func(_, value string) bool { return value == "" })
	return c
}

// settle leads from the address that a form made, with its empty fields and
// dates in the reader's way, to the one address of the same selection. It
// reports whether it did.
func (r *request) settle(in *reader, page string, canonical values) (bool, error) {
	if len(in.faults) > 0 || maps.Equal(in.values, canonical.given()) {
		return false, nil
	}
	return true, r.redirect(r.path(page) + canonical.query())
}

// A chip is one condition of a selection, with the address without it.
type chip struct{ Label, Text, Path string }

// chips name the conditions of a filter on a page; from the address v.
func (r *request) chips(page string, f ledger.Filter, v values) (chips []chip) {
	n := namesOf(r.book)
	add := func(name, label, text string) {
		if v[name] != "" {
			chips = append(chips, chip{r.t(label), text, r.path(page) + v.with(name, "", "after", "").query()})
		}
	}
	add("year", "pick.year", strings.ReplaceAll(yearList(f.Years), ",", ", "))
	add("source", "pick.source", coded(n.sources, f.Line.Source))
	add("project", "pick.project", coded(n.projects, f.Line.Project))
	add("unit", "pick.unit", coded(n.units, f.Line.Unit))
	add("khoan", "pick.khoan", string(f.Line.Khoan))
	add("nature", "pick.nature", string(f.Line.Nature))
	add("as_of", "pick.as_of", date(f.At.Date, r.lang))
	add("known_at", "pick.known_at", v["known_at"])
	return chips
}

// coded is a code with its name.
func coded(of map[ledger.Code]string, c ledger.Code) string {
	if name := of[c]; name != "" {
		return string(c) + " · " + name
	}
	return string(c)
}

// A pick is one control of a filter form: a list to choose from, or a text.
type pick struct {
	Name, Label, Value string
	Options            []option // of a list
	As                 string   // "text", "date" or "amount"
	Errors             []string
}

// picks are the lists that most selections are made with.
func (r *request) picks(in *reader, years []int) []pick {
	all := []pick{
		{Name: "year", Label: r.t("pick.year")},
		{Name: "source", Label: r.t("pick.source")},
		{Name: "project", Label: r.t("pick.project")},
		{Name: "unit", Label: r.t("pick.unit")},
	}
	for _, y := range slices.Backward(years) {
		all[0].add(strconv.Itoa(y), strconv.Itoa(y))
	}
	for _, s := range r.book.Sources {
		all[1].add(string(s.Code), string(s.Code)+" · "+s.Name)
	}
	for _, p := range r.book.Projects {
		all[2].add(string(p.Code), string(p.Code)+" · "+p.Name)
	}
	for _, u := range r.book.Units {
		all[3].add(string(u.Code), u.Name)
	}
	compare := lang.Collator(r.lang)
	slices.SortStableFunc(all[3].Options, func(a, b option) int { return compare(a.Text, b.Text) })
	for i := range all {
		all[i].choose(in.values[all[i].Name], r.t("pick.all"))
	}
	return all
}

func (p *pick) add(value, text string) {
	p.Options = append(p.Options, option{Value: value, Text: text})
}

// budgetYears are those of the programme's lines, the earliest first.
func (r *request) budgetYears() ([]int, error) {
	lines, err := r.books.Lines(r.ctx, r.actor, r.programme(), ledger.Line{})
	if err != nil {
		return nil, fmt.Errorf("list budget years: %w", err)
	}
	years := make([]int, len(lines))
	for i, l := range lines {
		years[i] = l.Year
	}
	slices.Sort(years)
	return slices.Compact(years), nil
}

// choose marks the option that the address names, puts "all" before the others,
// and adds what the address names and the list does not have: a list of values.
func (p *pick) choose(value, all string) {
	found := value == ""
	for i := range p.Options {
		p.Options[i].Chosen = p.Options[i].Value == value
		found = found || p.Options[i].Chosen
	}
	p.Options = append([]option{{Text: all, Chosen: value == ""}}, p.Options...)
	if !found {
		p.Options = append(p.Options, option{Value: value, Text: strings.ReplaceAll(value, ",", ", "), Chosen: true})
	}
}

// blamePicks gives every fault to the control that it is about.
func blamePicks(picks []pick, faults []*ledger.Fault, l lang.Lang) (summary []oops) {
	for _, f := range faults {
		o := oops{Text: faultText(f, l)}
		for i := range picks {
			if picks[i].Name == f.Field {
				picks[i].Errors = append(picks[i].Errors, o.Text)
				o.Field = f.Field
			}
		}
		summary = append(summary, o)
	}
	return summary
}
