package export

import (
	"encoding/csv"
	"strconv"

	"github.com/sokinhphi/kinhphi/ledger"
)

// bom tells spreadsheets that a CSV file is UTF-8.
const bom = "\uFEFF"

// csvColumns are the columns of so.csv. The line is the account's own where it
// has a whole one, otherwise the one that the event names.
var csvColumns = []string{
	"seq", "event", "posting_date", "document_date", "type", "number", "paper_number", "kind",
	"year", "source", "project", "unit", "khoan", "nature", "account", "commodity",
	"side", "red", "amount", "amount_text", "obligation", "item", "payee", "text",
	"by", "recorded_at", "reverses",
}

// csvWriter writes so.csv: UTF-8 with a byte order mark, RFC 4180.
type csvWriter struct {
	f      *file
	w      *csv.Writer
	totals *totals
}

func newCSV(out *staging, t *totals) (*csvWriter, error) {
	f, err := out.create("so.csv")
	if err != nil {
		return nil, err
	}
	if _, err := f.WriteString(bom); err != nil {
		return nil, err
	}
	w := csv.NewWriter(f)
	w.UseCRLF = true
	return &csvWriter{f: f, w: w, totals: t}, w.Write(csvColumns)
}

// write adds a row for each leg of an entry.
func (c *csvWriter) write(r ledger.Record) error {
	for _, l := range r.Entry.Legs {
		if err := c.w.Write(c.row(r, l)); err != nil {
			return err
		}
		c.f.entry.Rows++
	}
	return nil
}

func (c *csvWriter) row(r ledger.Record, l ledger.Leg) []string {
	e := r.Entry
	event := e.Events[l.Event-1]
	account := &c.totals.all[c.totals.at(l.Account)]
	line := event.Line
	if l.Account.Line.Full() {
		line = l.Account.Line
	}
	amount := l.Amount.String()
	return []string{
		strconv.FormatInt(int64(r.Seq), 10), strconv.Itoa(l.Event), e.Date.String(), e.Document.Date.String(),
		string(e.Document.Type), number(e.Number), cell(e.Document.Number), event.Kind.String(),
		positive(line.Year), string(line.Source), string(line.Project), string(line.Unit), string(line.Khoan), string(line.Nature),
		account.path, account.commodity, side(l), bit(l.Red), amount, longAmount(amount),
		string(l.Obligation), string(event.Item), cell(event.Payee), cell(event.Text),
		string(r.By), instant(r.At), positive(int(e.Reverses)),
	}
}

func (c *csvWriter) close() error {
	c.w.Flush()
	if err := c.w.Error(); err != nil {
		return err
	}
	return c.f.close()
}

// side returns "D" for a debit and "C" for a credit.
func side(l ledger.Leg) string {
	if l.Debit {
		return "D"
	}
	return "C"
}

func bit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// positive returns n in digits, or nothing for zero.
func positive(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
