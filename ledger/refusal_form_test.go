package ledger_test

import (
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

// references are requests that name what is not there, or not clearly.
var references = []refusal{
	{name: "unknown obligation", action: under(ledger.Pay, "HD-9", 1), faults: []string{"unknown_code at events[0].obligation value=HD-9"}},
	{name: "unknown advance", action: under(ledger.ReturnAdvance, "TU-9", 1), faults: []string{"unknown_code at events[0].obligation value=TU-9"}},
	{name: "unknown source", action: on(ledger.Appropriate, pool(2019, "NSX"), 1), faults: []string{"unknown_code at events[0].line.source value=NSX"}},
	{name: "unknown project", action: on(ledger.Allocate, line2019("NSTW", "DA9", "CAT"), 1), faults: []string{"unknown_code at events[0].line.project value=DA9"}},
	{name: "unknown unit", action: on(ledger.Allocate, line2019("NSTW", "DA1", "XA"), 1), faults: []string{"unknown_code at events[0].line.unit value=XA"}},
	{name: "unknown line", action: on(ledger.Pay, line2019("NSTW", "DA1", "PC04"), 1), faults: []string{"unknown_code at events[0].line value=2019/NSTW/DA1/PC04/041/12"}},
	{name: "line of another year", action: on(ledger.Pay, ledger.Line{Year: 2018, Source: "NSTW", Project: "DA1", Unit: "CAT"}, 1), faults: []string{"unknown_code at events[0].line value=2018/NSTW/DA1/CAT"}},
	{name: "ambiguous line", action: on(ledger.Pay, twinLine.Short(), 1),
		faults: []string{"ambiguous_line at events[0].line candidates=2019/NSTW/DA2/CAT/041/12, 2019/NSTW/DA2/CAT/041/13 value=2019/NSTW/DA2/CAT"}},
	{name: "ambiguous receiver", action: with(func(e *ledger.Event) { e.Kind, e.To = ledger.Transfer, twinLine.Short() }),
		faults: []string{"ambiguous_line at events[0].to candidates=2019/NSTW/DA2/CAT/041/12, 2019/NSTW/DA2/CAT/041/13 value=2019/NSTW/DA2/CAT"}},
	{name: "line without a unit", action: on(ledger.Pay, ledger.Line{Year: 2019, Source: "NSTW", Project: "DA1"}, 1),
		faults: []string{"incomplete_line at events[0].line needs=YEAR/SOURCE/PROJECT/UNIT/KHOAN/NATURE value=2019/NSTW/DA1"}},
	{name: "pool without a year", action: on(ledger.Appropriate, source("NSTW"), 1),
		faults: []string{"incomplete_line at events[0].line needs=YEAR/SOURCE value=-/NSTW"}},
	{name: "plan without a project", action: on(ledger.Plan, pool(2019, "NSTW"), 1),
		faults: []string{"incomplete_line at events[0].line needs=YEAR/SOURCE/PROJECT value=2019/NSTW"}},
	{name: "cash without a source", action: on(ledger.Receive, ledger.Line{Project: "DA1"}, 1),
		faults: []string{"incomplete_line at events[0].line needs=-/SOURCE value=-"}},
	{name: "cut of a project, which has no ring", action: on(ledger.Reduce, ledger.Line{Year: 2019, Source: "NSTW", Project: "DA1"}, 1),
		faults: []string{"incomplete_line at events[0].line needs=YEAR/SOURCE/PROJECT/UNIT/KHOAN/NATURE value=2019/NSTW/DA1"}},
	{name: "new line named short", action: on(ledger.Allocate, line2019("NSTW", "DA1", "PC04").Short(), 1),
		faults: []string{"incomplete_line at events[0].line needs=YEAR/SOURCE/PROJECT/UNIT/KHOAN/NATURE value=2019/NSTW/DA1/PC04"}},
	{name: "unit after its end", action: on(ledger.Allocate, line2019("NSTW", "DA1", "CU"), 1),
		faults: []string{"expired_code at events[0].line.unit code=CU date=2019-05-01"}},
	{name: "obligation opened twice", action: with(func(e *ledger.Event) { e.Kind, e.Opens = ledger.Commit, "HD" }),
		faults: []string{"exists at events[0].opens code=HD what=commitment"}},
	{name: "obligation opened twice in one voucher", action: voucher(day(2019, 5, 1),
		ledger.Event{Kind: ledger.Commit, Line: troubledLine, Opens: "HD-3", Amount: dong(1)},
		ledger.Event{Kind: ledger.Advance, Line: troubledLine, Opens: "HD-3", Amount: dong(1)}),
		faults: []string{"exists at events[1].opens code=HD-3 what=advance"}},
	{name: "payment on an advance", action: under(ledger.Pay, "TU", 1), faults: []string{"wrong_obligation at events[0].obligation kind=advance obligation=TU"}},
	{name: "clearing of a contract", action: under(ledger.Clear, "HD", 1), faults: []string{"wrong_obligation at events[0].obligation kind=commitment obligation=HD"}},
	{name: "return of a contract", action: under(ledger.ReturnAdvance, "HD", 1), faults: []string{"wrong_obligation at events[0].obligation kind=commitment obligation=HD"}},
	{name: "receipt on a contract", action: under(ledger.Receive, "HD", 1), faults: []string{"wrong_obligation at events[0].obligation kind=commitment obligation=HD"}},
	{name: "contract of another line", action: with(func(e *ledger.Event) { e.Line, e.Obligation = aidLine, "HD" }),
		faults: []string{"wrong_obligation at events[0].obligation kind=commitment line=2019/NSTW/DA1/CAT/041/12 obligation=HD"}},
	{name: "transfer to another source", action: with(func(e *ledger.Event) { e.Kind, e.To = ledger.Transfer, aidLine }),
		faults: []string{"source_mismatch at events[0].to from=NSTW to=VIENTRO"}},
	{name: "transfer to another year", action: with(func(e *ledger.Event) {
		e.Kind, e.To = ledger.Transfer, troubledLine
		e.To.Year = 2020
	}), faults: []string{"year_mismatch at events[0].to from=2019 to=2020"}},
	{name: "transfer to itself", action: with(func(e *ledger.Event) { e.Kind, e.To = ledger.Transfer, troubledLine.Short() }),
		faults: []string{"same_line at events[0].to line=2019/NSTW/DA1/CAT/041/12"}},
	{name: "cash into an appropriation", action: on(ledger.Receive, source("NSTW"), 1), faults: []string{"not_cash_backed at events[0].line.source source=NSTW"}},
	{name: "opening cash of an appropriation", action: on(ledger.OpenCash, source("NSTW"), 1), faults: []string{"not_cash_backed at events[0].line.source source=NSTW"}},
	{name: "pledge of an appropriation", action: on(ledger.Pledge, source("NSTW"), 1), faults: []string{"not_cash_backed at events[0].line.source source=NSTW"}},
}

// forms are requests whose fields are missing, too many, or of the wrong form.
var forms = []refusal{
	{name: "no events", action: paper(func(p *ledger.Posting) { p.Events = nil }), faults: []string{"required at events"}},
	{name: "too many events", action: paper(func(p *ledger.Posting) { p.Events = make([]ledger.Event, 501) }), faults: []string{"too_many at events count=501 limit=500"}},
	{name: "no date, no type", action: paper(func(p *ledger.Posting) { p.Date, p.Document.Type = ledger.Date{}, "" }), faults: []string{"required at document.type", "required at date"}},
	{name: "type of the wrong form", action: paper(func(p *ledger.Posting) { p.Document.Type = "qđ" }), faults: []string{"invalid_code at document.type value=qđ"}},
	{name: "number too long", action: paper(func(p *ledger.Posting) { p.Document.Number = strings.Repeat("1", 1001) }), faults: []string{"too_long at document.number length=1001 limit=1000"}},
	{name: "no key", action: with(func(*ledger.Event) {}), key: &ledger.Key{Space: "u:local"}, faults: []string{"required at key"}},
	{name: "key too long", action: with(func(*ledger.Event) {}), key: &ledger.Key{Space: "u:local", Value: strings.Repeat("k", 129)}, faults: []string{"too_long at key length=129 limit=128"}},
	{name: "no action", faults: []string{"required at key"}},
	{name: "no amount", action: with(func(e *ledger.Event) { e.Amount = ledger.Money{} }), faults: []string{"required at events[0].amount"}},
	{name: "no line", action: with(func(e *ledger.Event) { e.Line = ledger.Line{} }), faults: []string{"required at events[0].line"}},
	{name: "nothing to transfer to", action: with(func(e *ledger.Event) { e.Kind = ledger.Transfer }), faults: []string{"required at events[0].to"}},
	{name: "nothing to refund", action: with(func(e *ledger.Event) { e.Kind = ledger.Refund }), faults: []string{"required at events[0].of"}},
	{name: "nothing to clear", action: with(func(e *ledger.Event) { e.Kind = ledger.Clear }), faults: []string{"required at events[0].obligation"}},
	{name: "fields that a payment does not take", action: with(func(e *ledger.Event) {
		e.To, e.Opens, e.Due, e.Of = aidLine, "HD-9", day(2019, 9, 9), ledger.EventRef{Seq: 5, N: 1}
	}), faults: []string{"not_allowed at events[0].to kind=pay", "not_allowed at events[0].opens kind=pay", "not_allowed at events[0].due kind=pay", "not_allowed at events[0].of kind=pay"}},
	{name: "fields that a commitment does not take", action: with(func(e *ledger.Event) {
		e.Kind, e.Treasury, e.Obligation, e.From = ledger.Commit, "KBNN", "HD", ledger.LineAvailable
	}), faults: []string{"not_allowed at events[0].treasury kind=commit", "not_allowed at events[0].obligation kind=commit", "not_allowed at events[0].from kind=commit"}},
	{name: "from another state than it can be", action: with(func(e *ledger.Event) { e.From = ledger.LineCommitted }), faults: []string{"not_allowed at events[0].from kind=pay wanted=available"}},
	{name: "from another state than the contract's", action: with(func(e *ledger.Event) { e.From, e.Obligation = ledger.LineAvailable, "HD" }), faults: []string{"not_allowed at events[0].from kind=pay wanted=committed"}},
	{name: "a year where none is", action: on(ledger.Receive, pool(2019, "VIENTRO"), 1), faults: []string{"not_allowed at events[0].line kind=receive needs=-/SOURCE value=2019/VIENTRO"}},
	{name: "a project where none is", action: on(ledger.Appropriate, ledger.Line{Year: 2019, Source: "NSTW", Project: "DA1"}, 1),
		faults: []string{"not_allowed at events[0].line kind=appropriate needs=YEAR/SOURCE value=2019/NSTW/DA1"}},
	{name: "a unit where none is", action: on(ledger.Plan, troubledLine.Short(), 1),
		faults: []string{"not_allowed at events[0].line kind=plan needs=YEAR/SOURCE/PROJECT value=2019/NSTW/DA1/CAT"}},
	{name: "a line with a hole", action: on(ledger.Appropriate, ledger.Line{Year: 2019, Source: "NSTW", Unit: "CAT"}, 1),
		faults: []string{"incomplete_line at events[0].line needs=YEAR/SOURCE value=2019/NSTW"}},
	{name: "a nature without a khoản", action: on(ledger.Pay, ledger.Line{Year: 2019, Source: "NSTW", Project: "DA1", Unit: "CAT", Nature: "12"}, 1),
		faults: []string{"incomplete_line at events[0].line needs=YEAR/SOURCE/PROJECT/UNIT/KHOAN/NATURE value=2019/NSTW/DA1/CAT"}},
	{name: "no kind", action: with(func(e *ledger.Event) { e.Kind = 0 }), faults: []string{"unknown_kind at events[0].kind value=0"}},
	{name: "kind of the future", action: with(func(e *ledger.Event) { e.Kind = 200 }), faults: []string{"unknown_kind at events[0].kind value=200"}},
	{name: "codes of the wrong form", action: with(func(e *ledger.Event) { e.Item, e.Treasury, e.Obligation = "6 503", "kbnn", "HĐ" }),
		faults: []string{"invalid_code at events[0].treasury value=kbnn", "invalid_code at events[0].obligation value=HĐ", "invalid_code at events[0].item value=6 503"}},
	{name: "a code that only the ledger gives", action: with(func(e *ledger.Event) { e.Kind, e.Opens = ledger.Commit, "CK-99-1" }), faults: []string{"invalid_code at events[0].opens value=CK-99-1"}},
	{name: "khoản and nature of the wrong form", action: on(ledger.Allocate, ledger.Line{Year: 2019, Source: "NSTW", Project: "DA1", Unit: "CAT", Khoan: "0/1", Nature: "a"}, 1),
		faults: []string{"invalid_code at events[0].line.khoan value=0/1", "invalid_code at events[0].line.nature value=a"}},
	{name: "19 digits", action: with(func(e *ledger.Event) { e.Amount = dong(999_999_999_999_999_999).Add(dong(1)) }), faults: []string{"amount_range at events[0].amount digits=19 limit=18"}},
	{name: "negative payment", action: with(func(e *ledger.Event) { e.Amount = dong(-1000) }), faults: []string{"negative at events[0].amount value=-1000"}},
	{name: "negative release", action: with(func(e *ledger.Event) { e.Kind, e.Amount = ledger.Release, dong(-1) }), faults: []string{"negative at events[0].amount value=-1"}},
	{name: "nothing", action: with(func(e *ledger.Event) { e.Amount = ledger.VND.Zero() }), faults: []string{"zero at events[0].amount"}},
	{name: "no change", action: one(ledger.Event{Kind: ledger.ChangeCommitment, Obligation: "HD", Amount: ledger.VND.Zero()}), faults: []string{"zero at events[0].amount"}},
	{name: "pesos", action: with(func(e *ledger.Event) { e.Amount = pesos("0.37") }), faults: []string{"currency_mismatch at events[0].amount value=MXN wanted=VND"}},
	{name: "payee and text too long", action: with(func(e *ledger.Event) { e.Payee, e.Text = strings.Repeat("a", 1001), strings.Repeat("b", 4001) }),
		faults: []string{"too_long at events[0].payee length=1001 limit=1000", "too_long at events[0].text length=4001 limit=4000"}},
	{name: "text in pieces", action: with(func(e *ledger.Event) { e.Text = "Nghe\u0323\u0302 An" }), faults: []string{"not_nfc at events[0].text"}},
	{name: "text that is no text", action: with(func(e *ledger.Event) { e.Payee = "\xff" }), faults: []string{"not_nfc at events[0].payee"}},
	{name: "text that turns around", action: with(func(e *ledger.Event) { e.Payee = "a\u202eb" }), faults: []string{"control_character at events[0].payee"}},
	{name: "text with a bell", action: with(func(e *ledger.Event) { e.Text = "a\ab" }), faults: []string{"control_character at events[0].text"}},
	{name: "every bad event is named", action: voucher(day(2019, 5, 1),
		ledger.Event{Kind: ledger.Pay, Line: troubledLine, Amount: dong(-1), Payee: "\x00"},
		ledger.Event{Kind: ledger.Pay, Line: troubledLine, Amount: dong(1)},
		ledger.Event{Kind: ledger.Clear, Amount: dong(1)},
		ledger.Event{Kind: ledger.Pay, Line: twinLine.Short(), Amount: dong(1)}), faults: []string{
		"control_character at events[0].payee", "negative at events[0].amount value=-1", "required at events[2].obligation", "required at events[2].line",
		"ambiguous_line at events[3].line candidates=2019/NSTW/DA2/CAT/041/12, 2019/NSTW/DA2/CAT/041/13 value=2019/NSTW/DA2/CAT"}},
}

// pesos reads an amount of a currency with two places.
func pesos(s string) ledger.Money {
	mxn, err := ledger.NewCurrency("MXN", 2)
	if err != nil {
		panic(err)
	}
	m, err := ledger.ParseMoney(s, mxn)
	if err != nil {
		panic(err)
	}
	return m
}

// structures are changes of structure, periods and rights in a programme.
var structures = []refusal{
	{name: "unit without anything", action: ledger.DefineUnit{}, faults: []string{"required at code", "required at name", "required at from"}},
	{name: "unit that ends before it begins", action: ledger.DefineUnit{Unit: ledger.Unit{Code: "X", Name: "X", Parent: "TINH", From: day(2019, 2, 1), To: day(2019, 1, 31)}}, faults: []string{"invalid_date at to value=2019-01-31"}},
	{name: "unit below nothing", action: ledger.DefineUnit{Unit: ledger.Unit{Code: "X", Name: "X", Parent: "Y", From: day(2019, 2, 1)}}, faults: []string{"unknown_code at parent value=Y"}},
	{name: "unit below itself", action: ledger.DefineUnit{Unit: ledger.Unit{Code: "CAT", Name: "X", Parent: "CAT", From: day(2019, 2, 1)}}, faults: []string{"unknown_code at parent value=CAT"}},
	{name: "root below another", action: ledger.DefineUnit{Unit: ledger.Unit{Code: "TINH", Name: "X", Parent: "CAT", From: day(2019, 2, 1)}}, faults: []string{"unknown_code at parent value=CAT"}},
	{name: "second root", action: ledger.DefineUnit{Unit: ledger.Unit{Code: "X", Name: "X", From: day(2019, 2, 1)}}, faults: []string{"required at parent"}},
	{name: "project without an owner that is", action: ledger.DefineProject{Project: ledger.Project{Code: "DA9", Name: "X", Owner: "Y"}}, faults: []string{"unknown_code at owner value=Y"}},
	{name: "source without anything", action: ledger.DefineSource{}, faults: []string{"required at code", "required at name", "required at treasury", "unknown_kind at kind value=0", "unknown_kind at backing value=0"}},
	{name: "source backed otherwise", action: ledger.DefineSource{Source: ledger.Source{Code: "NSTW", Name: "X", Kind: ledger.CentralBudget, Backing: ledger.ByCash, Treasury: "KBNN"}}, faults: []string{"exists at backing code=NSTW what=source"}},
	{name: "month 13", action: ledger.SetPeriod{Period: ledger.Period{Year: 2019, Month: 13, Closed: true}}, faults: []string{"invalid_date at month value=2019-13"}},
	{name: "role that is none", action: ledger.SetGrant{User: "officer", Role: "king"}, faults: []string{"unknown_kind at role value=king"}},
	{name: "grant to nobody", action: ledger.SetGrant{User: "nobody", Role: ledger.Officer}, faults: []string{"unknown_code at login value=nobody"}},
	{name: "grant to the machine", action: ledger.SetGrant{User: ledger.LocalUser, Role: ledger.Officer}, faults: []string{"unknown_code at login value=local"}},
	{name: "programme in a programme", action: ledger.DefineProgramme{}, faults: []string{"not_allowed at action kind=programme"}},
	{name: "user in a programme", action: ledger.SetUser{User: "x", Name: "X"}, faults: []string{"not_allowed at action kind=user"}},
}

// systems are requests to the book of users and programmes.
var systems = []refusal{
	{name: "unit of the system", action: ledger.DefineUnit{Unit: ledger.Unit{Code: "X", Name: "X", From: day(2019, 1, 1)}}, faults: []string{"not_allowed at action kind=unit"}},
	{name: "payment of the system", action: on(ledger.Pay, troubledLine, 1), faults: []string{"not_allowed at action kind=entry"}},
	{name: "programme twice", action: ledger.DefineProgramme{Programme: ledger.Programme{Code: programme, Name: "X", Currency: ledger.VND}}, faults: []string{"exists at code code=CT what=programme"}},
	{name: "programme called SYSTEM", action: ledger.DefineProgramme{Programme: ledger.Programme{Code: ledger.System, Name: "X", Currency: ledger.VND}}, faults: []string{"exists at code code=SYSTEM what=programme"}},
	{name: "programme without anything", action: ledger.DefineProgramme{Programme: ledger.Programme{AdjustmentDays: 367}},
		faults: []string{"required at code", "required at name", "required at currency", "too_many at adjustment_days count=367 limit=366"}},
	{name: "user of the wrong form", action: ledger.SetUser{User: "Ông", Name: "X"}, faults: []string{"invalid_code at login value=Ông"}},
	{name: "user called local", action: ledger.SetUser{User: ledger.LocalUser, Name: "X"}, faults: []string{"invalid_code at login value=local"}},
	{name: "user without a name", action: ledger.SetUser{User: "x"}, faults: []string{"required at name"}},
}
