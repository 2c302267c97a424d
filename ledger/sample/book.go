package sample

import (
	"fmt"
	"strconv"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A line is what the sample knows of a budget line while it is being played:
// enough never to ask for what the ledger would refuse.
type line struct {
	ref                                            ledger.Line
	want                                           int64 // what the year's budget gives it at first
	given                                          int64 // how much of that has been allocated
	usable                                         int64 // all that was assigned to it, less what was taken away
	avail, withheld, committed, accrued, adv, paid int64
	started                                        bool // its spending has been put on the agenda
	late                                           bool // it gets money in December
}

// used returns what has left the available balance for spending.
func (l *line) used() int64 { return l.committed + l.accrued + l.adv + l.paid }

// A duty is an open commitment, acceptance, advance or pledge.
type duty struct {
	code ledger.Code
	kind ledger.ObligationKind
	by   ledger.EventKind // what opened it
	line *line            // nil for a pledge
	open int64
}

// An event is a ledger event together with its amount as a number.
type event struct {
	ledger.Event
	n int64
}

// A book is the sample's own small model of the ledger.
type book struct {
	lines  map[ledger.Line]*line
	pools  map[ledger.Line]int64 // by year and source
	cash   map[ledger.Code]int64 // by source
	duties map[ledger.Code]*duty
}

func newBook() book {
	return book{map[ledger.Line]*line{}, map[ledger.Line]int64{}, map[ledger.Code]int64{}, map[ledger.Code]*duty{}}
}

// line returns the line of the reference, made when missing.
func (b *book) line(ref ledger.Line) *line {
	l, ok := b.lines[ref]
	if !ok {
		l = &line{ref: ref}
		b.lines[ref] = l
	}
	return l
}

func pool(l ledger.Line) ledger.Line { return ledger.Line{Year: l.Year, Source: l.Source} }

// spendable returns how much l could pay today.
func (b *book) spendable(l *line) int64 {
	if cashBacked(l.ref.Source) {
		return min(l.avail, b.cash[l.ref.Source])
	}
	return l.avail
}

// dong returns an amount of đồng.
func dong(n int64) ledger.Money {
	m, err := ledger.ParseMoney(strconv.FormatInt(n, 10), ledger.VND)
	if err != nil {
		panic(err)
	}
	return m
}

// apply plays an event; sign -1 takes it back. It panics where the ledger would
// refuse: that is a fault of this package, found by its tests.
func (b *book) apply(e event, sign int64) {
	n := sign * e.n
	var d *duty
	if e.Obligation != "" {
		if d = b.duties[e.Obligation]; d == nil {
			panic("sample: no obligation " + string(e.Obligation))
		}
	}
	if e.Kind.Info().Scope == ledger.LineScope {
		b.applyLine(e, n, d)
	} else {
		b.applySource(e, n, d)
	}
	if e.Opens != "" {
		b.open(e, n)
	}
	if d != nil && d.open < 0 {
		panic(fmt.Sprintf("sample: %s overdrawn by %d", d.code, -d.open))
	}
}

// open brings the obligation of e into being, or takes it away again.
func (b *book) open(e event, n int64) {
	if n < 0 {
		delete(b.duties, e.Opens)
		return
	}
	if b.duties[e.Opens] != nil {
		panic("sample: obligation exists: " + string(e.Opens))
	}
	d := &duty{code: e.Opens, kind: e.Kind.Info().Opens, by: e.Kind, open: n}
	if e.Kind != ledger.Pledge {
		d.line = b.lines[e.Line]
	}
	b.duties[e.Opens] = d
}

func (b *book) applySource(e event, n int64, d *duty) {
	switch e.Kind {
	case ledger.OpenCash, ledger.Receive:
		b.cash[e.Line.Source] += n
	case ledger.Appropriate, ledger.Supplement, ledger.LateSupplement:
		b.pools[e.Line] += n
	case ledger.Reduce:
		b.pools[e.Line] -= n
	}
	if d != nil {
		d.open -= n
	}
	b.checkSource(e.Line)
}

func (b *book) checkSource(l ledger.Line) {
	if b.pools[pool(l)] < 0 || b.cash[l.Source] < 0 {
		panic(fmt.Sprintf("sample: %s below zero: pool %d, cash %d", l, b.pools[pool(l)], b.cash[l.Source]))
	}
}

func (b *book) applyLine(e event, n int64, d *duty) {
	l := b.line(e.Line)
	switch e.Kind {
	case ledger.OpenUndrawn:
		l.usable, l.avail = l.usable+n, l.avail+n
	case ledger.OpenAdvance:
		l.usable, l.adv = l.usable+n, l.adv+n
	case ledger.Allocate, ledger.AllocateSupplement, ledger.AllocateLateSupplement:
		b.assign(l, n)
	case ledger.Withdraw:
		b.assign(l, -n)
	case ledger.Transfer:
		to := b.line(e.To)
		l.usable, l.avail, to.usable, to.avail = l.usable-n, l.avail-n, to.usable+n, to.avail+n
	case ledger.Withhold:
		l.avail, l.withheld = l.avail-n, l.withheld+n
	case ledger.Release:
		l.avail, l.withheld = l.avail+n, l.withheld-n
	default:
		b.applySpending(l, e, n, d)
	}
	b.checkLine(l)
}

// assign gives n from the pool to the line.
func (b *book) assign(l *line, n int64) {
	b.pools[pool(l.ref)] -= n
	l.usable, l.avail = l.usable+n, l.avail+n
}

func (b *book) applySpending(l *line, e event, n int64, d *duty) {
	from := b.from(l, d, e.Kind)
	switch e.Kind {
	case ledger.Commit:
		l.avail, l.committed = l.avail-n, l.committed+n
	case ledger.ChangeCommitment:
		l.avail, l.committed, d.open = l.avail-n, l.committed+n, d.open+n
	case ledger.CancelCommitment:
		l.avail, l.committed, d.open = l.avail+n, l.committed-n, d.open-n
	case ledger.Accrue:
		*from, l.accrued = *from-n, l.accrued+n
	case ledger.Advance:
		*from, l.adv = *from-n, l.adv+n
		b.payOut(l, n)
	case ledger.Pay:
		*from, l.paid = *from-n, l.paid+n
		b.payOut(l, n)
	case ledger.Clear:
		l.adv, l.paid, d.open = l.adv-n, l.paid+n, d.open-n
	case ledger.ReturnAdvance: // only of advances that were not drawn on a contract
		l.adv, l.avail, d.open = l.adv-n, l.avail+n, d.open-n
		b.payOut(l, -n)
	case ledger.Refund: // only of direct payments
		l.paid, l.avail = l.paid-n, l.avail+n
		b.payOut(l, -n)
	}
	if d != nil && (e.Kind == ledger.Accrue || e.Kind == ledger.Advance || e.Kind == ledger.Pay) {
		d.open -= n
	}
}

// from returns the balance that a payment, advance or acceptance draws upon.
func (b *book) from(l *line, d *duty, k ledger.EventKind) *int64 {
	switch {
	case d != nil && d.kind == ledger.CommitmentObligation:
		return &l.committed
	case d != nil && d.kind == ledger.AcceptanceObligation:
		return &l.accrued
	default:
		return &l.avail
	}
}

// payOut takes n out of the source's cash, where it has any.
func (b *book) payOut(l *line, n int64) {
	if cashBacked(l.ref.Source) {
		b.cash[l.ref.Source] -= n
	}
}

func (b *book) checkLine(l *line) {
	if min(l.avail, l.withheld, l.committed, l.accrued, l.adv, l.paid) < 0 {
		panic(fmt.Sprintf("sample: %s below zero: %+v", l.ref, *l))
	}
	b.checkSource(l.ref)
}
