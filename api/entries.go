package api

import (
	"context"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sokinhphi/kinhphi/ledger"
)

func (s *server) entryRoutes() {
	op := post("post-entries", "/programmes/{programme}/entries", "Post entries",
		"One event, an entry of several events, or up to 1,000 entries. An entry is posted whole or not at all; of several, each stands alone and the answer has a result for each, "+
			"in order. A body that is wrong in itself is refused whole. The key of entry i of several is Idempotency-Key followed by /i, counted from 0, unless the entry has its own key. "+
			"One entry may have 256 KiB, several 4 MiB.")
	op.MaxBodyBytes = MaxBulkBody
	write(s, op, s.postEntries)
	s.describePosted()
	write(s, post("reverse-entry", "/programmes/{programme}/entries/{seq}/reverse", "Take an entry back in red", "The same accounts and sides, negative amounts."), s.reverse)
	s.journalRoutes()
}

// document is the paper behind an entry.
type document struct {
	Type   string `json:"type" maxLength:"40" example:"GRDT" doc:"Voucher type."`
	Number string `json:"number,omitempty" maxLength:"1000" example:"PC-0147" doc:"The paper's own number."`
	Date   string `json:"date,omitempty" format:"date" example:"2019-03-15" doc:"The paper's own date; the posting date unless given."`
}

// VoucherHead is what an entry has beside its events.
type VoucherHead struct {
	Key      string   `json:"key,omitempty" maxLength:"128" doc:"The entry's own key, instead of Idempotency-Key."`
	Date     string   `json:"date" format:"date" example:"2019-03-17" doc:"Posting date."`
	Document document `json:"document"`
}

// Event is one line of a voucher.
type Event struct {
	Kind        string `json:"kind" example:"pay"`
	Line        string `json:"line,omitempty" example:"2019/NSTW/DA1/CAT" doc:"Reference of the line: year/source/project/unit[/khoản/nature], short while it is unambiguous; year/source or year/source/project for kinds that need no more."`
	Source      string `json:"source,omitempty" example:"NSTW" doc:"Instead of line, for kinds that need only a source, with year and project as they need them."`
	Year        int    `json:"year,omitempty" example:"2019" doc:"Budget year, with source."`
	Project     string `json:"project,omitempty" example:"DA1" doc:"With source."`
	To          string `json:"to,omitempty" doc:"transfer: the line that receives."`
	Amount      string `json:"amount" pattern:"^-?[0-9]{1,18}(\\.[0-9]{1,4})?$" example:"86400000" doc:"A decimal string, never a number. Positive, unless the kind takes changes downwards."`
	Treasury    string `json:"treasury,omitempty" doc:"The account that pays or receives; the source's own unless given."`
	From        string `json:"from,omitempty" enum:"available,committed,accrued" doc:"pay, advance, accrue: where the authority is taken from; by the obligation unless given."`
	Obligation  string `json:"obligation,omitempty" example:"HD-12" doc:"The commitment, acceptance, advance or pledge drawn upon."`
	Opens       string `json:"opens,omitempty" doc:"Code of the obligation that is created; one is given unless you do."`
	Due         string `json:"due,omitempty" format:"date" doc:"Of what it opens."`
	Of          string `json:"of,omitempty" example:"12.1" doc:"refund: the event that it reduces, entry.number."`
	Item        string `json:"item,omitempty" example:"6503" doc:"Tiểu mục."`
	Payee       string `json:"payee,omitempty"`
	Description string `json:"description,omitempty"`
}

// TransformSchema adds the kinds, which have their table in package ledger.
func (Event) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	if kind := s.Properties["kind"]; kind != nil {
		for _, k := range ledger.Kinds {
			kind.Enum = append(kind.Enum, k.Name)
		}
	}
	return s
}

// singleEntry is an entry of one event, flat.
type singleEntry struct {
	VoucherHead
	Event
}

// TransformSchema does what that of event does.
func (singleEntry) TransformSchema(r huma.Registry, s *huma.Schema) *huma.Schema {
	return Event{}.TransformSchema(r, s)
}

// entryOfEvents is an entry of several events.
type entryOfEvents struct {
	VoucherHead
	Events []Event `json:"events" minItems:"1" maxItems:"500" nullable:"false"`
}

// bulkEntries are several entries.
type bulkEntries struct {
	Entries []anyEntry `json:"entries" minItems:"1" maxItems:"1000" nullable:"false"`
}

var (
	singleShape = shapeOf(reflect.TypeFor[singleEntry]())
	eventsShape = shapeOf(reflect.TypeFor[entryOfEvents]())
	bulkShape   = shapeOf(reflect.TypeFor[bulkEntries]())
)

// anyEntry is an entry in either form.
type anyEntry struct {
	entryOfEvents
	flat bool
}

func (e *anyEntry) fill(r *reader, path string) {
	if r.has("events") {
		r.value(path, eventsShape, reflect.ValueOf(&e.entryOfEvents).Elem())
		return
	}
	var one singleEntry
	r.value(path, singleShape, reflect.ValueOf(&one).Elem())
	e.VoucherHead, e.Events, e.flat = one.VoucherHead, []Event{one.Event}, true
}

// Schema describes both forms.
func (anyEntry) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{
		r.Schema(reflect.TypeFor[singleEntry](), true, ""), r.Schema(reflect.TypeFor[entryOfEvents](), true, "")}}
}

// postBody is one entry or several.
type postBody struct {
	entries []anyEntry
	bulk    bool
}

func (b *postBody) fill(r *reader, path string) {
	if b.bulk = r.has("entries"); b.bulk {
		var all bulkEntries
		r.value(path, bulkShape, reflect.ValueOf(&all).Elem())
		b.entries = all.Entries
		return
	}
	b.entries = make([]anyEntry, 1)
	b.entries[0].fill(r, path)
}

// Schema describes the three forms.
func (postBody) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: append(anyEntry{}.Schema(r).OneOf, r.Schema(reflect.TypeFor[bulkEntries](), true, ""))}
}

// path is where entry i stands in the body.
func (b *postBody) path(i int) string {
	if b.bulk {
		return "entries[" + itoa(i) + "]"
	}
	return ""
}

// place is where event i of e, which stands at path, stands in the body.
func (e *anyEntry) place(path string, i int) string {
	if e.flat {
		return path
	}
	return below(path, "events["+itoa(i)+"]")
}

// name turns the ledger's name of a field of e into the body's.
func (e *anyEntry) name(path, field string) string {
	rest, ok := strings.CutPrefix(field, "events[")
	number, rest, _ := strings.Cut(rest, "]")
	i, err := strconv.Atoi(number)
	if !ok || err != nil || i >= len(e.Events) {
		return join(path, field)
	}
	rest = strings.TrimPrefix(rest, ".")
	switch part, inLine := strings.CutPrefix(rest, "line."); {
	case rest == "date": // of the voucher, which the event's budget year does not take
		return join(path, rest)
	case rest == "text":
		rest = "description"
	case inLine && e.Events[i].Source != "" && (part == "source" || part == "project"):
		rest = part
	case inLine || rest == "line" && e.Events[i].Source == "":
		rest = "line"
	case rest == "line":
		rest = "source"
	case strings.HasPrefix(rest, "to."):
		rest = "to"
	}
	return join(e.place(path, i), rest)
}

func join(path, name string) string {
	if name == "" {
		return path
	}
	return below(path, name)
}

type postInput struct {
	BookPath
	KeyHeader
}

type postOutput struct {
	Status int
	Body   any
}

// bulkResult answers one entry of several.
type bulkResult struct {
	Index   int      `json:"index" doc:"Place in entries, from 0."`
	Outcome string   `json:"outcome" enum:"accepted,replayed,refused"`
	Seq     int64    `json:"seq,omitempty"`
	Number  *number  `json:"number,omitempty"`
	Problem *Problem `json:"problem,omitempty" doc:"Why it was refused."`
}

type bulkAnswer struct {
	Results []bulkResult `json:"results" nullable:"false"`
}

// describePosted puts the two forms of the answer into the description.
func (s *server) describePosted() {
	spec := s.huma.OpenAPI()
	one := spec.Components.Schemas.Schema(reflect.TypeFor[recorded](), true, "")
	all := spec.Components.Schemas.Schema(reflect.TypeFor[bulkAnswer](), true, "")
	answers := spec.Paths["/v1/programmes/{programme}/entries"].Post.Responses
	answers["200"] = &huma.Response{Description: "One entry, recorded before; or the results of several.",
		Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{OneOf: []*huma.Schema{one, all}}}}}
	answers["201"] = &huma.Response{Description: "One entry, recorded now.",
		Content: map[string]*huma.MediaType{"application/json": {Schema: one}}}
}

func (s *server) postEntries(ctx context.Context, k *call, in *postInput, b *postBody, f *faults) (*postOutput, error) {
	if !b.bulk && len(k.body) > MaxBody {
		return nil, tooLarge(MaxBody)
	}
	currency, err := s.currency(ctx, k.by, in.book())
	if err != nil {
		return nil, err
	}
	requests := make([]ledger.Request, len(b.entries))
	for i := range b.entries {
		requests[i] = f.entry(k, in.Key, b, i, currency)
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	results, err := s.books.Post(ctx, k.by, in.book(), ledger.Each, requests)
	if err != nil {
		return nil, err
	}
	if b.bulk {
		return &postOutput{200, s.bulkAnswer(k, b, results)}, nil
	}
	if results[0].Outcome == ledger.Refused {
		return nil, s.refused(b, 0, results[0].Err)
	}
	one := recordedOf(results[0])
	return &postOutput{one.status(), one}, nil
}

func (s *server) bulkAnswer(k *call, b *postBody, results []ledger.Result) bulkAnswer {
	out := bulkAnswer{make([]bulkResult, len(results))}
	for i, r := range results {
		one := bulkResult{Index: i, Outcome: "refused"}
		if r.Outcome == ledger.Refused {
			one.Problem = s.problem(k, s.refused(b, i, r.Err))
			one.Problem.RequestID = ""
		} else {
			done := recordedOf(r)
			one.Outcome, one.Seq, one.Number = done.Outcome, done.Seq, done.Number
		}
		out.Results[i] = one
	}
	return out
}

// refused names the fields of a refusal of entry i as the body has them.
func (s *server) refused(b *postBody, i int, err error) error {
	e := &b.entries[i]
	return named(err, func(field string) string {
		if field == "key" && e.Key == "" {
			return keyField
		}
		return e.name(b.path(i), field)
	})
}

// entry makes the request for entry i of b.
func (f *faults) entry(k *call, header string, b *postBody, i int, c ledger.Currency) ledger.Request {
	e, path := &b.entries[i], b.path(i)
	var key ledger.Key
	switch {
	case e.Key != "":
		key = f.userKey(k, below(path, "key"), e.Key)
	case b.bulk && header != "":
		key = f.userKey(k, keyField, header+"/"+itoa(i))
	default:
		key = f.userKey(k, keyField, header)
	}
	p := ledger.Posting{Date: f.date(below(path, "date"), e.Date),
		Document: f.document(below(path, "document"), e.Document), Events: make([]ledger.Event, len(e.Events))}
	for n := range e.Events {
		p.Events[n] = f.event(e.place(path, n), &e.Events[n], c)
	}
	return ledger.Request{Key: key, Action: p}
}

func (f *faults) document(path string, d document) ledger.Document {
	return ledger.Document{Type: f.code(path+".type", d.Type), Number: d.Number, Date: f.date(path+".date", d.Date)}
}

func (f *faults) event(path string, e *Event, c ledger.Currency) ledger.Event {
	at := func(name string) string { return below(path, name) }
	kind, err := ledger.ParseEventKind(e.Kind)
	f.at(at("kind"), err)
	of, err := f.ref(e.Of)
	f.at(at("of"), err)
	return ledger.Event{
		Kind: kind, Line: f.eventLine(at, e), To: f.line(at("to"), e.To), Treasury: f.code(at("treasury"), e.Treasury),
		From: f.state(at("from"), e.From), Obligation: f.code(at("obligation"), e.Obligation), Opens: f.code(at("opens"), e.Opens),
		Due: f.date(at("due"), e.Due), Of: of, Amount: f.money(at("amount"), e.Amount, c), Item: f.code(at("item"), e.Item),
		Payee: e.Payee, Text: e.Description,
	}
}

func (f *faults) ref(s string) (ledger.EventRef, error) {
	if s == "" {
		return ledger.EventRef{}, nil
	}
	return ledger.ParseEventRef(s)
}

// eventLine reads the line of an event, given whole or by its source.
func (f *faults) eventLine(at func(string) string, e *Event) ledger.Line {
	if e.Source == "" {
		if e.Year != 0 {
			f.add(ledger.Refuse(Conflicting, at("year"), "with", "line"))
		}
		if e.Project != "" {
			f.add(ledger.Refuse(Conflicting, at("project"), "with", "line"))
		}
		return f.line(at("line"), e.Line)
	}
	if e.Line != "" {
		f.add(ledger.Refuse(Conflicting, at("source"), "with", "line"))
	}
	if e.Year != 0 && (e.Year < 1900 || e.Year > 2999) {
		f.add(ledger.Refuse(ledger.InvalidDate, at("year"), "value", itoa(e.Year)))
	}
	return ledger.Line{Year: e.Year, Source: f.code(at("source"), e.Source), Project: f.code(at("project"), e.Project)}
}

var drawnFrom = map[string]ledger.AccountState{
	"": 0, "available": ledger.LineAvailable, "committed": ledger.LineCommitted, "accrued": ledger.LineAccrued}

func (f *faults) state(field, s string) ledger.AccountState {
	state, ok := drawnFrom[s]
	if !ok {
		f.add(ledger.Refuse(ledger.UnknownKind, field, "value", clip(s)))
	}
	return state
}

// stateName is the inverse of state.
func stateName(s ledger.AccountState) string {
	for name, state := range drawnFrom {
		if state == s {
			return name
		}
	}
	return ""
}
