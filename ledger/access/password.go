package access

import (
	"context"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"github.com/sokinhphi/kinhphi/ledger"
)

// Limits of a password: characters at least, bytes of UTF-8 at most.
const (
	MinPassword = 10
	MaxPassword = 1024
)

// The rules of a new password; the field is "password".
const (
	PasswordShort  ledger.Rule = "password_short"  // [limit length] in characters
	PasswordLogin  ledger.Rule = "password_login"  // it is the login, give or take digits []
	PasswordCommon ledger.Rule = "password_common" // it is among the first that anyone tries []
)

// A Cost is what one hash takes.
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
}

// DefaultCost is the OWASP recommendation for argon2id with one lane: 19 MiB, two passes.
var DefaultCost = Cost{MemoryKiB: 19 * 1024, Passes: 2}

// Bounds on the cost of a stored hash, so that a row that was tampered with cannot
// take the machine's memory.
const (
	maxMemoryKiB = 256 * 1024
	maxPasses    = 16
)

// Passwords hashes and checks passwords, at most a few at once. Safe for concurrent use.
type Passwords struct {
	params *argon2id.Params
	dummy  string // a hash of the same cost that nothing matches
	slots  chan struct{}
}

// NewPasswords returns Passwords of that cost; atOnce bounds the memory in use.
func NewPasswords(c Cost, atOnce int) *Passwords {
	p := &argon2id.Params{Memory: c.MemoryKiB, Iterations: c.Passes, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	zero := base64.RawStdEncoding.EncodeToString
	dummy := fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=1$%s$%s", c.MemoryKiB, c.Passes, zero(make([]byte, 16)), zero(make([]byte, 32)))
	return &Passwords{params: p, dummy: dummy, slots: make(chan struct{}, atOnce)}
}

// Hash returns what to store for a new password of user. Errors: those of
// CheckPassword; ctx's while waiting for a free slot.
func (p *Passwords) Hash(ctx context.Context, user ledger.Login, password string) (hash string, err error) {
	if err := CheckPassword(user, password); err != nil {
		return "", err
	}
	return p.hash(ctx, password)
}

// Rehash returns what to store when [Passwords.Check] matched and said stale; the rules
// for new passwords do not apply to it. Errors: ctx's while waiting for a free slot.
func (p *Passwords) Rehash(ctx context.Context, password string) (hash string, err error) {
	return p.hash(ctx, password)
}

func (p *Passwords) hash(ctx context.Context, password string) (hash string, err error) {
	err = p.inSlot(ctx, func() error {
		hash, err = argon2id.CreateHash(norm.NFC.String(password), p.params)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// Check compares what was typed with a stored hash; an empty hash stands for an unknown
// person, costs the same and never matches. stale says that the hash has another cost
// than new ones. Errors: ctx's while waiting for a free slot; a stored hash that cannot be read.
func (p *Passwords) Check(ctx context.Context, password, hash string) (match, stale bool, err error) {
	known := hash != "" && len(password) <= MaxPassword && utf8.ValidString(password)
	if !known {
		password, hash = "", p.dummy
	}
	params, _, _, err := argon2id.DecodeHash(hash)
	if err != nil {
		return false, false, fmt.Errorf("read stored password hash: %w", err)
	}
	if !bearable(params) {
		return false, false, fmt.Errorf("stored password hash has a cost of %d KiB, %d passes, %d lanes",
			params.Memory, params.Iterations, params.Parallelism)
	}
	err = p.inSlot(ctx, func() error {
		match, err = argon2id.ComparePasswordAndHash(norm.NFC.String(password), hash)
		return err
	})
	if err != nil {
		return false, false, fmt.Errorf("check password: %w", err)
	}
	return known && match, *params != *p.params, nil
}

// bearable also keeps out values for which argon2 panics.
func bearable(p *argon2id.Params) bool {
	return p.Memory >= 8 && p.Memory <= maxMemoryKiB && p.Iterations >= 1 && p.Iterations <= maxPasses &&
		p.Parallelism == 1 && p.SaltLength >= 8 && p.KeyLength >= 16 && p.KeyLength <= 64
}

func (p *Passwords) inSlot(ctx context.Context, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
		return f()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// CheckPassword refuses a new password that would be guessed. Digits and signs around a
// word add little, so the word inside counts, without case and accents; a password
// without any letter is a date or a telephone number. Errors: password_short,
// too_long, not_nfc (not UTF-8), password_login, password_common.
func CheckPassword(user ledger.Login, password string) error {
	const field = "password"
	if len(password) > MaxPassword {
		return ledger.Refuse(ledger.TooLong, field, "limit", strconv.Itoa(MaxPassword), "length", strconv.Itoa(len(password)))
	}
	if !utf8.ValidString(password) {
		return ledger.Refuse(ledger.NotNFC, field)
	}
	if n := utf8.RuneCountInString(norm.NFC.String(password)); n < MinPassword {
		return ledger.Refuse(PasswordShort, field, "limit", strconv.Itoa(MinPassword), "length", strconv.Itoa(n))
	}
	plain := fold(password)
	stem := letters(plain)
	switch {
	case stem == letters(fold(string(user))) && stem != "" || plain == fold(string(user)):
		return ledger.Refuse(PasswordLogin, field)
	case stem == "" || common()[stem] || common()[plain] || fewRunes(plain):
		return ledger.Refuse(PasswordCommon, field)
	}
	return nil
}

// fold takes case, accents and spaces away: "Mật khẩu" and "matkhau" are one guess.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.IsSpace(r):
			return -1
		case r == 'đ' || r == 'Đ':
			return 'd'
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}

// letters cuts what is not a letter from both ends.
func letters(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
}

// fewRunes reports whether s is made of at most three different characters.
func fewRunes(s string) bool {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen) <= 3
}

//go:embed common.txt
var commonList string

var common = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.Fields(commonList) {
		words[w] = true
	}
	return words
})
