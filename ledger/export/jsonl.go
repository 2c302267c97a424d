package export

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

// The shape of so.jsonl. Fields stand in this order; those that are empty are
// left out. Amounts are strings of digits: a number in JSON would be rounded by
// most readers.
type (
	jsonRecord struct {
		Programme ledger.Code `json:"programme"`
		Seq       ledger.Seq  `json:"seq"`
		Kind      string      `json:"kind"`
		At        string      `json:"at"`
		By        string      `json:"by"`
		Key       jsonKey     `json:"key"`
		Request   string      `json:"request"`
		Salt      string      `json:"salt"`
		Entry     *jsonEntry  `json:"entry,omitempty"`
		Change    any         `json:"change,omitempty"`
	}
	jsonKey struct {
		Space string `json:"space"`
		Value string `json:"value"`
	}
	jsonEntry struct {
		Unit     ledger.Code  `json:"unit"`
		Date     string       `json:"date"`
		Document jsonDocument `json:"document"`
		Number   jsonNumber   `json:"number"`
		Reverses ledger.Seq   `json:"reverses,omitempty"`
		Events   []jsonEvent  `json:"events"`
		Legs     []jsonLeg    `json:"legs"`
	}
	jsonDocument struct {
		Type   ledger.Code `json:"type,omitempty"`
		Number string      `json:"number,omitempty"`
		Date   string      `json:"date,omitempty"`
	}
	jsonNumber struct {
		Unit   ledger.Code `json:"unit"`
		Type   ledger.Code `json:"type"`
		Year   int         `json:"year"`
		Number int         `json:"number"`
	}
	jsonEvent struct {
		Kind       string      `json:"kind"`
		Unit       ledger.Code `json:"unit,omitempty"`
		Line       string      `json:"line,omitempty"`
		To         string      `json:"to,omitempty"`
		Treasury   ledger.Code `json:"treasury,omitempty"`
		From       string      `json:"from,omitempty"`
		Obligation ledger.Code `json:"obligation,omitempty"`
		Opens      ledger.Code `json:"opens,omitempty"`
		Due        string      `json:"due,omitempty"`
		Of         string      `json:"of,omitempty"`
		Amount     string      `json:"amount"`
		Item       ledger.Code `json:"item,omitempty"`
		Payee      string      `json:"payee,omitempty"`
		PayeeSalt  string      `json:"payee_salt,omitempty"`
		Text       string      `json:"text,omitempty"`
		TextSalt   string      `json:"text_salt,omitempty"`
	}
	jsonLeg struct {
		Event      int         `json:"event"`
		Account    string      `json:"account"`
		Commodity  string      `json:"commodity"`
		Obligation ledger.Code `json:"obligation,omitempty"`
		Side       string      `json:"side"`
		Red        bool        `json:"red"`
		Amount     string      `json:"amount"`
	}
)

// jsonWriter writes so.jsonl: one record per line.
type jsonWriter struct {
	f         *file
	encoder   *json.Encoder
	programme ledger.Programme
}

func newJSONL(out *staging, p ledger.Programme) (*jsonWriter, error) {
	f, err := out.create("so.jsonl")
	if err != nil {
		return nil, err
	}
	w := &jsonWriter{f: f, encoder: json.NewEncoder(f), programme: p}
	w.encoder.SetEscapeHTML(false)
	return w, nil
}

func (w *jsonWriter) close() error { return w.f.close() }

func (w *jsonWriter) write(r ledger.Record) error {
	j := jsonRecord{
		Programme: r.Programme, Seq: r.Seq, Kind: r.Kind.String(), At: instant(r.At), By: string(r.By),
		Key: jsonKey(r.Key), Request: hex.EncodeToString(r.Request[:]), Salt: hex.EncodeToString(r.Salt[:]),
	}
	if r.Entry != nil {
		j.Entry = w.entry(r.Entry)
	} else {
		change, err := jsonChange(r.Change)
		if err != nil {
			return err
		}
		j.Change = change
	}
	w.f.entry.Rows++
	return w.encoder.Encode(j)
}

func (w *jsonWriter) entry(e *ledger.Entry) *jsonEntry {
	j := &jsonEntry{
		Unit: e.Unit, Date: e.Date.String(), Reverses: e.Reverses, Number: jsonNumber(e.Number),
		Document: jsonDocument{e.Document.Type, e.Document.Number, e.Document.Date.String()},
	}
	for _, event := range e.Events {
		j.Events = append(j.Events, newJSONEvent(event))
	}
	for _, l := range e.Legs {
		j.Legs = append(j.Legs, jsonLeg{
			Event: l.Event, Account: l.Account.Path(w.programme.Code), Commodity: l.Account.Commodity(w.programme.Currency),
			Obligation: l.Obligation, Side: side(l), Red: l.Red, Amount: l.Amount.String(),
		})
	}
	return j
}

func newJSONEvent(e ledger.EntryEvent) jsonEvent {
	return jsonEvent{
		Kind: e.Kind.String(), Unit: e.Unit, Line: e.Line.String(), To: e.To.String(), Treasury: e.Treasury,
		From: e.From.String(), Obligation: e.Obligation, Opens: e.Opens, Due: e.Due.String(), Of: e.Of.String(),
		Amount: e.Amount.String(), Item: e.Item,
		Payee: e.Payee, PayeeSalt: saltText(e.PayeeSalt), Text: e.Text, TextSalt: saltText(e.TextSalt),
	}
}

func saltText(salt *[16]byte) string {
	if salt == nil {
		return ""
	}
	return hex.EncodeToString(salt[:])
}

// The shape of records that are not entries.
type (
	jsonProgramme struct {
		Code           ledger.Code `json:"code"`
		Name           string      `json:"name"`
		Currency       ledger.Code `json:"currency"`
		Scale          int         `json:"scale"`
		AdjustmentDays int         `json:"adjustment_days"`
		Sample         bool        `json:"sample"`
	}
	jsonUnit struct {
		Code    ledger.Code `json:"code"`
		Name    string      `json:"name"`
		Parent  ledger.Code `json:"parent,omitempty"`
		Chapter ledger.Code `json:"chapter,omitempty"`
		From    string      `json:"from,omitempty"`
		To      string      `json:"to,omitempty"`
	}
	jsonProject struct {
		Code  ledger.Code `json:"code"`
		Name  string      `json:"name"`
		Owner ledger.Code `json:"owner,omitempty"`
	}
	jsonSource struct {
		Code     ledger.Code `json:"code"`
		Name     string      `json:"name"`
		Kind     string      `json:"kind"`
		Backing  string      `json:"backing"`
		Treasury ledger.Code `json:"treasury,omitempty"`
	}
	jsonPeriod struct {
		Year   int  `json:"year"`
		Month  int  `json:"month"`
		Closed bool `json:"closed"`
	}
	jsonGrant struct {
		User    ledger.Login `json:"user"`
		Role    ledger.Role  `json:"role"`
		Revoked bool         `json:"revoked"`
	}
	jsonUser struct {
		User     ledger.Login `json:"user"`
		Name     string       `json:"name"`
		Disabled bool         `json:"disabled"`
	}
)

// jsonChange returns what a record that is not an entry has to say.
func jsonChange(change ledger.Action) (any, error) {
	switch c := change.(type) {
	case ledger.DefineProgramme:
		p := c.Programme
		return jsonProgramme{p.Code, p.Name, p.Currency.Code(), p.Currency.Scale(), p.AdjustmentDays, p.Sample}, nil
	case ledger.DefineUnit:
		u := c.Unit
		return jsonUnit{u.Code, u.Name, u.Parent, u.Chapter, u.From.String(), u.To.String()}, nil
	case ledger.DefineProject:
		return jsonProject(c.Project), nil
	case ledger.DefineSource:
		s := c.Source
		return jsonSource{s.Code, s.Name, s.Kind.String(), s.Backing.String(), s.Treasury}, nil
	case ledger.SetPeriod:
		return jsonPeriod(c.Period), nil
	case ledger.SetGrant:
		return jsonGrant(c), nil
	case ledger.SetUser:
		return jsonUser(c), nil
	}
	return nil, fmt.Errorf("%w: no form for %s", ErrRecord, strings.TrimPrefix(fmt.Sprintf("%T", change), "ledger."))
}
