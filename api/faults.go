package api

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/sokinhphi/kinhphi/ledger"
)

// maxFaults is how many faults a refusal lists; reading stops there.
const maxFaults = 100

// faults gathers what is wrong with a request, the first fault of every field, so that
// a caller learns all of it at once. Its methods read one value each and return the
// zero value after a fault.
type faults struct {
	list   []error
	fields map[string]bool
}

func newFaults() *faults { return &faults{} }

func (f *faults) add(one *ledger.Fault) {
	if f.fields[one.Field] || f.full() {
		return
	}
	if f.fields == nil {
		f.fields = map[string]bool{}
	}
	f.fields[one.Field] = true
	f.list = append(f.list, one)
}

// at adds the faults of err, moved to field.
func (f *faults) at(field string, err error) {
	for _, one := range ledger.Faults(err) {
		moved := *one
		moved.Field = field
		f.add(&moved)
	}
}

func (f *faults) full() bool { return len(f.list) >= maxFaults }

// err returns the faults as one error, nil without any.
func (f *faults) err() error { return errors.Join(f.list...) }

func (f *faults) date(field, s string) (d ledger.Date) {
	if s == "" {
		return d
	}
	d, err := ledger.ParseDate(s)
	f.at(field, err)
	return d
}

func (f *faults) code(field, s string) ledger.Code {
	c := ledger.Code(s)
	if s != "" && !c.Valid() {
		f.add(ledger.Refuse(ledger.InvalidCode, field, "value", clip(s)))
		return ""
	}
	return c
}

func (f *faults) login(field, s string) ledger.Login {
	l := ledger.Login(s)
	if s != "" && !l.Valid() {
		f.add(ledger.Refuse(ledger.InvalidCode, field, "value", clip(s)))
		return ""
	}
	return l
}

func (f *faults) line(field, s string) (l ledger.Line) {
	if s == "" {
		return l
	}
	l, err := ledger.ParseLine(s)
	f.at(field, err)
	return l
}

func (f *faults) money(field, s string, c ledger.Currency) ledger.Money {
	m, err := ledger.ParseMoney(s, c)
	f.at(field, err)
	return m
}

// number reads a count of a query; absent = 0.
func (f *faults) number(field, s string, limit int) int {
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	switch {
	case err != nil || n < 1 || strconv.Itoa(n) != s:
		f.add(ledger.Refuse(WrongType, field, "wanted", "integer", "got", clip(s)))
		return 0
	case n > limit:
		f.add(ledger.Refuse(ledger.TooMany, field, "limit", strconv.Itoa(limit), "count", s))
		return 0
	}
	return n
}

// years reads budget years parted by commas.
func (f *faults) years(field, s string) (years []int) {
	for part := range strings.SplitSeq(s, ",") {
		if s == "" {
			break
		}
		y, err := strconv.Atoi(part)
		if err != nil || len(part) != 4 || y < 1900 || y > 2999 {
			f.add(ledger.Refuse(ledger.InvalidDate, field, "value", clip(part)))
			return nil
		}
		years = append(years, y)
	}
	return years
}

// flag reads "true" or "false"; absent = false.
func (f *faults) flag(field, s string) bool {
	if s != "" && s != "true" && s != "false" {
		f.add(ledger.Refuse(WrongType, field, "wanted", "boolean", "got", clip(s)))
	}
	return s == "true"
}

// text checks free text of a query, which reaches the store as it is.
func (f *faults) text(field, s string) string {
	switch {
	case len(s) > ledger.MaxName:
		f.add(ledger.Refuse(ledger.TooLong, field, "limit", strconv.Itoa(ledger.MaxName), "length", strconv.Itoa(len(s))))
	case !utf8.ValidString(s):
		f.add(ledger.Refuse(InvalidUTF8, field, "offset", strconv.Itoa(firstInvalid([]byte(s)))))
	case strings.ContainsFunc(s, unicode.IsControl):
		f.add(ledger.Refuse(ledger.ControlCharacter, field))
	default:
		return norm.NFC.String(s)
	}
	return ""
}

// clip shortens what a caller sent before it is repeated in an error.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if utf8.RuneCountInString(s) <= 80 {
		return s
	}
	return string([]rune(s)[:80]) + "…"
}
