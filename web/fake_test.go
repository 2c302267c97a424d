package web

import (
	"context"
	"iter"

	"github.com/sokinhphi/kinhphi/ledger"
)

// noBooks has nothing and does nothing: for tests of what needs no book, and
// the base of books that fail in one way.
type noBooks struct{ err error }

func (b *noBooks) Post(context.Context, ledger.Actor, ledger.Code, ledger.Mode, []ledger.Request) ([]ledger.Result, error) {
	return nil, b.err
}
func (b *noBooks) Programmes(context.Context, ledger.Actor) ([]ledger.Programme, error) {
	return nil, b.err
}
func (b *noBooks) Structure(context.Context, ledger.Actor, ledger.Code) (ledger.Structure, error) {
	return ledger.Structure{}, b.err
}
func (b *noBooks) Grants(context.Context, ledger.Actor, ledger.Code) ([]ledger.Grant, error) {
	return nil, b.err
}
func (b *noBooks) Lines(context.Context, ledger.Actor, ledger.Code, ledger.Line) ([]ledger.Line, error) {
	return nil, b.err
}
func (b *noBooks) Cells(context.Context, ledger.Actor, ledger.Code, ledger.Filter, ledger.Detail) iter.Seq2[ledger.Cell, error] {
	return func(yield func(ledger.Cell, error) bool) {
		if b.err != nil {
			yield(ledger.Cell{}, b.err)
		}
	}
}
func (b *noBooks) Obligations(context.Context, ledger.Actor, ledger.Code, ledger.ObligationQuery) ([]ledger.Obligation, error) {
	return nil, b.err
}
func (b *noBooks) Journal(context.Context, ledger.Actor, ledger.Code, ledger.JournalQuery) (ledger.JournalPage, error) {
	return ledger.JournalPage{}, b.err
}
func (b *noBooks) Record(context.Context, ledger.Actor, ledger.Code, ledger.Seq) (ledger.Record, error) {
	return ledger.Record{}, b.err
}
func (b *noBooks) Records(context.Context, ledger.Actor, ledger.Code, ledger.Seq) iter.Seq2[ledger.Record, error] {
	return func(func(ledger.Record, error) bool) {}
}
