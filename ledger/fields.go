package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"strconv"
	"time"
)

// A Field is one named value of a record in its canonical order. Empty values
// are left out. Fields with a salt of their own hold text that may be destroyed
// by retention rules; the others share the record's salt.
type Field struct {
	Name, Value string
	Salt        *[16]byte
}

// fields collects fields under a prefix, leaving empty ones out.
type fields struct {
	list   []Field
	prefix string
}

func (f *fields) add(name, value string) {
	if value != "" {
		f.list = append(f.list, Field{Name: f.prefix + name, Value: value})
	}
}

func (f *fields) salted(name, value string, salt *[16]byte) {
	if value != "" {
		f.list = append(f.list, Field{Name: f.prefix + name, Value: value, Salt: salt})
	}
}

// Fields returns the canonical fields of a record, version 1: what is sealed,
// in fixed order. Codes, not ids; amounts as exact decimal text; instants in
// microseconds UTC. The request's digest is not among them: it covers personal
// texts, which could be guessed from it after they were destroyed.
func (r Record) Fields() []Field {
	f := &fields{}
	if r.Entry != nil {
		f.list = make([]Field, 0, 14+12*len(r.Entry.Events)+4*len(r.Entry.Legs))
	}
	f.add("seq", strconv.FormatInt(int64(r.Seq), 10))
	f.add("kind", r.Kind.String())
	f.add("actor", string(r.By))
	f.add("recorded_at", r.At.UTC().Format("2006-01-02T15:04:05.000000Z"))
	f.add("key_space", r.Key.Space)
	f.add("key", r.Key.Value)
	f.add("programme", string(r.Programme))
	if r.Entry != nil {
		entryFields(f, r.Programme, r.Entry)
	}
	if r.Change != nil {
		changeFields(f, r.Change)
	}
	return f.list
}

func entryFields(f *fields, programme Code, e *Entry) {
	f.add("unit", string(e.Unit))
	f.add("posting_date", e.Date.String())
	documentFields(f, e.Document)
	f.add("number", strconv.Itoa(e.Number.Number))
	if e.Reverses != 0 {
		f.add("reverses", strconv.FormatInt(int64(e.Reverses), 10))
	}
	for i := range e.Events {
		f.prefix = "event." + strconv.Itoa(i+1) + "."
		ev := &e.Events[i]
		eventFields(f, &ev.Event)
		f.salted("payee", ev.Payee, ev.PayeeSalt)
		f.salted("text", ev.Text, ev.TextSalt)
	}
	for i, l := range e.Legs {
		f.prefix = "leg." + strconv.Itoa(i+1) + "."
		f.add("account", l.Account.Path(programme))
		f.add("obligation", string(l.Obligation))
		f.add("side", side(l))
		f.add("amount", l.Amount.String())
	}
	f.prefix = ""
}

// side is "D" or "C", followed by "R" for a red leg.
func side(l Leg) string {
	s := "C"
	if l.Debit {
		s = "D"
	}
	if l.Red {
		s += "R"
	}
	return s
}

func documentFields(f *fields, d Document) {
	f.add("document.type", string(d.Type))
	f.add("document.number", d.Number)
	f.add("document.date", d.Date.String())
}

// eventFields are all of an event but its personal texts.
func eventFields(f *fields, e *Event) {
	f.add("kind", e.Kind.String())
	f.add("line", e.Line.String())
	f.add("to", e.To.String())
	f.add("treasury", string(e.Treasury))
	f.add("from", e.From.String())
	f.add("obligation", string(e.Obligation))
	f.add("opens", string(e.Opens))
	f.add("due", e.Due.String())
	f.add("of", e.Of.String())
	if e.Amount.Valid() {
		f.add("amount", e.Amount.String())
		f.add("currency", string(e.Amount.currency.code))
	}
	f.add("item", string(e.Item))
}

func changeFields(f *fields, a Action) {
	switch a := a.(type) {
	case DefineProgramme:
		f.add("code", string(a.Programme.Code))
		f.add("name", a.Programme.Name)
		f.add("currency", string(a.Programme.Currency.code))
		f.add("scale", itoa(a.Programme.Currency.Scale()))
		f.add("adjustment_days", itoa(a.Programme.AdjustmentDays))
		f.add("sample", flag(a.Programme.Sample))
	case DefineUnit:
		f.add("code", string(a.Unit.Code))
		f.add("name", a.Unit.Name)
		f.add("parent", string(a.Unit.Parent))
		f.add("chapter", string(a.Unit.Chapter))
		f.add("valid_from", a.Unit.From.String())
		f.add("valid_to", a.Unit.To.String())
	case DefineProject:
		f.add("code", string(a.Project.Code))
		f.add("name", a.Project.Name)
		f.add("owner", string(a.Project.Owner))
	case DefineSource:
		f.add("code", string(a.Source.Code))
		f.add("name", a.Source.Name)
		f.add("source_kind", a.Source.Kind.String())
		f.add("backing", a.Source.Backing.String())
		f.add("treasury", string(a.Source.Treasury))
	case SetPeriod:
		f.add("year", itoa(a.Period.Year))
		f.add("month", itoa(a.Period.Month))
		f.add("closed", flag(a.Period.Closed))
	case SetGrant:
		f.add("user", string(a.User))
		f.add("role", string(a.Role))
		f.add("revoked", flag(a.Revoked))
	case SetUser:
		f.add("user", string(a.User))
		f.add("name", a.Name)
		f.add("disabled", flag(a.Disabled))
	}
}

func flag(b bool) string {
	if b {
		return "true"
	}
	return ""
}

// RequestDigest returns the digest of a decoded action: two requests that ask
// for the same thing have the same digest, however they were written.
func RequestDigest(a Action) Digest {
	f := &fields{}
	f.add("action", a.Kind().String())
	switch a := a.(type) {
	case Posting:
		f.add("date", a.Date.String())
		documentFields(f, a.Document)
		for i := range a.Events {
			f.prefix = "event." + strconv.Itoa(i+1) + "."
			eventFields(f, &a.Events[i])
			f.add("payee", a.Events[i].Payee)
			f.add("text", a.Events[i].Text)
		}
	case Reversal:
		f.add("of", strconv.FormatInt(int64(a.Of), 10))
		f.add("date", a.Date.String())
		documentFields(f, a.Document)
		f.add("reason", a.Reason)
	default:
		changeFields(f, a)
	}
	return digest(f.list)
}

func digest(list []Field) (d Digest) {
	h := sha256.New()
	for _, f := range list {
		frame(h, f.Name)
		frame(h, f.Value)
	}
	h.Sum(d[:0])
	return d
}

func frame(h hash.Hash, s string) {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(s)))
	h.Write(n[:])
	h.Write([]byte(s))
}

// Instant cuts t to what is recorded: microseconds UTC.
func Instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
