package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
	"github.com/sokinhphi/kinhphi/ledger/postgres"
	"github.com/sokinhphi/kinhphi/ledger/postgres/local"
)

// databaseName is the name of the books' database on the private server.
const databaseName = "kinhphi"

// A database says where the books are: in the database that a URL names, or in
// a private server's data directory.
type database struct {
	url  string
	data string
}

func (d *database) flags(f *pflag.FlagSet) {
	f.StringVar(&d.url, "database-url", "", "use this PostgreSQL database (postgres://...); also KINHPHI_DATABASE_URL, or KINHPHI_DATABASE_URL_FILE naming a file that holds it")
	f.StringVar(&d.data, "data", "", "without a database URL: directory of the private PostgreSQL server (default "+defaultData()+"); also KINHPHI_DATA")
}

// defaultData is where the private server's data are unless told otherwise.
func defaultData() string {
	if os.Geteuid() == 0 {
		return "/var/lib/kinhphi"
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "kinhphi")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = os.TempDir()
	}
	return filepath.Join(home, ".local", "share", "kinhphi")
}

// settle fills in what was not given by flags from the environment.
func (d *database) settle() error {
	if d.url == "" && d.data == "" {
		d.url, d.data = os.Getenv("KINHPHI_DATABASE_URL"), os.Getenv("KINHPHI_DATA")
	}
	if file := os.Getenv("KINHPHI_DATABASE_URL_FILE"); d.url == "" && d.data == "" && file != "" {
		secret, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("KINHPHI_DATABASE_URL_FILE: %w", err)
		}
		d.url = strings.TrimSpace(string(secret))
	}
	if d.url != "" && d.data != "" {
		return errors.New("give either --database-url or --data, not both")
	}
	if d.url == "" && d.data == "" {
		d.data = defaultData()
	}
	return nil
}

// An opened database is the books and how to leave them.
type opened struct {
	*postgres.Store
	place string // for people: where the books are, without secrets
	stop  func()
}

// Close closes the books and lets go of the private server.
func (o *opened) Close() {
	if o.Store != nil {
		o.Store.Close()
	}
	o.stop()
}

// open opens the books; say is told of what takes time.
func (d *database) open(ctx context.Context, say func(string, ...any)) (*opened, error) {
	if err := d.settle(); err != nil {
		return nil, err
	}
	o := &opened{stop: func() {}, place: "the given database"}
	url := d.url
	if url == "" {
		srv, err := local.Start(ctx, local.Options{Dir: filepath.Join(d.data, "postgresql"), Log: say})
		if err != nil {
			return nil, err
		}
		o.stop = func() { srv.Stop(context.WithoutCancel(ctx)) }
		o.place = fmt.Sprintf("%s (PostgreSQL %s)", d.data, srv.Version())
		if url, err = srv.EnsureDatabase(ctx, databaseName); err != nil {
			o.Close()
			return nil, err
		}
	}
	var err error
	if o.Store, err = postgres.Open(ctx, url, postgres.Options{Report: func(err error) { say("%v", err) }}); err != nil {
		o.Close()
		return nil, err
	}
	return o, nil
}

// with runs f on the opened books of a command.
func (d *database) with(cmd *cobra.Command, f func(ctx context.Context, books *opened) error) error {
	ctx := cmd.Context()
	books, err := d.open(ctx, func(format string, args ...any) { fmt.Fprintf(cmd.ErrOrStderr(), format+"\n", args...) })
	if err != nil {
		return err
	}
	defer books.Close()
	return f(ctx, books)
}

// describe words an error for the terminal: broken rules in English, one a line.
func describe(err error) string {
	faults := ledger.Faults(err)
	if len(faults) == 0 {
		return err.Error()
	}
	lines := make([]string, len(faults))
	for i, f := range faults {
		lines[i] = explain(f)
	}
	return strings.Join(lines, "\n")
}

// explain says where, what stands there, why it cannot be, and by which rule. A
// rule without words of its own is shown as it is.
func explain(f *ledger.Fault) string {
	if !lang.Has("error." + string(f.Rule)) {
		return f.Error()
	}
	text := lang.Explain(f, lang.En)
	if value := f.Operands["value"]; !strings.Contains(text, value) {
		text = fmt.Sprintf("%q: %s", value, text)
	}
	if f.Field != "" && !strings.HasPrefix(text, lang.FieldLabel(f.Field, lang.En)) {
		text = f.Field + ": " + text
	}
	return fmt.Sprintf("%s (%s)", text, string(f.Rule))
}

// post carries out requests as the machine's own user. The first refusal is
// returned as an error.
func post(ctx context.Context, books ledger.Books, programme ledger.Code, rs ...ledger.Request) ([]ledger.Result, error) {
	var all []ledger.Result
	for start := 0; start < len(rs); start += ledger.MaxBulk {
		part := rs[start:min(len(rs), start+ledger.MaxBulk)]
		results, err := books.Post(ctx, ledger.LocalActor(), programme, ledger.Each, part)
		if err != nil {
			return all, err
		}
		for i, r := range results {
			if r.Outcome == ledger.Refused {
				return all, &exitError{exitRefused, fmt.Errorf("%s: %w", part[i].Key.Value, r.Err)}
			}
		}
		all = append(all, results...)
	}
	return all, nil
}
