package ledger

import (
	"strconv"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A Seq is a position in a book's log: 1, 2, 3... without gaps, over all kinds
// of records.
type Seq int64

// A Digest is a SHA-256 hash.
type Digest [32]byte

// A Code names a thing in a book: a unit, project, source, treasury account,
// item, voucher type or obligation. It is legal as an account name in every
// foreign ledger tool: capital ASCII letters, digits and hyphens, at most
// MaxCode characters, beginning with a letter or digit.
type Code string

// MaxCode is the largest length of a Code, in characters.
const MaxCode = 40

// Valid reports whether c has the form of a code.
func (c Code) Valid() bool {
	if c == "" || len(c) > MaxCode || c[0] == '-' {
		return false
	}
	for i := range len(c) {
		b := c[i]
		if b != '-' && (b < '0' || b > '9') && (b < 'A' || b > 'Z') {
			return false
		}
	}
	return true
}

// A Login names a user: lower-case ASCII letters, digits, dot, underscore and
// hyphen, at most MaxCode characters, beginning with a letter.
type Login string

// Valid reports whether l has the form of a login.
func (l Login) Valid() bool {
	if l == "" || len(l) > MaxCode || l[0] < 'a' || l[0] > 'z' {
		return false
	}
	for i := range len(l) {
		b := l[i]
		if b != '-' && b != '.' && b != '_' && (b < '0' || b > '9') && (b < 'a' || b > 'z') {
			return false
		}
	}
	return true
}

// A Key makes a request safe to repeat. Space is "u:<login>" for a person and
// "import:<kind>" for a file, so that the same file by another user is still
// the same; Value is the caller's.
type Key struct{ Space, Value string }

// MaxKey is the largest length of a key's value, in bytes.
const MaxKey = 128

// UserKey returns the key of a person's request.
func UserKey(user Login, value string) Key { return Key{"u:" + string(user), value} }

// ImportKey returns the key of a row of an imported file of the given kind.
func ImportKey(kind, value string) Key { return Key{"import:" + kind, value} }

// Limits of free text, in bytes of UTF-8.
const (
	MaxName = 1000
	MaxText = 4000
)

// checkText refuses text that is too long, not valid UTF-8, not in Unicode
// normal form C, or that holds control or bidirectional control characters.
func checkText(field, s string, limit int) error {
	switch {
	case len(s) > limit:
		return Refuse(TooLong, field, "limit", itoa(limit), "length", itoa(len(s)))
	case !utf8.ValidString(s) || !norm.NFC.IsNormalString(s):
		return Refuse(NotNFC, field)
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return Refuse(ControlCharacter, field)
		}
	}
	return nil
}

// checkCode refuses a code of the wrong form; an empty one only if required.
func checkCode(field string, c Code, required bool) error {
	if c == "" && !required {
		return nil
	}
	if c == "" {
		return Refuse(Required, field)
	}
	if !c.Valid() {
		return Refuse(InvalidCode, field, "value", clip(string(c)))
	}
	return nil
}

func itoa(n int) string { return strconv.Itoa(n) }

// clip shortens what a caller sent before it is repeated in an error.
func clip(s string) string {
	if len(s) <= 80 {
		return s
	}
	return string([]rune(s[:min(len(s), 320)])[:min(80, utf8.RuneCountInString(s[:min(len(s), 320)]))]) + "…"
}
