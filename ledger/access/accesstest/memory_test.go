package accesstest

import (
	"cmp"
	"context"
	"crypto/rand"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/access"
)

// memory is a directory in maps: it shows that the tests can be met by following the
// documentation of package access, and nothing more.
type memory struct {
	mu        sync.Mutex
	now       time.Time
	passwords *access.Passwords
	people    map[ledger.Login]access.Person
	grants    []ledger.Grant
	hashes    map[ledger.Login]string
	counters  map[string]access.Attempts
	sessions  map[ledger.Digest]*memorySession
	tokens    map[ledger.Digest]memoryToken
}

type memorySession struct {
	login         ledger.Login
	created, seen time.Time
}

type memoryToken struct {
	login   ledger.Login
	expires time.Time
}

func TestMemory(t *testing.T) {
	Conformance(t, func(*testing.T) Subject {
		m := &memory{
			now:       time.Date(2019, 12, 31, 8, 0, 0, 0, time.UTC),
			passwords: access.NewPasswords(access.Cost{MemoryKiB: 64, Passes: 1}, 2),
			people:    map[ledger.Login]access.Person{}, hashes: map[ledger.Login]string{},
			counters: map[string]access.Attempts{},
			sessions: map[ledger.Digest]*memorySession{}, tokens: map[ledger.Digest]memoryToken{},
		}
		return Subject{
			Directory: m,
			SetUser: func(l ledger.Login, name string, off bool) {
				m.people[l] = access.Person{Login: l, Name: name, Disabled: off}
			},
			Grant:   func(g ledger.Grant) { m.grants = append(m.grants, g) },
			Advance: func(d time.Duration) { m.now = m.now.Add(d) },
		}
	})
}

func (m *memory) SignIn(ctx context.Context, typed, password, address string) (string, access.Session, error) {
	login, ok := access.TypedLogin(typed)
	if err := m.count(login, ok, address); err != nil {
		return "", access.Session{}, err
	}
	match, _, err := m.passwords.Check(ctx, password, m.hash(login))
	if err != nil {
		return "", access.Session{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case !match || !ok:
		return "", access.Session{}, access.ErrBadCredentials
	case m.people[login].Disabled:
		return "", access.Session{}, access.ErrDisabled
	}
	delete(m.counters, access.LoginKey(login))
	a := m.counters[access.AddressKey(address)]
	a.Failures--
	m.counters[access.AddressKey(address)] = a
	token, digest, err := access.NewSessionToken(rand.Reader)
	s := &memorySession{login, m.now, m.now}
	m.sessions[digest] = s
	return token, m.session(s), err
}

func (m *memory) hash(login ledger.Login) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.hashes[login]
}

func (m *memory) count(login ledger.Login, ok bool, address string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	byAddress, wait := access.PerAddress.Attempt(m.counters[access.AddressKey(address)], m.now)
	byLogin, waitLogin := access.Attempts{}, time.Duration(0)
	if ok {
		byLogin, waitLogin = access.PerLogin.Attempt(m.counters[access.LoginKey(login)], m.now)
	}
	if wait = max(wait, waitLogin); wait > 0 {
		return &access.ThrottledError{RetryAfter: wait}
	}
	m.counters[access.AddressKey(address)] = byAddress
	if ok {
		m.counters[access.LoginKey(login)] = byLogin
	}
	return nil
}

func (m *memory) session(s *memorySession) access.Session {
	return access.Session{
		Person: m.people[s.login], Actor: m.actor(s.login),
		Created: s.created, Ends: access.DefaultSessions.Ends(s.created, s.seen),
	}
}

func (m *memory) actor(l ledger.Login) ledger.Actor {
	a := ledger.Actor{User: l}
	for _, g := range m.grants {
		if g.User == l {
			a.Grants = append(a.Grants, g)
		}
	}
	return a
}

func (m *memory) SessionActor(_ context.Context, token string) (access.Session, error) {
	digest, err := access.SessionDigest(token)
	if err != nil {
		return access.Session{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.sessions[digest]
	switch {
	case s == nil || !access.DefaultSessions.Live(s.created, s.seen, m.now):
		return access.Session{}, access.ErrExpired
	case m.people[s.login].Disabled:
		return access.Session{}, access.ErrDisabled
	case access.DefaultSessions.Touch(s.seen, m.now):
		s.seen = m.now
	}
	return m.session(s), nil
}

func (m *memory) SignOut(_ context.Context, token string) error {
	if digest, err := access.SessionDigest(token); err == nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.sessions, digest)
	}
	return nil
}

func (m *memory) exists(user ledger.Login) error {
	if _, ok := m.people[user]; !ok {
		return ledger.Refuse(ledger.NotFound, "user", "what", "user", "value", string(user))
	}
	return nil
}

func (m *memory) SetPassword(ctx context.Context, by ledger.Actor, user ledger.Login, password string) error {
	if err := cmp.Or(access.MaySetPassword(by, user), m.exists(user)); err != nil {
		return err
	}
	hash, err := m.passwords.Hash(ctx, user, password)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hashes[user] = hash
	maps.DeleteFunc(m.sessions, func(_ ledger.Digest, s *memorySession) bool { return s.login == user })
	return nil
}

func (m *memory) CreateToken(_ context.Context, by ledger.Actor, user ledger.Login, life time.Duration) (string, time.Time, error) {
	if err := cmp.Or(access.MayCreateToken(by, user), access.CheckTokenLife(life), m.exists(user)); err != nil {
		return "", time.Time{}, err
	}
	if m.people[user].Disabled {
		return "", time.Time{}, access.ErrDisabled
	}
	token, digest, err := access.NewAPIToken(rand.Reader)
	m.tokens[digest] = memoryToken{user, m.now.Add(life)}
	return token, m.now.Add(life), err
}

func (m *memory) TokenActor(_ context.Context, token string) (ledger.Actor, error) {
	digest, err := access.APIDigest(token)
	if err != nil {
		return ledger.Actor{}, err
	}
	stored, ok := m.tokens[digest]
	switch {
	case !ok || !m.now.Before(stored.expires):
		return ledger.Actor{}, access.ErrExpired
	case m.people[stored.login].Disabled:
		return ledger.Actor{}, access.ErrDisabled
	}
	return m.actor(stored.login), nil
}

func (m *memory) RevokeTokens(_ context.Context, by ledger.Actor, user ledger.Login) (int, error) {
	if err := cmp.Or(access.MaySetPassword(by, user), m.exists(user)); err != nil {
		return 0, err
	}
	before := len(m.tokens)
	maps.DeleteFunc(m.tokens, func(_ ledger.Digest, t memoryToken) bool { return t.login == user })
	return before - len(m.tokens), nil
}

func (m *memory) Users(_ context.Context, by ledger.Actor) ([]access.Person, error) {
	if err := access.MayListUsers(by); err != nil {
		return nil, err
	}
	return slices.SortedFunc(maps.Values(m.people), func(a, b access.Person) int { return cmp.Compare(a.Login, b.Login) }), nil
}
