package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/intake"
)

func importCommand(db *database) *cobra.Command {
	cmd := &cobra.Command{Use: "import", Short: "Bring files into the books"}
	cmd.AddCommand(importExecution(db))
	return cmd
}

func importExecution(db *database) *cobra.Command {
	var mapFile, programme string
	var dryRun bool
	cmd := &cobra.Command{
		Use: "execution FILE", Args: cobra.ExactArgs(1),
		Short: "Import an execution report (XLSX or CSV), all or nothing; the same file again changes nothing",
		RunE: func(cmd *cobra.Command, args []string) error {
			x, err := readExecution(cmd.Context(), args[0], mapFile, programme)
			if err != nil {
				return &exitError{exitUnusable, err}
			}
			preview(cmd.OutOrStdout(), x)
			return db.with(cmd, func(ctx context.Context, books *opened) error {
				return postExecution(ctx, books, x, dryRun, cmd.OutOrStdout())
			})
		},
	}
	cmd.Flags().StringVar(&mapFile, "map", "", "TOML file that says what the columns mean")
	cmd.Flags().StringVar(&programme, "programme", "", "code of the programme; the map's own unless given")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "read and check everything, post nothing")
	cmd.MarkFlagRequired("map")
	return cmd
}

func readExecution(ctx context.Context, file, mapFile, programme string) (*intake.Execution, error) {
	mf, err := os.Open(mapFile)
	if err != nil {
		return nil, err
	}
	defer mf.Close()
	m, err := intake.ReadMap(mf)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", mapFile, err)
	}
	if programme != "" {
		m.Programme.Code = ledger.Code(programme)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return intake.Read(ctx, f, info.Size(), m)
}

// preview prints what was read: a total per column, as the report has it.
func preview(w io.Writer, x *intake.Execution) {
	fmt.Fprintf(w, "%s %s (%s)\n", x.Programme.Code, x.Programme.Name, x.Programme.Currency.Code())
	fmt.Fprintf(w, "%d detail rows, %d total rows, %d units, %d projects, %d sources, %d events\n",
		x.DetailRows, x.TotalRows, len(x.Units), len(x.Projects), len(x.Sources), x.Events())
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "stage\ttotal\tevents\tvouchers\t")
	for _, s := range x.Stages {
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t\n", s.Name, s.Total, s.Events, len(s.Vouchers))
	}
	t.Flush()
	for _, p := range x.Warnings {
		fmt.Fprintln(w, "warning:", describe(p))
	}
	if x.MoreWarnings > 0 {
		fmt.Fprintf(w, "and %d more warnings\n", x.MoreWarnings)
	}
}

// postExecution makes the programme when it is missing and posts the report in
// one transaction. A dry run stops where the first change would be made.
func postExecution(ctx context.Context, books *opened, x *intake.Execution, dryRun bool, w io.Writer) error {
	by := ledger.LocalActor()
	have, err := books.Structure(ctx, by, x.Programme.Code)
	missing := errors.Is(err, ledger.NotFound)
	if err != nil && !missing {
		return err
	}
	rs, err := x.Requests(have)
	if err != nil {
		return &exitError{exitRefused, err}
	}
	if dryRun {
		fmt.Fprintf(w, "dry run: %d requests would be posted, nothing was\n", len(rs))
		return nil
	}
	if missing {
		if _, err := post(ctx, books, ledger.System, ledger.Request{
			Key: ledger.ImportKey("execution", "programme-"+string(x.Programme.Code)), Action: ledger.DefineProgramme{Programme: x.Programme}}); err != nil {
			return err
		}
	}
	results, err := books.Post(ctx, by, x.Programme.Code, ledger.Together, rs)
	if err != nil {
		return err
	}
	if err := x.Explain(rs, results); err != nil {
		return &exitError{exitRefused, err}
	}
	replayed := 0
	for _, r := range results {
		if r.Outcome == ledger.Replayed {
			replayed++
		}
	}
	if i := slices.IndexFunc(results, func(r ledger.Result) bool { return r.Outcome == ledger.Refused }); i >= 0 {
		return &exitError{exitRefused, fmt.Errorf("request %s: %w", rs[i].Key.Value, results[i].Err)}
	}
	fmt.Fprintf(w, "posted %d requests; %d were there already\n", len(results)-replayed, replayed)
	return books.Analyze(ctx)
}
