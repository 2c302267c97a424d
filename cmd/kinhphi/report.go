package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
	"github.com/sokinhphi/kinhphi/ledger/report"
)

// A summaryWriter writes the programme summary in one format.
type summaryWriter func(w io.Writer, s ledger.Summary, st ledger.Structure) error

var summaryFormats = map[string]summaryWriter{
	"json": report.WriteJSON,
	"csv":  report.WriteCSV,
	"xlsx": func(w io.Writer, s ledger.Summary, st ledger.Structure) error {
		return report.WriteXLSX(w, s, st, report.Options{Lang: lang.Vi})
	},
}

func reportCommand(db *database) *cobra.Command {
	cmd := &cobra.Command{Use: "report", Short: "Print reports"}
	var programme, format, out, asOf string
	var knownAt int64
	summary := &cobra.Command{
		Use: "summary", Short: "The programme summary: every figure, whole and by year, source, project and unit", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			write, ok := summaryFormats[format]
			if !ok {
				return &exitError{exitUnusable, fmt.Errorf("no format %q: json, csv or xlsx", format)}
			}
			f := ledger.Filter{At: ledger.AsOf{Known: ledger.Seq(knownAt)}}
			if asOf != "" {
				var err error
				if f.At.Date, err = ledger.ParseDate(asOf); err != nil {
					return &exitError{exitUnusable, err}
				}
			}
			return db.with(cmd, func(ctx context.Context, books *opened) error {
				return writeSummary(ctx, books, ledger.Code(programme), f, write, out)
			})
		},
	}
	summary.Flags().StringVar(&programme, "programme", "", "code of the programme")
	summary.Flags().StringVar(&format, "format", "json", "json, csv or xlsx")
	summary.Flags().StringVar(&out, "out", "", "file to write; standard output unless given")
	summary.Flags().StringVar(&asOf, "as-of", "", "last posting date to count, 2006-01-02")
	summary.Flags().Int64Var(&knownAt, "known-at", 0, "last record to count")
	summary.MarkFlagRequired("programme")
	cmd.AddCommand(summary)
	return cmd
}

func writeSummary(ctx context.Context, books *opened, programme ledger.Code, f ledger.Filter, write summaryWriter, out string) error {
	by := ledger.LocalActor()
	st, err := books.Structure(ctx, by, programme)
	if err != nil {
		return err
	}
	s, err := ledger.Summarize(books.Cells(ctx, by, programme, f, ledger.Detail{}), st, f)
	if err != nil {
		return err
	}
	if out == "" {
		return write(os.Stdout, s, st)
	}
	file, err := os.Create(out)
	if err != nil {
		return err
	}
	if err := write(file, s, st); err != nil {
		file.Close()
		os.Remove(out)
		return err
	}
	return file.Close()
}
