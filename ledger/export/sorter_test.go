package export

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sokinhphi/kinhphi/ledger"
)

func TestSorterSorts(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		out, err := stage(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer out.close(true)
		s, err := newSorter(out)
		if err != nil {
			t.Fatal(err)
		}
		s.limit = rapid.IntRange(1, 400).Draw(t, "limit")
		var want []key
		for i, day := range rapid.SliceOfN(rapid.IntRange(0, 800), 0, 300).Draw(t, "days") {
			first, _ := ledger.NewDate(2017, 12, 1)
			k := key{first.AddDays(day), ledger.Seq(i + 1)}
			want = append(want, k)
			if err := s.add(k, func(b []byte) []byte { return append(b, strings.Repeat(fmt.Sprint(i), i%7)...) }); err != nil {
				t.Fatal(err)
			}
		}
		slices.SortFunc(want, key.compare)
		var got []key
		err = s.merge(context.Background(), func(k key, body []byte) error {
			got = append(got, k)
			if i := int(k.seq - 1); string(body) != strings.Repeat(fmt.Sprint(i), i%7) {
				t.Errorf("%v has %q", k, body)
			}
			return nil
		})
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v: %v, want %v", err, got, want)
		}
	})
}

// TestDamagedWorkingFile changes bytes of the working file: that may not pass
// for an export, or at worst changes text and no more.
func TestDamagedWorkingFile(t *testing.T) {
	for _, stored := range [][]byte{nil, {5}, {1, 'x', 200}, binary.AppendUvarint(nil, 1<<60), {0, 0, 1, 'z'}, {0, 99, 1, '1'}} {
		out, err := stage(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		b := newBody(out, newTotals(ledger.Programme{Code: "P", Currency: ledger.VND}))
		if err := b.entry(key{date(t, "2018-01-01"), 1}, stored); err == nil && len(stored) > 1 || stored == nil && err == nil {
			t.Errorf("% x was taken", stored)
		}
		out.close(true)
	}
}

// heapContext samples the live heap whenever the export looks at it, which it
// does at every record that it reads and at every entry that it merges.
type heapContext struct {
	context.Context
	calls int
	peak  uint64
}

func (c *heapContext) Err() error {
	if c.calls++; c.calls%8000 == 0 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		c.peak = max(c.peak, m.HeapAlloc)
	}
	return nil
}

// manyLegs yields entries of four legs on the given number of lines, each with
// its own payee and text, in no order of posting dates.
func manyLegs(b *book, legs, lines int) iter.Seq2[ledger.Record, error] {
	first := date(b.t, "2018-01-01")
	return func(yield func(ledger.Record, error) bool) {
		random := rand.New(rand.NewPCG(1, 2))
		for i := range legs / 4 {
			e := b.event(ledger.Pay, fmt.Sprintf("2018/VIENTRO/DA1/U%d/041/12", i%lines), fmt.Sprint(1000+i), payee(fmt.Sprintf("Công ty %d", i)), text("Thanh toán đợt 1 theo hợp đồng mua sắm thiết bị"))
			seq := ledger.Seq(i + 1)
			leg := func(s ledger.AccountState, debit bool, l ledger.Line) ledger.Leg {
				return ledger.Leg{Event: 1, Account: ledger.Account{State: s, Line: l}, Debit: debit, Amount: e.Amount}
			}
			cash := leg(ledger.FundTreasury, false, ledger.Line{Source: "VIENTRO"})
			cash.Account.Sub = "TG-01"
			r := ledger.Record{Programme: "PCMT", Seq: seq, Kind: ledger.EntryRecord, At: b.at, By: "lan.kt", Entry: &ledger.Entry{
				Unit: e.Line.Unit, Date: first.AddDays(random.IntN(365)), Document: ledger.Document{Type: "PC", Number: "PC-1", Date: first},
				Number: ledger.Number{Unit: e.Line.Unit, Type: "PC", Year: 2018, Number: i/lines + 1}, Events: []ledger.EntryEvent{{Event: e, Unit: e.Line.Unit}},
				Legs: []ledger.Leg{leg(ledger.LineAvailable, false, e.Line), leg(ledger.LineActual, true, e.Line), cash, leg(ledger.FundSpent, true, e.Line)},
			}}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// TestMemoryDoesNotGrowWithRecords exports 200,000 legs, 120 MB of files, on few
// accounts. A run of the journal and its buffers stay in memory, nothing else.
func TestMemoryDoesNotGrowWithRecords(t *testing.T) {
	const legs, limit = 200_000, 40 << 20
	b := newBook(t, "VND", 0)
	ctx := &heapContext{Context: t.Context()}
	dir := t.TempDir()
	started := time.Now()
	m, err := Bundle(ctx, dir, b.st, manyLegs(b, legs, 100), Options{})
	if err != nil || m.Legs != legs {
		t.Fatalf("%d legs: %v", m.Legs, err)
	}
	var size int64
	for _, f := range m.Files {
		size += f.Bytes
	}
	t.Logf("%d legs: %d MB in %.1f s, live heap at most %d MB", legs, size>>20, time.Since(started).Seconds(), ctx.peak>>20)
	if ctx.peak > limit || size < 2*limit {
		t.Errorf("live heap of %d MB for files of %d MB", ctx.peak>>20, size>>20)
	}
	if os.Getenv("KINHPHI_FOREIGN") == "1" {
		started = time.Now()
		mustCheck(t, dir)
		t.Logf("hledger check: %.1f s", time.Since(started).Seconds())
	}
}
