package web

import (
	"slices"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A kindGroup is a list of event kinds that people look for together. The name
// keys its title and what it is for in the texts: group.<name>.
type kindGroup struct {
	Name   string
	Kinds  []ledger.EventKind
	Agency bool // decisions of the authority: for the standing agency
}

// kindGroups are all kinds that can be entered.
var kindGroups = []kindGroup{
	{"spend", []ledger.EventKind{ledger.Pay, ledger.Advance, ledger.Clear, ledger.ReturnAdvance, ledger.Refund,
		ledger.Commit, ledger.ChangeCommitment, ledger.CancelCommitment, ledger.Accrue}, false},
	{"allocate", []ledger.EventKind{ledger.Allocate, ledger.AllocateSupplement, ledger.AllocateLateSupplement,
		ledger.Withdraw, ledger.Transfer, ledger.Withhold, ledger.Release}, true},
	{"appropriate", []ledger.EventKind{ledger.Appropriate, ledger.Supplement, ledger.LateSupplement, ledger.Reduce}, true},
	{"receive", []ledger.EventKind{ledger.Pledge, ledger.Receive, ledger.CancelPledge}, false},
	{"plan", []ledger.EventKind{ledger.Plan, ledger.RevisePlan}, true},
	{"opening", []ledger.EventKind{ledger.OpenUndrawn, ledger.OpenAdvance, ledger.OpenCash}, true},
}

// groupOf returns the group of a kind.
func groupOf(k ledger.EventKind) kindGroup {
	for _, g := range kindGroups {
		if slices.Contains(g.Kinds, k) {
			return g
		}
	}
	return kindGroup{}
}

// mayUse reports whether the person may enter kinds of the group.
func (r *request) mayUse(g kindGroup) bool {
	return r.may(ledger.PostEntries) && (!g.Agency || r.actor.Has(ledger.Agency, r.programme()))
}

// documentTypes are the voucher types that forms offer, in order.
var documentTypes = []ledger.Code{"GRDT", "UNC", "PC", "PT", "TTTU", "NTKP", "CKC", "NT", "PDC", "QD", "KH", "SDDK", "TN"}

// usualType is the voucher type that mostly stands behind a kind.
func usualType(k ledger.EventKind) ledger.Code {
	switch k {
	case ledger.Pay, ledger.Advance:
		return "GRDT"
	case ledger.Clear:
		return "TTTU"
	case ledger.ReturnAdvance, ledger.Refund:
		return "NTKP"
	case ledger.Commit:
		return "CKC"
	case ledger.ChangeCommitment, ledger.CancelCommitment:
		return "PDC"
	case ledger.Accrue:
		return "NT"
	case ledger.Plan, ledger.RevisePlan:
		return "KH"
	case ledger.OpenUndrawn, ledger.OpenAdvance, ledger.OpenCash:
		return "SDDK"
	case ledger.Pledge, ledger.Receive, ledger.CancelPledge:
		return "TN"
	}
	return "QD"
}
