package postgres

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
	"github.com/sokinhphi/kinhphi/ledger/seal"
)

// writeBatch is the one statement by which a book changes.
const writeBatch = `SELECT write_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`

// A batch is the parameters of write_batch: all rows of all tables, encoded.
type batch struct {
	book    int
	changes *ledger.Changes
	state   *ledger.State

	records, lines, rings, accounts, turnovers, obligations, entries, events, texts, legs, months rows
	structure                                                                                     map[string][]map[string]any
}

// newBatch returns a batch of what the State is going to decide: its records are
// added one by one, what follows from them at the end.
func newBatch(book int, types rowTypes, s *ledger.State) *batch {
	b := &batch{book: book, changes: s.Changes(), state: s, structure: map[string][]map[string]any{}}
	for table, r := range map[string]*rows{"record": &b.records, "line": &b.lines, "ring": &b.rings, "account": &b.accounts,
		"turnover": &b.turnovers, "obligation": &b.obligations, "entry": &b.entries, "event": &b.events,
		"event_text": &b.texts, "leg": &b.legs, "month_total": &b.months} {
		r.of = types[table]
	}
	return b
}

// args are the parameters of write_batch.
func (b *batch) args(root tlog.Hash) ([]any, error) {
	last := b.changes.Records[len(b.changes.Records)-1]
	args := []any{b.book, int64(b.changes.Before), `\x` + hex.EncodeToString(root[:]), last.At, b.records.param(), nil}
	if len(b.structure) > 0 {
		text, err := json.Marshal(b.structure)
		if err != nil {
			return nil, fmt.Errorf("encode structure: %w", err)
		}
		args[5] = string(text)
	}
	for _, r := range []*rows{&b.lines, &b.rings, &b.accounts, &b.turnovers, &b.obligations,
		&b.entries, &b.events, &b.texts, &b.legs, &b.months} {
		args = append(args, r.param())
	}
	return args, nil
}

// sealFields are a record's canonical fields as the seal takes them.
func sealFields(r *ledger.Record) []seal.Field {
	fields := r.Fields()
	sealed := make([]seal.Field, len(fields))
	for i, f := range fields {
		sealed[i] = seal.Field{Name: f.Name, Value: f.Value, Salt: f.Salt}
	}
	return sealed
}

// record seals a record, appends it to the tree and encodes its rows.
func (b *batch) record(r *ledger.Record, tree *seal.Tree) error {
	canon, err := seal.Canon(r.Salt, sealFields(r))
	if err != nil {
		return fmt.Errorf("seal record %d: %w", r.Seq, err)
	}
	w := &b.records
	w.int(int64(b.book))
	w.int(int64(r.Seq))
	w.int(int64(r.Kind))
	w.int(int64(b.state.PersonID(r.By)))
	w.text(r.Key.Space)
	w.text(r.Key.Value)
	w.bytes(r.Request[:])
	w.time(r.At)
	w.bytes(r.Salt[:])
	w.bytes(canon)
	w.bytes(seal.PackHashes(tree.Append(canon)))
	w.end()
	if r.Entry != nil {
		b.entry(r.Seq, r.Entry)
		return nil
	}
	return b.change(r)
}

func (b *batch) entry(seq ledger.Seq, e *ledger.Entry) {
	w := &b.entries
	w.int(int64(b.book))
	w.int(int64(seq))
	w.int(int64(b.state.UnitID(e.Unit)))
	w.date(e.Date)
	w.date(e.Document.Date)
	w.code(e.Document.Type)
	w.int(int64(e.Number.Year))
	w.int(int64(e.Number.Number))
	w.text(e.Document.Number)
	w.id(int(e.Reverses))
	w.int(int64(len(e.Legs)))
	w.end()
	for i := range e.Events {
		b.event(seq, i+1, &e.Events[i])
	}
	for i := range e.Legs {
		b.leg(seq, i+1, e, &e.Legs[i])
	}
}

func (b *batch) event(seq ledger.Seq, n int, e *ledger.EntryEvent) {
	w, s := &b.events, b.state
	w.int(int64(b.book))
	w.int(int64(seq))
	w.int(int64(n))
	w.int(int64(e.Kind))
	w.int(int64(s.UnitID(e.Unit)))
	w.id(e.Line.Year)
	w.id(s.LineID(e.Line))
	w.id(s.LineID(e.To))
	w.int(int64(s.SourceID(e.Line.Source)))
	w.id(s.ProjectID(e.Line.Project))
	w.code(e.Treasury)
	w.id(int(e.From))
	w.id(s.ObligationID(e.Obligation))
	w.id(s.ObligationID(e.Opens))
	w.date(e.Due)
	w.id(int(e.Of.Seq))
	w.id(e.Of.N)
	w.money(e.Amount)
	w.code(e.Item)
	w.end()
	b.text(seq, n, "payee", e.Payee, e.PayeeSalt)
	b.text(seq, n, "text", e.Text, e.TextSalt)
}

func (b *batch) text(seq ledger.Seq, n int, field, value string, salt *[16]byte) {
	if value == "" {
		return
	}
	w := &b.texts
	w.int(int64(b.book))
	w.int(int64(seq))
	w.int(int64(n))
	w.text(field)
	w.text(value)
	w.text(lang.Fold(value))
	w.bytes(salt[:])
	w.end()
}

func (b *batch) leg(seq ledger.Seq, n int, e *ledger.Entry, l *ledger.Leg) {
	w := &b.legs
	w.int(int64(b.book))
	w.int(int64(seq))
	w.int(int64(n))
	w.int(int64(l.Event))
	w.int(int64(b.state.AccountID(l.Account)))
	w.id(b.state.ObligationID(l.Obligation))
	w.date(e.Date)
	side := ledger.Code("C")
	if l.Debit {
		side = "D"
	}
	w.code(side)
	w.bool(l.Red)
	w.money(l.Amount)
	w.end()
}

// derived encodes what follows from the entries: balances, months, and the
// accounts, rings, lines and obligations that came into being.
func (b *batch) derived() {
	for _, l := range b.changes.Lines {
		b.line(l)
	}
	for _, r := range b.changes.Rings {
		b.ring(r)
	}
	for _, a := range b.changes.Accounts {
		b.account(a)
	}
	for _, m := range b.changes.Months {
		w := &b.months
		w.int(int64(b.book))
		w.int(int64(m.Account))
		w.date(m.Month)
		w.money(m.Debit)
		w.money(m.Credit)
		w.end()
	}
	for _, o := range b.changes.Obligations {
		b.obligation(o)
	}
}

func (b *batch) line(l ledger.NewLine) {
	w := &b.lines
	w.int(int64(b.book))
	w.int(int64(l.ID))
	w.int(int64(l.Since))
	w.int(int64(l.Line.Year))
	w.int(int64(b.state.SourceID(l.Line.Source)))
	w.int(int64(b.state.ProjectID(l.Line.Project)))
	w.int(int64(b.state.UnitID(l.Line.Unit)))
	w.code(l.Line.Khoan)
	w.code(l.Line.Nature)
	w.end()
}

func (b *batch) ring(r ledger.NewRing) {
	w := &b.rings
	w.int(int64(b.book))
	w.int(int64(r.ID))
	w.text(r.Path)
	w.int(int64(r.Book))
	w.id(r.Year)
	w.text(r.Commodity)
	w.end()
}

// account encodes an account that came into being whole, any other by its
// turnover alone.
func (b *batch) account(a ledger.AccountChange) {
	if !a.New {
		w := &b.turnovers
		w.int(int64(a.ID))
		w.money(a.Debit)
		w.money(a.Credit)
		w.int(int64(a.Seq))
		w.end()
		return
	}
	w, l := &b.accounts, a.Account.Line
	w.int(int64(b.book))
	w.int(int64(a.ID))
	w.int(int64(a.Ring))
	w.int(int64(a.Account.State))
	w.code(a.Account.Sub)
	w.id(l.Year)
	w.id(b.state.LineID(l))
	w.int(int64(b.state.SourceID(l.Source)))
	w.id(b.state.ProjectID(l.Project))
	w.int(int64(b.state.UnitID(l.Unit)))
	w.bool(a.Account.State.Guarded())
	w.money(a.Debit)
	w.money(a.Credit)
	w.int(int64(a.Seq))
	w.end()
}

func (b *batch) obligation(o ledger.ObligationChange) {
	w, v := &b.obligations, &o.Obligation
	w.int(int64(b.book))
	w.int(int64(o.ID))
	w.code(v.Code)
	w.int(int64(v.Kind))
	w.id(b.state.LineID(v.Line))
	w.int(int64(b.state.SourceID(v.Line.Source)))
	w.int(int64(o.Account))
	w.money(v.Opened)
	w.money(v.Used)
	w.date(v.Due)
	w.int(int64(v.By.Seq))
	w.int(int64(v.By.N))
	w.int(int64(o.Seq))
	w.end()
}

// change encodes a record of structure, periods or rights.
func (b *batch) change(r *ledger.Record) error {
	at := func(row map[string]any) map[string]any {
		row["programme"], row["since"] = b.book, r.Seq
		return row
	}
	switch a := r.Change.(type) {
	case ledger.DefineProgramme:
		b.programme(a.Programme, r, at)
	case ledger.SetUser:
		id := b.state.PersonID(a.User)
		b.add("person", map[string]any{"id": id, "login": a.User})
		b.add("person_version", at(map[string]any{"id": id, "name": a.Name, "disabled": a.Disabled}))
	case ledger.SetGrant:
		b.add("access_grant", at(map[string]any{"person": b.state.PersonID(a.User), "role": a.Role, "revoked": a.Revoked}))
	case ledger.DefineUnit:
		u := a.Unit
		parent := 0
		if u.Parent != "" {
			parent = b.state.UnitID(u.Parent)
		}
		b.add("unit", at(map[string]any{"id": b.state.UnitID(u.Code), "code": u.Code, "name": u.Name, "parent": orNull(parent),
			"chapter": codeOrNull(u.Chapter), "valid_from": u.From.String(), "valid_to": dateOrNull(u.To)}))
	case ledger.DefineProject:
		owner := 0
		if a.Project.Owner != "" {
			owner = b.state.UnitID(a.Project.Owner)
		}
		b.add("project", at(map[string]any{"id": b.state.ProjectID(a.Project.Code), "code": a.Project.Code,
			"name": a.Project.Name, "owner": orNull(owner)}))
	case ledger.DefineSource:
		src := a.Source
		b.add("source", at(map[string]any{"id": b.state.SourceID(src.Code), "code": src.Code, "name": src.Name,
			"kind": src.Kind, "backing": src.Backing, "treasury": src.Treasury}))
	case ledger.SetPeriod:
		b.add("period", at(map[string]any{"year": a.Period.Year, "month": a.Period.Month, "closed": a.Period.Closed}))
	default:
		return fmt.Errorf("record %d: no rows for %T", r.Seq, r.Change)
	}
	return nil
}

// programme opens a new book: its id is the sequence of the record in SYSTEM.
func (b *batch) programme(p ledger.Programme, r *ledger.Record, at func(map[string]any) map[string]any) {
	empty := sha256.Sum256(nil) // RFC 6962: the root of no leaves
	b.add("programme", map[string]any{"id": r.Seq, "code": p.Code})
	b.add("head", map[string]any{"programme": r.Seq, "seq": 0, "root": `\x` + hex.EncodeToString(empty[:]), "recorded_at": r.At})
	b.add("programme_version", at(map[string]any{"id": r.Seq, "name": p.Name, "currency": p.Currency.Code(),
		"scale": p.Currency.Scale(), "adjustment_days": p.AdjustmentDays, "sample": p.Sample}))
}

func (b *batch) add(table string, row map[string]any) {
	b.structure[table] = append(b.structure[table], row)
}

func orNull(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

func codeOrNull(c ledger.Code) any {
	if c == "" {
		return nil
	}
	return c
}

func dateOrNull(d ledger.Date) any {
	if d.IsZero() {
		return nil
	}
	return d.String()
}
