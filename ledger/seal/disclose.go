package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// A Disclosure shows some fields of a record and hides the others, in the record's
// order, without loosening its place in the tree.
type Disclosure []Disclosed

// A Disclosed is one field of a Disclosure. A shown field has Name, Value and Key,
// which is HMAC-SHA256(salt, name) and opens this field only; a hidden one has
// nothing but its Commitment.
type Disclosed struct {
	Name       string    `json:"name,omitzero"`
	Value      string    `json:"value,omitzero"`
	Key        tlog.Hash `json:"key,omitzero"`
	Commitment tlog.Hash `json:"commitment,omitzero"`
}

// Disclose shows the fields for which show is true. The hidden are taken from canon,
// so that those whose value was destroyed can be passed on too. Errors: those of
// [Canon]; [ErrProof] when a field is not what canon commits to; [ErrFieldGone] when
// a destroyed value should be shown.
func Disclose(canon []byte, salt [SaltSize]byte, fields []Field, show func(name string) bool) (Disclosure, error) {
	changed, err := Compare(canon, salt, fields)
	if err != nil {
		return nil, fmt.Errorf("disclose: %w", err)
	}
	if len(changed) > 0 {
		return nil, fmt.Errorf("disclose: fields %q: %w", changed, ErrProof)
	}
	d := make(Disclosure, len(fields))
	for i, f := range fields {
		switch {
		case !show(f.Name):
			d[i].Commitment = tlog.Hash(commitmentAt(canon, i))
		case f.Gone:
			return nil, fmt.Errorf("disclose field %q: %w", f.Name, ErrFieldGone)
		default:
			d[i] = Disclosed{Name: f.Name, Value: f.Value, Key: fieldKey(salt, f)}
		}
	}
	return d, nil
}

// CheckDisclosure returns the leaf hash that the disclosure leads to, for
// [CheckRecord]. Errors: those of [Canon] for the shown fields; [ErrProof] for a
// field that is neither shown nor hidden, or both.
func CheckDisclosure(d Disclosure) (leaf tlog.Hash, err error) {
	if len(d) == 0 || len(d) > MaxFields {
		return tlog.Hash{}, fmt.Errorf("%w: %d fields", ErrFieldSize, len(d))
	}
	canon := make([]byte, 0, len(d)*tlog.HashSize)
	seen := make(map[string]bool)
	for i, f := range d {
		if f.Name != "" && seen[f.Name] {
			return tlog.Hash{}, fmt.Errorf("field %q: %w", f.Name, ErrFieldTwice)
		}
		seen[f.Name] = true
		h, err := f.commitment()
		if err != nil {
			return tlog.Hash{}, fmt.Errorf("disclosed field %d: %w", i+1, err)
		}
		canon = append(canon, h[:]...)
	}
	return LeafHash(canon), nil
}

// Shown says whether the field's name and value are shown.
func (f Disclosed) Shown() bool { return f.Name != "" }

func (f Disclosed) commitment() (tlog.Hash, error) {
	none := tlog.Hash{}
	if !f.Shown() {
		if f.Commitment == none || f.Key != none || f.Value != "" {
			return none, ErrProof
		}
		return f.Commitment, nil
	}
	if f.Commitment != none {
		return none, ErrProof
	}
	if err := checkText(&Field{Name: f.Name, Value: f.Value}); err != nil {
		return none, err
	}
	return commitShown(f.Key, f.Name, f.Value), nil
}

func fieldKey(salt [SaltSize]byte, f Field) tlog.Hash {
	if f.Salt != nil {
		salt = *f.Salt
	}
	mac := hmac.New(sha256.New, salt[:])
	mac.Write([]byte(f.Name))
	return tlog.Hash(mac.Sum(nil))
}
