package intake

import (
	"slices"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

// An Execution is a report that was read and found in order.
type Execution struct {
	Programme ledger.Programme // as the map describes it
	Units     []ledger.Unit    // the root first
	Projects  []ledger.Project
	Sources   []ledger.Source
	Stages    []Stage     // every column, in posting order
	Warnings  []*RowError // at most MaxProblems
	MoreWarnings,
	DetailRows,
	TotalRows int
	Ignored []string // headers of columns that the map does not use

	sheet   string
	columns [stageCount]int
	number  string
	traces  map[ledger.Key]trace
}

// A Stage is one column of the report and what is posted because of it.
type Stage struct {
	Name     string       // approved, modified, received, committed, accrued, exercised, paid
	Header   string       // of the column
	Total    ledger.Money // of the column, over all detail rows
	Events   int
	Vouchers []ledger.Request
}

// Events returns how many events are posted.
func (x *Execution) Events() int {
	n := 0
	for _, s := range x.Stages {
		n += s.Events
	}
	return n
}

// A trace leads from a voucher back to the file.
type trace struct {
	stage int
	rows  []int // by event
}

// finish checks what only the whole file shows and builds the execution.
func (r *reader) finish() (*Execution, error) {
	if len(r.details) == 0 && len(r.problems.Rows) == 0 {
		r.fail(&RowError{Row: r.m.Header, Rule: NoRows})
	}
	r.totals.compare()
	r.giveCodes()
	r.duplicates()
	r.cash()
	if err := r.problems.orNil(); err != nil {
		return nil, err
	}
	x := &Execution{
		Programme: r.m.programme(), Warnings: r.warnings.Rows, MoreWarnings: r.warnings.More,
		DetailRows: len(r.details), TotalRows: r.totals.rows, Ignored: r.columns.ignored(),
		sheet: r.sheet, columns: r.columns.stages, number: r.m.Posting.Number, traces: map[ledger.Key]trace{},
	}
	r.structure(x)
	r.post(x)
	if n := x.Events(); n > ledger.MaxTogether {
		return nil, &RowError{Sheet: r.sheet, Rule: ledger.TooMany, Operands: operands("limit", itoa(ledger.MaxTogether), "count", itoa(n))}
	}
	return x, nil
}

// giveCodes gives every thing its code, and every row its line.
func (r *reader) giveCodes() {
	for i := range r.parts {
		texts := make(map[string]string, len(r.parts[i].things))
		for id, t := range r.parts[i].things {
			texts[id] = t.text
		}
		if i == unitPart {
			texts[rootID] = string(r.m.Root.Code)
		}
		for id, c := range Codes(texts) {
			if id != rootID {
				r.parts[i].things[id].code = c
			}
		}
	}
	for i := range r.details {
		d := &r.details[i]
		code := func(part int) ledger.Code { return r.parts[part].things[d.ids[part]].code }
		d.line = ledger.Line{Year: r.m.Posting.BudgetYear, Source: code(sourcePart), Project: code(projectPart),
			Unit: code(unitPart), Khoan: code(khoanPart), Nature: code(naturePart)}
	}
}

// rootID stands for the root among the units while codes are given, so that no
// unit takes its code. Identities from a file are never empty.
const rootID = ""

// duplicates refuses two rows of one line: their figures would be added up
// without anyone having said that they are parts of one.
func (r *reader) duplicates() {
	first := make(map[ledger.Line]int, len(r.details))
	for i := range r.details {
		d := &r.details[i]
		if row, found := first[d.line]; found {
			column := r.columns.parts[unitPart].id[0]
			r.failAt(d.row, column, strings.ReplaceAll(d.ids[unitPart], "\x1f", " · "), DuplicateRow,
				operands("line", d.line.String(), "row", itoa(row)))
			continue
		}
		first[d.line] = d.row
	}
}

// cash refuses a source that pays more than it receives, at the row where its
// cash runs out. Only a file that is otherwise in order has all receipts.
func (r *reader) cash() {
	if len(r.problems.Rows) > 0 {
		return
	}
	left := map[ledger.Code]ledger.Money{}
	for i := range r.details {
		d := &r.details[i]
		if have, found := left[d.line.Source]; found {
			left[d.line.Source] = have.Add(d.amounts[received])
		} else {
			left[d.line.Source] = d.amounts[received]
		}
	}
	for i := range r.details {
		d := &r.details[i]
		have, need := left[d.line.Source], d.amounts[paid]
		if left[d.line.Source] = have.Sub(need); have.Cmp(need) < 0 && have.Sign() >= 0 {
			r.failAt(d.row, r.columns.stages[paid], need.String(), ledger.OverLimit, operands(
				"account", "Fund:"+string(d.line.Source), "available", have.String(), "needed", need.String(), "short", need.Sub(have).String()))
		}
	}
}

// structure lists what the report needs, in the order of the file.
func (r *reader) structure(x *Execution) {
	from, _ := ledger.NewDate(r.m.Posting.BudgetYear, 1, 1)
	root := ledger.Unit{Code: r.m.Root.Code, Name: r.m.Root.Name, From: from}
	x.Units = append(x.Units, root)
	for t := range r.things(unitPart) {
		x.Units = append(x.Units, ledger.Unit{Code: t.code, Name: r.named(t, unitPart), Parent: root.Code, From: from})
	}
	for t := range r.things(projectPart) {
		x.Projects = append(x.Projects, ledger.Project{Code: t.code, Name: r.named(t, projectPart)})
	}
	kind, _ := ledger.ParseSourceKind(r.m.Source.Kind)
	backing, _ := ledger.ParseBacking(r.m.Source.Backing)
	for t := range r.things(sourcePart) {
		x.Sources = append(x.Sources, ledger.Source{Code: t.code, Name: r.named(t, sourcePart), Kind: kind, Backing: backing, Treasury: r.m.Source.Treasury})
	}
	x.Warnings, x.MoreWarnings = r.warnings.Rows, r.warnings.More
}

// things yields what one dimension names, in the order of the file.
func (r *reader) things(part int) func(yield func(*thing) bool) {
	return func(yield func(*thing) bool) {
		for _, id := range r.parts[part].order {
			if !yield(r.parts[part].things[id]) {
				return
			}
		}
	}
}

// named is the name of a thing; when rows name it differently, all names.
func (r *reader) named(t *thing, part int) string {
	name := strings.Join(t.names, " / ")
	column := r.columns.parts[part].name[0]
	if len(t.names) > 1 {
		r.warnAt(t.row, column, name, NamesDiffer, operands("code", string(t.code)))
	}
	if len(name) > ledger.MaxName {
		r.warnAt(t.row, column, name, TextCut, operands("limit", itoa(ledger.MaxName), "length", itoa(len(name))))
	}
	return cut(name, ledger.MaxName)
}

// Requests returns everything to post, in order: what the programme does not
// have yet of units, projects and sources, then the vouchers stage by stage. A
// zero have means a programme without structure. Units are put below the
// programme's own root if it has one. What the programme has under the same
// code and name is left out; under another name it is defined under its key,
// which the ledger answers from memory if it was this file's and refuses if it
// was another's. Error: currency_mismatch.
func (x *Execution) Requests(have ledger.Structure) ([]ledger.Request, error) {
	if c := have.Programme.Currency; have.Programme.Code != "" && c != x.Programme.Currency {
		return nil, ledger.Refuse(ledger.CurrencyMismatch, "programme.currency",
			"value", string(x.Programme.Currency.Code()), "wanted", string(c.Code()))
	}
	rs := append(x.missingUnits(have.Units), x.missingProjects(have.Projects)...)
	rs = append(rs, x.missingSources(have.Sources)...)
	for _, s := range x.Stages {
		rs = append(rs, s.Vouchers...)
	}
	return rs, nil
}

func (x *Execution) missingUnits(have []ledger.Unit) (rs []ledger.Request) {
	root := x.Units[0].Code
	if i := slices.IndexFunc(have, func(u ledger.Unit) bool { return u.Parent == "" }); i >= 0 {
		root = have[i].Code
	}
	for i, u := range x.Units {
		if i == 0 && u.Code != root || slices.ContainsFunc(have, func(h ledger.Unit) bool { return h.Code == u.Code && h.Name == u.Name }) {
			continue
		}
		if i > 0 {
			u.Parent = root
		}
		rs = append(rs, ledger.Request{Key: x.key("unit", string(u.Code)), Action: ledger.DefineUnit{Unit: u}})
	}
	return rs
}

func (x *Execution) missingProjects(have []ledger.Project) (rs []ledger.Request) {
	for _, p := range x.Projects {
		if slices.ContainsFunc(have, func(h ledger.Project) bool { return h.Code == p.Code && h.Name == p.Name }) {
			continue
		}
		rs = append(rs, ledger.Request{Key: x.key("project", string(p.Code)), Action: ledger.DefineProject{Project: p}})
	}
	return rs
}

func (x *Execution) missingSources(have []ledger.Source) (rs []ledger.Request) {
	for _, s := range x.Sources {
		if slices.ContainsFunc(have, func(h ledger.Source) bool { return h.Code == s.Code && h.Name == s.Name }) {
			continue
		}
		rs = append(rs, ledger.Request{Key: x.key("source", string(s.Code)), Action: ledger.DefineSource{Source: s}})
	}
	return rs
}

// key returns the idempotency key of one request of this report.
func (x *Execution) key(parts ...string) ledger.Key {
	return ledger.ImportKey("execution", digest(append([]string{"execution/1", string(x.Programme.Code)}, parts...)...))
}
