package web

import (
	"fmt"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

// Limits of the lists in a form.
const (
	maxObligations = 200
	maxPayments    = 50
)

// choices lists what a voucher of this kind may draw upon or take back, on the
// line if one is chosen.
func (f *voucherForm) choices() (c choices, err error) {
	info := f.kind.Info()
	if info.Draws != 0 {
		if c.obligations, err = f.openObligations(info); err != nil {
			return c, err
		}
	}
	if info.Of {
		c.payments, err = f.payments()
	}
	return c, err
}

func (f *voucherForm) openObligations(info ledger.KindInfo) (options []option, err error) {
	q := ledger.ObligationQuery{Kind: info.Draws, Line: f.line, Open: true, Limit: maxObligations}
	if f.kind == ledger.Pay {
		q.Kind = 0 // commitments and acceptances alike
	}
	if q.Line == (ledger.Line{}) && !info.MustDraw {
		return nil, nil // nothing can be chosen before a line is
	}
	found, err := f.books.Obligations(f.ctx, f.actor, f.programme(), q)
	if err != nil {
		return nil, fmt.Errorf("list obligations: %w", err)
	}
	for _, o := range found {
		if o.Kind == info.Draws || f.kind == ledger.Pay && o.Kind == ledger.AcceptanceObligation {
			options = append(options, option{Value: string(o.Code), Text: f.obligationText(o), Left: o.Open().String()})
		}
	}
	return options, nil
}

// obligationText names an obligation by what people know of it, and what is left.
func (f *voucherForm) obligationText(o ledger.Obligation) string {
	parts := []string{string(o.Code)}
	if f.kind == ledger.Pay {
		parts[0] = f.t("obligation."+o.Kind.String()) + " " + parts[0]
	}
	if o.Payee != "" {
		parts = append(parts, o.Payee)
	}
	parts = append(parts, f.t("voucher.left", "amount", money(o.Open(), f.lang)))
	if !o.Due.IsZero() {
		parts = append(parts, f.t("voucher.due_on", "date", date(o.Due, f.lang)))
	}
	return strings.Join(parts, " · ")
}

// payments are the latest payments that money may come back from.
func (f *voucherForm) payments() (options []option, err error) {
	page, err := f.books.Journal(f.ctx, f.actor, f.programme(), ledger.JournalQuery{
		Filter: ledger.Filter{Line: f.line}, Kinds: []ledger.EventKind{ledger.Pay, ledger.Clear}, Limit: maxPayments})
	if err != nil {
		return nil, fmt.Errorf("list payments: %w", err)
	}
	for _, row := range page.Rows {
		if row.Reversed != 0 || row.Reverses != 0 {
			continue
		}
		parts := []string{paper(row.Document), date(row.Date, f.lang)}
		if row.Event.Payee != "" {
			parts = append(parts, row.Event.Payee)
		}
		parts = append(parts, money(row.Event.Amount, f.lang))
		options = append(options, option{Value: row.Ref.String(), Text: strings.Join(parts, " · ")})
	}
	return options, nil
}
