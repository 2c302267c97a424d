package ledger_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A legCase says what one event does to the accounts. In want, "A > B" credits
// A and debits B, "back" makes the pair red. The books are L the line, L2 the
// other line, P the pool, PL and PL2 the plans of their projects, F the fund;
// "..D" is the sub-account of the line. "draw X" is how the source pays into X:
// an appropriation receives the money at that moment, cash must be there.
type legCase struct {
	name  string
	event func(l ledger.Line) ledger.Event
	want  string
	only  ledger.Backing // zero = both
}

// On the line of the book that lived returns, 1.000 of something.
func event(kind ledger.EventKind) func(ledger.Line) ledger.Event {
	return func(l ledger.Line) ledger.Event {
		e := ledger.Event{Kind: kind, Line: l, Amount: dong(1000)}
		switch kind.Info().Scope {
		case ledger.SourceScope:
			e.Line = ledger.Line{Source: l.Source}
			if kind.Info().Year {
				e.Line.Year = l.Year
			}
		case ledger.ProjectScope:
			e.Line = ledger.Line{Year: l.Year, Source: l.Source, Project: l.Project}
		}
		return e
	}
}

func upon(kind ledger.EventKind, obligation ledger.Code) func(ledger.Line) ledger.Event {
	return func(ledger.Line) ledger.Event {
		return ledger.Event{Kind: kind, Obligation: obligation, Amount: dong(1000)}
	}
}

func less(of func(ledger.Line) ledger.Event) func(ledger.Line) ledger.Event {
	return func(l ledger.Line) ledger.Event { e := of(l); e.Amount = e.Amount.Neg(); return e }
}

func refund(n int) func(ledger.Line) ledger.Event {
	return func(ledger.Line) ledger.Event {
		return ledger.Event{Kind: ledger.Refund, Of: ledger.EventRef{Seq: 2, N: n}, Amount: dong(1000)}
	}
}

func to(project, unit ledger.Code) func(ledger.Line) ledger.Event {
	return func(l ledger.Line) ledger.Event {
		return ledger.Event{Kind: ledger.Transfer, Line: l, To: line2019(l.Source, project, unit), Amount: dong(1000)}
	}
}

var legCases = []legCase{
	{"plan", event(ledger.Plan), "PL:Basis > PL:Unfunded", 0},
	{"plan revised up", event(ledger.RevisePlan), "PL:Basis > PL:Unfunded", 0},
	{"plan revised down", less(event(ledger.RevisePlan)), "PL:Basis > PL:Unfunded back", 0},
	{"opening: undrawn", event(ledger.OpenUndrawn), "P:CarryIn > P:Allotted; L:CarryInUndrawn > L:Available", 0},
	{"opening: advance", event(ledger.OpenAdvance), "P:CarryIn > P:Allotted; L:CarryInAdvance > L:Advanced{TU-3-1}; F:Opening > F:Advances..D", 0},
	{"opening: cash", event(ledger.OpenCash), "F:Opening > F:Treasury", ledger.ByCash},
	{"pledge", event(ledger.Pledge), "F:Pledged > F:PledgeDue{TT-3-1}", ledger.ByCash},
	{"receive without a pledge", event(ledger.Receive), "F:Received > F:Treasury", ledger.ByCash},
	{"receive from a pledge", upon(ledger.Receive, "TT"), "F:PledgeDue{TT} > F:PledgeMet; F:Received > F:Treasury", ledger.ByCash},
	{"pledge cancelled", upon(ledger.CancelPledge, "TT"), "F:PledgeDue{TT} > F:PledgeCancelled", ledger.ByCash},
	{"appropriate", event(ledger.Appropriate), "P:Original > P:Unallocated", 0},
	{"supplement", event(ledger.Supplement), "P:Supplement > P:Unallocated", 0},
	{"late supplement", event(ledger.LateSupplement), "P:LateSupplement > P:Unallocated", 0},
	{"reduce the pool", event(ledger.Reduce), "P:Unallocated > P:Reduction", 0},
	{"reduce a line", func(l ledger.Line) ledger.Event {
		return ledger.Event{Kind: ledger.Reduce, Line: l, Amount: dong(1000)}
	},
		"L:Available > L:Withdrawn; P:Allotted > P:Unallocated; PL:Funded > PL:Unfunded; P:Unallocated > P:Reduction", 0},
	{"allocate", event(ledger.Allocate), "P:Unallocated > P:Allotted; L:Original > L:Available; PL:Unfunded > PL:Funded", 0},
	{"allocate a supplement", event(ledger.AllocateSupplement), "P:Unallocated > P:Allotted; L:Supplement > L:Available; PL:Unfunded > PL:Funded", 0},
	{"allocate a late supplement", event(ledger.AllocateLateSupplement), "P:Unallocated > P:Allotted; L:LateSupplement > L:Available; PL:Unfunded > PL:Funded", 0},
	{"withdraw", event(ledger.Withdraw), "L:Available > L:Withdrawn; P:Allotted > P:Unallocated; PL:Funded > PL:Unfunded", 0},
	{"transfer within a project", to("DA1", "PC04"), "L:Available > L:TransferOut; L3:TransferIn > L3:Available", 0},
	{"transfer to another project", to("DA2", "PC04"),
		"L:Available > L:TransferOut; L2:TransferIn > L2:Available; PL:Funded > PL:Unfunded; PL2:Unfunded > PL2:Funded", 0},
	{"withhold", event(ledger.Withhold), "L:Available > L:Withheld", 0},
	{"release", event(ledger.Release), "L:Available > L:Withheld back", 0},
	{"commit", event(ledger.Commit), "L:Available > L:Committed{CK-3-1}", 0},
	{"commitment raised", upon(ledger.ChangeCommitment, "HD"), "L:Available > L:Committed{HD}", 0},
	{"commitment lowered", less(upon(ledger.ChangeCommitment, "HD")), "L:Available > L:Committed{HD} back", 0},
	{"commitment cancelled", upon(ledger.CancelCommitment, "HD"), "L:Available > L:Committed{HD} back", 0},
	{"accrue", event(ledger.Accrue), "L:Available > L:Accrued{NT-3-1}", 0},
	{"accrue on a commitment", upon(ledger.Accrue, "HD"), "L:Committed{HD} > L:Accrued{NT-3-1}", 0},
	{"advance", event(ledger.Advance), "L:Available > L:Advanced{TU-3-1}; draw Advances", 0},
	{"advance on a commitment", upon(ledger.Advance, "HD"), "L:Committed{HD} > L:Advanced{TU-3-1}; draw Advances", 0},
	{"clear", upon(ledger.Clear, "TU"), "L:Advanced{TU} > L:Actual; F:Advances..D > F:Spent..D", 0},
	{"clear an opened advance", upon(ledger.Clear, "TU-CU"), "L:Advanced{TU-CU} > L:Actual; F:Advances..D > F:Spent..D", 0},
	{"advance returned", upon(ledger.ReturnAdvance, "TU"), "L:Available > L:Advanced{TU} back; draw Advances back", 0},
	{"advance on a commitment returned", upon(ledger.ReturnAdvance, "TU-HD"), "L:Committed{HD} > L:Advanced{TU-HD} back; draw Advances back", 0},
	{"opened advance returned", upon(ledger.ReturnAdvance, "TU-CU"), "L:Available > L:Advanced{TU-CU} back; draw Advances back", 0},
	{"pay", event(ledger.Pay), "L:Available > L:Actual; draw Spent", 0},
	{"pay on a commitment", upon(ledger.Pay, "HD"), "L:Committed{HD} > L:Actual; draw Spent", 0},
	{"pay on an acceptance", upon(ledger.Pay, "NT"), "L:Accrued{NT} > L:Actual; draw Spent", 0},
	{"refund of a payment", refund(8), "L:Available > L:Actual back; draw Spent back", 0},
	{"refund of a payment on a commitment", refund(9), "L:Committed{HD} > L:Actual back; draw Spent back", 0},
	{"refund of a payment on an acceptance", refund(10), "L:Accrued{NT} > L:Actual back; draw Spent back", 0},
	{"refund into another account", func(ledger.Line) ledger.Event {
		return ledger.Event{Kind: ledger.Refund, Of: ledger.EventRef{Seq: 2, N: 8}, Treasury: "KHAC", Amount: dong(1000)}
	}, "L:Available > L:Actual back; F:Treasury@KHAC > F:Spent..D back", ledger.ByCash},
	{"cleared advance refunded into another account", func(ledger.Line) ledger.Event {
		return ledger.Event{Kind: ledger.Refund, Of: ledger.EventRef{Seq: 2, N: 11}, Treasury: "KHAC", Amount: dong(1000)}
	}, "L:Available > L:Actual back; F:Received > F:Treasury@KHAC back; F:Treasury@KHAC > F:Spent..D back", ledger.ByAppropriation},
	{"advance returned into another account", func(ledger.Line) ledger.Event {
		return ledger.Event{Kind: ledger.ReturnAdvance, Obligation: "TU", Treasury: "KHAC", Amount: dong(1000)}
	}, "L:Available > L:Advanced{TU} back; F:Treasury@KHAC > F:Advances..D back", ledger.ByCash},
	{"pay from another account", func(l ledger.Line) ledger.Event {
		return ledger.Event{Kind: ledger.Pay, Line: l, Treasury: "KHAC", Amount: dong(1000)}
	}, "L:Available > L:Actual; F:Received > F:Treasury@KHAC; F:Treasury@KHAC > F:Spent..D", ledger.ByAppropriation},
	{"refund of a cleared advance", refund(11), "L:Available > L:Actual back; draw Spent back", 0},
}

// lived is a book in which record 1 gives the source money and record 2 opens one
// of everything upon the line: what every case needs.
func lived(t *testing.T, backing ledger.Backing) (*book, ledger.Line) {
	src := map[ledger.Backing]ledger.Code{ledger.ByAppropriation: "NSTW", ledger.ByCash: "VIENTRO"}[backing]
	b, l := newBook(t), line2019(src, "DA1", "CAT")
	first := []ledger.Event{
		{Kind: ledger.Appropriate, Line: pool(2019, src), Amount: dong(2_000_000)},
		{Kind: ledger.Allocate, Line: l, Amount: dong(1_000_000)},
	}
	if backing == ledger.ByCash {
		first = append(first, ledger.Event{Kind: ledger.Receive, Line: source(src), Amount: dong(500_000)},
			ledger.Event{Kind: ledger.Pledge, Line: source(src), Opens: "TT", Amount: dong(50_000)})
	}
	b.post(day(2019, 1, 2), first...)
	on := func(kind ledger.EventKind, opens ledger.Code, amount int64) ledger.Event {
		return ledger.Event{Kind: kind, Line: l, Opens: opens, Amount: dong(amount)}
	}
	under := func(kind ledger.EventKind, obligation, opens ledger.Code, amount int64) ledger.Event {
		return ledger.Event{Kind: kind, Obligation: obligation, Opens: opens, Amount: dong(amount)}
	}
	b.post(day(2019, 2, 1),
		on(ledger.Withhold, "", 30_000),
		on(ledger.Commit, "HD", 200_000),
		on(ledger.OpenAdvance, "TU-CU", 15_000),
		on(ledger.Advance, "TU", 50_000),
		under(ledger.Advance, "HD", "TU-HD", 30_000),
		under(ledger.Accrue, "HD", "NT", 40_000),
		on(ledger.Accrue, "", 2_000),
		on(ledger.Pay, "", 20_000), // event 8: refunds name these by number
		under(ledger.Pay, "HD", "", 10_000),
		under(ledger.Pay, "NT", "", 5_000),
		under(ledger.Clear, "TU", "", 10_000))
	return b, l
}

// spell turns a want into legs as showAccount writes them, by string work alone.
func spell(want string, l ledger.Line, backing ledger.Backing) (legs []string) {
	want = strings.ReplaceAll(want, "draw Advances", "draw Advances..D")
	want = strings.ReplaceAll(want, "draw Spent", "draw Spent..D")
	for _, part := range strings.Split(want, "; ") {
		part, red := strings.CutSuffix(part, " back")
		pairs := []string{part}
		if place, ok := strings.CutPrefix(part, "draw "); ok {
			pairs = []string{"F:Treasury > F:" + place}
			if backing == ledger.ByAppropriation {
				pairs = []string{"F:Received > F:Treasury", pairs[0]}
			}
		}
		for _, pair := range pairs {
			from, to, _ := strings.Cut(pair, " > ")
			legs = append(legs, leg("C", spellAccount(from, l), red), leg("D", spellAccount(to, l), red))
		}
	}
	return legs
}

func leg(side, account string, red bool) string {
	if red {
		return side + "R -1000 " + account
	}
	return side + " 1000 " + account
}

func spellAccount(short string, l ledger.Line) string {
	book, state, _ := strings.Cut(short, ":")
	state, obligation, _ := strings.Cut(state, "{")
	state, byLine := strings.CutSuffix(state, "..D")
	state, account, named := strings.Cut(state, "@")
	src := string(l.Source)
	path := map[string]string{
		"PL": "Plan:CT:" + src + ":DA1:2019:-:", "PL2": "Plan:CT:" + src + ":DA2:2019:-:",
		"P": "Budget:2019:" + src + ":Pool:", "F": "Fund:" + src + ":",
		"L": "Budget:2019:" + src + ":DA1:CAT:041:12:", "L2": "Budget:2019:" + src + ":DA2:PC04:041:12:",
		"L3": "Budget:2019:" + src + ":DA1:PC04:041:12:",
	}[book] + state
	switch {
	case byLine:
		path += ":2019:DA1:CAT:041:12"
	case named:
		path += ":" + account
	case state == "Treasury" && src == "NSTW":
		path += ":KBNN"
	case state == "Treasury":
		path += ":TGNH"
	}
	return path + " " + strings.TrimSuffix(obligation, "}")
}

func spelled(rec *ledger.Record) (legs []string) {
	for _, l := range rec.Entry.Legs {
		side := "C"
		if l.Debit {
			side = "D"
		}
		if l.Red {
			side += "R"
		}
		legs = append(legs, side+" "+l.Amount.String()+" "+l.Account.Path(programme)+" "+string(l.Obligation))
	}
	return legs
}

// TestLegs holds every kind of event to its legs, with sources of both backings,
// and its reversal to the same legs in red.
func TestLegs(t *testing.T) {
	var text strings.Builder
	seen := map[ledger.EventKind]bool{}
	for _, backing := range []ledger.Backing{ledger.ByAppropriation, ledger.ByCash} {
		for _, c := range legCases {
			if c.only != 0 && c.only != backing {
				continue
			}
			t.Run(backing.String()+"/"+c.name, func(t *testing.T) {
				b, l := lived(t, backing)
				before := fmt.Sprint(b.net())
				e := c.event(l)
				seen[e.Kind] = true
				res := b.post(day(2019, 3, 1), e)
				got, want := spelled(res.Record), spell(c.want, l, backing)
				if strings.Join(got, "\n") != strings.Join(want, "\n") {
					t.Errorf("legs\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				fmt.Fprintf(&text, "%s, %s (%s)\n%s", c.name, backing, e.Kind, showLegs(res.Record))

				taken := b.do(reversal(res.Seq, day(2019, 4, 1)))
				for i, x := range taken.Record.Entry.Legs {
					y := res.Record.Entry.Legs[i]
					if x.Account != y.Account || x.Debit != y.Debit || x.Red == y.Red || !x.Amount.Equal(y.Amount.Neg()) || x.Obligation != y.Obligation {
						t.Errorf("leg %d taken back is %+v, was %+v", i+1, x, y)
					}
				}
				if after := fmt.Sprint(b.net()); after != before {
					t.Errorf("after the reversal\n%s\nbefore the event\n%s", after, before)
				}
			})
		}
	}
	for _, k := range ledger.Kinds {
		if !seen[k.Kind] {
			t.Errorf("no case for %s", k.Name)
		}
	}
	golden(t, "legs.golden", text.String())
}
