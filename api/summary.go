package api

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sokinhphi/kinhphi/ledger"
)

// summaryBody is a summary as JSON.
type summaryBody struct {
	Programme string       `json:"programme"`
	Currency  string       `json:"currency" example:"VND"`
	AsOf      *string      `json:"as_of" doc:"The last posting date counted; null = all."`
	KnownAt   *int64       `json:"known_at" doc:"The last sequence counted; null = all."`
	Total     figures      `json:"total"`
	Years     []summaryRow `json:"years" nullable:"false"`
	Sources   []summaryRow `json:"sources" nullable:"false"`
	Projects  []summaryRow `json:"projects" nullable:"false"`
	Units     []summaryRow `json:"units" nullable:"false"`
}

// summaryRow is the figures of one year (a number) or of one code.
type summaryRow struct {
	key     any
	figures figures
}

// MarshalJSON writes the key and, beside it, the figures.
func (r summaryRow) MarshalJSON() ([]byte, error) {
	key, err := json.Marshal(r.key)
	if err != nil {
		return nil, err
	}
	return []byte(`{"key":` + string(key) + "," + r.figures.members() + "}"), nil
}

// Schema describes a row.
func (summaryRow) Schema(huma.Registry) *huma.Schema {
	s := figureSchema()
	s.Properties["key"] = &huma.Schema{OneOf: []*huma.Schema{{Type: "integer"}, {Type: "string"}}, Description: "The year, or the code of the source, project or unit."}
	return s
}

// SummaryJSON returns s as the value whose JSON the API answers and the command
// "report summary" prints: every figure in every row, null where the row cannot have it.
func SummaryJSON(s ledger.Summary) any { return summaryOf(s) }

func summaryOf(s ledger.Summary) summaryBody {
	b := summaryBody{Programme: string(s.Programme.Code), Currency: string(s.Programme.Currency.Code()),
		Total: figures{values: s.Total}, Years: summaryRows(s.Years), Sources: summaryRows(s.Sources),
		Projects: summaryRows(s.Projects), Units: summaryRows(s.Units)}
	if !s.At.Date.IsZero() {
		date := s.At.Date.String()
		b.AsOf = &date
	}
	if s.At.Known != 0 {
		known := int64(s.At.Known)
		b.KnownAt = &known
	}
	return b
}

func summaryRows[K int | ledger.Code](rows []ledger.SummaryRow[K]) []summaryRow {
	all := make([]summaryRow, len(rows))
	for i, r := range rows {
		all[i] = summaryRow{r.Key, figures{values: r.Values}}
	}
	return all
}

type summaryInput struct {
	BookPath
	Selection
	PointOfView
}

type summaryOutput struct {
	ServerTiming string `header:"Server-Timing" doc:"How long it took to compute: it is computed on each request."`
	Body         summaryBody
}

func (s *server) summary(ctx context.Context, k *call, in *summaryInput) (*summaryOutput, error) {
	begin := time.Now()
	f := newFaults()
	filter := f.filter(in.Selection, in.PointOfView)
	if err := f.err(); err != nil {
		return nil, err
	}
	st, err := s.books.Structure(ctx, k.by, in.book())
	if err != nil {
		return nil, err
	}
	sum, err := ledger.Summarize(s.books.Cells(ctx, k.by, in.book(), filter, ledger.Detail{}), st, filter)
	if err != nil {
		return nil, err
	}
	took := fmt.Sprintf("summary;dur=%.1f", float64(time.Since(begin).Microseconds())/1000)
	return &summaryOutput{took, summaryOf(sum)}, nil
}
