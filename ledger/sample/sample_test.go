package sample_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/sample"
)

// golden is the hash of all requests, structure first, in a new book.
const golden = "32e88ddf45ade36b9a8c72cfec19240cf49c384b3cc7ae4b0c1c7fee3f4b0ed0"

func hash() string {
	h := sha256.New()
	add := func(r ledger.Request) {
		d := ledger.RequestDigest(r.Action)
		fmt.Fprintf(h, "%s|%s|%x\n", r.Key.Space, r.Key.Value, d)
	}
	for _, r := range sample.Structure() {
		add(r)
	}
	for r := range sample.Postings(sample.FirstSeq(0)) {
		add(r)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func TestSameBytesForEver(t *testing.T) {
	for range 2 {
		if got := hash(); got != golden {
			t.Fatalf("the sample changed: %s", got)
		}
	}
}

// Nothing is said twice of the same event, however often the rest of it comes up.
func TestTextsDoNotRepeatThemselves(t *testing.T) {
	for r := range sample.Postings(sample.FirstSeq(0)) {
		p, _ := r.Action.(ledger.Posting)
		for _, e := range p.Events {
			if strings.Count(e.Text, "(phần còn lại)") > 1 {
				t.Errorf("%s: %s", e.Line, e.Text)
			}
		}
	}
}

// A book that holds other records first gets the same vouchers with references
// moved, and nothing else.
func TestFirstSequenceMovesReferencesOnly(t *testing.T) {
	const offset = 1000
	moved := make([]ledger.Request, 0, 8000)
	for r := range sample.Postings(sample.FirstSeq(offset)) {
		moved = append(moved, r)
	}
	i := 0
	for r := range sample.Postings(sample.FirstSeq(0)) {
		a, b := r.Action, moved[i].Action
		if x, ok := a.(ledger.Reversal); ok {
			x.Of += offset
			a = x
		}
		if x, ok := a.(ledger.Posting); ok {
			for j := range x.Events {
				if x.Events[j].Of.Seq != 0 {
					x.Events[j].Of.Seq += offset
				}
			}
		}
		if r.Key != moved[i].Key || ledger.RequestDigest(a) != ledger.RequestDigest(b) {
			t.Fatalf("%v differs", r.Key)
		}
		i++
	}
}

func TestStopsWhenAsked(t *testing.T) {
	n := 0
	for range sample.Postings(1) {
		if n++; n == 10 {
			break
		}
	}
	if n != 10 {
		t.Fatal(n)
	}
}

func TestEveryKindOfEvent(t *testing.T) {
	count, entries, reversals := map[ledger.EventKind]int{}, 0, 0
	for r := range sample.Postings(1) {
		entries++
		switch a := r.Action.(type) {
		case ledger.Reversal:
			reversals++
		case ledger.Posting:
			for _, e := range a.Events {
				count[e.Kind]++
			}
		}
	}
	if entries < 3000 || entries > 8000 {
		t.Errorf("%d entries", entries)
	}
	if reversals < 10 {
		t.Errorf("%d reversals", reversals)
	}
	for _, k := range ledger.Kinds {
		if count[k.Kind] < 10 {
			t.Errorf("%s: %d", k.Name, count[k.Kind])
		}
	}
}

func amount(t *testing.T, m ledger.Money) int64 {
	t.Helper()
	n, err := strconv.ParseInt(m.String(), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestScale(t *testing.T) {
	const tr, ty = 1_000_000, 1_000_000_000
	planned, given, line := map[int]int64{}, map[int]int64{}, map[ledger.Line]int64{}
	round := 0
	payments := 0
	for r := range sample.Postings(1) {
		a, ok := r.Action.(ledger.Posting)
		if !ok {
			continue
		}
		for _, e := range a.Events {
			n := amount(t, e.Amount)
			switch e.Kind {
			case ledger.Plan, ledger.RevisePlan:
				planned[e.Line.Year] += n
			case ledger.Allocate:
				given[e.Line.Year] += n
				line[e.Line] += n
			case ledger.Pay:
				if payments++; n%tr == 0 {
					round++
				}
			}
		}
	}
	for y := sample.FirstYear; y <= sample.LastYear; y++ {
		if given[y] < 8*ty || given[y] >= planned[y] || planned[y] > 20*ty {
			t.Errorf("%d: planned %d, allocated %d", y, planned[y], given[y])
		}
	}
	for l, n := range line {
		if n < 15*tr || n > 3*ty {
			t.Errorf("%v: %d", l, n)
		}
	}
	if round*5 > payments {
		t.Errorf("%d of %d payments are round millions", round, payments)
	}
}

func TestDatesAndPapers(t *testing.T) {
	var last ledger.Date
	for r := range sample.Postings(1) {
		var date ledger.Date
		var doc ledger.Document
		switch a := r.Action.(type) {
		case ledger.Posting:
			date, doc = a.Date, a.Document
		case ledger.Reversal:
			date, doc = a.Date, a.Document
			if a.Reason == "" {
				t.Errorf("%v has no reason", r.Key)
			}
		}
		if date.Before(last) || doc.Date.After(date) || doc.Number == "" || doc.Type == "" {
			t.Fatalf("%v: posted %s after %s, paper %v", r.Key, date, last, doc)
		}
		if wd := date.Time().Weekday(); wd == 0 || wd == 6 {
			t.Fatalf("%v is posted on a %s", r.Key, wd)
		}
		last = date
	}
}

func TestOneUserForEveryRole(t *testing.T) {
	have := map[ledger.Role]bool{}
	for _, u := range sample.Users() {
		if !u.Login.Valid() || !u.Role.Valid() || u.Name == "" || have[u.Role] {
			t.Errorf("%+v", u)
		}
		have[u.Role] = true
	}
	if len(have) != len(ledger.Roles) {
		t.Errorf("%d roles", len(have))
	}
}
