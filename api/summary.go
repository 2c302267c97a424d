package api

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/report"
)

// summaryBody is a summary in the one JSON form that it has everywhere.
type summaryBody struct{ report.Summary }

// Schema describes a summary.
func (summaryBody) Schema(huma.Registry) *huma.Schema {
	text := func(about string) *huma.Schema { return &huma.Schema{Type: "string", Description: about} }
	row := figureSchema()
	row.Properties["key"] = &huma.Schema{OneOf: []*huma.Schema{{Type: "integer"}, {Type: "string"}}, Description: "The year, or the code of the source, project or unit."}
	row.Properties["name"] = text("Its name; of a year, the year.")
	s := &huma.Schema{Type: "object", Properties: map[string]*huma.Schema{
		"programme": text("The programme's code."),
		"name":      text("The programme's name."),
		"sample":    {Type: "boolean", Description: "The data are invented."},
		"currency":  {Type: "string", Examples: []any{"VND"}},
		"as_of":     {Type: "string", Nullable: true, Description: "The last posting date counted; null = all."},
		"known_at":  {Type: "integer", Nullable: true, Description: "The last sequence counted; null = all."},
		"total":     figureSchema(),
	}}
	for _, list := range []string{"years", "sources", "projects", "units"} {
		s.Properties[list] = &huma.Schema{Type: "array", Items: row}
	}
	return s
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
	return &summaryOutput{took, summaryBody{report.NewSummary(sum, st)}}, nil
}
