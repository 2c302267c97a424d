package ledger_test

import (
	"encoding/binary"
	"flag"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file of testdata, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs from what was frozen (-update writes it anew); it should be now:\n%s", path, got)
	}
}

const programme ledger.Code = "CT"

func day(year, month, day int) ledger.Date {
	d, err := ledger.NewDate(year, month, day)
	if err != nil {
		panic(err)
	}
	return d
}

func dong(n int64) ledger.Money {
	m, err := ledger.ParseMoney(strconv.FormatInt(n, 10), ledger.VND)
	if err != nil {
		panic(err)
	}
	return m
}

// line2019 is a whole line of 2019 with khoản 041 and nature 12.
func line2019(source, project, unit ledger.Code) ledger.Line {
	return ledger.Line{Year: 2019, Source: source, Project: project, Unit: unit, Khoan: "041", Nature: "12"}
}

func source(code ledger.Code) ledger.Line { return ledger.Line{Source: code} }

func pool(year int, source ledger.Code) ledger.Line { return ledger.Line{Year: year, Source: source} }

// base is a small programme in đồng: an appropriation-backed source NSTW and
// a cash-backed one, VIENTRO, with the Treasury accounts KBNN and TGNH.
func base() ledger.Base {
	from := day(2017, 1, 1)
	return ledger.Base{
		Programme: ledger.Programme{Code: programme, Name: "Chương trình thử", Currency: ledger.VND, AdjustmentDays: 31},
		Units: map[int]ledger.Unit{
			1: {Code: "TINH", Name: "Công an tỉnh", From: from},
			2: {Code: "CAT", Name: "Phòng Tham mưu", Parent: "TINH", From: from},
			3: {Code: "PC04", Name: "Phòng Cảnh sát ĐTTP về ma túy", Parent: "TINH", From: from},
			4: {Code: "CU", Name: "Đơn vị đã giải thể", Parent: "TINH", From: from, To: day(2019, 2, 28)},
		},
		Projects: map[int]ledger.Project{
			1: {Code: "DA1", Name: "Năng lực lực lượng chuyên trách", Owner: "CAT"},
			2: {Code: "DA2", Name: "Địa bàn trọng điểm", Owner: "PC04"},
		},
		Sources: map[int]ledger.Source{
			1: {Code: "NSTW", Name: "Ngân sách trung ương", Kind: ledger.CentralBudget, Backing: ledger.ByAppropriation, Treasury: "KBNN"},
			2: {Code: "VIENTRO", Name: "Viện trợ", Kind: ledger.ForeignAid, Backing: ledger.ByCash, Treasury: "TGNH"},
		},
		People: map[ledger.Login]int{"officer": 1, "approver": 2},
		Grants: []ledger.Grant{{User: "officer", Programme: programme, Role: ledger.Officer}, {User: "approver", Programme: programme, Role: ledger.Approver}},
	}
}

// failer is what *testing.T and *rapid.T share.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// A book is a State in memory with a clock and salts that repeat.
type book struct {
	failer
	state *ledger.State
	st    ledger.Structure
	tick  uint64
}

func newBook(t failer) *book { return openBook(t, base()) }

func openBook(t failer, from ledger.Base) *book {
	st := ledger.Structure{Programme: from.Programme}
	for id := 1; id <= len(from.Sources); id++ {
		st.Sources = append(st.Sources, from.Sources[id])
	}
	return &book{failer: t, state: ledger.NewState(from), st: st}
}

// stamp gives the instant and the salts of the next decision.
func (b *book) stamp() ledger.Stamp {
	b.tick++
	n := uint64(0)
	return ledger.Stamp{
		At: time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(b.tick) * time.Second),
		Salt: func() (salt [16]byte) {
			n++
			binary.BigEndian.PutUint64(salt[:8], b.tick)
			binary.BigEndian.PutUint64(salt[8:], n)
			return salt
		},
	}
}

// try asks for an action under a key of its own.
func (b *book) try(a ledger.Action) ledger.Result {
	key := ledger.UserKey(ledger.LocalUser, "k"+strconv.FormatUint(b.tick, 10))
	return b.state.Decide(ledger.LocalActor(), ledger.Request{Key: key, Action: a}, b.stamp())
}

// do asks for an action that must be accepted.
func (b *book) do(a ledger.Action) ledger.Result {
	b.Helper()
	res := b.try(a)
	if res.Outcome != ledger.Accepted {
		b.Fatalf("%+v\noutcome %d: %v", a, res.Outcome, res.Err)
	}
	return res
}

// voucher is a posting of events under a decision.
func voucher(date ledger.Date, events ...ledger.Event) ledger.Posting {
	return ledger.Posting{Date: date, Document: ledger.Document{Type: "QD", Number: "1/QD"}, Events: events}
}

// post records a voucher that must be accepted.
func (b *book) post(date ledger.Date, events ...ledger.Event) ledger.Result {
	b.Helper()
	return b.do(voucher(date, events...))
}

// reversal takes a whole entry back on a date.
func reversal(of ledger.Seq, date ledger.Date) ledger.Reversal {
	return ledger.Reversal{Of: of, Date: date, Document: ledger.Document{Type: "PDC"}, Reason: "Nhập nhầm"}
}

// cells yields the turnovers that a filter selects.
func (b *book) cells(f ledger.Filter) iter.Seq2[ledger.Cell, error] {
	pattern := f.Line
	pattern.Year = 0
	return func(yield func(ledger.Cell, error) bool) {
		for _, c := range b.state.Changes().Accounts {
			l := c.Account.Line
			if len(f.Years) > 0 && !slices.Contains(f.Years, l.Year) || !l.Matches(pattern) {
				continue
			}
			if !yield(ledger.Cell{Account: c.Account, Debit: c.Debit, Credit: c.Credit}, nil) {
				return
			}
		}
	}
}

// figures are the totals of what a filter selects.
func (b *book) figures(f ledger.Filter) ledger.Values {
	b.Helper()
	sum, err := ledger.Summarize(b.cells(f), b.st, f)
	if err != nil {
		b.Fatalf("summarize: %v", err)
	}
	return sum.Total
}

// ofLine selects one line in its own year.
func ofLine(l ledger.Line) ledger.Filter { return ledger.Filter{Years: []int{l.Year}, Line: l} }

// net is the balance of every account that is not empty, by its path; debits
// are positive.
func (b *book) net() map[string]string {
	all := map[string]string{}
	for _, c := range b.state.Changes().Accounts {
		if m := c.Debit.Sub(c.Credit); m.Sign() != 0 {
			all[c.Account.Path(programme)] = m.String()
		}
	}
	return all
}

// want compares figures with amounts.
func (b *book) want(step string, v ledger.Values, figures map[ledger.Figure]int64) {
	b.Helper()
	for f, n := range figures {
		if m, ok := v.Get(f); !ok || !m.Equal(dong(n)) {
			b.Errorf("%s: %s = %v (present %v), want %d", step, f, m, ok, n)
		}
	}
}

// funded is a book with NSTW and VIENTRO appropriated, one line of 1.000.000 on
// each, and 600.000 in cash.
func funded(t failer) *book {
	b := newBook(t)
	for _, src := range []ledger.Code{"NSTW", "VIENTRO"} {
		b.post(day(2019, 1, 2),
			ledger.Event{Kind: ledger.Appropriate, Line: pool(2019, src), Amount: dong(1_500_000)},
			ledger.Event{Kind: ledger.Allocate, Line: line2019(src, "DA1", "CAT"), Amount: dong(1_000_000)})
	}
	b.post(day(2019, 1, 3), ledger.Event{Kind: ledger.Receive, Line: source("VIENTRO"), Amount: dong(600_000)})
	return b
}

// showLegs writes a record's legs one to a line.
func showLegs(rec *ledger.Record) string {
	text := ""
	for _, l := range rec.Entry.Legs {
		side := "C"
		if l.Debit {
			side = "D"
		}
		if l.Red {
			side += "R"
		}
		text += fmt.Sprintf("  %d %-2s %8s %-5s %s", l.Event, side, l.Amount, l.Account.Commodity(ledger.VND), l.Account.Path(programme))
		if l.Obligation != "" {
			text += " {" + string(l.Obligation) + "}"
		}
		text += "\n"
	}
	return text
}

// TestNothingOfTheClockDecides: the same requests give the same book at any
// instant and with any salt.
func TestNothingOfTheClockDecides(t *testing.T) {
	a, b := funded(t), newBook(t)
	b.tick = 1 << 40
	c := funded(t)
	if a.state.Dump() != c.state.Dump() {
		t.Error("the same requests make different States")
	}
	for _, r := range a.state.Changes().Records {
		b.post(r.Entry.Date, eventsOf(r)...)
	}
	if x, y := fmt.Sprint(a.net()), fmt.Sprint(b.net()); x != y {
		t.Errorf("balances %s\nat another instant %s", x, y)
	}
}

func eventsOf(r ledger.Record) (all []ledger.Event) {
	for _, e := range r.Entry.Events {
		all = append(all, e.Event)
	}
	return all
}
