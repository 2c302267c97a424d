package web

import (
	"crypto/rand"
	"encoding/base64"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// values are the fields of a form as they were typed, by name: in Unicode's
// normal form C, without spaces around.
type values map[string]string

// formValues reads the form that was sent.
func (r *request) formValues() values {
	v := values{}
	for name, value := range r.Request().PostArgs().All() {
		v[string(name)] = clean(string(value))
	}
	return v
}

// queryValues reads the query of the address.
func (r *request) queryValues() values {
	v := values{}
	for name, value := range r.Request().URI().QueryArgs().All() {
		v[string(name)] = clean(string(value))
	}
	return v
}

// clean brings typed text to normal form C, in which the ledger keeps texts;
// some keyboards send Vietnamese letters in pieces.
func clean(s string) string {
	return strings.TrimSpace(norm.NFC.String(strings.ToValidUTF8(s, "�")))
}

// newKey draws a key for one rendering of a form, so that sending it twice
// records it once.
func newKey() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails: it ends the program rather
	return base64.RawURLEncoding.EncodeToString(b)
}

// A reader turns typed values into the ledger's, and collects what is wrong.
type reader struct {
	values
	in       lang.Lang
	day      ledger.Date // completes dates typed in part
	currency ledger.Currency
	faults   []*ledger.Fault
}

// fault notes what is wrong with a field.
func (r *reader) fault(field string, err error) {
	for _, f := range ledger.Faults(err) {
		moved := *f
		moved.Field = field
		r.faults = append(r.faults, &moved)
	}
}

// require notes an empty field.
func (r *reader) require(field string) string {
	if r.values[field] == "" {
		r.fault(field, ledger.Refuse(ledger.Required, field))
	}
	return r.values[field]
}

// date reads a date such as 17, 17/3 or 17/3/2020; zero when empty or wrong.
func (r *reader) date(field string) ledger.Date {
	if r.values[field] == "" {
		return ledger.Date{}
	}
	d, err := lang.ParseTypedDate(r.values[field], r.day)
	if err != nil {
		r.fault(field, err)
		return ledger.Date{}
	}
	return d
}

// amount reads an amount such as 12,5tr; the zero Money when it is wrong.
func (r *reader) amount(field string) ledger.Money {
	canonical, err := lang.ParseTyped(r.values[field], r.in, r.currency.Scale())
	if err != nil {
		r.fault(field, err)
		return ledger.Money{}
	}
	m, err := ledger.ParseMoney(canonical, r.currency)
	if err != nil {
		r.fault(field, err)
	}
	return m
}

// code reads a code; capitals need not be typed.
func (r *reader) code(field string) ledger.Code {
	return ledger.Code(strings.ToUpper(r.values[field]))
}
