// Package accesstest holds what every access.Directory must do, as tests.
package accesstest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/access"
)

// A Subject is an empty directory with what its tests need to move around it.
type Subject struct {
	Directory access.Directory
	SetUser   func(login ledger.Login, name string, disabled bool) // as the record SetUser would
	Grant     func(g ledger.Grant)                                 // as the record SetGrant would
	Advance   func(d time.Duration)                                // moves the directory's clock forward
}

// Programme is the programme of the grants that the tests give; a Subject whose
// grants need it to exist makes it beforehand.
const Programme ledger.Code = "CT-THU"

const (
	password = "cây cầu tre nhỏ"
	other    = "con đò ngang sông"
	address  = "203.0.113.7"
)

// Conformance runs the tests; open returns a new Subject for each.
func Conformance(t *testing.T, open func(t *testing.T) Subject) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, s Subject)
	}{
		{"sign in", signIn}, {"bad credentials look alike", badCredentials}, {"session ends", sessionEnds},
		{"sign out", signOut}, {"set password", setPassword}, {"who may set passwords", setPasswordRights},
		{"disabled person", disabled}, {"waits", waits}, {"waits by address", waitsByAddress},
		{"parallel guesses", parallelGuesses}, {"api token", apiToken}, {"api token refused", apiTokenRefused},
		{"revoked tokens", revoke}, {"kinds of tokens apart", kindsApart}, {"grants of the moment", grants}, {"users", users},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			s.SetUser("officer", "Nguyễn Văn An", false)
			s.SetUser("admin", "Quản trị", false)
			s.Grant(ledger.Grant{User: "officer", Programme: Programme, Role: ledger.Officer})
			s.Grant(ledger.Grant{User: "admin", Programme: ledger.System, Role: ledger.Admin})
			must(t, s.Directory.SetPassword(t.Context(), ledger.LocalActor(), "officer", password))
			c.run(t, s)
		})
	}
}

func signIn(t *testing.T, s Subject) {
	first, session := in(t, s, " Officer ", password)
	if session.Person != (access.Person{Login: "officer", Name: "Nguyễn Văn An"}) || session.Actor.User != "officer" {
		t.Errorf("signed in as %+v", session)
	}
	if !session.Ends.After(session.Created) {
		t.Errorf("session from %v to %v", session.Created, session.Ends)
	}
	second, _ := in(t, s, "officer", password)
	if first == second {
		t.Error("two sign-ins share a token")
	}
	for _, token := range []string{first, second} {
		if got, err := s.Directory.SessionActor(t.Context(), token); err != nil || got.Actor.User != "officer" {
			t.Errorf("SessionActor = %+v, %v", got, err)
		}
	}
}

func badCredentials(t *testing.T, s Subject) {
	s.SetUser("nopassword", "Chưa có mật khẩu", false)
	var said []string
	for _, try := range [][2]string{
		{"officer", other}, {"officer", ""}, {"officer", strings.Repeat("a", 100_000)}, {"nobody", password},
		{"nopassword", ""}, {"local", ""}, {"", ""}, {"' OR 1=1 --", "x"}, {"officer\x00", password}, {"\xff", "\xff"},
	} {
		_, _, err := s.Directory.SignIn(t.Context(), try[0], try[1], address)
		is(t, "SignIn("+try[0]+")", err, access.ErrBadCredentials)
		if err != nil {
			said = append(said, err.Error())
		}
	}
	if len(slices.Compact(said)) != 1 {
		t.Errorf("the messages tell the cases apart: %q", said)
	}
}

func sessionEnds(t *testing.T, s Subject) {
	token, _ := in(t, s, "officer", password)
	step := access.DefaultSessions.Idle - time.Minute
	for alive := step; alive < access.DefaultSessions.Whole; alive += step {
		s.Advance(step)
		_, err := s.Directory.SessionActor(t.Context(), token)
		is(t, "kept alive for "+alive.String(), err, nil)
	}
	s.Advance(step)
	_, err := s.Directory.SessionActor(t.Context(), token)
	is(t, "after a whole day", err, access.ErrExpired)

	idle, _ := in(t, s, "officer", password)
	s.Advance(access.DefaultSessions.Idle)
	_, err = s.Directory.SessionActor(t.Context(), idle)
	is(t, "idle", err, access.ErrExpired)
}

func signOut(t *testing.T, s Subject) {
	token, _ := in(t, s, "officer", password)
	stays, _ := in(t, s, "officer", password)
	for range 2 {
		must(t, s.Directory.SignOut(t.Context(), token))
	}
	must(t, s.Directory.SignOut(t.Context(), "no token at all"))
	_, err := s.Directory.SessionActor(t.Context(), token)
	is(t, "signed out", err, access.ErrExpired)
	_, err = s.Directory.SessionActor(t.Context(), stays)
	is(t, "the other session", err, nil)
}

func setPassword(t *testing.T, s Subject) {
	token, session := in(t, s, "officer", password)
	is(t, "common", s.Directory.SetPassword(t.Context(), session.Actor, "officer", "matkhau123"), access.PasswordCommon)
	_, err := s.Directory.SessionActor(t.Context(), token)
	is(t, "session after a refused password", err, nil)
	must(t, s.Directory.SetPassword(t.Context(), session.Actor, "officer", other))
	_, err = s.Directory.SessionActor(t.Context(), token)
	is(t, "session of the old password", err, access.ErrExpired)
	_, _, err = s.Directory.SignIn(t.Context(), "officer", password, address)
	is(t, "old password", err, access.ErrBadCredentials)
	in(t, s, "officer", other)
}

func setPasswordRights(t *testing.T, s Subject) {
	_, officer := in(t, s, "officer", password)
	must(t, s.Directory.SetPassword(t.Context(), ledger.LocalActor(), "admin", other))
	_, admin := in(t, s, "admin", other)
	is(t, "officer sets admin's", s.Directory.SetPassword(t.Context(), officer.Actor, "admin", password), ledger.Forbidden)
	is(t, "admin sets officer's", s.Directory.SetPassword(t.Context(), admin.Actor, "officer", other), nil)
	is(t, "admin sets nobody's", s.Directory.SetPassword(t.Context(), admin.Actor, "nobody", other), ledger.NotFound)
	is(t, "admin sets the machine's", s.Directory.SetPassword(t.Context(), admin.Actor, ledger.LocalUser, other), ledger.NotFound)
}

func disabled(t *testing.T, s Subject) {
	token, session := in(t, s, "officer", password)
	api, _, err := s.Directory.CreateToken(t.Context(), session.Actor, "officer", time.Hour)
	must(t, err)
	s.SetUser("officer", "Nguyễn Văn An", true)
	_, err = s.Directory.SessionActor(t.Context(), token)
	is(t, "session", err, access.ErrDisabled)
	_, err = s.Directory.TokenActor(t.Context(), api)
	is(t, "token", err, access.ErrDisabled)
	_, _, err = s.Directory.CreateToken(t.Context(), ledger.LocalActor(), "officer", time.Hour)
	is(t, "new token", err, access.ErrDisabled)
	_, _, err = s.Directory.SignIn(t.Context(), "officer", password, address)
	is(t, "right password", err, access.ErrDisabled)
	_, _, err = s.Directory.SignIn(t.Context(), "officer", other, address)
	is(t, "wrong password", err, access.ErrBadCredentials)
}

func waits(t *testing.T, s Subject) {
	for _, login := range []string{"officer", "nobody"} {
		for range access.PerLogin.Free {
			_, _, err := s.Directory.SignIn(t.Context(), login, other, address)
			is(t, login, err, access.ErrBadCredentials)
		}
		_, _, err := s.Directory.SignIn(t.Context(), login, password, address)
		var throttled *access.ThrottledError
		if !errors.As(err, &throttled) || throttled.RetryAfter <= 0 || throttled.RetryAfter > access.PerLogin.First {
			t.Fatalf("%s, one more: %v", login, err)
		}
	}
	s.Advance(access.PerLogin.First)
	in(t, s, "officer", password)
	for range access.PerLogin.Free { // the success cleared the counter
		_, _, err := s.Directory.SignIn(t.Context(), "officer", other, address)
		is(t, "after a success", err, access.ErrBadCredentials)
	}
}

func waitsByAddress(t *testing.T, s Subject) {
	for range 2 * access.PerAddress.Free { // a whole office signs in
		in(t, s, "officer", password)
	}
	for i := range access.PerAddress.Free {
		_, _, err := s.Directory.SignIn(t.Context(), "nobody"+string(rune('a'+i%26))+string(rune('a'+i/26)), other, address)
		is(t, "another login each time", err, access.ErrBadCredentials)
	}
	_, _, err := s.Directory.SignIn(t.Context(), "officer", password, address)
	is(t, "the address", err, access.ErrThrottled)
	_, _, err = s.Directory.SignIn(t.Context(), "officer", password, "198.51.100.1")
	is(t, "another address", err, nil)
}

// Guesses sent at once must not all see the counter as it was before the first.
func parallelGuesses(t *testing.T, s Subject) {
	var looked, refused atomic.Int32
	var all sync.WaitGroup
	for range 4 * access.PerLogin.Free {
		all.Go(func() {
			_, _, err := s.Directory.SignIn(context.WithoutCancel(t.Context()), "officer", other, address)
			switch {
			case errors.Is(err, access.ErrBadCredentials):
				looked.Add(1)
			case errors.Is(err, access.ErrThrottled):
				refused.Add(1)
			default:
				t.Errorf("guess: %v", err)
			}
		})
	}
	all.Wait()
	if int(looked.Load()) != access.PerLogin.Free {
		t.Errorf("%d guesses were compared, %d refused, want %d compared", looked.Load(), refused.Load(), access.PerLogin.Free)
	}
}

func apiToken(t *testing.T, s Subject) {
	_, officer := in(t, s, "officer", password)
	token, expires, err := s.Directory.CreateToken(t.Context(), officer.Actor, "officer", time.Hour)
	must(t, err)
	if !strings.HasPrefix(token, "kp_") || expires.IsZero() {
		t.Errorf("token %.3s..., expires %v", token, expires)
	}
	s.Advance(time.Hour - time.Second)
	if by, err := s.Directory.TokenActor(t.Context(), token); err != nil || by.User != "officer" || !by.Has(ledger.Officer, Programme) {
		t.Errorf("TokenActor = %+v, %v", by, err)
	}
	s.Advance(time.Second)
	_, err = s.Directory.TokenActor(t.Context(), token)
	is(t, "after its time", err, access.ErrExpired)
}

func apiTokenRefused(t *testing.T, s Subject) {
	must(t, s.Directory.SetPassword(t.Context(), ledger.LocalActor(), "admin", other))
	_, admin := in(t, s, "admin", other)
	for _, c := range []struct {
		name string
		by   ledger.Actor
		user ledger.Login
		life time.Duration
		want error
	}{
		{"admin for officer", admin.Actor, "officer", time.Hour, ledger.Forbidden},
		{"machine for officer", ledger.LocalActor(), "officer", time.Hour, nil},
		{"machine for nobody", ledger.LocalActor(), "nobody", time.Hour, ledger.NotFound},
		{"machine for itself", ledger.LocalActor(), ledger.LocalUser, time.Hour, ledger.NotFound},
		{"without end", admin.Actor, "admin", 0, access.TokenLife},
		{"too long", admin.Actor, "admin", access.MaxTokenLife + 1, access.TokenLife},
	} {
		_, _, err := s.Directory.CreateToken(t.Context(), c.by, c.user, c.life)
		is(t, c.name, err, c.want)
	}
}

func revoke(t *testing.T, s Subject) {
	_, officer := in(t, s, "officer", password)
	a, _, errA := s.Directory.CreateToken(t.Context(), officer.Actor, "officer", time.Hour)
	b, _, errB := s.Directory.CreateToken(t.Context(), officer.Actor, "officer", time.Hour)
	admins, _, errC := s.Directory.CreateToken(t.Context(), ledger.LocalActor(), "admin", time.Hour)
	must(t, errors.Join(errA, errB, errC))
	_, err := s.Directory.RevokeTokens(t.Context(), officer.Actor, "admin")
	is(t, "those of another", err, ledger.Forbidden)
	if n, err := s.Directory.RevokeTokens(t.Context(), officer.Actor, "officer"); n != 2 || err != nil {
		t.Errorf("RevokeTokens = %d, %v", n, err)
	}
	for token, want := range map[string]error{a: access.ErrExpired, b: access.ErrExpired, admins: nil} {
		_, err := s.Directory.TokenActor(t.Context(), token)
		is(t, "after revoking", err, want)
	}
}

func kindsApart(t *testing.T, s Subject) {
	session, officer := in(t, s, "officer", password)
	api, _, err := s.Directory.CreateToken(t.Context(), officer.Actor, "officer", time.Hour)
	must(t, err)
	_, err = s.Directory.TokenActor(t.Context(), session)
	is(t, "session's token at the API", err, access.ErrExpired)
	_, err = s.Directory.TokenActor(t.Context(), "kp_"+session)
	is(t, "session's token, dressed up", err, access.ErrExpired)
	_, err = s.Directory.SessionActor(t.Context(), api)
	is(t, "API token as a session", err, access.ErrExpired)
	_, err = s.Directory.SessionActor(t.Context(), strings.TrimPrefix(api, "kp_"))
	is(t, "API token, undressed", err, access.ErrExpired)
}

func grants(t *testing.T, s Subject) {
	token, session := in(t, s, "officer", password)
	if !session.Actor.Has(ledger.Officer, Programme) || session.Actor.Has(ledger.Approver, Programme) {
		t.Errorf("grants at sign-in: %+v", session.Actor.Grants)
	}
	s.Grant(ledger.Grant{User: "officer", Programme: Programme, Role: ledger.Approver})
	if now, err := s.Directory.SessionActor(t.Context(), token); err != nil || !now.Actor.Has(ledger.Approver, Programme) {
		t.Errorf("a grant given since is not seen: %+v, %v", now.Actor.Grants, err)
	}
}

func users(t *testing.T, s Subject) {
	s.SetUser("officer", "Nguyễn Văn An", true)
	got, err := s.Directory.Users(t.Context(), ledger.LocalActor())
	must(t, err)
	want := []access.Person{{Login: "admin", Name: "Quản trị"}, {Login: "officer", Name: "Nguyễn Văn An", Disabled: true}}
	if !slices.Equal(got, want) {
		t.Errorf("Users = %+v, want %+v", got, want)
	}
	_, err = s.Directory.Users(t.Context(), ledger.Actor{User: "officer"})
	is(t, "listed by an officer", err, ledger.Forbidden)
}

func in(t *testing.T, s Subject, login, password string) (string, access.Session) {
	t.Helper()
	token, session, err := s.Directory.SignIn(t.Context(), login, password, address)
	if err != nil {
		t.Fatalf("sign in %q: %v", login, err)
	}
	return token, session
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func is(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}
