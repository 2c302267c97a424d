package seal

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/text/unicode/norm"
)

// Limits of the canonical form. They are far above what a voucher can hold
// (32,767 legs of five fields, half as many events) and bound memory.
const (
	MaxFields = 1 << 19 // fields of one record
	MaxName   = 64      // bytes of a field's name
	MaxValue  = 1 << 20 // bytes of a field's value
)

// SaltSize is the length of a record's or a field's salt, in bytes.
const SaltSize = 16

// leafDomain begins every leaf: bytes sealed under another version or for another
// purpose can never be taken for a record.
const leafDomain = "kinhphi/record/v1\n"

// Errors of the canonical form; the error returned names the field.
var (
	ErrFieldTwice  = errors.New("seal: field named twice")
	ErrFieldText   = errors.New("seal: not UTF-8 in normal form NFC")
	ErrFieldSize   = errors.New("seal: outside the limits of the canonical form")
	ErrFieldGone   = errors.New("seal: value was destroyed")
	ErrCanonLength = errors.New("seal: canonical bytes do not fit the fields")
)

// A Field is one named value of a record.
type Field struct {
	Name, Value string
	Salt        *[SaltSize]byte // the field's own salt; nil = the record's
	Gone        bool            // value and own salt were destroyed: only the commitment remains
}

// Canon returns the canonical bytes of a record: the 32-byte commitments of its
// fields, in order. Errors: [ErrFieldTwice], [ErrFieldText], [ErrFieldSize] (also for
// no field at all, or no name), [ErrFieldGone].
func Canon(salt [SaltSize]byte, fields []Field) ([]byte, error) {
	if err := checkNames(fields); err != nil {
		return nil, err
	}
	c := newCommitter(&salt)
	canon := make([]byte, 0, len(fields)*tlog.HashSize)
	for i := range fields {
		if fields[i].Gone {
			return nil, fmt.Errorf("field %q: %w", fields[i].Name, ErrFieldGone)
		}
		h, err := c.commit(&fields[i])
		if err != nil {
			return nil, err
		}
		canon = append(canon, h[:]...)
	}
	return canon, nil
}

// Compare recomputes the commitments of fields and returns the names of those that
// differ from canon; fields marked Gone are passed over, having nothing to compare.
// Errors: those of [Canon], and [ErrCanonLength] when canon is of another number of fields.
func Compare(canon []byte, salt [SaltSize]byte, fields []Field) (changed []string, err error) {
	if err := checkNames(fields); err != nil {
		return nil, err
	}
	if len(canon) != len(fields)*tlog.HashSize {
		return nil, fmt.Errorf("%w: %d bytes, %d fields", ErrCanonLength, len(canon), len(fields))
	}
	c := newCommitter(&salt)
	for i := range fields {
		if fields[i].Gone {
			continue
		}
		h, err := c.commit(&fields[i])
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(h[:], commitmentAt(canon, i)) {
			changed = append(changed, fields[i].Name)
		}
	}
	return changed, nil
}

// Leaf returns the data of a record's leaf, as [tlog.RecordHash] takes it.
func Leaf(canon []byte) []byte {
	return append([]byte(leafDomain), canon...)
}

// LeafHash returns the RFC 6962 leaf hash of a record, [tlog.RecordHash] of its [Leaf].
func LeafHash(canon []byte) tlog.Hash {
	h := sha256.New()
	h.Write([]byte("\x00" + leafDomain))
	h.Write(canon)
	return tlog.Hash(h.Sum(nil))
}

func checkNames(fields []Field) error {
	if len(fields) == 0 || len(fields) > MaxFields {
		return fmt.Errorf("%w: %d fields", ErrFieldSize, len(fields))
	}
	seen := make(map[string]struct{}, len(fields))
	for i := range fields {
		seen[fields[i].Name] = struct{}{}
	}
	if len(seen) == len(fields) {
		return nil
	}
	return fmt.Errorf("field %q: %w", firstTwice(fields), ErrFieldTwice)
}

// firstTwice is called only when some name stands twice.
func firstTwice(fields []Field) string {
	seen := make(map[string]bool)
	for i := range fields {
		if seen[fields[i].Name] {
			return fields[i].Name
		}
		seen[fields[i].Name] = true
	}
	return ""
}

func checkText(f *Field) error {
	if f.Name == "" || len(f.Name) > MaxName || len(f.Value) > MaxValue {
		return fmt.Errorf("field %.*q: %w", MaxName, f.Name, ErrFieldSize)
	}
	if !normal(f.Name) || !normal(f.Value) {
		return fmt.Errorf("field %q: %w", f.Name, ErrFieldText)
	}
	return nil
}

// normal says whether s is UTF-8 in NFC. Most fields are codes, dates and amounts in
// ASCII, which always is; the general question costs an allocation each time.
func normal(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return utf8.ValidString(s) && norm.NFC.IsNormalString(s)
		}
	}
	return true
}

// A committer holds the HMAC state of the record's salt and a buffer: a record has
// about forty fields, and setting HMAC up again for each would double the cost.
type committer struct {
	mac hash.Hash
	buf []byte
}

func newCommitter(salt *[SaltSize]byte) *committer {
	return &committer{mac: hmac.New(sha256.New, salt[:]), buf: make([]byte, 0, 512)}
}

func (c *committer) commit(f *Field) (tlog.Hash, error) {
	if err := checkText(f); err != nil {
		return tlog.Hash{}, err
	}
	mac := c.mac
	if f.Salt != nil {
		mac = hmac.New(sha256.New, f.Salt[:])
	}
	mac.Reset()
	c.buf = append(c.buf[:0], f.Name...)
	mac.Write(c.buf)
	c.buf = mac.Sum(c.buf[:0])
	c.buf = appendFramed(c.buf, f.Name, f.Value)
	return sha256.Sum256(c.buf), nil
}

// commitShown is the commitment from a disclosed key instead of the salt.
func commitShown(key tlog.Hash, name, value string) tlog.Hash {
	return sha256.Sum256(appendFramed(key[:], name, value))
}

func appendFramed(b []byte, name, value string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(name)))
	b = append(b, name...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(value)))
	return append(b, value...)
}

func commitmentAt(canon []byte, i int) []byte {
	return canon[i*tlog.HashSize : (i+1)*tlog.HashSize]
}
