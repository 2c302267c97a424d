package export

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/intake"
	"github.com/sokinhphi/kinhphi/ledger/ledgertest"
	"github.com/sokinhphi/kinhphi/ledger/sample"
)

// TestRealStore posts the small book into a real database and exports it from
// there: journal and trial balance have the bytes of the book in memory.
func TestRealStore(t *testing.T) {
	b := smallBook(t, "VND", 0)
	store := ledgertest.New(t)
	ledgertest.Do(t, store, ledger.System, "system", ledger.DefineProgramme{Programme: b.st.Programme}, ledger.SetUser{User: "lan.kt", Name: "Lan"})
	ledgertest.Do(t, store, b.st.Programme.Code, "book", b.actions...)
	actor := ledger.LocalActor()
	st, err := store.Structure(t.Context(), actor, b.st.Programme.Code)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "xuat")
	m, err := Bundle(t.Context(), dir, st, store.Records(t.Context(), actor, b.st.Programme.Code, 0), Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, inMemory := bundle1(t, b, Options{})
	for i, f := range inMemory.Files {
		if compared := f.Name == "trial.csv" || strings.HasPrefix(f.Name, "hledger/"); compared && f != m.Files[i] {
			t.Errorf("from the database %+v, from memory %+v", m.Files[i], f)
		}
	}
	if m.Legs != inMemory.Legs || m.Records != inMemory.Records || m.LastSeq != st.Seq {
		t.Errorf("from the database %+v, from memory %+v", m, inMemory)
	}
	mustCheck(t, dir)
	mustAgree(t, dir)
}

// decided plays requests into a book in memory and exports it.
func decided(t *testing.T, p ledger.Programme, requests ...ledger.Request) string {
	t.Helper()
	s := ledger.NewState(ledger.Base{Programme: p})
	stamp := ledger.Stamp{At: time.Date(2021, 2, 1, 0, 0, 0, 0, time.UTC), Salt: func() (salt [16]byte) { return salt }}
	for _, r := range requests {
		if res := s.Decide(ledger.LocalActor(), r, stamp); res.Outcome != ledger.Accepted {
			t.Fatalf("%v: %v", r.Key, res.Err)
		}
	}
	dir := filepath.Join(t.TempDir(), "xuat")
	started := time.Now()
	m, err := Bundle(t.Context(), dir, ledger.Structure{Programme: p}, each(s.Changes().Records), Options{})
	if err != nil {
		t.Fatal(err)
	}
	size := fmt.Sprintf("%d entries, %d legs, %d accounts", m.Entries, m.Legs, m.Accounts)
	for _, f := range m.Files {
		size += fmt.Sprintf(", %s %d kB", f.Name, f.Bytes>>10)
	}
	t.Logf("%s: exported in %.2f s", size, time.Since(started).Seconds())
	started = time.Now()
	mustCheck(t, dir)
	t.Logf("hledger check: %.2f s", time.Since(started).Seconds())
	mustAgree(t, dir)
	return dir
}

func TestSampleProgramme(t *testing.T) {
	requests := sample.Structure()
	for r := range sample.Postings(sample.FirstSeq(0)) {
		requests = append(requests, r)
	}
	dir := decided(t, sample.Programme(), requests...)
	if os.Getenv("KINHPHI_FOREIGN") == "1" {
		changeDigits(t, dir, 50)
	}
}

// TestPuebla takes a minute of hledger's time.
func TestPuebla(t *testing.T) {
	if os.Getenv("KINHPHI_FOREIGN") != "1" {
		t.Skip("SKIPPED, NOTHING CHECKED: the report of Puebla is read by hledger only with KINHPHI_FOREIGN=1")
	}
	const name = "../../../shared/data/mexico-avance-financiero-puebla-q1-2016.xlsx"
	f, err := os.Open(name)
	if err != nil {
		t.Skipf("SKIPPED, NOTHING CHECKED: the report of Puebla is not here: %v", err)
	}
	defer f.Close()
	columns, err := os.Open("../intake/testdata/puebla.toml")
	if err != nil {
		t.Fatal(err)
	}
	defer columns.Close()
	m, err := intake.ReadMap(columns)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	x, err := intake.Read(t.Context(), f, info.Size(), m)
	if err != nil {
		t.Fatal(err)
	}
	requests, err := x.Requests(ledger.Structure{})
	if err != nil {
		t.Fatal(err)
	}
	decided(t, x.Programme, requests...)
}
