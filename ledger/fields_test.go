package ledger_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
)

// sealedBook records one of every kind of record, with every field filled that
// the kind has.
func sealedBook(t *testing.T) []*ledger.Record {
	t.Helper()
	var all []*ledger.Record
	take := func(b *book, a ledger.Action) ledger.Seq {
		res := b.do(a)
		all = append(all, res.Record)
		return res.Seq
	}
	system := openBook(t, ledger.Base{Programme: ledger.Programme{Code: ledger.System}})
	take(system, ledger.DefineProgramme{Programme: ledger.Programme{Code: "CT", Name: "Chương trình phòng, chống ma túy", Currency: mxn, AdjustmentDays: 31, Sample: true}})
	take(system, ledger.SetUser{User: "an.nguyen", Name: "Nguyễn Văn An"})
	take(system, ledger.SetUser{User: "an.nguyen", Name: "Nguyễn Văn An", Disabled: true})

	b := openBook(t, ledger.Base{Programme: ledger.Programme{Code: programme, Currency: ledger.VND, AdjustmentDays: 31}, People: map[ledger.Login]int{"an.nguyen": 1}})
	b.st.Programme.Currency = ledger.VND
	take(b, ledger.DefineUnit{Unit: ledger.Unit{Code: "TINH", Name: "Công an tỉnh", From: day(2017, 1, 1)}})
	take(b, ledger.DefineUnit{Unit: ledger.Unit{Code: "CAT", Name: "Phòng Tham mưu", Parent: "TINH", Chapter: "409", From: day(2017, 1, 1), To: day(2025, 2, 28)}})
	take(b, ledger.DefineProject{Project: ledger.Project{Code: "DA1", Name: "Dự án 1", Owner: "CAT"}})
	take(b, ledger.DefineSource{Source: ledger.Source{Code: "VIENTRO", Name: "Viện trợ", Kind: ledger.ForeignAid, Backing: ledger.ByCash, Treasury: "TGNH"}})
	take(b, ledger.SetGrant{User: "an.nguyen", Role: ledger.Officer})
	take(b, ledger.SetGrant{User: "an.nguyen", Role: ledger.Officer, Revoked: true})
	take(b, ledger.SetPeriod{Period: ledger.Period{Year: 2019, Month: 1, Closed: true}})
	take(b, ledger.SetPeriod{Period: ledger.Period{Year: 2019, Month: 1}})
	l := line2019("VIENTRO", "DA1", "CAT")
	take(b, ledger.Posting{Date: day(2019, 2, 1), Document: ledger.Document{Type: "QD", Number: "15/QĐ-UBND", Date: day(2019, 1, 28)}, Events: []ledger.Event{
		{Kind: ledger.Receive, Line: source("VIENTRO"), Treasury: "TK2", Amount: dong(900), Payee: "Nhà tài trợ", Text: "Đợt 1"},
		{Kind: ledger.Appropriate, Line: pool(2019, "VIENTRO"), Amount: dong(1000)},
		{Kind: ledger.Allocate, Line: l, Amount: dong(1000)},
		{Kind: ledger.Commit, Line: l.Short(), Opens: "HD-12", Due: day(2019, 12, 31), Amount: dong(400), Payee: "Công ty Bình Minh", Item: "6550"}}})
	paid := take(b, ledger.Posting{Date: day(2019, 3, 17), Document: ledger.Document{Type: "UNC"}, Events: []ledger.Event{
		{Kind: ledger.Advance, Obligation: "HD-12", Treasury: "TK2", Amount: dong(100), Due: day(2019, 4, 30)},
		{Kind: ledger.Pay, Line: l, From: ledger.LineAvailable, Treasury: "TK2", Amount: dong(50), Payee: "Nhà khách", Text: "Hội nghị", Item: "6655"},
		{Kind: ledger.Transfer, Line: l, To: ledger.Line{Year: 2019, Source: "VIENTRO", Project: "DA1", Unit: "TINH", Khoan: "041", Nature: "13"}, Amount: dong(10)}}})
	back := take(b, ledger.Posting{Date: day(2019, 4, 1), Document: ledger.Document{Type: "NTKP"}, Events: []ledger.Event{
		{Kind: ledger.Refund, Of: ledger.EventRef{Seq: paid, N: 2}, Amount: dong(5)},
		{Kind: ledger.ReturnAdvance, Obligation: "TU-10-1", Amount: dong(7)}}})
	take(b, ledger.Reversal{Of: back, Date: day(2019, 4, 2), Document: ledger.Document{Type: "PDC", Number: "01"}, Reason: "Nhập nhầm"})
	return all
}

// TestFieldsGolden freezes the names, order and texts of what is sealed.
func TestFieldsGolden(t *testing.T) {
	var text strings.Builder
	for _, r := range sealedBook(t) {
		fmt.Fprintf(&text, "%s %d, salt %x\n", r.Kind, r.Seq, r.Salt)
		for _, f := range r.Fields() {
			fmt.Fprintf(&text, "  %s = %s", f.Name, f.Value)
			if f.Salt != nil {
				fmt.Fprintf(&text, " {salt %x}", *f.Salt)
			}
			text.WriteByte('\n')
		}
	}
	golden(t, "fields.golden", text.String())
}

// TestFieldsAreWellFormed: names are unique within a record and none is empty;
// personal texts, and only they, have salts of their own, all different.
func TestFieldsAreWellFormed(t *testing.T) {
	salts := map[[16]byte]bool{}
	for _, r := range sealedBook(t) {
		seen := map[string]bool{}
		for _, f := range r.Fields() {
			if f.Name == "" || f.Value == "" || seen[f.Name] {
				t.Errorf("%s %d: field %q = %q", r.Kind, r.Seq, f.Name, f.Value)
			}
			seen[f.Name] = true
			own := strings.HasPrefix(f.Name, "event.") && (strings.HasSuffix(f.Name, ".payee") || strings.HasSuffix(f.Name, ".text"))
			if own != (f.Salt != nil) {
				t.Errorf("%s: salt %v", f.Name, f.Salt)
			}
			if f.Salt != nil {
				if salts[*f.Salt] {
					t.Errorf("%s: its salt was used before", f.Name)
				}
				salts[*f.Salt] = true
			}
		}
		for _, must := range []string{"seq", "kind", "actor", "recorded_at", "key_space", "key", "programme"} {
			if !seen[must] {
				t.Errorf("%s %d has no %s", r.Kind, r.Seq, must)
			}
		}
	}
}

// digestCases are actions that ask for different things: each differs from the
// first of its kind in one field.
func digestCases() (all []ledger.Action) {
	l := line2019("NSTW", "DA1", "CAT")
	full := ledger.Event{Kind: ledger.Pay, Line: l, To: l, Treasury: "KBNN", From: ledger.LineAvailable, Obligation: "HD", Opens: "TU", Due: day(2019, 9, 9),
		Of: ledger.EventRef{Seq: 5, N: 1}, Amount: dong(5), Item: "6503", Payee: "A", Text: "B"}
	posting := func(change func(*ledger.Posting)) {
		p := ledger.Posting{Date: day(2019, 5, 1), Document: ledger.Document{Type: "UNC", Number: "7", Date: day(2019, 4, 30)}, Events: []ledger.Event{full, full}}
		p.Events = slices.Clone(p.Events)
		change(&p)
		all = append(all, p)
	}
	posting(func(*ledger.Posting) {})
	posting(func(p *ledger.Posting) { p.Date = day(2019, 5, 2) })
	posting(func(p *ledger.Posting) { p.Document.Type = "PC" })
	posting(func(p *ledger.Posting) { p.Document.Number = "8" })
	posting(func(p *ledger.Posting) { p.Document.Date = ledger.Date{} })
	posting(func(p *ledger.Posting) { p.Events = p.Events[:1] })
	posting(func(p *ledger.Posting) { p.Events[0].Kind = ledger.Advance })
	posting(func(p *ledger.Posting) { p.Events[0].Line = l.Short() })
	posting(func(p *ledger.Posting) { p.Events[0].To = l.Short() })
	posting(func(p *ledger.Posting) { p.Events[0].Treasury = "TK2" })
	posting(func(p *ledger.Posting) { p.Events[0].From = 0 })
	posting(func(p *ledger.Posting) { p.Events[0].Obligation = "" })
	posting(func(p *ledger.Posting) { p.Events[0].Opens = "" })
	posting(func(p *ledger.Posting) { p.Events[0].Due = day(2019, 9, 10) })
	posting(func(p *ledger.Posting) { p.Events[0].Of.N = 2 })
	posting(func(p *ledger.Posting) { p.Events[0].Amount = dong(-5) })
	posting(func(p *ledger.Posting) { p.Events[0].Amount = currency("USD", 0).Zero().Add(usd("5")) })
	posting(func(p *ledger.Posting) { p.Events[0].Amount = ledger.Money{} })
	posting(func(p *ledger.Posting) { p.Events[0].Item = "6504" })
	posting(func(p *ledger.Posting) { p.Events[0].Payee, p.Events[0].Text = "AB", "" })
	posting(func(p *ledger.Posting) { p.Events[0].Payee, p.Events[0].Text = "", "AB" })
	posting(func(p *ledger.Posting) { p.Events[1].Text = "C" })
	red := reversal(5, day(2019, 5, 1))
	all = append(all, red)
	for _, change := range []func(*ledger.Reversal){
		func(r *ledger.Reversal) { r.Of = 6 }, func(r *ledger.Reversal) { r.Date = day(2019, 5, 2) },
		func(r *ledger.Reversal) { r.Document.Number = "1" }, func(r *ledger.Reversal) { r.Reason = "Khác" },
	} {
		r := red
		change(&r)
		all = append(all, r)
	}
	return append(all,
		ledger.DefineProgramme{Programme: ledger.Programme{Code: "CT", Name: "N", Currency: ledger.VND, AdjustmentDays: 31}},
		ledger.DefineProgramme{Programme: ledger.Programme{Code: "CT", Name: "N", Currency: ledger.VND, AdjustmentDays: 31, Sample: true}},
		ledger.DefineProgramme{Programme: ledger.Programme{Code: "CT", Name: "N", Currency: currency("VND", 2), AdjustmentDays: 31}},
		ledger.DefineUnit{Unit: ledger.Unit{Code: "U", Name: "N", From: day(2019, 1, 1)}},
		ledger.DefineUnit{Unit: ledger.Unit{Code: "U", Name: "N", From: day(2019, 1, 1), To: day(2019, 1, 1)}},
		ledger.DefineProject{Project: ledger.Project{Code: "U", Name: "N"}}, ledger.DefineProject{Project: ledger.Project{Code: "U", Name: "N", Owner: "U"}},
		ledger.DefineSource{Source: ledger.Source{Code: "U", Name: "N", Kind: 1, Backing: 1, Treasury: "T"}},
		ledger.DefineSource{Source: ledger.Source{Code: "U", Name: "N", Kind: 2, Backing: 1, Treasury: "T"}},
		ledger.DefineSource{Source: ledger.Source{Code: "U", Name: "N", Kind: 1, Backing: 2, Treasury: "T"}},
		ledger.SetPeriod{Period: ledger.Period{Year: 2019, Month: 1, Closed: true}}, ledger.SetPeriod{Period: ledger.Period{Year: 2019, Month: 1}},
		ledger.SetGrant{User: "a", Role: ledger.Officer}, ledger.SetGrant{User: "a", Role: ledger.Officer, Revoked: true}, ledger.SetGrant{User: "a", Role: ledger.Owner},
		ledger.SetUser{User: "a", Name: "A"}, ledger.SetUser{User: "a", Name: "A", Disabled: true}, ledger.SetUser{User: "b", Name: "A"})
}

func usd(s string) ledger.Money {
	m, err := ledger.ParseMoney(s, currency("USD", 0))
	if err != nil {
		panic(err)
	}
	return m
}

// TestRequestDigests: whatever differs has another digest, what is the same the
// same, and the digests are those that databases hold.
func TestRequestDigests(t *testing.T) {
	var text strings.Builder
	seen := map[ledger.Digest]int{}
	for i, a := range digestCases() {
		d := ledger.RequestDigest(a)
		if other, taken := seen[d]; taken {
			t.Errorf("actions %d and %d have one digest: %+v", other, i, a)
		}
		seen[d] = i
		fmt.Fprintf(&text, "%2d %-9s %x\n", i, a.Kind(), d)
	}
	for i, a := range digestCases() {
		if seen[ledger.RequestDigest(a)] != i {
			t.Errorf("action %d has another digest the second time", i)
		}
	}
	golden(t, "digests.golden", text.String())
}

// TestDigestIgnoresForm: a request is what it asks for, not how it was written.
func TestDigestIgnoresForm(t *testing.T) {
	a := voucher(day(2019, 5, 1), ledger.Event{Kind: ledger.Pay, Line: troubledLine, Amount: pesos("5")})
	b := voucher(day(2019, 5, 1), ledger.Event{Kind: ledger.Pay, Line: troubledLine, Amount: pesos("5.00")})
	if ledger.RequestDigest(a) != ledger.RequestDigest(b) {
		t.Error("5 and 5.00 pesos are different requests")
	}
}

// TestReplay: the same key with the same content is answered as before, and
// nothing moves, however often it comes and whatever happened since.
func TestReplay(t *testing.T) {
	b := funded(t)
	request := ledger.Request{Key: ledger.UserKey("an", "form-1"), Action: voucher(day(2019, 2, 1), ledger.Event{Kind: ledger.Pay, Line: troubledLine, Amount: dong(1_000_000)})}
	first := b.state.Decide(ledger.LocalActor(), request, b.stamp())
	if first.Outcome != ledger.Accepted {
		t.Fatal(first.Err)
	}
	b.do(ledger.SetPeriod{Period: ledger.Period{Year: 2019, Month: 2, Closed: true}})
	before := b.state.Dump()
	again := b.state.Decide(ledger.LocalActor(), request, b.stamp()) // no money left, month closed
	if again.Outcome != ledger.Replayed || again.Seq != first.Seq || again.Number != first.Number || again.Record != nil || again.Err != nil {
		t.Errorf("again %+v, first %+v", again, first)
	}
	if b.state.Dump() != before {
		t.Error("a replay changed the State")
	}
	other := request
	other.Key = ledger.ImportKey("an", "form-1") // another space, another request
	if res := b.state.Decide(ledger.LocalActor(), other, b.stamp()); res.Outcome != ledger.Refused {
		t.Errorf("outcome %d", res.Outcome)
	}
}
