package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/sokinhphi/kinhphi/ledger"
)

// newKey returns a fresh key of the machine's own user.
func newKey() ledger.Key { return ledger.UserKey(ledger.LocalUser, uuid.NewString()) }

func programmeCommand(db *database) *cobra.Command {
	cmd := &cobra.Command{Use: "programme", Short: "Make and list programmes"}
	var p ledger.Programme
	var currency string
	var scale int
	create := &cobra.Command{
		Use: "create CODE NAME", Short: "Make a programme with empty books", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			p.Code, p.Name = ledger.Code(args[0]), args[1]
			if p.Currency, err = ledger.NewCurrency(ledger.Code(currency), scale); err != nil {
				return err
			}
			return db.with(cmd, func(ctx context.Context, books *opened) error {
				_, err := post(ctx, books, ledger.System, ledger.Request{Key: newKey(), Action: ledger.DefineProgramme{Programme: p}})
				return err
			})
		},
	}
	create.Flags().StringVar(&currency, "currency", "VND", "ISO 4217 code")
	create.Flags().IntVar(&scale, "scale", 0, "decimal places of the currency, 0 to 4")
	create.Flags().IntVar(&p.AdjustmentDays, "adjustment-days", 31, "days after 31 December in which a budget year still takes postings")
	list := &cobra.Command{
		Use: "list", Short: "List the programmes", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return db.with(cmd, func(ctx context.Context, books *opened) error {
				all, err := books.Programmes(ctx, ledger.LocalActor())
				for _, p := range all {
					fmt.Fprintf(cmd.OutOrStdout(), "%s\t%s\t%s\n", p.Code, p.Currency.Code(), p.Name)
				}
				return err
			})
		},
	}
	cmd.AddCommand(create, list)
	return cmd
}

func userCommand(db *database) *cobra.Command {
	cmd := &cobra.Command{Use: "user", Short: "Make users, set passwords, grant roles"}
	cmd.AddCommand(userSet(db), userPassword(db), userGrant(db, "grant", false), userGrant(db, "revoke", true), userList(db))
	return cmd
}

func userSet(db *database) *cobra.Command {
	var disabled bool
	cmd := &cobra.Command{
		Use: "set LOGIN NAME", Short: "Make a user, or change the name or state of one", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return db.with(cmd, func(ctx context.Context, books *opened) error {
				_, err := post(ctx, books, ledger.System, ledger.Request{Key: newKey(),
					Action: ledger.SetUser{User: ledger.Login(args[0]), Name: args[1], Disabled: disabled}})
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&disabled, "disabled", false, "the user may not sign in")
	return cmd
}

func userPassword(db *database) *cobra.Command {
	return &cobra.Command{
		Use: "password LOGIN", Short: "Set a user's password, read from standard input", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			password, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
			if password = strings.TrimRight(password, "\r\n"); password == "" {
				return errors.Join(errors.New("no password on standard input"), err)
			}
			return db.with(cmd, func(ctx context.Context, books *opened) error {
				return books.SetPassword(ctx, ledger.LocalActor(), ledger.Login(args[0]), password)
			})
		},
	}
}

func userGrant(db *database, word string, revoked bool) *cobra.Command {
	return &cobra.Command{
		Use: word + " LOGIN ROLE PROGRAMME", Args: cobra.ExactArgs(3),
		Short: word + " a role (officer, approver, owner, agency, auditor, admin) in a programme or in SYSTEM",
		RunE: func(cmd *cobra.Command, args []string) error {
			return db.with(cmd, func(ctx context.Context, books *opened) error {
				_, err := post(ctx, books, ledger.Code(args[2]), ledger.Request{Key: newKey(),
					Action: ledger.SetGrant{User: ledger.Login(args[0]), Role: ledger.Role(args[1]), Revoked: revoked}})
				return err
			})
		},
	}
}

func userList(db *database) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the users", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return db.with(cmd, func(ctx context.Context, books *opened) error {
				people, err := books.Users(ctx, ledger.LocalActor())
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
				for _, p := range people {
					state := ""
					if p.Disabled {
						state = "disabled"
					}
					fmt.Fprintf(w, "%s\t%s\t%s\n", p.Login, p.Name, state)
				}
				return errors.Join(err, w.Flush())
			})
		},
	}
}

func tokenCommand(db *database) *cobra.Command {
	cmd := &cobra.Command{Use: "token", Short: "Make tokens for the API"}
	var user string
	var life time.Duration
	create := &cobra.Command{
		Use: "create", Short: "Make a token and print it, this once", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return db.with(cmd, func(ctx context.Context, books *opened) error {
				token, _, err := books.CreateToken(ctx, ledger.LocalActor(), ledger.Login(user), life)
				if err == nil {
					fmt.Fprintln(cmd.OutOrStdout(), token)
				}
				return err
			})
		},
	}
	create.Flags().StringVar(&user, "user", "", "login of the user for whom the token acts")
	create.Flags().DurationVar(&life, "expires", 24*time.Hour, "how long the token is good")
	create.MarkFlagRequired("user")
	cmd.AddCommand(create)
	return cmd
}

func migrateCommand(db *database) *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: "Bring the database's schema up to date (every command does)", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return db.with(cmd, func(context.Context, *opened) error { return nil })
		},
	}
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		Run: func(cmd *cobra.Command, _ []string) { fmt.Fprintln(cmd.OutOrStdout(), version()) },
	}
}

// version names the build: the commit where it is known.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "kinhphi (unknown build)"
	}
	text := "kinhphi " + info.Main.Version + " " + info.GoVersion
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "vcs.time" || s.Key == "vcs.modified" && s.Value == "true" {
			text += " " + strings.TrimPrefix(s.Key, "vcs.") + "=" + s.Value
		}
	}
	return text
}
