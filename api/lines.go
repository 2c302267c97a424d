package api

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sokinhphi/kinhphi/ledger"
)

func (s *server) lineRoutes() {
	read(s, get("list-lines", "/programmes/{programme}/lines", "List lines with their figures", "Lines in order; the next page begins after next."), s.lines)
	read(s, get("get-balances", "/programmes/{programme}/balances", "Figures of given lines", "A reference may be short while it is unambiguous; otherwise the refusal lists the candidates."), s.balances)
	read(s, get("list-obligations", "/programmes/{programme}/obligations", "List obligations", "Commitments, accepted work, advances and pledges, by code."), s.obligations)
	read(s, get("get-summary", "/programmes/{programme}/summary", "Summary", "All figures, in total and by year, source, project and unit. Null where the selection cannot have a figure: the cash of a source has no project."), s.summary)
}

// Limits of the answers about lines.
const (
	maxLines     = 1000
	maxBalances  = 50
	maxObligated = 500
)

// line is one dòng kinh phí with its figures.
type line struct {
	Line    string  `json:"line" example:"2019/NSTW/DA1/CAT/041/12" doc:"The whole reference: year/source/project/unit/khoản/nature."`
	Short   string  `json:"short" example:"2019/NSTW/DA1/CAT"`
	Figures figures `json:"figures"`
}

// figures writes Values in the order of ledger.Figures: those that a selection by the
// dimensions may have, null where it has not.
type figures struct {
	values ledger.Values
	by     ledger.Dimension
}

func (f figures) names() (names []ledger.Figure) {
	for _, info := range ledger.Figures {
		if info.Dimensions&f.by == f.by {
			names = append(names, info.Figure)
		}
	}
	return names
}

// MarshalJSON writes the figures as an object of decimal strings.
func (f figures) MarshalJSON() ([]byte, error) { return []byte("{" + f.members() + "}"), nil }

func (f figures) members() string {
	var b strings.Builder
	for i, name := range f.names() {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + string(name) + `":`)
		if m, ok := f.values.Get(name); ok {
			b.WriteString(`"` + m.String() + `"`)
		} else {
			b.WriteString("null")
		}
	}
	return b.String()
}

// Schema describes the figures.
func (figures) Schema(huma.Registry) *huma.Schema { return figureSchema() }

func figureSchema() *huma.Schema {
	s := &huma.Schema{Type: "object", Properties: map[string]*huma.Schema{},
		Description: "Decimal strings; null where the selection cannot have the figure."}
	for _, info := range ledger.Figures {
		s.Properties[string(info.Figure)] = &huma.Schema{Type: "string", Nullable: true, Examples: []any{"86400000"}}
	}
	return s
}

const ofLine = ledger.ByYear | ledger.BySource | ledger.ByProject | ledger.ByUnit

type linesInput struct {
	BookPath
	Selection
	PointOfView
	Khoan  string `query:"khoan" example:"041" doc:"Khoản (sub-sector)."`
	Nature string `query:"nature" example:"12" doc:"Nature of funds."`
	After  string `query:"after" doc:"The line after which the page begins: next of the page before."`
	Limit  string `query:"limit" example:"100" doc:"Lines of a page, 1 to 1000; 1000 unless given."`
}

type linePage struct {
	List[line]
	Next string `json:"next,omitempty" doc:"Give it as after for the next page; absent on the last."`
}

func (s *server) lines(ctx context.Context, k *call, in *linesInput) (*body[linePage], error) {
	f := newFaults()
	filter := f.filter(in.Selection, in.PointOfView)
	filter.Line.Khoan, filter.Line.Nature = f.code("khoan", in.Khoan), f.code("nature", in.Nature)
	after := f.line("after", in.After)
	limit := cmp.Or(f.number("limit", in.Limit, maxLines), maxLines)
	if err := f.err(); err != nil {
		return nil, err
	}
	all, err := s.books.Lines(ctx, k.by, in.book(), filter.Line)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(l ledger.Line) bool {
		return len(filter.Years) > 0 && !slices.Contains(filter.Years, l.Year) || in.After != "" && l.Compare(after) <= 0
	})
	page := linePage{}
	if len(all) > limit {
		all = all[:limit]
		page.Next = all[limit-1].String()
	}
	st, err := s.books.Structure(ctx, k.by, in.book())
	if err != nil {
		return nil, err
	}
	page.Items, err = s.figures(ctx, k.by, st, filter, all)
	return &body[linePage]{page}, err
}

// figures computes the figures of lines, all from one reading of cells.
func (s *server) figures(ctx context.Context, by ledger.Actor, st ledger.Structure, filter ledger.Filter, lines []ledger.Line) ([]line, error) {
	cells := make(map[ledger.Line][]ledger.Cell, len(lines))
	for c, err := range s.books.Cells(ctx, by, st.Programme.Code, filter, ledger.Detail{ByLine: true}) {
		if err != nil {
			return nil, err
		}
		if c.Account.Book() == ledger.LineBook {
			cells[c.Account.Line] = append(cells[c.Account.Line], c)
		}
	}
	items := make([]line, len(lines))
	for i, l := range lines {
		one, err := ledger.Summarize(sequence(cells[l]), st, ledger.Filter{Years: []int{l.Year}, Line: l, At: filter.At})
		if err != nil {
			return nil, err
		}
		items[i] = line{l.String(), l.Short().String(), figures{one.Total, ofLine}}
	}
	return items, nil
}

func sequence(cells []ledger.Cell) iter.Seq2[ledger.Cell, error] {
	return func(yield func(ledger.Cell, error) bool) {
		for _, c := range cells {
			if !yield(c, nil) {
				return
			}
		}
	}
}

type balancesInput struct {
	BookPath
	PointOfView
	Line string `query:"line" required:"true" example:"2019/NSTW/DA1/CAT" doc:"References of lines, parted by commas; up to 50."`
}

func (s *server) balances(ctx context.Context, k *call, in *balancesInput) (*body[List[line]], error) {
	f := newFaults()
	filter := ledger.Filter{At: f.asOf(in.PointOfView)}
	references := strings.Split(in.Line, ",")
	switch {
	case in.Line == "":
		f.add(ledger.Refuse(ledger.Required, "line"))
	case len(references) > maxBalances:
		f.add(ledger.Refuse(ledger.TooMany, "line", "limit", itoa(maxBalances), "count", itoa(len(references))))
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	st, err := s.books.Structure(ctx, k.by, in.book())
	if err != nil {
		return nil, err
	}
	out := List[line]{Items: []line{}}
	for _, reference := range references {
		l, err := s.resolve(ctx, k.by, in.book(), reference)
		if err != nil {
			return nil, err
		}
		filter.Years, filter.Line = []int{l.Year}, l
		one, err := s.figures(ctx, k.by, st, filter, []ledger.Line{l})
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, one...)
	}
	return &body[List[line]]{out}, nil
}

// resolve finds the one line that a reference means. Errors: invalid_code,
// incomplete_line, unknown_code, ambiguous_line, those of Books.Lines.
func (s *server) resolve(ctx context.Context, by ledger.Actor, book ledger.Code, reference string) (ledger.Line, error) {
	pattern, err := ledger.ParseLine(reference)
	if err != nil {
		return ledger.Line{}, err
	}
	if pattern.Year == 0 || pattern.Unit == "" {
		return ledger.Line{}, ledger.Refuse(ledger.IncompleteLine, "line", "value", reference, "needs", "YEAR/SOURCE/PROJECT/UNIT")
	}
	found, err := s.books.Lines(ctx, by, book, pattern)
	switch {
	case err != nil:
		return ledger.Line{}, err
	case len(found) == 0:
		return ledger.Line{}, ledger.Refuse(ledger.UnknownCode, "line", "value", reference)
	case len(found) > 1:
		names := make([]string, len(found))
		for i, l := range found {
			names[i] = l.String()
		}
		return ledger.Line{}, ledger.Refuse(ledger.AmbiguousLine, "line", "value", reference, "candidates", strings.Join(names, " "))
	}
	return found[0], nil
}

type obligationsInput struct {
	BookPath
	Selection
	Kind  string `query:"kind" enum:"commitment,acceptance,advance,pledge"`
	Open  string `query:"open" enum:"true,false" doc:"true: only those with something left."`
	DueBy string `query:"due_by" format:"date" doc:"Due on or before."`
	Begin string `query:"prefix" doc:"Beginning of the code."`
	Limit string `query:"limit" example:"100" doc:"1 to 500; 100 unless given."`
}

type obligationPage struct {
	List[obligation]
	More bool `json:"more" doc:"There are more: narrow the question, by prefix for instance."`
}

type obligation struct {
	Code   string `json:"code" example:"HD-12"`
	Kind   string `json:"kind" enum:"commitment,acceptance,advance,pledge"`
	Line   string `json:"line" doc:"The whole line; of a pledge -/source."`
	Opened string `json:"opened" example:"86400000"`
	Used   string `json:"used" example:"0"`
	Open   string `json:"open" example:"86400000" doc:"What is left."`
	Due    string `json:"due,omitempty" format:"date"`
	By     string `json:"by" example:"12.1" doc:"The event that opened it: entry.number."`
	Payee  string `json:"payee,omitempty"`
}

func obligationOf(o ledger.Obligation) obligation {
	return obligation{string(o.Code), o.Kind.String(), o.Line.String(), o.Opened.String(), o.Used.String(),
		o.Open().String(), o.Due.String(), o.By.String(), o.Payee}
}

func (s *server) obligations(ctx context.Context, k *call, in *obligationsInput) (*body[obligationPage], error) {
	f := newFaults()
	limit := cmp.Or(f.number("limit", in.Limit, maxObligated), ledger.DefaultPage)
	q := ledger.ObligationQuery{Line: f.filter(in.Selection, PointOfView{}).Line, Kind: f.obligationKind(in.Kind), Open: f.flag("open", in.Open),
		DueBy: f.date("due_by", in.DueBy), Prefix: f.code("prefix", in.Begin), Limit: limit + 1}
	switch years := f.years("year", in.Year); len(years) {
	case 0:
	case 1:
		q.Line.Year = years[0]
	default:
		f.add(ledger.Refuse(ledger.TooMany, "year", "limit", "1", "count", itoa(len(years))))
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	all, err := s.books.Obligations(ctx, k.by, in.book(), q)
	if err != nil {
		return nil, err
	}
	more := len(all) > limit
	return &body[obligationPage]{obligationPage{listOf(all[:min(limit, len(all))], obligationOf).Body, more}}, nil
}

func (f *faults) obligationKind(s string) ledger.ObligationKind {
	if s == "" {
		return 0
	}
	for kind := ledger.CommitmentObligation; kind <= ledger.PledgeObligation; kind++ {
		if kind.String() == s {
			return kind
		}
	}
	f.add(ledger.Refuse(ledger.UnknownKind, "kind", "value", clip(s)))
	return 0
}

var _ json.Marshaler = figures{}
