package intake

import (
	"github.com/sokinhphi/kinhphi/ledger"
)

// voucherEvents is how many events a voucher of an import has, at most. It
// leaves room below ledger.MaxEvents and keeps a refusal's voucher readable.
const voucherEvents = 250

// A batch collects events of one stage into vouchers.
type batch struct {
	x        *Execution
	m        Map
	stage    int
	date     ledger.Date
	document ledger.Document
	events   []ledger.Event
	rows     []int
	vouchers []ledger.Request
	count    int
}

// add puts events of one row, which stay together, into the voucher at hand.
func (b *batch) add(row int, events ...ledger.Event) {
	if len(b.events)+len(events) > voucherEvents {
		b.close()
	}
	for _, e := range events {
		b.events = append(b.events, e)
		b.rows = append(b.rows, row)
	}
	b.count += len(events)
}

// close ends the voucher at hand. Its key is its place, not its content: the
// same place with other content is refused by the ledger.
func (b *batch) close() {
	if len(b.events) == 0 {
		return
	}
	key := b.x.key("voucher", b.x.number, stageNames[b.stage], itoa(len(b.vouchers)))
	b.vouchers = append(b.vouchers, ledger.Request{Key: key, Action: ledger.Posting{Date: b.date, Document: b.document, Events: b.events}})
	b.x.traces[key] = trace{b.stage, b.rows}
	b.events, b.rows = nil, nil
}

// post builds the vouchers of all stages.
func (r *reader) post(x *Execution) {
	date, _ := ledger.ParseDate(r.m.Posting.Date)
	left := r.notes()
	build := [stageCount]func(*batch){
		approved: func(b *batch) { r.approve(b, left) }, modified: func(b *batch) { r.modify(b, left) }, received: r.receive,
		committed: func(b *batch) { r.spend(b, left, commitEvent) }, accrued: func(b *batch) { r.spend(b, left, accrueEvent) },
		paid: func(b *batch) { r.spend(b, left, payEvent) },
	}
	for i, s := range r.m.stages() {
		if s.Column == "" {
			continue
		}
		b := &batch{x: x, m: r.m, stage: i, date: date, document: ledger.Document{Type: s.Document, Number: r.m.Posting.Number}}
		if build[i] != nil {
			build[i](b)
			b.close()
		}
		x.Stages = append(x.Stages, Stage{Name: stageNames[i], Header: r.header(i), Total: sum(r.details, i, r.currency), Events: b.count, Vouchers: b.vouchers})
	}
}

// notes are the notes of rows that no event carries yet, by row.
type notes map[int]string

func (r *reader) notes() notes {
	all := notes{}
	for i := range r.details {
		if d := &r.details[i]; d.note != "" {
			all[d.row] = d.note
		}
	}
	return all
}

// take returns the description of an event on a row's line: where the row
// stands in the file, so that every figure leads back to it, and on the first
// such event the row's note.
func (n notes) take(r *reader, d *detail) string {
	note, ok := n[d.row]
	if !ok {
		return r.placeOf(d)
	}
	delete(n, d.row)
	return cut(r.placeOf(d)+": "+note, ledger.MaxText)
}

func (r *reader) placeOf(d *detail) string { return (&RowError{Sheet: r.sheet, Row: d.row}).Place() }

func poolOf(l ledger.Line) ledger.Line { return ledger.Line{Year: l.Year, Source: l.Source} }

// approve gives each line its original budget, through its source's pool.
func (r *reader) approve(b *batch, t notes) {
	for i := range r.details {
		d := &r.details[i]
		if x := d.amounts[approved]; x.Sign() > 0 {
			b.add(d.row,
				ledger.Event{Kind: ledger.Appropriate, Line: poolOf(d.line), Amount: x, Text: r.placeOf(d)},
				ledger.Event{Kind: ledger.Allocate, Line: d.line, Amount: x, Text: t.take(r, d)})
		}
	}
}

// modify brings each line from its original to its current budget.
func (r *reader) modify(b *batch, t notes) {
	for i := range r.details {
		d := &r.details[i]
		x := d.amounts[modified].Sub(d.amounts[approved])
		if x.Sign() == 0 {
			continue
		}
		if x.Sign() < 0 {
			b.add(d.row, ledger.Event{Kind: ledger.Reduce, Line: d.line, Amount: x.Neg(), Text: t.take(r, d)})
			continue
		}
		b.add(d.row,
			ledger.Event{Kind: ledger.Supplement, Line: poolOf(d.line), Amount: x, Text: r.placeOf(d)},
			ledger.Event{Kind: ledger.AllocateSupplement, Line: d.line, Amount: x, Text: t.take(r, d)})
	}
}

// receive books the cash of each source once, with the first row that has any.
func (r *reader) receive(b *batch) {
	cash, first := map[ledger.Code]ledger.Money{}, map[ledger.Code]int{}
	var order []ledger.Code
	for i := range r.details {
		d := &r.details[i]
		if d.amounts[received].Sign() == 0 {
			continue
		}
		source := d.line.Source
		if _, found := cash[source]; !found {
			cash[source], first[source] = r.currency.Zero(), d.row
			order = append(order, source)
		}
		cash[source] = cash[source].Add(d.amounts[received])
	}
	for _, source := range order {
		b.add(first[source], ledger.Event{Kind: ledger.Receive, Line: ledger.Line{Source: source}, Amount: cash[source]})
	}
}

// spend posts one event for each row that has an amount in the batch's stage.
func (r *reader) spend(b *batch, t notes, event func(*batch, *detail) ledger.Event) {
	for i := range r.details {
		d := &r.details[i]
		if d.amounts[b.stage].Sign() == 0 {
			continue
		}
		e := event(b, d)
		e.Line, e.Amount, e.Text = d.line, d.amounts[b.stage], t.take(r, d)
		b.add(d.row, e)
	}
}

func commitEvent(b *batch, d *detail) ledger.Event {
	return ledger.Event{Kind: ledger.Commit, Opens: b.obligation(committed, d)}
}

func accrueEvent(b *batch, d *detail) ledger.Event {
	return ledger.Event{Kind: ledger.Accrue, From: ledger.LineCommitted, Obligation: b.obligation(committed, d), Opens: b.obligation(accrued, d)}
}

func payEvent(b *batch, d *detail) ledger.Event {
	return ledger.Event{Kind: ledger.Pay, From: ledger.LineAccrued, Obligation: b.obligation(accrued, d)}
}

// obligation is the code of what a row's commitment or acceptance opens: the
// voucher type and a hash of report and line.
func (b *batch) obligation(stage int, d *detail) ledger.Code {
	hash := digest("obligation/1", string(b.x.Programme.Code), b.x.number, stageNames[stage], d.line.String())
	return b.m.stages()[stage].Document + "-" + ledger.Code(hash[:16])
}
