package web

import "github.com/sokinhphi/kinhphi/ledger"

// A balanceAnswer is the live panel as the page's script reads it. Amounts are
// canonical decimals.
type balanceAnswer struct {
	Name        string       `json:"name"`
	Line        string       `json:"line"`
	Title       string       `json:"title"` // of the line
	Left        string       `json:"left"`
	Base        string       `json:"base"`
	Effect      int          `json:"effect"`
	Rows        []balanceRow `json:"rows"`
	At          string       `json:"at"`
	Obligations []choice     `json:"obligation"`
	Payments    []choice     `json:"of"`
}

type balanceRow struct {
	Class  string `json:"class"`
	Label  string `json:"label"`
	Amount string `json:"amount"`
}

// showBalance answers with the panel and the lists for what is chosen in the
// form, as JSON, under the page's session.
func showBalance(r *request) error {
	f, err := r.openVoucher(r.queryValues())
	if err != nil {
		return err
	}
	p, c, err := f.panel()
	if err != nil {
		return err
	}
	a := balanceAnswer{Name: p.Name, Left: canonical(p.Left), Base: canonical(p.Base), Effect: p.Effect, At: r.t("panel.at", "time", p.At),
		Rows: []balanceRow{}, Obligations: asChoices(c.obligations), Payments: asChoices(c.payments)}
	if f.line.Full() {
		a.Line, a.Title = f.lines.ref(f.line), f.lines.names.line(f.line)
	}
	for _, row := range p.Rows {
		a.Rows = append(a.Rows, balanceRow{row.Class, row.Label, canonical(row.Amount)})
	}
	r.Set("Cache-Control", "no-store")
	return r.JSON(a)
}

func asChoices(options []option) []choice {
	list := make([]choice, 0, len(options))
	for _, o := range options {
		list = append(list, choice{o.Value, o.Text, o.Left})
	}
	return list
}

// canonical is the amount for scripts; "" where there is none.
func canonical(m ledger.Money) string {
	if !m.Valid() {
		return ""
	}
	return m.String()
}
