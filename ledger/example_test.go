package ledger_test

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

// amount reads đồng; the examples know that theirs are well written.
func amount(s string) ledger.Money {
	m, err := ledger.ParseMoney(s, ledger.VND)
	if err != nil {
		panic(err)
	}
	return m
}

// ask puts a voucher of events of one day to a State. Its number begins with the
// type of the document and is the key of the request too.
func ask(s *ledger.State, number, date string, events ...ledger.Event) ledger.Result {
	d, err := ledger.ParseDate(date)
	if err != nil {
		panic(err)
	}
	typ, _, _ := strings.Cut(number, "-")
	request := ledger.Request{
		Key:    ledger.UserKey("an.nguyen", number),
		Action: ledger.Posting{Date: d, Document: ledger.Document{Type: ledger.Code(typ), Number: number}, Events: events},
	}
	// A service passes its clock and fresh random salts.
	stamp := ledger.Stamp{At: time.Date(2019, 3, 17, 2, 0, 0, 0, time.UTC), Salt: func() (salt [16]byte) { return salt }}
	return s.Decide(ledger.Actor{User: "an.nguyen"}, request, stamp)
}

// structure is a programme with one unit, project and source.
func structure() ledger.Structure {
	from, _ := ledger.NewDate(2017, 1, 1)
	return ledger.Structure{
		Programme: ledger.Programme{Code: "MT", Name: "Phòng, chống ma túy", Currency: ledger.VND, AdjustmentDays: 31},
		Units:     []ledger.Unit{{Code: "CAT", Name: "Công an tỉnh", From: from}},
		Projects:  []ledger.Project{{Code: "DA1", Name: "Dự án 1", Owner: "CAT"}},
		Sources:   []ledger.Source{{Code: "NSTW", Name: "Ngân sách trung ương", Kind: ledger.CentralBudget, Backing: ledger.ByAppropriation, Treasury: "KBNN"}},
	}
}

// exampleBook is the programme in memory, with one line of 100.000.000.
func exampleBook() (*ledger.State, ledger.Line) {
	st := structure()
	s := ledger.NewState(ledger.Base{
		Programme: st.Programme,
		Units:     map[int]ledger.Unit{1: st.Units[0]}, Projects: map[int]ledger.Project{1: st.Projects[0]}, Sources: map[int]ledger.Source{1: st.Sources[0]},
		Grants: []ledger.Grant{{User: "an.nguyen", Programme: "MT", Role: ledger.Officer}},
	})
	line, err := ledger.ParseLine("2019/NSTW/DA1/CAT/041/12")
	if err != nil {
		panic(err)
	}
	ask(s, "QD-1", "2019-01-02",
		ledger.Event{Kind: ledger.Appropriate, Line: ledger.Line{Year: 2019, Source: "NSTW"}, Amount: amount("120000000")},
		ledger.Event{Kind: ledger.Allocate, Line: line, Amount: amount("100000000")})
	return s, line
}

// turnovers are the cells of a State that was never flushed.
func turnovers(s *ledger.State) iter.Seq2[ledger.Cell, error] {
	return func(yield func(ledger.Cell, error) bool) {
		for _, a := range s.Changes().Accounts {
			if !yield(ledger.Cell{Account: a.Account, Debit: a.Debit, Credit: a.Credit}, nil) {
				return
			}
		}
	}
}

// Post a payment and see what is left of the line.
func Example() {
	s, line := exampleBook()
	res := ask(s, "GRDT-15", "2019-03-17", ledger.Event{Kind: ledger.Pay, Line: line.Short(), Amount: amount("86400000"), Payee: "Công ty Bình Minh"})
	fmt.Println("record", res.Seq, "voucher", res.Number.Type, res.Number.Number, "of", res.Number.Unit)
	for _, l := range res.Record.Entry.Legs {
		fmt.Printf("%12s  %s\n", l.Signed(), l.Account.Path("MT"))
	}
	sum, err := ledger.Summarize(turnovers(s), structure(), ledger.Filter{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("left:", sum.Total.Must(ledger.Available))
	// Output:
	// record 2 voucher GRDT 1 of CAT
	//    -86400000  Budget:2019:NSTW:DA1:CAT:041:12:Available
	//     86400000  Budget:2019:NSTW:DA1:CAT:041:12:Actual
	//    -86400000  Fund:NSTW:Received
	//     86400000  Fund:NSTW:Treasury:KBNN
	//    -86400000  Fund:NSTW:Treasury:KBNN
	//     86400000  Fund:NSTW:Spent:2019:DA1:CAT:041:12
	// left: 13600000
}

// A refusal names every broken rule with its field and operands, and changes
// nothing.
func ExampleState_Decide_refused() {
	s, line := exampleBook()
	res := ask(s, "GRDT-16", "2019-03-17", ledger.Event{Kind: ledger.Pay, Line: line, Amount: amount("100000001")})
	fmt.Println("too much:", errors.Is(res.Err, ledger.OverLimit))
	for _, f := range ledger.Faults(res.Err) {
		fmt.Println(f.Field, string(f.Rule), "available", f.Operands["available"], "short", f.Operands["short"])
	}
	res = ask(s, "GRDT-17", "2020-02-01",
		ledger.Event{Kind: ledger.Pay, Line: line, Amount: amount("1")},
		ledger.Event{Kind: ledger.Clear, Obligation: "TU-7", Amount: amount("1")})
	for _, f := range ledger.Faults(res.Err) {
		fmt.Println(f)
	}
	fmt.Println("records:", s.Seq())
	// Output:
	// too much: true
	// events[0].amount over_limit available 100000000 short 1
	// outside_year at events[0].date date=2020-02-01 from=2019-01-01 until=2020-01-31 year=2019
	// unknown_code at events[1].obligation value=TU-7
	// records: 1
}

// The same request under the same key is answered as before, so that it is safe
// to repeat what got no answer.
func ExampleState_Decide_repeated() {
	s, line := exampleBook()
	pay := ledger.Event{Kind: ledger.Pay, Line: line, Amount: amount("5000000")}
	first, again := ask(s, "GRDT-18", "2019-03-17", pay), ask(s, "GRDT-18", "2019-03-17", pay)
	fmt.Println(first.Outcome == ledger.Accepted, again.Outcome == ledger.Replayed, first.Seq == again.Seq)
	pay.Amount = amount("6000000")
	fmt.Println(ask(s, "GRDT-18", "2019-03-17", pay).Err)
	// Output:
	// true true true
	// key_reused at key key=GRDT-18
}

// A contract, an advance on it, work accepted: the figures of the line.
func ExampleSummarize() {
	s, line := exampleBook()
	ask(s, "CKC-1", "2019-05-05", ledger.Event{Kind: ledger.Commit, Line: line, Opens: "HD-12", Amount: amount("40000000")})
	ask(s, "GRDT-2", "2019-05-20", ledger.Event{Kind: ledger.Advance, Obligation: "HD-12", Opens: "TU-HD-12", Amount: amount("12000000")})
	ask(s, "GRDT-3", "2019-08-30",
		ledger.Event{Kind: ledger.Clear, Obligation: "TU-HD-12", Amount: amount("10000000")},
		ledger.Event{Kind: ledger.Pay, Obligation: "HD-12", Amount: amount("20000000")})
	sum, err := ledger.Summarize(turnovers(s), structure(), ledger.Filter{})
	if err != nil {
		fmt.Println(err)
		return
	}
	v := sum.Total
	for _, f := range []ledger.Figure{ledger.Usable, ledger.Actual, ledger.AdvancesOpen, ledger.CommittedOpen, ledger.Available} {
		fmt.Printf("%-15s %9s\n", f, v.Must(f))
	}
	disbursed, _ := v.Must(ledger.Disbursed).Percent(v.Must(ledger.Usable), 2)
	settled, _ := v.Must(ledger.Actual).Percent(v.Must(ledger.Usable), 2)
	fmt.Println("disbursed", disbursed, "% settled", settled, "%")
	// Output:
	// usable          100000000
	// actual           30000000
	// advances_open     2000000
	// committed_open    8000000
	// available        60000000
	// disbursed 32.00 % settled 30.00 %
}

// A return reduces what it names, in red, never beyond the original.
func ExampleEvent_refund() {
	s, line := exampleBook()
	paid := ask(s, "GRDT-19", "2019-11-05", ledger.Event{Kind: ledger.Pay, Line: line, Amount: amount("900000")})
	back := ledger.Event{Kind: ledger.Refund, Of: ledger.EventRef{Seq: paid.Seq, N: 1}, Amount: amount("15000")}
	res := ask(s, "NTKP-1", "2019-11-20", back)
	for _, l := range res.Record.Entry.Legs[:2] {
		fmt.Println("red", l.Red, "debit", l.Debit, l.Amount, l.Account.State)
	}
	back.Amount = amount("885001")
	fmt.Println(ask(s, "NTKP-2", "2019-11-21", back).Err)
	// Output:
	// red true debit false -15000 Available
	// red true debit true -15000 Actual
	// reduces_too_much at events[0].amount entry=2.1 needed=885001 remaining=885000
}

func ExampleParseMoney() {
	for _, s := range []string{"86400000", "1.500", "1e9", "-15000"} {
		m, err := ledger.ParseMoney(s, ledger.VND)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(m, m.Currency().Code())
	}
	// Output:
	// 86400000 VND
	// amount_scale at amount scale=0 value=1.500
	// invalid_amount at amount value=1e9
	// -15000 VND
}
