package api

import (
	"context"

	"github.com/sokinhphi/kinhphi/ledger"
)

func (s *server) structureRoutes() {
	read(s, get("list-programmes", "/programmes", "List programmes", "The programmes in which you have a role."), s.programmes)
	write(s, post("define-programme", "/programmes", "Define a programme", "Needs the right to manage users in SYSTEM. The currency of a programme never changes."), s.defineProgramme)
	read(s, get("get-programme", "/programmes/{programme}", "Get a programme", "What the programme is made of, as it stands now."), s.programme)
	read(s, get("list-units", "/programmes/{programme}/units", "List units", ""), s.units)
	write(s, post("define-unit", "/programmes/{programme}/units", "Define a unit", "The same code again makes a new version."), s.defineUnit)
	read(s, get("list-projects", "/programmes/{programme}/projects", "List projects", ""), s.projects)
	write(s, post("define-project", "/programmes/{programme}/projects", "Define a project", "The same code again makes a new version."), s.defineProject)
	read(s, get("list-sources", "/programmes/{programme}/sources", "List sources", ""), s.sources)
	write(s, post("define-source", "/programmes/{programme}/sources", "Define a source", "The same code again makes a new version."), s.defineSource)
}

// Programme is one book.
type Programme struct {
	Code           string `json:"code" maxLength:"40" example:"PCMT"`
	Name           string `json:"name" maxLength:"1000"`
	Currency       string `json:"currency" example:"VND" doc:"ISO 4217 code."`
	Scale          int    `json:"scale" minimum:"0" maximum:"4" doc:"Decimal places of the currency."`
	AdjustmentDays int    `json:"adjustment_days" doc:"How many days after 31 December a budget year still takes postings."`
}

type ProgrammeItem struct {
	Programme
	Sample bool `json:"sample" doc:"Invented data."`
}

func programmeOf(p ledger.Programme) ProgrammeItem {
	return ProgrammeItem{Programme{string(p.Code), p.Name, string(p.Currency.Code()), p.Currency.Scale(), p.AdjustmentDays}, p.Sample}
}

// unit is an organisation that spends or distributes.
type unit struct {
	Code    string `json:"code" maxLength:"40" example:"CAT"`
	Name    string `json:"name" maxLength:"1000"`
	Parent  string `json:"parent,omitempty" doc:"Code of the unit above; empty for the root only."`
	Chapter string `json:"chapter,omitempty" doc:"Budget chapter."`
	From    string `json:"from" format:"date" doc:"Valid from."`
	To      string `json:"to,omitempty" format:"date" doc:"Last valid day; empty = open."`
}

func unitOf(u ledger.Unit) unit {
	return unit{string(u.Code), u.Name, string(u.Parent), string(u.Chapter), u.From.String(), u.To.String()}
}

// project is what the money is for.
type project struct {
	Code  string `json:"code" maxLength:"40" example:"DA1"`
	Name  string `json:"name" maxLength:"1000"`
	Owner string `json:"owner,omitempty" doc:"Code of the unit that answers for it."`
}

func projectOf(p ledger.Project) project { return project{string(p.Code), p.Name, string(p.Owner)} }

// source is where resources come from.
type source struct {
	Code     string `json:"code" maxLength:"40" example:"NSTW"`
	Name     string `json:"name" maxLength:"1000"`
	Kind     string `json:"kind" enum:"central-budget,provincial-budget,district-budget,foreign-aid,crime-prevention-fund,confiscated,contribution,other"`
	Backing  string `json:"backing" enum:"appropriation,cash" doc:"appropriation: received when drawn. cash: bounded by what was received."`
	Treasury string `json:"treasury,omitempty" doc:"The account that pays and receives unless an event names another."`
}

func sourceOf(r ledger.Source) source {
	return source{string(r.Code), r.Name, r.Kind.String(), r.Backing.String(), string(r.Treasury)}
}

type structure struct {
	ProgrammeItem
	Seq      int64     `json:"seq" doc:"The last record of the book."`
	Units    []unit    `json:"units" nullable:"false"`
	Projects []project `json:"projects" nullable:"false"`
	Sources  []source  `json:"sources" nullable:"false"`
	Closed   []period  `json:"closed_periods" nullable:"false" doc:"Closed months."`
}

func (s *server) programmes(ctx context.Context, k *call, _ *struct{}) (*body[List[ProgrammeItem]], error) {
	all, err := s.books.Programmes(ctx, k.by)
	if err != nil {
		return nil, err
	}
	return listOf(all, programmeOf), nil
}

func (s *server) programme(ctx context.Context, k *call, in *BookPath) (*body[structure], error) {
	st, err := s.books.Structure(ctx, k.by, in.book())
	if err != nil {
		return nil, err
	}
	return &body[structure]{structure{programmeOf(st.Programme), int64(st.Seq),
		listOf(st.Units, unitOf).Body.Items, listOf(st.Projects, projectOf).Body.Items,
		listOf(st.Sources, sourceOf).Body.Items, listOf(st.Closed, periodOf).Body.Items}}, nil
}

func (s *server) units(ctx context.Context, k *call, in *BookPath) (*body[List[unit]], error) {
	st, err := s.books.Structure(ctx, k.by, in.book())
	if err != nil {
		return nil, err
	}
	return listOf(st.Units, unitOf), nil
}

func (s *server) projects(ctx context.Context, k *call, in *BookPath) (*body[List[project]], error) {
	st, err := s.books.Structure(ctx, k.by, in.book())
	if err != nil {
		return nil, err
	}
	return listOf(st.Projects, projectOf), nil
}

func (s *server) sources(ctx context.Context, k *call, in *BookPath) (*body[List[source]], error) {
	st, err := s.books.Structure(ctx, k.by, in.book())
	if err != nil {
		return nil, err
	}
	return listOf(st.Sources, sourceOf), nil
}

// defineInput are the parameters of a change of the structure or the rights.
type defineInput struct {
	BookPath
	KeyHeader
}

func (s *server) defineProgramme(ctx context.Context, k *call, in *KeyHeader, b *Programme, f *faults) (*changeOutput, error) {
	p := ledger.Programme{Code: f.code("code", b.Code), Name: b.Name, AdjustmentDays: b.AdjustmentDays}
	var err error
	if p.Currency, err = ledger.NewCurrency(ledger.Code(b.Currency), b.Scale); b.Currency != "" {
		f.at("currency", err)
	}
	return s.change(ctx, k, ledger.System, in.Key, ledger.DefineProgramme{Programme: p}, f)
}

func (s *server) defineUnit(ctx context.Context, k *call, in *defineInput, b *unit, f *faults) (*changeOutput, error) {
	return s.change(ctx, k, in.book(), in.Key, ledger.DefineUnit{Unit: ledger.Unit{
		Code: f.code("code", b.Code), Name: b.Name, Parent: f.code("parent", b.Parent),
		Chapter: f.code("chapter", b.Chapter), From: f.date("from", b.From), To: f.date("to", b.To)}}, f)
}

func (s *server) defineProject(ctx context.Context, k *call, in *defineInput, b *project, f *faults) (*changeOutput, error) {
	return s.change(ctx, k, in.book(), in.Key, ledger.DefineProject{Project: ledger.Project{
		Code: f.code("code", b.Code), Name: b.Name, Owner: f.code("owner", b.Owner)}}, f)
}

func (s *server) defineSource(ctx context.Context, k *call, in *defineInput, b *source, f *faults) (*changeOutput, error) {
	kind, err := ledger.ParseSourceKind(b.Kind)
	f.at("kind", err)
	backing, err := ledger.ParseBacking(b.Backing)
	f.at("backing", err)
	return s.change(ctx, k, in.book(), in.Key, ledger.DefineSource{Source: ledger.Source{
		Code: f.code("code", b.Code), Name: b.Name, Kind: kind, Backing: backing,
		Treasury: f.code("treasury", b.Treasury)}}, f)
}
