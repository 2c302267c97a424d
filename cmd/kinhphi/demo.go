package main

import (
	"context"
	"fmt"
	"io"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/sample"
	"github.com/sokinhphi/kinhphi/web"
)

// samplePassword is the password of all sample users. The service prints it: it
// protects nothing, which is why a demonstration serves only its own machine.
const samplePassword = "du-lieu-mau-2020"

func sampleHints() (hints []web.Hint) {
	for _, u := range sample.Users() {
		hints = append(hints, web.Hint{Login: u.Login, Password: samplePassword, Role: u.Role})
	}
	return hints
}

// fillSample fills in the sample programme and its users. It may be interrupted
// and repeated: every request has its key. Users come last and tell that all is
// there.
func fillSample(ctx context.Context, books *opened, progress io.Writer) error {
	by := ledger.LocalActor()
	if grants, err := books.Grants(ctx, by, sample.Code); err == nil && len(grants) == len(sample.Users()) {
		return nil
	}
	fmt.Fprintln(progress, "filling in the sample programme (invented data) ...")
	if _, err := post(ctx, books, ledger.System, ledger.Request{Key: ledger.ImportKey("sample", "programme"),
		Action: ledger.DefineProgramme{Programme: sample.Programme()}}); err != nil {
		return err
	}
	results, err := post(ctx, books, sample.Code, sample.Structure()...)
	if err != nil {
		return err
	}
	first := results[len(results)-1].Seq + 1
	var batch []ledger.Request
	n := 0
	for r := range sample.Postings(first) {
		if batch = append(batch, r); len(batch) < ledger.MaxBulk {
			continue
		}
		if _, err := post(ctx, books, sample.Code, batch...); err != nil {
			return err
		}
		n, batch = n+len(batch), batch[:0]
	}
	if _, err := post(ctx, books, sample.Code, batch...); err != nil {
		return err
	}
	fmt.Fprintf(progress, "%d sample vouchers recorded\n", n+len(batch))
	if err := books.Analyze(ctx); err != nil {
		return err
	}
	return sampleUsers(ctx, books)
}

func sampleUsers(ctx context.Context, books *opened) error {
	for _, u := range sample.Users() {
		key := func(what string) ledger.Key { return ledger.ImportKey("sample", what+"-"+string(u.Login)) }
		if _, err := post(ctx, books, ledger.System, ledger.Request{Key: key("user"),
			Action: ledger.SetUser{User: u.Login, Name: u.Name}}); err != nil {
			return err
		}
		if u.Role == ledger.Admin {
			if _, err := post(ctx, books, ledger.System, ledger.Request{Key: key("system"),
				Action: ledger.SetGrant{User: u.Login, Role: u.Role}}); err != nil {
				return err
			}
		}
		if err := books.SetPassword(ctx, ledger.LocalActor(), u.Login, samplePassword); err != nil {
			return err
		}
		if _, err := post(ctx, books, sample.Code, ledger.Request{Key: key("grant"),
			Action: ledger.SetGrant{User: u.Login, Role: u.Role}}); err != nil {
			return err
		}
	}
	return nil
}
