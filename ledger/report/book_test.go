package report

import (
	"iter"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
)

// book is an invented programme as the ledger sums it up.
type book struct {
	st     ledger.Structure
	cells  []ledger.Cell
	filter ledger.Filter
}

func day(y, m, d int) ledger.Date {
	date, err := ledger.NewDate(y, m, d)
	if err != nil {
		panic(err)
	}
	return date
}

func amount(s string, c ledger.Currency) ledger.Money {
	m, err := ledger.MoneyFromStore(s, c)
	if err != nil {
		panic(err)
	}
	return m
}

func newBook(c ledger.Currency) *book {
	return &book{st: ledger.Structure{
		Programme: ledger.Programme{Code: "PCMT", Name: "Phòng, chống ma túy 2017–2020", Currency: c, Sample: true},
		Units:     []ledger.Unit{{Code: "TINH", Name: "Công an tỉnh"}, {Code: "PC04", Name: "=Phòng Cảnh sát điều tra tội phạm về ma túy"}},
		Projects:  []ledger.Project{{Code: "DA1", Name: "Năng lực lực lượng chuyên trách"}, {Code: "DA2", Name: "Địa bàn trọng điểm"}},
		Sources: []ledger.Source{{Code: "NSTW", Name: "Ngân sách trung ương", Backing: ledger.ByAppropriation},
			{Code: "VIENTRO", Name: "Viện trợ không hoàn lại", Backing: ledger.ByCash}},
	}}
}

// move adds the debit turnover of a state, and the credit turnover of another.
func (b *book) move(month ledger.Date, l ledger.Line, from, to ledger.AccountState, dong string) {
	c := b.st.Programme.Currency
	m := amount(dong, c)
	b.cells = append(b.cells,
		ledger.Cell{Account: ledger.Account{State: from, Line: l}, Month: month, Debit: c.Zero(), Credit: m},
		ledger.Cell{Account: ledger.Account{State: to, Line: l}, Month: month, Debit: m, Credit: c.Zero()})
}

// smallBook is two years, two projects, two sources, two units.
func smallBook() *book {
	b := newBook(ledger.VND)
	l := ledger.Line{Year: 2019, Source: "NSTW", Project: "DA1", Unit: "TINH"}
	b.move(day(2019, 1, 1), ledger.Line{Year: 2019, Source: "NSTW", Project: "DA1"}, ledger.PlanBasis, ledger.PlanUnfunded, "3000000003")
	b.move(day(2019, 1, 1), ledger.Line{Year: 2020, Source: "NSTW", Project: "DA2"}, ledger.PlanBasis, ledger.PlanUnfunded, "1000000000")
	b.move(day(2019, 2, 1), l, ledger.LineOriginal, ledger.LineAvailable, "2000000000")
	b.move(day(2019, 3, 1), l, ledger.LineAvailable, ledger.LineActual, "333333333")
	b.move(day(2019, 8, 1), l, ledger.LineAvailable, ledger.LineAdvanced, "150000000")
	b.move(day(2019, 11, 1), l, ledger.LineAdvanced, ledger.LineActual, "100000000")
	b.move(day(2019, 11, 1), l, ledger.LineAvailable, ledger.LineCommitted, "77000000")
	k := ledger.Line{Year: 2020, Source: "VIENTRO", Project: "DA2", Unit: "PC04"}
	b.move(day(2020, 1, 1), ledger.Line{Source: "VIENTRO"}, ledger.FundReceived, ledger.FundTreasury, "500000000")
	b.move(day(2020, 1, 1), k, ledger.LineOriginal, ledger.LineAvailable, "400000000")
	b.move(day(2020, 2, 1), k, ledger.LineAvailable, ledger.LineActual, "399999999")
	return b
}

func (b *book) all() iter.Seq2[ledger.Cell, error] {
	return func(yield func(ledger.Cell, error) bool) {
		for _, c := range b.cells {
			if !yield(c, nil) {
				return
			}
		}
	}
}

func (b *book) summary(t *testing.T) ledger.Summary {
	t.Helper()
	s, err := ledger.Summarize(b.all(), b.st, b.filter)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
