// Package sample makes the books of an invented programme: what a province's
// drug prevention programme of 2017-2020 might have looked like, day by day.
// Every amount, paper, company and person in it is made up.
//
// The books are the same bytes for ever: nothing here reads a clock, a file or
// a source of randomness. A loader posts, in this order and with nothing in
// between,
//
//	DefineProgramme{Programme()}           in ledger.System
//	Structure()                            in the programme
//	Postings(last result's Seq + 1)        in the programme, up to MaxBulk at a time
//
// Because the log has no gaps, the n-th posting (from 0) stands at the first
// one's sequence + n; refunds and reversals name their originals by that number.
// So the requests must be posted in order, each of them accepted. Their keys
// make it safe to repeat the whole after an interruption, as long as the first
// sequence is the same. Grants come last: they are records of the log too.
package sample

import (
	"iter"

	"github.com/sokinhphi/kinhphi/ledger"
)

// Code is the code of the sample programme.
const Code ledger.Code = "PCMT"

// Years are the budget years of the sample, first and last.
const (
	FirstYear = 2017
	LastYear  = 2020
)

// keyKind is the kind of import under which the sample's keys stand.
const keyKind = "sample"

// Programme returns the sample programme, marked as invented.
func Programme() ledger.Programme {
	return ledger.Programme{
		Code:           Code,
		Name:           "Chương trình phòng, chống ma túy tỉnh Nghệ An 2017-2020 (dữ liệu mẫu, số liệu hư cấu)",
		Currency:       ledger.VND,
		AdjustmentDays: 31,
		Sample:         true,
	}
}

// Structure returns the requests that define units, projects and sources, in
// order.
func Structure() []ledger.Request {
	var rs []ledger.Request
	define := func(what string, code ledger.Code, a ledger.Action) {
		rs = append(rs, ledger.Request{Key: ledger.ImportKey(keyKind, what+"-"+string(code)), Action: a})
	}
	for _, u := range units {
		define("unit", u.Code, ledger.DefineUnit{Unit: u})
	}
	for _, p := range projects {
		define("project", p.Code, ledger.DefineProject{Project: p})
	}
	for _, s := range sources {
		define("source", s.Code, ledger.DefineSource{Source: s})
	}
	return rs
}

// FirstSeq returns the sequence of the first posting in a book that holds
// offset records and then Structure.
func FirstSeq(offset int) ledger.Seq {
	return ledger.Seq(offset + len(units) + len(projects) + len(sources) + 1)
}

// Postings yields all vouchers in the order of recording. The first of them is
// going to stand at sequence first.
func Postings(first ledger.Seq) iter.Seq[ledger.Request] {
	return func(yield func(ledger.Request) bool) { newSim(first, yield).run() }
}

// A User is an invented person with a role in the sample programme.
type User struct {
	Login ledger.Login
	Name  string
	Role  ledger.Role
}

// Users returns one invented person for every role.
func Users() []User {
	return []User{
		{"admin", "Hoàng Đức Toàn", ledger.Admin},
		{"officer", "Nguyễn Thị Hoài", ledger.Officer},
		{"approver", "Trần Quốc Bảo", ledger.Approver},
		{"owner", "Lô Văn Kỳ", ledger.Owner},
		{"agency", "Phan Thị Mai Hương", ledger.Agency},
		{"auditor", "Đặng Thanh Bình", ledger.Auditor},
	}
}
