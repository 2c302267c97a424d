package access

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

func TestWhoMay(t *testing.T) {
	person := func(login ledger.Login, role ledger.Role, programme ledger.Code) ledger.Actor {
		return ledger.Actor{User: login, Grants: []ledger.Grant{{User: login, Programme: programme, Role: role}}}
	}
	officer, admin := person("officer", ledger.Officer, "CT-NTM"), person("admin", ledger.Admin, ledger.System)
	elsewhere := person("admin2", ledger.Admin, "CT-NTM")
	for _, c := range []struct {
		by                   ledger.Actor
		user                 ledger.Login
		password, token, all string // "" = may
	}{
		{officer, "officer", "", "", "forbidden"},
		{officer, "admin", "forbidden", "forbidden", "forbidden"},
		{admin, "officer", "", "forbidden", ""},
		{admin, "admin", "", "", ""},
		{elsewhere, "officer", "forbidden", "forbidden", "forbidden"},
		{ledger.LocalActor(), "officer", "", "", ""},
		{ledger.LocalActor(), ledger.LocalUser, "not_found", "not_found", ""},
		{admin, ledger.LocalUser, "not_found", "not_found", ""},
		{ledger.Actor{}, "officer", "forbidden", "forbidden", "forbidden"},
		{ledger.Actor{}, "", "not_found", "not_found", "forbidden"},
	} {
		name := fmt.Sprintf("%q for %q", c.by.User, c.user)
		checkRule(t, name+" sets password", MaySetPassword(c.by, c.user), c.password)
		checkRule(t, name+" makes token", MayCreateToken(c.by, c.user), c.token)
		checkRule(t, name+" lists", MayListUsers(c.by), c.all)
	}
}

func checkRule(t *testing.T, name string, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && !errors.Is(err, ledger.Rule(want)) {
		t.Errorf("%s: %v, want %q", name, err, want)
	}
}

func TestThrottledError(t *testing.T) {
	err := fmt.Errorf("sign in: %w", &ThrottledError{RetryAfter: 1500 * time.Millisecond})
	var throttled *ThrottledError
	if !errors.Is(err, ErrThrottled) || errors.Is(err, ErrExpired) || !errors.As(err, &throttled) || throttled.Seconds() != 2 {
		t.Errorf("%v", err)
	}
}
