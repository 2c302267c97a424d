package ledger_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
)

// TestRights writes the table of rights down: deny by default.
func TestRights(t *testing.T) {
	operations := []ledger.Operation{ledger.Read, ledger.PostEntries, ledger.DefineStructure, ledger.ClosePeriods, ledger.ManageUsers}
	want := map[ledger.Role]string{ // in the order of operations
		ledger.Officer:  "++---",
		ledger.Approver: "+--+-",
		ledger.Owner:    "+----",
		ledger.Agency:   "++++-",
		ledger.Auditor:  "+----",
		ledger.Admin:    "+-+-+",
	}
	if len(want) != len(ledger.Roles) {
		t.Errorf("%d roles", len(ledger.Roles))
	}
	for _, r := range append(ledger.Roles, "", "root", "OFFICER") {
		got := ""
		for _, op := range append(operations, "", "everything") {
			got += map[bool]string{true: "+", false: "-"}[r.May(op)]
		}
		expected, known := want[r]
		if !known {
			expected = "-----"
		}
		if got != expected+"--" || r.Valid() != known {
			t.Errorf("%q may %s, want %s", r, got, expected)
		}
	}
}

func TestActorMay(t *testing.T) {
	an := ledger.Actor{User: "an", Grants: []ledger.Grant{{User: "an", Programme: "CT", Role: ledger.Officer}, {User: "an", Programme: ledger.System, Role: ledger.Admin}}}
	for _, c := range []struct {
		by        ledger.Actor
		op        ledger.Operation
		programme ledger.Code
		want      bool
	}{
		{an, ledger.PostEntries, "CT", true}, {an, ledger.Read, "CT", true}, {an, ledger.ClosePeriods, "CT", false},
		{an, ledger.Read, "CT2", false}, {an, ledger.ManageUsers, "CT", false}, {an, ledger.ManageUsers, ledger.System, true}, {an, ledger.PostEntries, ledger.System, false},
		{ledger.Actor{}, ledger.Read, "CT", false}, {ledger.Actor{User: ledger.LocalUser}, ledger.Read, "CT", false}, {ledger.LocalActor(), ledger.ManageUsers, "CT", true},
	} {
		err := c.by.May(c.op, c.programme)
		if (err == nil) != c.want || err != nil && !errors.Is(err, ledger.Forbidden) {
			t.Errorf("%s may %s in %s: %v", c.by.User, c.op, c.programme, err)
		}
	}
	if !an.Has(ledger.Officer, "CT") || an.Has(ledger.Admin, "CT") || an.Has(ledger.Officer, "CT2") {
		t.Error("Has")
	}
}

// TestRevocationIsNotOvertaken: the book's grants decide at the moment of the
// decision, whatever the caller carries.
func TestRevocationIsNotOvertaken(t *testing.T) {
	b := funded(t)
	an := ledger.Actor{User: "officer", Grants: []ledger.Grant{{User: "officer", Programme: programme, Role: ledger.Officer}}}
	pay := func() ledger.Result {
		key := ledger.UserKey("officer", fmt.Sprint(b.tick))
		return b.state.Decide(an, ledger.Request{Key: key, Action: on(ledger.Pay, troubledLine, 1)}, b.stamp())
	}
	if res := pay(); res.Outcome != ledger.Accepted || res.Record.By != "officer" {
		t.Fatalf("%+v", res)
	}
	b.do(ledger.SetGrant{User: "officer", Role: ledger.Officer, Revoked: true})
	if res := pay(); !errors.Is(res.Err, ledger.Forbidden) {
		t.Errorf("after the revocation: %v", res.Err)
	}
	b.do(ledger.SetGrant{User: "officer", Role: ledger.Agency})
	if res := pay(); res.Outcome != ledger.Accepted {
		t.Errorf("with another role: %v", res.Err)
	}
}

// TestRecordsBelongToTheirAuthor: a replay needs the right too, and the answer of
// another user's key is not given away.
func TestRecordsBelongToTheirAuthor(t *testing.T) {
	b := funded(t)
	request := ledger.Request{Key: ledger.UserKey("officer", "1"), Action: on(ledger.Pay, troubledLine, 1)}
	if res := b.state.Decide(ledger.Actor{User: "officer"}, request, b.stamp()); res.Outcome != ledger.Accepted {
		t.Fatal(res.Err)
	}
	if res := b.state.Decide(ledger.Actor{User: "approver"}, request, b.stamp()); res.Outcome != ledger.Refused || !errors.Is(res.Err, ledger.Forbidden) {
		t.Errorf("%+v", res)
	}
}

func TestFaults(t *testing.T) {
	a := ledger.Refuse(ledger.TooLong, "text", "limit", "4", "length", "5")
	b := ledger.Refuse(ledger.Required, "")
	tree := fmt.Errorf("post: %w", errors.Join(fmt.Errorf("voucher: %w", a), errors.New("disk"), errors.Join(b)))
	got := ledger.Faults(tree)
	if len(got) != 2 || got[0] != a || got[1] != b {
		t.Errorf("faults %v", got)
	}
	if a.Error() != "too_long at text length=5 limit=4" || b.Error() != "required" {
		t.Errorf("%q, %q", a.Error(), b.Error())
	}
	if !errors.Is(tree, ledger.TooLong) || !errors.Is(tree, ledger.Required) || errors.Is(tree, ledger.TooMany) {
		t.Error("errors.Is does not see through the tree")
	}
	if ledger.Faults(nil) != nil || ledger.Faults(errors.New("x")) != nil {
		t.Error("faults of nothing")
	}
	if f := ledger.Refuse(ledger.Required, "x", "odd"); f.Operands != nil {
		t.Errorf("operands %v", f.Operands)
	}
}
