package api

import (
	"context"
	"strings"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

func (s *server) journalRoutes() {
	read(s, get("list-entries", "/programmes/{programme}/entries", "Query the journal", "Events, newest first. Count and total are over the whole selection."), s.journal)
	read(s, get("get-entry", "/programmes/{programme}/entries/{seq}", "Get an entry", "One posted voucher, whole, with its legs."), s.entry)
}

type EntryPath struct {
	BookPath
	Seq string `path:"seq" example:"4711" doc:"Sequence of the entry in the log."`
}

func (p EntryPath) seq() (ledger.Seq, error) {
	f := newFaults()
	n := f.number("seq", p.Seq, 1<<62)
	if f.err() != nil {
		return 0, ledger.Refuse(ledger.NotFound, "seq", "what", "entry", "value", clip(p.Seq))
	}
	return ledger.Seq(n), nil
}

type reverseInput struct {
	EntryPath
	KeyHeader
}

type reversal struct {
	Date     string   `json:"date" format:"date" doc:"Posting date."`
	Document document `json:"document"`
	Reason   string   `json:"reason" doc:"Kept as the description."`
}

func (s *server) reverse(ctx context.Context, k *call, in *reverseInput, b *reversal, f *faults) (*changeOutput, error) {
	seq, err := in.seq()
	if err != nil {
		return nil, err
	}
	out, err := s.change(ctx, k, in.book(), in.Key, ledger.Reversal{Of: seq, Date: f.date("date", b.Date),
		Document: f.document("document", b.Document), Reason: b.Reason}, f)
	return out, named(err, func(field string) string {
		if field == "of" || strings.HasPrefix(field, "events[") {
			return "seq" // the entry in the path, and what taking it back would do
		}
		return field
	})
}

type journalInput struct {
	BookPath
	Selection
	PointOfView
	Khoan      string `query:"khoan" doc:"Khoản (sub-sector)."`
	Nature     string `query:"nature" doc:"Nature of funds."`
	From       string `query:"from" format:"date" doc:"First posting date."`
	To         string `query:"to" format:"date" doc:"Last posting date."`
	Kind       string `query:"kind" example:"pay,refund" doc:"Kinds of events, parted by commas."`
	Figure     string `query:"figure" example:"actual" doc:"Only events that move this figure; effect is what they add to it."`
	Type       string `query:"type" doc:"Voucher type."`
	Obligation string `query:"obligation" doc:"Drawn upon or opened."`
	Item       string `query:"item" doc:"Tiểu mục."`
	Text       string `query:"text" doc:"Found in payee, description and numbers, without regard to case and accents."`
	Payee      string `query:"payee" doc:"Exact."`
	Amount     string `query:"amount" doc:"Exact, without regard to sign."`
	Red        string `query:"red" enum:"true,false" doc:"true: only corrections and returns."`
	After      string `query:"after" doc:"next of the page before."`
	Limit      string `query:"limit" doc:"Events of a page, 1 to 1000; 100 unless given."`
}

// eventOut is an event as it was recorded.
type eventOut struct {
	N           int    `json:"n" doc:"Number within its entry, from 1."`
	Kind        string `json:"kind"`
	Unit        string `json:"unit,omitempty"`
	Line        string `json:"line,omitempty"`
	To          string `json:"to,omitempty"`
	Amount      string `json:"amount" doc:"Negative in a reversal."`
	Treasury    string `json:"treasury,omitempty"`
	From        string `json:"from,omitempty"`
	Obligation  string `json:"obligation,omitempty"`
	Opens       string `json:"opens,omitempty"`
	Due         string `json:"due,omitempty"`
	Of          string `json:"of,omitempty"`
	Item        string `json:"item,omitempty"`
	Payee       string `json:"payee,omitempty"`
	Description string `json:"description,omitempty"`
}

func eventOf(n int, e ledger.EntryEvent) eventOut {
	return eventOut{N: n, Kind: e.Kind.String(), Unit: string(e.Unit), Line: e.Line.String(), To: e.To.String(),
		Amount: e.Amount.String(), Treasury: string(e.Treasury), From: stateName(e.From), Obligation: string(e.Obligation),
		Opens: string(e.Opens), Due: e.Due.String(), Of: e.Of.String(), Item: string(e.Item), Payee: e.Payee, Description: e.Text}
}

func documentOf(d ledger.Document) document {
	return document{string(d.Type), d.Number, d.Date.String()}
}

// EntryHead is what an entry and a row of the journal have in common.
type EntryHead struct {
	Seq        int64    `json:"seq"`
	Date       string   `json:"date" format:"date" doc:"Posting date."`
	Document   document `json:"document"`
	Number     *number  `json:"number,omitempty"`
	By         string   `json:"by" doc:"Who recorded it."`
	RecordedAt string   `json:"recorded_at" format:"date-time"`
	Reverses   int64    `json:"reverses,omitempty" doc:"It takes back this entry."`
}

type journalRow struct {
	EntryHead
	Reversed int64    `json:"reversed,omitempty" doc:"The entry that took this one back."`
	Effect   string   `json:"effect" doc:"What the event adds to figure; its amount, negative in red, unless figure is given."`
	Event    eventOut `json:"event"`
}

func journalRowOf(r ledger.JournalRow) journalRow {
	return journalRow{
		EntryHead: EntryHead{int64(r.Ref.Seq), r.Date.String(), documentOf(r.Document), numberOf(r.Number), string(r.By), r.At, int64(r.Reverses)},
		Reversed:  int64(r.Reversed), Effect: r.Effect.String(), Event: eventOf(r.Ref.N, r.Event),
	}
}

type journalPage struct {
	List[journalRow]
	Next  string `json:"next,omitempty" doc:"Give it as after for the next page; absent on the last."`
	Count int    `json:"count"`
	Total string `json:"total" doc:"Sum of effect over the selection."`
}

func (s *server) journal(ctx context.Context, k *call, in *journalInput) (*body[journalPage], error) {
	q, err := s.journalQuery(ctx, k, in)
	if err != nil {
		return nil, err
	}
	page, err := s.books.Journal(ctx, k.by, in.book(), q)
	if err != nil {
		return nil, err
	}
	out := journalPage{List: listOf(page.Rows, journalRowOf).Body, Next: page.Next, Count: page.Count, Total: "0"}
	if page.Total.Valid() {
		out.Total = page.Total.String()
	}
	return &body[journalPage]{out}, nil
}

func (s *server) journalQuery(ctx context.Context, k *call, in *journalInput) (ledger.JournalQuery, error) {
	f := newFaults()
	q := ledger.JournalQuery{Filter: f.filter(in.Selection, in.PointOfView), From: f.date("from", in.From), To: f.date("to", in.To),
		Kinds: f.kinds(in.Kind), Figure: f.figure(in.Figure), Type: f.code("type", in.Type), Obligation: f.code("obligation", in.Obligation),
		Item: f.code("item", in.Item), Text: f.text("text", in.Text), Payee: f.text("payee", in.Payee), Red: f.flag("red", in.Red),
		After: f.text("after", in.After), Limit: f.number("limit", in.Limit, ledger.MaxPage)}
	q.Line.Khoan, q.Line.Nature = f.code("khoan", in.Khoan), f.code("nature", in.Nature)
	if in.Amount != "" {
		c, err := s.currency(ctx, k.by, in.book())
		if err != nil {
			return q, err
		}
		q.Amount = f.money("amount", in.Amount, c)
	}
	return q, f.err()
}

func (f *faults) kinds(s string) (kinds []ledger.EventKind) {
	for word := range strings.SplitSeq(s, ",") {
		if s == "" {
			break
		}
		kind, err := ledger.ParseEventKind(word)
		f.at("kind", err)
		kinds = append(kinds, kind)
	}
	return kinds
}

func (f *faults) figure(s string) ledger.Figure {
	figure := ledger.Figure(s)
	if _, ok := figure.Info(); s != "" && !ok {
		f.add(ledger.Refuse(ledger.UnknownKind, "figure", "value", clip(s)))
		return ""
	}
	return figure
}

type leg struct {
	Event      int    `json:"event" doc:"Number of its event."`
	Account    string `json:"account" example:"Budget:2019:NSTW:DA1:CAT:041:12:Available"`
	Commodity  string `json:"commodity" example:"VNDDT"`
	Obligation string `json:"obligation,omitempty"`
	Side       string `json:"side" enum:"debit,credit"`
	Red        bool   `json:"red" doc:"Ghi số âm: negative on the side of the original."`
	Amount     string `json:"amount"`
}

type entryOut struct {
	EntryHead
	Unit   string     `json:"unit"`
	Events []eventOut `json:"events" nullable:"false"`
	Legs   []leg      `json:"legs" nullable:"false"`
}

func (s *server) entry(ctx context.Context, k *call, in *EntryPath) (*body[entryOut], error) {
	seq, err := in.seq()
	if err != nil {
		return nil, err
	}
	r, err := s.books.Record(ctx, k.by, in.book(), seq)
	if err != nil {
		return nil, err
	}
	if r.Entry == nil {
		return nil, ledger.Refuse(ledger.NotFound, "seq", "what", "entry", "value", in.Seq)
	}
	return &body[entryOut]{entryOf(r)}, nil
}

func entryOf(r ledger.Record) entryOut {
	e := r.Entry
	out := entryOut{Unit: string(e.Unit), EntryHead: EntryHead{int64(r.Seq), e.Date.String(), documentOf(e.Document),
		numberOf(e.Number), string(r.By), r.At.UTC().Format(time.RFC3339Nano), int64(e.Reverses)}}
	for i, ev := range e.Events {
		out.Events = append(out.Events, eventOf(i+1, ev))
	}
	for _, l := range e.Legs {
		side := "credit"
		if l.Debit {
			side = "debit"
		}
		out.Legs = append(out.Legs, leg{l.Event, l.Account.Path(r.Programme), l.Account.Commodity(l.Amount.Currency()),
			string(l.Obligation), side, l.Red, l.Amount.String()})
	}
	return out
}
