package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/export"
)

func exportCommand(db *database) *cobra.Command {
	var programme, out string
	var years []int
	cmd := &cobra.Command{
		Use: "export", Short: "Write a programme's books for others to check: CSV, JSON Lines, hledger", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return db.with(cmd, func(ctx context.Context, books *opened) error {
				by, code := ledger.LocalActor(), ledger.Code(programme)
				st, err := books.Structure(ctx, by, code)
				if err != nil {
					return err
				}
				m, err := export.Bundle(ctx, out, st, books.Records(ctx, by, code, 0), export.Options{Years: years})
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %d records, %d entries, %d legs, %d accounts, up to record %d\n",
					out, m.Records, m.Entries, m.Legs, m.Accounts, m.LastSeq)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&programme, "programme", "", "code of the programme")
	cmd.Flags().StringVar(&out, "out", "", "directory to write, new or empty")
	cmd.Flags().IntSliceVar(&years, "year", nil, "only entries posted in these years, with what was before as openings")
	cmd.MarkFlagRequired("programme")
	cmd.MarkFlagRequired("out")
	return cmd
}

func checkCommand(db *database) *cobra.Command {
	return &cobra.Command{
		Use: "check [PROGRAMME...]", Short: "Prove the books: balances = legs, rings zero, no gaps, tree = records; all programmes unless some are named",
		RunE: func(cmd *cobra.Command, args []string) error {
			return db.with(cmd, func(ctx context.Context, books *opened) error {
				codes, err := checkedBooks(ctx, books, args)
				if err != nil {
					return err
				}
				damaged := 0
				for _, code := range codes {
					r, err := books.Check(ctx, code)
					if err != nil {
						return err
					}
					for _, f := range r.Findings {
						fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", code, f)
					}
					fmt.Fprintf(cmd.OutOrStdout(), "%s: %d records, %d legs, %d accounts checked, root %x: %d findings\n",
						code, r.Records, r.Legs, r.Accounts, r.Root, len(r.Findings))
					damaged += len(r.Findings)
				}
				if damaged > 0 {
					return &exitError{exitDamaged, fmt.Errorf("%d findings", damaged)}
				}
				return nil
			})
		},
	}
}

func checkedBooks(ctx context.Context, books *opened, named []string) (codes []ledger.Code, err error) {
	for _, n := range named {
		codes = append(codes, ledger.Code(n))
	}
	if len(codes) > 0 {
		return codes, nil
	}
	all, err := books.Programmes(ctx, ledger.LocalActor())
	codes = append(codes, ledger.System)
	for _, p := range all {
		codes = append(codes, p.Code)
	}
	return codes, err
}
