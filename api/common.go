package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

// BookPath is the programme that a path names.
type BookPath struct {
	Programme string `path:"programme" maxLength:"40" example:"PCMT" doc:"Code of the programme."`
}

// check answers what cannot be a code as what does not exist.
func (p BookPath) check() error {
	if !ledger.Code(p.Programme).Valid() {
		return ledger.Refuse(ledger.NotFound, "programme", "what", "programme", "value", clip(p.Programme))
	}
	return nil
}

func (p BookPath) book() ledger.Code { return ledger.Code(p.Programme) }

// KeyHeader is the key of a change.
type KeyHeader struct {
	Key string `header:"Idempotency-Key" maxLength:"128" example:"2019-03-17-PC-0147" doc:"Your key of this change, up to 128 bytes: send the same one when you repeat a request."`
}

// userKey makes a person's key and faults one that is missing or cannot be.
func (f *faults) userKey(k *call, field, value string) ledger.Key {
	switch {
	case value == "":
		f.add(ledger.Refuse(ledger.Required, field))
	case len(value) > ledger.MaxKey:
		f.add(ledger.Refuse(ledger.TooLong, field, "limit", itoa(ledger.MaxKey), "length", itoa(len(value))))
	case strings.ContainsFunc(value, func(r rune) bool { return r < '!' || r > '~' }):
		f.add(ledger.Refuse(ledger.ControlCharacter, field))
	}
	return ledger.UserKey(k.by.User, value)
}

const keyField = "Idempotency-Key"

// recorded answers a change.
type recorded struct {
	Outcome string  `json:"outcome" enum:"accepted,replayed" doc:"accepted: recorded now. replayed: recorded before, under the same key with the same content."`
	Seq     int64   `json:"seq" example:"4711" doc:"Sequence of the record in the programme's log."`
	Number  *number `json:"number,omitempty" doc:"Our voucher number, of entries."`
}

// number is our own voucher number, gapless per unit, type and year.
type number struct {
	Unit   string `json:"unit"`
	Type   string `json:"type"`
	Year   int    `json:"year"`
	Number int    `json:"number"`
}

func numberOf(n ledger.Number) *number {
	if n == (ledger.Number{}) {
		return nil
	}
	return &number{string(n.Unit), string(n.Type), n.Year, n.Number}
}

func recordedOf(r ledger.Result) recorded {
	out := recorded{Outcome: "accepted", Seq: int64(r.Seq), Number: numberOf(r.Number)}
	if r.Outcome == ledger.Replayed {
		out.Outcome = "replayed"
	}
	return out
}

// status is 201 for what is new, 200 for what was there.
func (r recorded) status() int {
	if r.Outcome == "replayed" {
		return http.StatusOK
	}
	return http.StatusCreated
}

type changeOutput struct {
	Status int
	Body   recorded
}

// change posts one action, unless f has faults.
func (s *server) change(ctx context.Context, k *call, book ledger.Code, key string, a ledger.Action, f *faults) (*changeOutput, error) {
	r := ledger.Request{Key: f.userKey(k, keyField, key), Action: a}
	if err := f.err(); err != nil {
		return nil, err
	}
	results, err := s.books.Post(ctx, k.by, book, ledger.Each, []ledger.Request{r})
	if err != nil {
		return nil, err
	}
	if results[0].Outcome == ledger.Refused {
		return nil, named(results[0].Err, keyNamed)
	}
	body := recordedOf(results[0])
	return &changeOutput{body.status(), body}, nil
}

// named renames the fields of a refusal as the request has them; other errors stay as
// they are.
func named(err error, name func(field string) string) error {
	broken := ledger.Faults(err)
	if len(broken) == 0 {
		return err
	}
	moved := make([]error, len(broken))
	for i, one := range broken {
		f := *one
		f.Field = name(f.Field)
		moved[i] = &f
	}
	return errors.Join(moved...)
}

// keyNamed names the key by its header.
func keyNamed(field string) string {
	if field == "key" {
		return keyField
	}
	return field
}

// currency returns the programme's currency, asked for once: it never changes. Errors:
// those of Books.Structure.
func (s *server) currency(ctx context.Context, by ledger.Actor, book ledger.Code) (ledger.Currency, error) {
	if c, ok := s.currencies.Load(book); ok {
		return c.(ledger.Currency), nil
	}
	st, err := s.books.Structure(ctx, by, book)
	if err != nil {
		return ledger.Currency{}, err
	}
	s.currencies.Store(book, st.Programme.Currency)
	return st.Programme.Currency, nil
}

// PointOfView is the point of view of a question.
type PointOfView struct {
	AsOf    string `query:"as_of" format:"date" example:"2019-12-31" doc:"Only entries posted on or before this date."`
	KnownAt string `query:"known_at" example:"4711" doc:"Only what was recorded up to this sequence."`
}

func (f *faults) asOf(q PointOfView) ledger.AsOf {
	return ledger.AsOf{Date: f.date("as_of", q.AsOf), Known: ledger.Seq(f.number("known_at", q.KnownAt, 1<<62))}
}

// Selection selects lines.
type Selection struct {
	Year    string `query:"year" example:"2019" doc:"Budget years, parted by commas."`
	Source  string `query:"source" example:"NSTW" doc:"Code of a source."`
	Project string `query:"project" example:"DA1" doc:"Code of a project."`
	Unit    string `query:"unit" example:"CAT" doc:"Code of a unit."`
}

func (f *faults) filter(q Selection, at PointOfView) ledger.Filter {
	return ledger.Filter{Years: f.years("year", q.Year), At: f.asOf(at), Line: ledger.Line{
		Source: f.code("source", q.Source), Project: f.code("project", q.Project), Unit: f.code("unit", q.Unit)}}
}

type body[T any] struct{ Body T }

// List is the answer that lists.
type List[T any] struct {
	Items []T `json:"items" nullable:"false"`
}

// listOf lists what convert makes of every one.
func listOf[A, B any](all []A, convert func(A) B) *body[List[B]] {
	items := make([]B, len(all))
	for i, a := range all {
		items[i] = convert(a)
	}
	return &body[List[B]]{List[B]{items}}
}

func itoa(n int) string { return strconv.Itoa(n) }
