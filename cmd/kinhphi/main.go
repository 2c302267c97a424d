// Command kinhphi is the whole product in one program: the service, and the
// commands that work beside it on the same books.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes beyond 0 and 1.
const (
	exitRefused  = 2 // the ledger refused; nothing was changed
	exitDamaged  = 3 // a check found damage
	exitUnusable = 4 // what was given cannot be read
)

// An exitError ends the program with a code of its own.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := newRoot().ExecuteContext(ctx)
	stop()
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "kinhphi:", describe(err))
	if exit := (*exitError)(nil); errors.As(err, &exit) {
		os.Exit(exit.code)
	}
	os.Exit(1)
}

func newRoot() *cobra.Command {
	var db database
	root := &cobra.Command{
		Use:           "kinhphi",
		Short:         "Sổ Kinh Phí: the ledger of a public programme's money and resources",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	db.flags(root.PersistentFlags())
	root.AddCommand(
		serveCommand(&db), programmeCommand(&db), userCommand(&db), tokenCommand(&db),
		importCommand(&db), exportCommand(&db), reportCommand(&db), checkCommand(&db),
		migrateCommand(&db), benchCommand(), versionCommand(),
	)
	return root
}
