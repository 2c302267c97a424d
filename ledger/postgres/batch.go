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
const writeBatch = `SELECT write_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`

// A batch is the parameters of write_batch: all rows of all tables, encoded.
type batch struct {
	book    int
	changes *ledger.Changes
	state   *ledger.State

	records, entries, events, texts, legs, turnovers, months rows
	structure                                                map[string][]map[string]any
}

// encode seals the changes' records, appending them to the tree, and encodes
// all rows.
func encode(book int, s *ledger.State, tree *seal.Tree) (*batch, error) {
	b := &batch{book: book, changes: s.Changes(), state: s, structure: map[string][]map[string]any{}}
	for i := range b.changes.Records {
		if err := b.record(&b.changes.Records[i], tree); err != nil {
			return nil, err
		}
	}
	b.derived()
	return b, nil
}

// args are the parameters of write_batch.
func (b *batch) args(root tlog.Hash) ([]any, error) {
	last := b.changes.Records[len(b.changes.Records)-1]
	args := []any{b.book, int64(b.changes.Before), `\x` + hex.EncodeToString(root[:]), last.At,
		b.records.String(), nil, nil, nil, nil, nil, nil, nil}
	if b.entries.n > 0 {
		for i, r := range []*rows{&b.entries, &b.events, &b.texts, &b.legs, &b.turnovers, &b.months} {
			args[5+i] = r.String()
		}
	}
	if len(b.structure) > 0 {
		text, err := json.Marshal(b.structure)
		if err != nil {
			return nil, fmt.Errorf("encode structure: %w", err)
		}
		args[11] = string(text)
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
		b.add("line", map[string]any{"programme": b.book, "id": l.ID, "since": l.Since, "budget_year": l.Line.Year,
			"source": b.state.SourceID(l.Line.Source), "project": b.state.ProjectID(l.Line.Project),
			"unit": b.state.UnitID(l.Line.Unit), "khoan": l.Line.Khoan, "nature": l.Line.Nature})
	}
	for _, r := range b.changes.Rings {
		b.add("ring", map[string]any{"programme": b.book, "id": r.ID, "path": r.Path, "book": r.Book,
			"budget_year": orNull(r.Year), "commodity": r.Commodity})
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
	l := a.Account.Line
	b.add("account", map[string]any{"programme": b.book, "id": a.ID, "ring": a.Ring, "state": a.Account.State,
		"sub": codeOrNull(a.Account.Sub), "budget_year": orNull(l.Year), "line": orNull(b.state.LineID(l)),
		"source": b.state.SourceID(l.Source), "project": orNull(b.state.ProjectID(l.Project)),
		"unit": b.state.UnitID(l.Unit), "guarded": a.Account.State.Guarded(),
		"debit": a.Debit.String(), "credit": a.Credit.String(), "seq": a.Seq})
}

func (b *batch) obligation(o ledger.ObligationChange) {
	v := o.Obligation
	b.add("obligation", map[string]any{"programme": b.book, "id": o.ID, "code": v.Code, "kind": v.Kind,
		"line": orNull(b.state.LineID(v.Line)), "source": b.state.SourceID(v.Line.Source), "account": o.Account,
		"opened": v.Opened.String(), "used": v.Used.String(), "due": dateOrNull(v.Due),
		"by_seq": v.By.Seq, "by_n": v.By.N, "seq": o.Seq})
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
