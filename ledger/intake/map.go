package intake

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/BurntSushi/toml"
	"github.com/sokinhphi/kinhphi/ledger"
)

// A Map says how to read one form of execution report. Columns are named by
// the text of their header, or as "column:Z" by their letters where the header
// is empty or repeated.
type Map struct {
	Sheet  string `toml:"sheet"`      // of a workbook; empty = the file is CSV (UTF-8, commas)
	Header int    `toml:"header_row"` // number of the row with the headers; data follow

	Programme ProgrammeMap `toml:"programme"`
	Root      RootMap      `toml:"root"`
	Posting   PostingMap   `toml:"posting"`
	Rows      RowsMap      `toml:"rows"`
	Amounts   AmountsMap   `toml:"amounts"`
	Text      TextMap      `toml:"text"`

	Source  SourceMap `toml:"source"`
	Project Coding    `toml:"project"`
	Unit    Coding    `toml:"unit"`
	Khoan   Coding    `toml:"khoan"`
	Nature  Coding    `toml:"nature"`

	Stages StagesMap `toml:"stages"`
}

// ProgrammeMap is the programme that takes the report.
type ProgrammeMap struct {
	Code           ledger.Code `toml:"code"`
	Name           string      `toml:"name"`
	Currency       ledger.Code `toml:"currency"`
	Scale          int         `toml:"scale"` // decimal places; an amount with more is refused
	AdjustmentDays int         `toml:"adjustment_days"`
}

// RootMap is the unit above all units of the report.
type RootMap struct {
	Code ledger.Code `toml:"code"`
	Name string      `toml:"name"`
}

// PostingMap says under which date and paper the report is posted. The number
// is what tells two reports of a programme apart.
type PostingMap struct {
	BudgetYear int    `toml:"budget_year"`
	Date       string `toml:"date"`
	Number     string `toml:"number"`
}

// RowsMap tells detail rows from total rows. Without a column all rows are
// detail rows. Total rows are compared with the detail rows of the same values
// in TotalKey; a key's total rows are added up.
type RowsMap struct {
	Column   string   `toml:"column"`
	Detail   []string `toml:"detail"`
	Total    []string `toml:"total"`
	TotalKey []string `toml:"total_key"`
}

// AmountsMap says which texts are amounts beside the canonical form.
type AmountsMap struct {
	BareFraction bool     `toml:"bare_fraction"` // .37 is 0.37
	NotReported  []string `toml:"not_reported"`  // in total rows: this row has no figures
}

// TextMap says what to do with free text.
type TextMap struct {
	RemoveControl bool   `toml:"remove_control"` // take control characters out; otherwise they are refused
	Note          string `toml:"note"`           // column whose text goes with a row's first event; may be empty
}

// A Coding says which columns, together, name a thing, and how its code is
// made of them.
type Coding struct {
	Columns []string          `toml:"columns"`
	Name    []string          `toml:"name"`  // columns of the name; empty = Columns
	Until   string            `toml:"until"` // codes take each value only up to this text: " - " makes 612 of "612 - BUILDING"
	Short   map[string]string `toml:"short"` // shorter words for whole values, in codes only
}

// SourceMap is the coding of sources with what they have in common.
type SourceMap struct {
	Coding
	Kind     string      `toml:"kind"`
	Backing  string      `toml:"backing"`
	Treasury ledger.Code `toml:"treasury"`
}

// StagesMap are the columns of the stages and the voucher types that they are
// posted under. Their order is fixed: each spends what the one before it gave.
type StagesMap struct {
	Approved  StageMap `toml:"approved"`
	Modified  StageMap `toml:"modified"`
	Received  StageMap `toml:"received"`
	Committed StageMap `toml:"committed"`
	Accrued   StageMap `toml:"accrued"`
	Exercised StageMap `toml:"exercised"` // optional; checked, never posted
	Paid      StageMap `toml:"paid"`
}

// StageMap is one stage.
type StageMap struct {
	Column   string      `toml:"column"`
	Document ledger.Code `toml:"document"`
}

// maxMap bounds the size of a map, in bytes; maxDocument leaves room for the
// hash in codes of commitments and acceptances.
const (
	maxMap      = 64 << 10
	maxDocument = 20
)

// ReadMap reads a map. Unknown keys are refused. Every broken rule is in the
// error, with the key's path as the field. Rules: too_large, not_allowed (an
// unknown key), required, invalid_code, invalid_date, unknown_kind.
func ReadMap(r io.Reader) (Map, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxMap+1))
	if err != nil {
		return Map{}, fmt.Errorf("read map: %w", err)
	}
	if len(data) > maxMap {
		return Map{}, ledger.Refuse(TooLarge, "map", "what", "bytes", "limit", fmt.Sprint(maxMap))
	}
	var m Map
	meta, err := toml.Decode(string(data), &m)
	if err != nil {
		return Map{}, fmt.Errorf("read map: %w", err)
	}
	var unknown []error
	for _, key := range meta.Undecoded() {
		unknown = append(unknown, ledger.Refuse(ledger.NotAllowed, key.String(), "kind", "map"))
	}
	return m, errors.Join(errors.Join(unknown...), m.Check())
}

// Check returns every broken rule of the map itself.
func (m Map) Check() error {
	return errors.Join(m.checkFrame(), m.checkRows(), m.checkCodings(), m.checkStages())
}

func (m Map) checkFrame() error {
	_, currency := m.currency()
	_, date := ledger.ParseDate(m.Posting.Date)
	_, kind := ledger.ParseSourceKind(m.Source.Kind)
	_, backing := ledger.ParseBacking(m.Source.Backing)
	errs := []error{
		under("programme", currency), under("posting.date", date), under("source.kind", kind), under("source.backing", backing),
		code("programme.code", m.Programme.Code), code("root.code", m.Root.Code), code("source.treasury", m.Source.Treasury),
		text("programme.name", m.Programme.Name), text("root.name", m.Root.Name), text("posting.number", m.Posting.Number),
	}
	if m.Header < 1 {
		errs = append(errs, ledger.Refuse(ledger.Required, "header_row"))
	}
	if m.Posting.BudgetYear < 1900 || m.Posting.BudgetYear > 2999 {
		errs = append(errs, ledger.Refuse(ledger.InvalidDate, "posting.budget_year", "value", fmt.Sprint(m.Posting.BudgetYear)))
	}
	return errors.Join(errs...)
}

func (m Map) checkRows() error {
	r := m.Rows
	if r.Column == "" {
		if len(r.Detail)+len(r.Total)+len(r.TotalKey) > 0 {
			return ledger.Refuse(ledger.Required, "rows.column")
		}
		return nil
	}
	var errs []error
	if len(r.Detail) == 0 {
		errs = append(errs, ledger.Refuse(ledger.Required, "rows.detail"))
	}
	if len(r.Total) > 0 && len(r.TotalKey) == 0 {
		errs = append(errs, ledger.Refuse(ledger.Required, "rows.total_key"))
	}
	for _, word := range r.Total {
		if slices.Contains(r.Detail, word) {
			errs = append(errs, ledger.Refuse(ledger.Exists, "rows.total", "what", "rows.detail", "code", word))
		}
	}
	return errors.Join(errs...)
}

func (m Map) checkCodings() error {
	var errs []error
	for _, d := range m.codings() {
		if len(d.coding.Columns) == 0 {
			errs = append(errs, ledger.Refuse(ledger.Required, d.name+".columns"))
		}
	}
	return errors.Join(errs...)
}

func (m Map) checkStages() error {
	var errs []error
	for i, s := range m.stages() {
		field := "stages." + stageNames[i]
		if s.Column == "" && i != exercised {
			errs = append(errs, ledger.Refuse(ledger.Required, field+".column"))
		}
		if i == exercised {
			if s.Document != "" {
				errs = append(errs, ledger.Refuse(ledger.NotAllowed, field+".document", "kind", "exercised"))
			}
			continue
		}
		errs = append(errs, code(field+".document", s.Document))
		if len(s.Document) > maxDocument {
			errs = append(errs, ledger.Refuse(ledger.TooLong, field+".document", "limit", fmt.Sprint(maxDocument)))
		}
	}
	return errors.Join(errs...)
}

// currency returns the currency of the report's amounts.
func (m Map) currency() (ledger.Currency, error) {
	return ledger.NewCurrency(m.Programme.Currency, m.Programme.Scale)
}

// programme returns the programme as the map describes it.
func (m Map) programme() ledger.Programme {
	currency, _ := m.currency()
	return ledger.Programme{Code: m.Programme.Code, Name: m.Programme.Name, Currency: currency, AdjustmentDays: m.Programme.AdjustmentDays}
}

// The dimensions of a line that come from columns, in the order of its parts.
const (
	sourcePart = iota
	projectPart
	unitPart
	khoanPart
	naturePart
	partCount
)

type namedCoding struct {
	name   string
	coding Coding
}

func (m Map) codings() [partCount]namedCoding {
	return [partCount]namedCoding{
		{"source", m.Source.Coding}, {"project", m.Project}, {"unit", m.Unit}, {"khoan", m.Khoan}, {"nature", m.Nature},
	}
}

// The stages in the order in which they are posted.
const (
	approved = iota
	modified
	received
	committed
	accrued
	exercised
	paid
	stageCount
)

var stageNames = [stageCount]string{"approved", "modified", "received", "committed", "accrued", "exercised", "paid"}

func (m Map) stages() [stageCount]StageMap {
	s := m.Stages
	return [stageCount]StageMap{s.Approved, s.Modified, s.Received, s.Committed, s.Accrued, s.Exercised, s.Paid}
}

func code(field string, c ledger.Code) error {
	if c == "" {
		return ledger.Refuse(ledger.Required, field)
	}
	if !c.Valid() {
		return ledger.Refuse(ledger.InvalidCode, field, "value", clip(string(c)))
	}
	return nil
}

func text(field, s string) error {
	if s == "" {
		return ledger.Refuse(ledger.Required, field)
	}
	return nil
}

// under puts faults below a key of the map.
func under(field string, err error) error {
	for _, f := range ledger.Faults(err) {
		return &ledger.Fault{Rule: f.Rule, Field: field, Operands: f.Operands}
	}
	return err
}
