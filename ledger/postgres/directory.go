package postgres

// Who may come in: access.Directory over the four tables credential, session, api_token
// and sign_in_failure, which are not part of any book, and over what the SYSTEM book says
// of persons and the books say of grants. The rules are those of package access; here
// are only the rows. Everything runs as kinhphi_app, which cannot write a book.
//
// The statements, by what sends them:
//
//	a request with a cookie      sessionQuery; an update each half minute at most
//	a request with an API token  tokenQuery, unless tokenCache knows the token
//	a sign-in                    lockCounter and an update, in one transaction; sweep;
//	                             credentialQuery; and if the password was right
//	                             uncountAddress, clearLogin, renewHash when it has
//	                             another cost, startSession, in one transaction
//	signing out                  a delete by digest
//	a password, tokens           personQuery; storePassword and a delete of the
//	                             person's sessions in one transaction; storeToken; endTokens
//	the list of persons          usersQuery
//
// Locks are taken in one order, address, login, credential, session, and the sweep
// leaves out rows that are locked, so that sign-ins never wait for each other in a ring.
// Digests are cast to bytea: the driver sends the bytes of a parameter of our own type as text.

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/access"
)

// newestVersion is the person p as the SYSTEM book has it now.
const newestVersion = `
CROSS JOIN LATERAL (
  SELECT
    name,
    disabled
  FROM person_version
  WHERE programme = 0 AND id = p.id
  ORDER BY since DESC LIMIT 1
) v`

// currentGrants are the roles that the person p has now: of each role in each programme
// the newest row says so. It goes by programme because the key of access_grant does.
const currentGrants = `
CROSS JOIN LATERAL (
  SELECT
    array_agg(b.code::text ORDER BY b.code, g.role) AS programmes,
    array_agg(g.role ORDER BY b.code, g.role) AS roles
  FROM programme b
  CROSS JOIN LATERAL (
    SELECT DISTINCT ON (role)
      role,
      revoked
    FROM access_grant
    WHERE programme = b.id AND person = p.id
    ORDER BY role, since DESC
  ) g
  WHERE NOT g.revoked
) r`

// personColumns are those of a personRow.
const personColumns = `
  p.login,
  v.name,
  v.disabled,
  r.programmes,
  r.roles`

// A personRow is a person with the grants of this moment.
type personRow struct {
	Login      ledger.Login
	Name       string
	Disabled   bool
	Programmes pq.StringArray
	Roles      pq.StringArray // as many as Programmes
}

func (r *personRow) actor() ledger.Actor {
	a := ledger.Actor{User: r.Login, Grants: make([]ledger.Grant, len(r.Roles))}
	for i := range a.Grants {
		a.Grants[i] = ledger.Grant{User: r.Login, Programme: ledger.Code(r.Programmes[i]), Role: ledger.Role(r.Roles[i])}
	}
	return a
}

// SignIn is part of access.Directory.
func (s *Store) SignIn(ctx context.Context, typed, password, address string) (token string, session access.Session, err error) {
	now := ledger.Instant(s.now())
	login, ok := access.TypedLogin(typed)
	if !ok {
		login = "" // nobody's
	}
	if err := s.countAttempt(ctx, login, address, now); err != nil {
		return "", session, err
	}
	c, err := s.checkedCredential(ctx, login, password)
	if err != nil {
		return "", session, err
	}
	token, digest, err := access.NewSessionToken(s.random)
	if err != nil {
		return "", session, err
	}
	if err := s.startSession(ctx, c, login, address, digest, now); err != nil {
		return "", session, err
	}
	if session, err = s.session(ctx, digest); err != nil {
		return "", session, err
	}
	return token, session, nil
}

// A counter is one row of sign_in_failure with the throttle that it is for.
type counter struct {
	subject  string
	throttle access.Throttle
}

// The update changes nothing; it locks a row that is there. A new row counts nothing.
const lockCounter = `
INSERT INTO sign_in_failure AS f (subject, count, last_at)
VALUES ($1, 0, $2)
ON CONFLICT (subject) DO UPDATE SET count = f.count
RETURNING count, last_at`

// countAttempt counts the sign-in as a failure before the password is looked at.
// Errors: ErrThrottled, and then nothing was counted.
func (s *Store) countAttempt(ctx context.Context, login ledger.Login, address string, now time.Time) error {
	counters := []counter{{access.AddressKey(address), access.PerAddress}}
	if login != "" {
		counters = append(counters, counter{access.LoginKey(login), access.PerLogin})
	}
	err := s.appTx(ctx, func(tx *sqlx.Tx) error { return countEach(ctx, tx, counters, now) })
	if err != nil {
		return failed(ctx, "count sign-in", err)
	}
	s.sweep(ctx, now)
	return nil
}

func countEach(ctx context.Context, tx *sqlx.Tx, counters []counter, now time.Time) error {
	next := make([]access.Attempts, len(counters))
	var longest time.Duration
	for i, c := range counters {
		var was access.Attempts
		if err := tx.QueryRowContext(ctx, lockCounter, c.subject, now).Scan(&was.Failures, &was.Last); err != nil {
			return err
		}
		after, wait := c.throttle.Attempt(was, now)
		next[i], longest = after, max(longest, wait)
	}
	if longest > 0 {
		return &access.ThrottledError{RetryAfter: longest}
	}
	const store = "UPDATE sign_in_failure SET count = $2, last_at = $3 WHERE subject = $1"
	for i, c := range counters {
		if _, err := tx.ExecContext(ctx, store, c.subject, next[i].Failures, next[i].Last); err != nil {
			return err
		}
	}
	return nil
}

// A sign-in adds two counters at most and the sweep takes a hundred away, so that
// strangers cannot fill the table with more than one Forget's worth of guesses.
const sweep = `
WITH old_session AS (
  DELETE FROM session
  WHERE token_hash IN (SELECT token_hash FROM session WHERE created_at <= $1 LIMIT 100 FOR UPDATE SKIP LOCKED)
), old_token AS (
  DELETE FROM api_token
  WHERE token_hash IN (SELECT token_hash FROM api_token WHERE expires_at <= $2 LIMIT 100 FOR UPDATE SKIP LOCKED)
)
DELETE FROM sign_in_failure
WHERE subject IN (SELECT subject FROM sign_in_failure WHERE last_at <= $3 ORDER BY last_at LIMIT 100 FOR UPDATE SKIP LOCKED)`

// sweep removes rows whose time is over. Nobody needs them gone, so nobody fails.
func (s *Store) sweep(ctx context.Context, now time.Time) {
	forget := max(access.PerLogin.Forget, access.PerAddress.Forget)
	_, err := s.app.ExecContext(ctx, sweep, now.Add(-access.DefaultSessions.Whole), now, now.Add(-forget))
	if err != nil && ctx.Err() == nil {
		s.report(fmt.Errorf("remove ended sessions, tokens and sign-in counters: %w", err))
	}
}

// A credential is a person who has a password. The zero credential has none.
type credential struct {
	Person     int
	Hash       string `db:"password_hash"`
	Generation int
	Disabled   bool

	renewed string // what to store instead of Hash, of another cost; usually empty
}

const credentialQuery = `
SELECT
  c.person,
  c.password_hash,
  c.generation,
  v.disabled
FROM person p
JOIN credential c ON c.person = p.id` + newestVersion + `
WHERE p.login = $1`

// checkedCredential returns the credential that the password opens. Nobody's login
// costs as much as somebody's. Errors: ErrBadCredentials, ErrDisabled.
func (s *Store) checkedCredential(ctx context.Context, login ledger.Login, password string) (c credential, err error) {
	err = s.app.GetContext(ctx, &c, credentialQuery, login)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return c, failed(ctx, "read credential", err)
	}
	match, stale, err := s.passwords.Check(ctx, password, c.Hash)
	switch {
	case err != nil:
		return c, err
	case !match:
		return c, access.ErrBadCredentials
	case c.Disabled:
		return c, access.ErrDisabled
	case stale:
		c.renewed, err = s.passwords.Rehash(ctx, password)
	}
	return c, err
}

const (
	uncountAddress = "UPDATE sign_in_failure SET count = greatest(count - 1, 0) WHERE subject = $1"
	clearLogin     = "DELETE FROM sign_in_failure WHERE subject = $1"
	renewHash      = "UPDATE credential SET password_hash = $3 WHERE person = $1 AND generation = $2"
)

// The session starts only under the password that was compared: setting another one
// locks the same row, then ends the sessions that it finds.
const startSession = `
INSERT INTO session (token_hash, person, created_at, seen_at)
SELECT $3::bytea, person, $4, $4
FROM credential
WHERE person = $1 AND generation = $2
FOR SHARE
RETURNING person`

// startSession takes the failure back that countAttempt counted and stores the session.
// Errors: ErrBadCredentials when the password was set anew since it was compared.
func (s *Store) startSession(ctx context.Context, c credential, login ledger.Login, address string, digest ledger.Digest, now time.Time) error {
	err := s.appTx(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, uncountAddress, access.AddressKey(address)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, clearLogin, access.LoginKey(login)); err != nil {
			return err
		}
		if c.renewed != "" {
			if _, err := tx.ExecContext(ctx, renewHash, c.Person, c.Generation, c.renewed); err != nil {
				return err
			}
		}
		err := tx.GetContext(ctx, &c.Person, startSession, c.Person, c.Generation, digest[:], now)
		if errors.Is(err, sql.ErrNoRows) {
			return access.ErrBadCredentials
		}
		return err
	})
	return failed(ctx, "start session", err)
}

// SessionActor is part of access.Directory.
func (s *Store) SessionActor(ctx context.Context, token string) (access.Session, error) {
	digest, err := access.SessionDigest(token)
	if err != nil {
		return access.Session{}, err
	}
	return s.session(ctx, digest)
}

const sessionQuery = `
SELECT
  s.created_at,
  s.seen_at,` + personColumns + `
FROM session s
JOIN person p ON p.id = s.person` + newestVersion + currentGrants + `
WHERE s.token_hash = $1`

func (s *Store) session(ctx context.Context, digest ledger.Digest) (access.Session, error) {
	var row struct {
		personRow
		Created time.Time `db:"created_at"`
		Seen    time.Time `db:"seen_at"`
	}
	if err := s.app.GetContext(ctx, &row, sessionQuery, digest[:]); err != nil {
		return access.Session{}, unlessNone(ctx, "read session", err)
	}
	now := ledger.Instant(s.now())
	switch {
	case !access.DefaultSessions.Live(row.Created, row.Seen, now):
		return access.Session{}, access.ErrExpired
	case row.Disabled:
		return access.Session{}, access.ErrDisabled
	case access.DefaultSessions.Touch(row.Seen, now):
		const touch = "UPDATE session SET seen_at = $2 WHERE token_hash = $1 AND seen_at < $2"
		if _, err := s.app.ExecContext(ctx, touch, digest[:], now); err != nil {
			return access.Session{}, failed(ctx, "keep session alive", err)
		}
		row.Seen = now
	}
	return access.Session{
		Person:  access.Person{Login: row.Login, Name: row.Name},
		Actor:   row.actor(),
		Created: row.Created.UTC(),
		Ends:    access.DefaultSessions.Ends(row.Created, row.Seen).UTC(),
	}, nil
}

// SignOut is part of access.Directory.
func (s *Store) SignOut(ctx context.Context, token string) error {
	digest, err := access.SessionDigest(token)
	if err != nil {
		return nil // what never was a session has ended
	}
	_, err = s.app.ExecContext(ctx, "DELETE FROM session WHERE token_hash = $1", digest[:])
	return failed(ctx, "end session", err)
}

const personQuery = `
SELECT
  p.id,
  v.disabled
FROM person p` + newestVersion + `
WHERE p.login = $1`

// existing returns who the user is. Errors: not_found.
func (s *Store) existing(ctx context.Context, user ledger.Login) (id int, disabled bool, err error) {
	err = s.app.QueryRowContext(ctx, personQuery, user).Scan(&id, &disabled)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, ledger.Refuse(ledger.NotFound, "user", "what", "user", "value", string(user))
	}
	return id, disabled, failed(ctx, "read person", err)
}

const storePassword = `
INSERT INTO credential AS c (person, password_hash, generation, changed_at)
VALUES ($1, $2, 1, $3)
ON CONFLICT (person) DO UPDATE SET
  password_hash = excluded.password_hash,
  generation = c.generation + 1,
  changed_at = excluded.changed_at`

// SetPassword is part of access.Directory.
func (s *Store) SetPassword(ctx context.Context, by ledger.Actor, user ledger.Login, password string) error {
	if err := access.MaySetPassword(by, user); err != nil {
		return err
	}
	id, _, err := s.existing(ctx, user)
	if err != nil {
		return err
	}
	hash, err := s.passwords.Hash(ctx, user, password)
	if err != nil {
		return err
	}
	return failed(ctx, "set password", s.appTx(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, storePassword, id, hash, ledger.Instant(s.now())); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM session WHERE person = $1", id)
		return err
	}))
}

const storeToken = `
INSERT INTO api_token (token_hash, person, created_at, expires_at)
VALUES ($1::bytea, $2, $3, $4)`

// CreateToken is part of access.Directory.
func (s *Store) CreateToken(ctx context.Context, by ledger.Actor, user ledger.Login, life time.Duration) (string, time.Time, error) {
	if err := access.MayCreateToken(by, user); err != nil {
		return "", time.Time{}, err
	}
	if err := access.CheckTokenLife(life); err != nil {
		return "", time.Time{}, err
	}
	id, disabled, err := s.existing(ctx, user)
	if err != nil {
		return "", time.Time{}, err
	}
	if disabled {
		return "", time.Time{}, access.ErrDisabled
	}
	token, digest, err := access.NewAPIToken(s.random)
	if err != nil {
		return "", time.Time{}, err
	}
	now := ledger.Instant(s.now())
	expires := ledger.Instant(now.Add(life))
	if _, err := s.app.ExecContext(ctx, storeToken, digest[:], id, now, expires); err != nil {
		return "", time.Time{}, failed(ctx, "store token", err)
	}
	return token, expires, nil
}

// TokenActor is part of access.Directory. The answer is as old as tokenTrust at most:
// so long may a token still be taken that another instance revoked, whose person was
// disabled, or a grant that was taken be carried. What is written is decided by the
// grants that the book has then.
func (s *Store) TokenActor(ctx context.Context, token string) (ledger.Actor, error) {
	digest, err := access.APIDigest(token)
	if err != nil {
		return ledger.Actor{}, err
	}
	asked := s.now()
	actor, ok, revocations := s.tokens.get(digest, asked)
	if ok {
		return actor, nil
	}
	t, err := s.readToken(ctx, digest, asked)
	if errors.Is(err, access.ErrExpired) || errors.Is(err, access.ErrDisabled) {
		s.tokens.drop(digest)
	}
	if err != nil {
		return ledger.Actor{}, err
	}
	s.tokens.put(digest, t, revocations)
	return t.actor, nil
}

const tokenQuery = `
SELECT
  t.expires_at,` + personColumns + `
FROM api_token t
JOIN person p ON p.id = t.person` + newestVersion + currentGrants + `
WHERE t.token_hash = $1`

func (s *Store) readToken(ctx context.Context, digest ledger.Digest, asked time.Time) (*knownToken, error) {
	var row struct {
		personRow
		Expires time.Time `db:"expires_at"`
	}
	if err := s.app.GetContext(ctx, &row, tokenQuery, digest[:]); err != nil {
		return nil, unlessNone(ctx, "read token", err)
	}
	switch {
	case !asked.Before(row.Expires):
		return nil, access.ErrExpired
	case row.Disabled:
		return nil, access.ErrDisabled
	}
	return &knownToken{actor: row.actor(), expires: row.Expires, asked: asked}, nil
}

const endTokens = `
WITH ended AS (
  DELETE FROM api_token WHERE person = $1 RETURNING expires_at
)
SELECT count(*) FROM ended WHERE expires_at > $2`

// RevokeTokens is part of access.Directory. Tokens whose time was over are not counted.
func (s *Store) RevokeTokens(ctx context.Context, by ledger.Actor, user ledger.Login) (n int, err error) {
	if err := access.MaySetPassword(by, user); err != nil {
		return 0, err
	}
	id, _, err := s.existing(ctx, user)
	if err != nil {
		return 0, err
	}
	defer s.tokens.revoke(user) // also when the answer was lost: they may be revoked
	err = s.app.GetContext(ctx, &n, endTokens, id, ledger.Instant(s.now()))
	return n, failed(ctx, "revoke tokens", err)
}

const usersQuery = `
SELECT
  p.login,
  v.name,
  v.disabled
FROM person p` + newestVersion + `
ORDER BY p.login COLLATE "C"`

// Users is part of access.Directory.
func (s *Store) Users(ctx context.Context, by ledger.Actor) ([]access.Person, error) {
	if err := access.MayListUsers(by); err != nil {
		return nil, err
	}
	var all []access.Person
	err := s.app.SelectContext(ctx, &all, usersQuery)
	return all, failed(ctx, "list users", err)
}

// appTx runs f in one transaction as kinhphi_app, which is undone when f fails.
func (s *Store) appTx(ctx context.Context, f func(*sqlx.Tx) error) error {
	tx, err := s.app.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// failed says what was being done when err happened; nil stays nil, and so do the
// refusals of a sign-in.
func failed(ctx context.Context, doing string, err error) error {
	if err == nil || errors.Is(err, access.ErrThrottled) || errors.Is(err, access.ErrBadCredentials) {
		return err
	}
	return translate(ctx, fmt.Errorf("%s: %w", doing, err))
}

// unlessNone is failed for a row that is found by a secret: none is ErrExpired.
func unlessNone(ctx context.Context, doing string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return access.ErrExpired
	}
	return failed(ctx, doing, err)
}

const (
	tokenTrust     = time.Second // an API token is taken so long without asking the database again
	maxKnownTokens = 4096        // of a few hundred bytes each
)

// A tokenCache knows the API tokens that were good a moment ago: every posting request
// brings one, and a program that posts brings the same one a thousand times a second.
// Tokens that are no good are not remembered. The zero tokenCache is empty.
type tokenCache struct {
	mu          sync.Mutex
	known       map[ledger.Digest]*knownToken
	revocations int // so far; an answer from before one is not remembered
}

type knownToken struct {
	actor   ledger.Actor // shared by all who are given it
	expires time.Time
	asked   time.Time // just before the database was asked
	renewal bool      // somebody is asking again
}

// good reports whether the token can be taken without asking; a clock set back asks.
func (t *knownToken) good(now time.Time) bool {
	age := now.Sub(t.asked)
	return age >= 0 && age < tokenTrust && now.Before(t.expires)
}

// get returns who acts by the token if that is known; if not, revocations is for put.
// When half of its time has passed, one caller is told that it is not known, and asks
// again while the others go on, so that a busy token's requests never all wait.
func (c *tokenCache) get(digest ledger.Digest, now time.Time) (actor ledger.Actor, ok bool, revocations int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.known[digest]
	if t == nil || !t.good(now) {
		return ledger.Actor{}, false, c.revocations
	}
	if now.Sub(t.asked) >= tokenTrust/2 && !t.renewal {
		t.renewal = true
		return ledger.Actor{}, false, c.revocations
	}
	return t.actor, true, c.revocations
}

// put remembers the token, unless some were revoked since get.
func (c *tokenCache) put(digest ledger.Digest, t *knownToken, revocations int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= maxKnownTokens {
		c.known = map[ledger.Digest]*knownToken{}
	}
	if revocations == c.revocations {
		c.known[digest] = t
	}
}

func (c *tokenCache) drop(digest ledger.Digest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.known, digest)
}

// revoke forgets all tokens of the user.
func (c *tokenCache) revoke(user ledger.Login) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.revocations++
	for digest, t := range c.known {
		if t.actor.User == user {
			delete(c.known, digest)
		}
	}
}
