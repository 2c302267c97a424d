package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"time"

	"github.com/spf13/cobra"
)

// benchOptions say what to measure.
type benchOptions struct {
	rounds      int
	seconds     float64 // of each measurement; pgbench runs whole ones
	connections int
	batch       int // entries of one request
	lines       int // budget lines that the spread load draws on
	scale       int // of pgbench's database; 0 = no TPC-B
	hot         bool
	parent      string // directory on the disk that is measured; the server's own is made in it
	out         string // JSON file
	profile     string // CPU profile of the service and its load
}

// duration is how long one measurement takes.
func (o benchOptions) duration() time.Duration {
	return time.Duration(o.seconds * float64(time.Second))
}

// check refuses what cannot be measured.
func (o benchOptions) check() error {
	for _, x := range []struct {
		name         string
		n, low, high int
	}{
		{"rounds", o.rounds, 1, 1000}, {"connections", o.connections, 1, 4096}, {"batch", o.batch, 1, 1000},
		{"lines", o.lines, 1, 1000}, {"scale", o.scale, 0, 10_000},
	} {
		if x.n < x.low || x.n > x.high {
			return fmt.Errorf("--%s must be from %d to %d", x.name, x.low, x.high)
		}
	}
	if !(o.seconds > 0 && o.seconds <= 3600) {
		return errors.New("--seconds must be above 0, at most 3600")
	}
	return nil
}

func benchCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "bench", Short: "Measure this machine, on throw-away servers"}
	cmd.AddCommand(benchPostCommand())
	return cmd
}

func benchPostCommand() *cobra.Command {
	o := benchOptions{}
	cmd := &cobra.Command{
		Use: "post", Short: "Posting over the API, beside pgbench's TPC-B on the same server", Args: cobra.NoArgs,
		Long: `Starts a PostgreSQL server of its own that syncs to disk, the real service in front
of it, and posts payments of six legs over keep-alive connections: token checked,
a fresh Idempotency-Key each, answered after the commit. Rounds alternate with
pgbench (TPC-B, 16 clients, prepared); what counts is the median of the rounds'
ratios. At the end the books are checked. Everything is removed again.

The figures say what this machine did just now. They are no promise.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("database-url") || cmd.Flags().Changed("data") {
				return &exitError{exitUnusable, errors.New("bench measures servers of its own, never a given database")}
			}
			if err := o.check(); err != nil {
				return &exitError{exitUnusable, err}
			}
			_, err := benchPost(cmd.Context(), o, cmd.OutOrStdout(), cmd.ErrOrStderr())
			return err
		},
	}
	f := cmd.Flags()
	f.IntVar(&o.rounds, "rounds", 5, "how many times to measure everything")
	f.Float64Var(&o.seconds, "seconds", 10, "length of one measurement")
	f.IntVar(&o.connections, "connections", 16, "keep-alive connections that post")
	f.IntVar(&o.batch, "batch", 1, "entries of one request, 1 to 1000")
	f.IntVar(&o.lines, "lines", 64, "budget lines that the spread load draws on")
	f.BoolVar(&o.hot, "hot", true, "measure also a load on one single line")
	f.IntVar(&o.scale, "scale", 50, "scale of pgbench's database, 100,000 accounts each; 0 leaves TPC-B out")
	f.StringVar(&o.parent, "dir", benchParent(), "directory on the disk to measure")
	f.StringVar(&o.out, "out", "", "write the figures to this file too, as JSON")
	f.StringVar(&o.profile, "cpuprofile", "", "write a CPU profile of the service; its own load has the label side=client")
	f.MarkHidden("cpuprofile")
	return cmd
}

// benchParent is a directory that lies on a disk: /tmp is often in memory.
func benchParent() string {
	if info, err := os.Stat("/var/tmp"); err == nil && info.IsDir() {
		return "/var/tmp"
	}
	return os.TempDir()
}

// benchPost measures, prints as it goes, and returns what it printed. Refused
// postings and books that do not check are errors.
func benchPost(ctx context.Context, o benchOptions, out, progress io.Writer) (report *benchReport, err error) {
	place, err := openBench(ctx, o, progress)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, place.close(context.WithoutCancel(ctx))) }()
	report = &benchReport{Machine: place.machine(), Load: loadOf(o)}
	report.head(out)
	if err := place.measure(ctx, o, report, out); err != nil {
		return report, err
	}
	fmt.Fprintln(progress, "checking the books ...")
	if err := place.prove(ctx, report); err != nil {
		return report, err
	}
	report.foot(out)
	if o.out != "" {
		return report, writeReport(o.out, report)
	}
	return report, nil
}

// measure runs a warm-up that is not counted and the rounds. Every other round goes
// backwards, so that a drift of the machine favours nobody.
func (p *benchPlace) measure(ctx context.Context, o benchOptions, report *benchReport, out io.Writer) error {
	if err := p.warm(ctx, o); err != nil {
		return fmt.Errorf("warm-up: %w", err)
	}
	if o.profile != "" {
		f, err := os.Create(o.profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	for n := range o.rounds {
		round, err := p.round(ctx, o, n%2 == 1)
		if err != nil {
			return fmt.Errorf("round %d: %w", n+1, err)
		}
		report.Rounds = append(report.Rounds, round)
		round.print(out, n+1)
	}
	report.Medians = medians(report.Rounds)
	return nil
}

func (p *benchPlace) warm(ctx context.Context, o benchOptions) error {
	o.seconds = min(o.seconds, 3)
	_, err := p.round(ctx, o, false)
	return err
}

// round measures everything once.
func (p *benchPlace) round(ctx context.Context, o benchOptions, backwards bool) (r benchRound, err error) {
	steps := []func() error{
		func() (err error) { r.TPCB, err = p.tpcb(ctx, o); return err },
		func() (err error) { r.Spread, err = p.post(ctx, o, p.lines); return err },
		func() (err error) { r.Hot, err = p.post(ctx, o, p.lines[:1]); return err },
	}
	if !o.hot {
		steps = steps[:2]
	}
	for i := range steps {
		if backwards {
			i = len(steps) - 1 - i
		}
		if err := steps[i](); err != nil {
			return r, err
		}
	}
	r.compare()
	return r, nil
}

func writeReport(file string, report *benchReport) error {
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
