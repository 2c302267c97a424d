package export

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A book is a real book in memory: the rules decide what is in it.
type book struct {
	t       *testing.T
	st      ledger.Structure
	state   *ledger.State
	at      time.Time
	salt    byte
	actions []ledger.Action
	records []ledger.Record
}

func date(t testing.TB, s string) ledger.Date {
	t.Helper()
	d, err := ledger.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func newBook(t *testing.T, currency ledger.Code, scale int) *book {
	t.Helper()
	c, err := ledger.NewCurrency(currency, scale)
	if err != nil {
		t.Fatal(err)
	}
	p := ledger.Programme{Code: "PCMT", Name: "Chương trình phòng, chống ma túy; 2017-2020", Currency: c, AdjustmentDays: 31, Sample: true}
	b := &book{t: t, at: time.Date(2017, 1, 3, 1, 2, 3, 4000, time.UTC)}
	b.st.Programme = p
	b.state = ledger.NewState(ledger.Base{Programme: p, People: map[ledger.Login]int{"lan.kt": 1}})
	day := date(t, "2010-01-01")
	b.must(ledger.DefineUnit{Unit: ledger.Unit{Code: "BCD", Name: "Ban chỉ đạo, thường trực", From: day}})
	b.must(ledger.DefineUnit{Unit: ledger.Unit{Code: "CAT", Name: "Công an tỉnh: [2019-01-01] type:X", Parent: "BCD", Chapter: "409", From: day}})
	b.must(ledger.DefineUnit{Unit: ledger.Unit{Code: "BP", Name: "Bộ đội Biên phòng", Parent: "BCD", From: day}})
	for _, p := range []ledger.Project{{Code: "DA1", Name: "Năng lực lực lượng chuyên trách", Owner: "CAT"}, {Code: "DA2", Name: "Địa bàn trọng điểm"}} {
		b.must(ledger.DefineProject{Project: p})
	}
	b.must(ledger.DefineSource{Source: ledger.Source{Code: "NSTW", Name: "Ngân sách trung ương", Kind: ledger.CentralBudget, Backing: ledger.ByAppropriation, Treasury: "KB-9527"}})
	b.must(ledger.DefineSource{Source: ledger.Source{Code: "VIENTRO", Name: "Viện trợ", Kind: ledger.ForeignAid, Backing: ledger.ByCash, Treasury: "TG-01"}})
	b.must(ledger.SetGrant{User: "lan.kt", Role: ledger.Officer})
	return b
}

// must decides an action, which has to be accepted, and keeps the record.
func (b *book) must(a ledger.Action) ledger.Seq {
	b.t.Helper()
	b.at = b.at.Add(time.Minute)
	key := ledger.UserKey(ledger.LocalUser, fmt.Sprintf("k%d", b.state.Seq()+1))
	stamp := ledger.Stamp{At: b.at, Salt: func() (s [16]byte) { b.salt++; s[0] = b.salt; return s }}
	res := b.state.Decide(ledger.LocalActor(), ledger.Request{Key: key, Action: a}, stamp)
	if res.Outcome != ledger.Accepted {
		b.t.Fatalf("%s at record %d: %v", a.Kind(), b.state.Seq()+1, res.Err)
	}
	b.actions = append(b.actions, a)
	b.records = append(b.records, *res.Record)
	return res.Seq
}

func (b *book) post(day, typ, paper string, events ...ledger.Event) ledger.Seq {
	b.t.Helper()
	return b.must(ledger.Posting{Date: date(b.t, day), Document: ledger.Document{Type: ledger.Code(typ), Number: paper}, Events: events})
}

func (b *book) event(k ledger.EventKind, line, amount string, set ...func(*ledger.Event)) ledger.Event {
	b.t.Helper()
	m, err := ledger.ParseMoney(amount, b.st.Programme.Currency)
	if err != nil {
		b.t.Fatal(err)
	}
	e := ledger.Event{Kind: k, Amount: m}
	if line != "" {
		if e.Line, err = ledger.ParseLine(line); err != nil {
			b.t.Fatal(err)
		}
	}
	for _, f := range set {
		f(&e)
	}
	return e
}

func (b *book) all() iter.Seq2[ledger.Record, error] { return each(b.records) }

func each(records []ledger.Record) iter.Seq2[ledger.Record, error] {
	return func(yield func(ledger.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func opens(c ledger.Code) func(*ledger.Event)   { return func(e *ledger.Event) { e.Opens = c } }
func draws(c ledger.Code) func(*ledger.Event)   { return func(e *ledger.Event) { e.Obligation = c } }
func payee(s string) func(*ledger.Event)        { return func(e *ledger.Event) { e.Payee = s } }
func text(s string) func(*ledger.Event)         { return func(e *ledger.Event) { e.Text = s } }
func forItem(c ledger.Code) func(*ledger.Event) { return func(e *ledger.Event) { e.Item = c } }
func of(seq ledger.Seq) func(*ledger.Event) {
	return func(e *ledger.Event) { e.Of = ledger.EventRef{Seq: seq, N: 1} }
}

func to(t *testing.T, line string) func(*ledger.Event) {
	l, err := ledger.ParseLine(line)
	if err != nil {
		t.Fatal(err)
	}
	return func(e *ledger.Event) { e.To = l }
}

// smallBook has every kind of event, three years, back-dated postings, a red
// correction, several events and payees in one voucher.
func smallBook(t *testing.T, currency ledger.Code, scale int) *book {
	t.Helper()
	b := newBook(t, currency, scale)
	const cat, bp = "2018/NSTW/DA1/CAT/041/12", "2018/NSTW/DA2/BP/041/12"
	const aid = "2018/VIENTRO/DA1/CAT/041/15"
	b.post("2017-12-20", "KH", "12/KH-UBND", b.event(ledger.Plan, "2018/NSTW/DA1", "20000000000"), b.event(ledger.Plan, "2018/NSTW/DA2", "3000000000"))
	b.post("2018-01-02", "SDDK", "", b.event(ledger.OpenUndrawn, cat, "50000000"), b.event(ledger.OpenAdvance, cat, "7000000", opens("TU-CU")), b.event(ledger.OpenCash, "-/VIENTRO", "100000000"))
	b.post("2018-01-15", "QD", "01/QĐ", b.event(ledger.Appropriate, "2018/NSTW", "9999999999"), b.event(ledger.Appropriate, "2018/VIENTRO", "2000000000"))
	b.post("2018-01-20", "QD", "02/QĐ", b.event(ledger.Allocate, cat, "5000000000"), b.event(ledger.Allocate, bp, "1000000000"), b.event(ledger.Allocate, aid, "900000000"))
	b.post("2018-03-01", "QD", "03/QĐ", b.event(ledger.Supplement, "2018/NSTW", "300000000"), b.event(ledger.AllocateSupplement, cat, "300000000"))
	b.post("2018-01-25", "QD", "04/QĐ; bổ sung, sửa", b.event(ledger.RevisePlan, "2018/NSTW/DA1", "-500000000"), b.event(ledger.Reduce, "2018/NSTW", "99999999"))
	b.post("2018-02-05", "TN", "TT-1", b.event(ledger.Pledge, "-/VIENTRO", "800000000", opens("TAITRO-1"), payee("UNODC")))
	b.post("2018-02-10", "TN", "BC 12", b.event(ledger.Receive, "-/VIENTRO", "400000000", draws("TAITRO-1")), b.event(ledger.Receive, "-/VIENTRO", "1"))
	b.post("2018-03-11", "CKC", "HD-12", b.event(ledger.Commit, cat, "864000000", opens("HD-12"), payee(`Công ty "Hoa Sen", TNHH; CN|1`)))
	b.post("2018-03-12", "CKC", "HD-12/PL1", b.event(ledger.ChangeCommitment, "", "-64000000", draws("HD-12")))
	b.post("2018-03-17", "GRDT", "PC-0147", b.event(ledger.Advance, cat, "240000000", draws("HD-12"), opens("TU-1"), payee("Công ty A"), forItem("6503")))
	b.post("2018-04-02", "NT", "BBNT 1", b.event(ledger.Accrue, cat, "300000000", draws("HD-12"), opens("NT-1")))
	b.post("2018-04-05", "TTTU", "", b.event(ledger.Clear, "", "200000000", draws("TU-1"), forItem("6503")))
	pay := b.post("2018-04-06", "UNC", "UNC 9", b.event(ledger.Pay, cat, "300000000", draws("NT-1"), payee("Công ty A"), forItem("6550"), text("Thanh toán đợt 1; lần 2")),
		b.event(ledger.Pay, cat, "86400000", payee("Nguyễn Văn B"), forItem("6503"), text("=1+1")))
	b.post("2018-03-05", "QD", "05/QĐ", b.event(ledger.Transfer, cat, "10000000", to(t, bp)), b.event(ledger.Withhold, bp, "100000000"))
	b.post("2018-05-05", "QD", "06/QĐ", b.event(ledger.Release, bp, "40000000"), b.event(ledger.Withdraw, bp, "5000000"))
	b.post("2018-05-06", "NTKP", "", b.event(ledger.Refund, "", "1000000", of(pay)), b.event(ledger.ReturnAdvance, "", "40000000", draws("TU-1")))
	b.post("2018-05-06", "CKC", "", b.event(ledger.CancelCommitment, "", "10000000", draws("HD-12")))
	b.post("2018-06-30", "TN", "", b.event(ledger.CancelPledge, "", "50000000", draws("TAITRO-1")))
	wrong := b.post("2018-07-01", "PC", "7", b.event(ledger.Pay, aid, "12345678", payee("Trần C")))
	b.must(ledger.Reversal{Of: wrong, Date: date(t, "2018-07-02"), Document: ledger.Document{Type: "PDC", Number: "PDC1"}, Reason: "Ghi nhầm nguồn"})
	b.must(ledger.SetPeriod{Period: ledger.Period{Year: 2018, Month: 6, Closed: true}})
	b.post("2018-11-20", "QD", "9/QĐ", b.event(ledger.LateSupplement, "2018/NSTW", "70000000"), b.event(ledger.AllocateLateSupplement, bp, "70000000"))
	b.post("2019-01-20", "PC", "", b.event(ledger.Pay, aid, "22000000", payee("Trần C")), b.event(ledger.Pay, bp, "1000000"))
	b.post("2018-12-31", "PC", "", b.event(ledger.Pay, bp, "3", text("  hai  khoảng trắng ")))
	return b
}

func bundle1(t *testing.T, b *book, o Options) (string, Manifest) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "xuat")
	m, err := Bundle(context.Background(), dir, b.st, b.all(), o)
	if err != nil {
		t.Fatal(err)
	}
	return dir, m
}

func readFile(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// trial returns the rows of trial.csv without its header.
func trial(t *testing.T, dir string) [][]string {
	t.Helper()
	var rows [][]string
	for line := range strings.Lines(readFile(t, filepath.Join(dir, "trial.csv"))) {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), ","))
	}
	return rows[1:]
}
