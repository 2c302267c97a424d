package access

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

// tokenBytes is the randomness of a token: 256 bits, not to be guessed at any rate.
const tokenBytes = 32

// apiPrefix lets people and leak scanners tell an API token from other secrets.
const apiPrefix = "kp_"

// NewSessionToken returns a token for a cookie and the digest to store.
// Errors: those of random.
func NewSessionToken(random io.Reader) (token string, stored ledger.Digest, err error) {
	return newToken(random, "")
}

// NewAPIToken returns an API token, "kp_" and 43 characters, and the digest to store.
// Errors: those of random.
func NewAPIToken(random io.Reader) (token string, stored ledger.Digest, err error) {
	return newToken(random, apiPrefix)
}

func newToken(random io.Reader, prefix string) (string, ledger.Digest, error) {
	var secret [tokenBytes]byte
	if _, err := io.ReadFull(random, secret[:]); err != nil {
		return "", ledger.Digest{}, fmt.Errorf("draw token: %w", err)
	}
	token := prefix + base64.RawURLEncoding.EncodeToString(secret[:])
	return token, sha256.Sum256([]byte(token)), nil
}

// SessionDigest returns the digest under which the session is stored. Error:
// ErrExpired for what never was a session token, so that no query is spent on it.
func SessionDigest(token string) (ledger.Digest, error) { return tokenDigest(token, "") }

// APIDigest returns the digest under which the API token is stored. Error: ErrExpired
// for what never was an API token.
func APIDigest(token string) (ledger.Digest, error) { return tokenDigest(token, apiPrefix) }

func tokenDigest(token, prefix string) (ledger.Digest, error) {
	text, ok := strings.CutPrefix(token, prefix)
	if !ok || len(text) != base64.RawURLEncoding.EncodedLen(tokenBytes) {
		return ledger.Digest{}, ErrExpired
	}
	if _, err := base64.RawURLEncoding.Strict().DecodeString(text); err != nil {
		return ledger.Digest{}, ErrExpired
	}
	return sha256.Sum256([]byte(token)), nil
}

// A SessionPolicy says how long a session lives.
type SessionPolicy struct {
	Idle  time.Duration // without a request
	Whole time.Duration // in any case
}

// DefaultSessions is half an hour without a request, and a working day.
var DefaultSessions = SessionPolicy{Idle: 30 * time.Minute, Whole: 12 * time.Hour}

// seenStep is how exactly a session's last request is kept: a write for every request
// would cost more than the half minute is worth.
const seenStep = 30 * time.Second

// Ends returns when a session ends if no further request comes.
func (p SessionPolicy) Ends(created, seen time.Time) time.Time {
	idle, whole := seen.Add(p.Idle), created.Add(p.Whole)
	if idle.Before(whole) {
		return idle
	}
	return whole
}

// Live reports whether a session is live. That it was created a moment after now is
// no reason against it: another instance's clock may be ahead.
func (p SessionPolicy) Live(created, seen, now time.Time) bool {
	return now.Before(p.Ends(created, seen))
}

// Touch reports whether the request at now is to be written down as the last seen.
func (p SessionPolicy) Touch(seen, now time.Time) bool { return now.Sub(seen) >= seenStep }

// MaxTokenLife is the longest life of an API token.
const MaxTokenLife = 366 * 24 * time.Hour

// TokenLife is the rule that a token's life broke: it must be positive and at most
// MaxTokenLife.
const TokenLife ledger.Rule = "token_life" // [limit] in hours

// CheckTokenLife refuses a token without an expiry or with a far one. Errors: token_life.
func CheckTokenLife(life time.Duration) error {
	if life <= 0 || life > MaxTokenLife {
		return ledger.Refuse(TokenLife, "expires", "limit", strconv.Itoa(int(MaxTokenLife.Hours())))
	}
	return nil
}
