package postgres_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/access"
	"github.com/sokinhphi/kinhphi/ledger/access/accesstest"
	"github.com/sokinhphi/kinhphi/ledger/ledgertest"
	"github.com/sokinhphi/kinhphi/ledger/postgres"
)

const (
	doorPassword = "cây cầu tre nhỏ"
	doorOther    = "con đò ngang sông"
	doorAddress  = "203.0.113.7"
)

// A door is a directory under a clock that the test moves.
type door struct {
	*postgres.Store
	t       *testing.T
	url     string
	clock   *atomic.Int64 // microseconds
	changes int
}

// newDoor returns the directory of a new database in which there are the programme of
// the conformance tests and nobody.
func newDoor(t *testing.T) *door {
	t.Helper()
	d := &door{t: t, url: ledgertest.URL(t), clock: new(atomic.Int64)}
	d.clock.Store(time.Now().UnixMicro())
	d.Store = d.open(access.Cost{MemoryKiB: 64, Passes: 1})
	d.do(ledger.System, ledger.DefineProgramme{Programme: ledger.Programme{
		Code: accesstest.Programme, Name: "Chương trình thử", Currency: ledger.VND, AdjustmentDays: 31}})
	return d
}

// newOfficer returns a door through which "officer" may come.
func newOfficer(t *testing.T) *door {
	t.Helper()
	d := newDoor(t)
	d.setUser("officer", "Nguyễn Văn An", false)
	d.setPassword(doorPassword)
	return d
}

// open returns another instance on the same database, under the same clock.
func (d *door) open(cost access.Cost) *postgres.Store {
	d.t.Helper()
	s, err := postgres.Open(context.Background(), d.url, postgres.Options{
		Now:    func() time.Time { return time.UnixMicro(d.clock.Load()) },
		Cost:   cost,
		Report: func(err error) { d.t.Errorf("store: %v", err) },
	})
	if err != nil {
		d.t.Fatalf("open books: %v", err)
	}
	d.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			d.t.Errorf("close books: %v", err)
		}
	})
	return s
}

// sql returns connections of the role that owns the tables, or of another.
func (d *door) sql(role string) *sqlx.DB {
	d.t.Helper()
	url := d.url + "&search_path=core"
	if role != "" {
		url += "&role=" + role
	}
	db, err := sqlx.Open("postgres", url)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { db.Close() })
	return db
}

func (d *door) do(programme ledger.Code, a ledger.Action) {
	d.t.Helper()
	d.changes++
	ledgertest.Do(d.t, d.Store, programme, fmt.Sprintf("change-%d", d.changes), a)
}

func (d *door) setUser(login ledger.Login, name string, disabled bool) {
	d.t.Helper()
	d.do(ledger.System, ledger.SetUser{User: login, Name: name, Disabled: disabled})
}

func (d *door) setPassword(password string) {
	d.t.Helper()
	if err := d.SetPassword(context.Background(), ledger.LocalActor(), "officer", password); err != nil {
		d.t.Fatal(err)
	}
}

func (d *door) advance(by time.Duration) { d.clock.Add(by.Microseconds()) }

func (d *door) in(password string) string {
	d.t.Helper()
	token, _, err := d.SignIn(d.t.Context(), "officer", password, doorAddress)
	if err != nil {
		d.t.Fatalf("sign in: %v", err)
	}
	return token
}

func (d *door) newToken(life time.Duration) string {
	d.t.Helper()
	token, _, err := d.CreateToken(d.t.Context(), ledger.LocalActor(), "officer", life)
	if err != nil {
		d.t.Fatalf("create token: %v", err)
	}
	return token
}

// count returns how many rows the table has.
func (d *door) count(table string) (n int) {
	d.t.Helper()
	if err := d.sql("").Get(&n, "SELECT count(*) FROM "+pq.QuoteIdentifier(table)); err != nil {
		d.t.Fatal(err)
	}
	return n
}

func TestDirectory(t *testing.T) {
	accesstest.Conformance(t, func(t *testing.T) accesstest.Subject {
		d := newDoor(t)
		return accesstest.Subject{
			Directory: d.Store,
			SetUser:   d.setUser,
			Grant:     func(g ledger.Grant) { d.do(g.Programme, ledger.SetGrant{User: g.User, Role: g.Role}) },
			Advance:   d.advance,
		}
	})
}

func TestNewestGrantCounts(t *testing.T) {
	d := newOfficer(t)
	session, token := d.in(doorPassword), d.newToken(time.Hour)
	for i, revoked := range []bool{false, true, false, true} {
		d.do(accesstest.Programme, ledger.SetGrant{User: "officer", Role: ledger.Approver, Revoked: revoked})
		if i == 0 {
			d.do(accesstest.Programme, ledger.SetGrant{User: "officer", Role: ledger.Officer})
			d.do(ledger.System, ledger.SetGrant{User: "officer", Role: ledger.Auditor})
		}
		d.advance(time.Second)
		byCookie, err := d.SessionActor(t.Context(), session)
		byToken, err2 := d.TokenActor(t.Context(), token)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		for _, a := range []ledger.Actor{byCookie.Actor, byToken} {
			if a.Has(ledger.Approver, accesstest.Programme) == revoked || a.Has(ledger.Approver, ledger.System) {
				t.Errorf("after %d changes the approver's grants are %v", i+1, a.Grants)
			}
			if !a.Has(ledger.Officer, accesstest.Programme) || !a.Has(ledger.Auditor, ledger.System) || a.Has(ledger.Auditor, accesstest.Programme) {
				t.Errorf("after %d changes the other grants are %v", i+1, a.Grants)
			}
		}
	}
}

// An instance that did not revoke a token takes it for a second at most; the one that
// did, not at all.
func TestTokenRevokedElsewhere(t *testing.T) {
	d := newOfficer(t)
	elsewhere := d.open(access.DefaultCost)
	token := d.newToken(time.Hour)
	take := func(s *postgres.Store, want error) {
		t.Helper()
		if _, err := s.TokenActor(t.Context(), token); !errors.Is(err, want) {
			t.Errorf("TokenActor: %v, want %v", err, want)
		}
	}
	take(d.Store, nil)
	take(elsewhere, nil)
	if n, err := d.RevokeTokens(t.Context(), ledger.LocalActor(), "officer"); n != 1 || err != nil {
		t.Fatalf("RevokeTokens = %d, %v", n, err)
	}
	take(d.Store, access.ErrExpired)
	d.advance(400 * time.Millisecond)
	take(elsewhere, nil) // as documented
	d.advance(600 * time.Millisecond)
	take(elsewhere, access.ErrExpired)
}

// An answer that was under way while the token was revoked must not be remembered.
func TestTokenRevokedWhileAsked(t *testing.T) {
	d := newOfficer(t)
	for round := range 20 {
		var tokens [32]string
		for i := range tokens {
			tokens[i] = d.newToken(time.Hour)
		}
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				for _, token := range tokens[8*i : 8*i+8] {
					if _, err := d.TokenActor(context.WithoutCancel(t.Context()), token); err != nil && !errors.Is(err, access.ErrExpired) {
						t.Errorf("TokenActor: %v", err)
					}
				}
			})
		}
		if _, err := d.RevokeTokens(t.Context(), ledger.LocalActor(), "officer"); err != nil {
			t.Fatal(err)
		}
		all.Wait()
		for _, token := range tokens {
			if _, err := d.TokenActor(t.Context(), token); !errors.Is(err, access.ErrExpired) {
				t.Fatalf("round %d: a revoked token is taken: %v", round, err)
			}
		}
	}
}

// What is answered under an ended context was answered without the database.
func TestTokenIsAskedForOnce(t *testing.T) {
	d := newOfficer(t)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	token := d.newToken(time.Hour)
	known := func(when string, want bool) {
		t.Helper()
		if by, err := d.TokenActor(ended, token); (err == nil) != want || err != nil && !errors.Is(err, context.Canceled) || err == nil && by.User != "officer" {
			t.Errorf("%s: TokenActor = %v, %v", when, by, err)
		}
	}
	ask := func() {
		t.Helper()
		if _, err := d.TokenActor(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	known("before", false)
	ask()
	known("at once", true)
	d.advance(499 * time.Millisecond)
	known("soon", true)
	d.advance(time.Millisecond)
	known("the one who asks again", false)
	known("the others meanwhile", true)
	d.advance(500 * time.Millisecond)
	known("after a second", false)
	ask()
	d.advance(-time.Millisecond)
	known("by a clock set back", false)
}

// A token that is not remembered any more is asked for again, never refused.
func TestKnownTokensAreBounded(t *testing.T) {
	d := newOfficer(t)
	tokens, digests := make([]string, 4097), make([][]byte, 4097)
	for i := range tokens {
		token, digest, err := access.NewAPIToken(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		tokens[i], digests[i] = token, digest[:]
	}
	_, err := d.sql("kinhphi_app").Exec(`
		INSERT INTO api_token (token_hash, person, created_at, expires_at)
		SELECT digest, id, now(), now() + interval '1 day'
		FROM unnest($1::bytea[]) AS digest, person
		WHERE login = 'officer'`, pq.ByteaArray(digests))
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range append(tokens, tokens[0]) {
		if _, err := d.TokenActor(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.TokenActor(ended, tokens[1]); !errors.Is(err, context.Canceled) {
		t.Errorf("the second of %d tokens is still known: %v", len(tokens), err)
	}
	if _, err := d.TokenActor(ended, tokens[0]); err != nil {
		t.Errorf("the last token asked for is not known: %v", err)
	}
}

// A sign-in that compared the old password must not leave a session behind the new one.
func TestPasswordSetDuringSignIn(t *testing.T) {
	d := newOfficer(t)
	passwords := [2]string{doorPassword, doorOther}
	for round := range 20 {
		old, next := passwords[round%2], passwords[(round+1)%2]
		var tokens sync.Map
		var all sync.WaitGroup
		for range access.PerLogin.Free - 1 {
			all.Go(func() {
				token, _, err := d.SignIn(context.WithoutCancel(t.Context()), "officer", old, fmt.Sprintf("203.0.113.%d", 100+round))
				switch {
				case err == nil:
					tokens.Store(token, true)
				case !errors.Is(err, access.ErrBadCredentials) && !errors.Is(err, access.ErrExpired):
					t.Errorf("sign in: %v", err)
				}
			})
		}
		d.setPassword(next)
		all.Wait()
		tokens.Range(func(token, _ any) bool {
			if _, err := d.SessionActor(t.Context(), token.(string)); !errors.Is(err, access.ErrExpired) {
				t.Errorf("round %d: a session of the old password lives: %v", round, err)
			}
			return true
		})
		d.advance(access.PerLogin.Most)
		d.in(next) // clears the counters
	}
}

// Hashing anew for another cost must not make sign-ins that run beside it fail.
func TestStaleHashIsRenewed(t *testing.T) {
	d := newOfficer(t)
	stored := func() (c struct {
		Hash       string `db:"password_hash"`
		Generation int
	}) {
		if err := d.sql("").Get(&c, "SELECT password_hash, generation FROM credential"); err != nil {
			t.Fatal(err)
		}
		return c
	}
	before := stored()
	dearer := d.open(access.Cost{MemoryKiB: 128, Passes: 1})
	var all sync.WaitGroup
	for range access.PerLogin.Free - 1 {
		all.Go(func() {
			if _, _, err := dearer.SignIn(context.WithoutCancel(t.Context()), "officer", doorPassword, doorAddress); err != nil {
				t.Errorf("sign in: %v", err)
			}
		})
	}
	all.Wait()
	after := stored()
	if after.Generation != before.Generation || after.Hash == before.Hash || !strings.Contains(after.Hash, "m=128,") {
		t.Errorf("stored was %+v, is %+v", before, after)
	}
	d.setPassword(doorOther)
	if now := stored(); now.Generation != before.Generation+1 {
		t.Errorf("a new password has generation %d after %d", now.Generation, before.Generation)
	}
}

// Guesses that come through two instances are counted together.
func TestGuessesThroughTwoInstances(t *testing.T) {
	d := newOfficer(t)
	both := [2]*postgres.Store{d.Store, d.open(access.Cost{MemoryKiB: 64, Passes: 1})}
	var compared atomic.Int32
	var all sync.WaitGroup
	for i := range 4 * access.PerLogin.Free {
		all.Go(func() {
			_, _, err := both[i%2].SignIn(context.WithoutCancel(t.Context()), "officer", doorOther, fmt.Sprintf("203.0.113.%d", i%3))
			if errors.Is(err, access.ErrBadCredentials) {
				compared.Add(1)
			} else if !errors.Is(err, access.ErrThrottled) {
				t.Errorf("guess: %v", err)
			}
		})
	}
	all.Wait()
	if int(compared.Load()) != access.PerLogin.Free {
		t.Errorf("%d guesses were compared, want %d", compared.Load(), access.PerLogin.Free)
	}
}

// A refused attempt changes no counter, and no time that is over stays in the tables.
func TestRowsGoWithTheirTime(t *testing.T) {
	d := newOfficer(t)
	session, token := d.in(doorPassword), d.newToken(time.Hour)
	_, _, err := d.SignIn(t.Context(), "nobody", doorOther, "2001:db8::1")
	if !errors.Is(err, access.ErrBadCredentials) || d.count("sign_in_failure") != 3 { // of two addresses and one login
		t.Fatalf("%v; %d counters", err, d.count("sign_in_failure"))
	}
	d.advance(access.PerLogin.Forget + time.Second)
	if n, err := d.RevokeTokens(t.Context(), ledger.LocalActor(), "nobody"); n != 0 || !errors.Is(err, ledger.NotFound) {
		t.Errorf("RevokeTokens of nobody = %d, %v", n, err)
	}
	d.in(doorPassword)
	for table, want := range map[string]int{"session": 1, "api_token": 0, "sign_in_failure": 1} {
		if n := d.count(table); n != want {
			t.Errorf("%s has %d rows, want %d", table, n, want)
		}
	}
	if _, err := d.SessionActor(t.Context(), session); !errors.Is(err, access.ErrExpired) {
		t.Errorf("swept session: %v", err)
	}
	if _, err := d.TokenActor(t.Context(), token); !errors.Is(err, access.ErrExpired) {
		t.Errorf("swept token: %v", err)
	}
}

func TestRevokeCountsLiveTokens(t *testing.T) {
	d := newOfficer(t)
	d.newToken(time.Minute)
	d.advance(time.Minute)
	d.newToken(time.Minute)
	if n, err := d.RevokeTokens(t.Context(), ledger.LocalActor(), "officer"); n != 1 || err != nil {
		t.Errorf("RevokeTokens = %d, %v", n, err)
	}
	if n := d.count("api_token"); n != 0 {
		t.Errorf("%d tokens are left", n)
	}
}

// A copy of the database opens nothing, and the writer's role does not even see it.
func TestSecretsStayOut(t *testing.T) {
	d := newOfficer(t)
	secrets := []string{d.in(doorPassword), d.newToken(time.Hour), doorPassword}
	tables := []string{"credential", "session", "api_token", "sign_in_failure"}
	owner, writer := d.sql(""), d.sql("kinhphi_writer")
	for _, table := range tables {
		var all string
		if err := owner.Get(&all, "SELECT coalesce(string_agg(x::text, chr(10)), '') FROM "+table+" x"); err != nil {
			t.Fatal(err)
		}
		for _, secret := range secrets {
			if strings.Contains(all, secret) || strings.Contains(all, fmt.Sprintf("%x", secret)) {
				t.Errorf("%s holds a secret", table)
			}
		}
		var refused *pq.Error
		if err := writer.Get(&all, "SELECT count(*)::text FROM "+table); !errors.As(err, &refused) || refused.Code != "42501" {
			t.Errorf("kinhphi_writer reads %s: %v", table, err)
		}
	}
}

func TestEndedContextCountsNothing(t *testing.T) {
	d := newOfficer(t)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	session := d.in(doorPassword)
	rows := d.count("sign_in_failure")
	_, _, errIn := d.SignIn(ended, "nobody", doorPassword, "198.51.100.1")
	_, errActor := d.SessionActor(ended, session)
	_, errUsers := d.Users(ended, ledger.LocalActor())
	for _, err := range []error{errIn, errActor, errUsers, d.SignOut(ended, session)} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("under an ended context: %v", err)
		}
	}
	if n := d.count("sign_in_failure"); n != rows {
		t.Errorf("%d counters, there were %d", n, rows)
	}
}
