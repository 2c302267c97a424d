package intake

import (
	"bytes"
	"context"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

const pueblaFile = "../../../shared/data/mexico-avance-financiero-puebla-q1-2016.xlsx"

// pueblaTotals are the sums of the file's columns over its detail rows, worked
// out apart with exact decimals.
var pueblaTotals = [stageCount]string{
	approved: "111592687557.14", modified: "111746519346.43", received: "79319808203.68", committed: "92415351788.15",
	accrued: "72498442420.13", exercised: "72154449762.64", paid: "71474380289.69",
}

func readReal(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		t.Skipf("SKIPPED: the real file is not there: %s", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func mapFile(t testing.TB, file string) Map {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := ReadMap(f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func readBytes(t testing.TB, data []byte, m Map) *Execution {
	t.Helper()
	x, err := Read(context.Background(), bytes.NewReader(data), int64(len(data)), m)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestPuebla(t *testing.T) {
	data, m := readReal(t, pueblaFile), mapFile(t, "testdata/puebla.toml")
	started := time.Now()
	x := readBytes(t, data, m)
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	t.Logf("%v, %d MB from the system", time.Since(started), mem.Sys>>20)
	t.Logf("%d units, %d projects, %d sources, %d warnings, ignored %q", len(x.Units), len(x.Projects), len(x.Sources), len(x.Warnings), x.Ignored)
	for _, s := range x.Stages {
		t.Logf("%s %s: %s, %d events in %d vouchers", s.Name, s.Header, s.Total, s.Events, len(s.Vouchers))
	}
	count := map[ledger.Rule]int{}
	for _, w := range x.Warnings {
		if count[w.Rule]++; count[w.Rule] < 4 {
			t.Log(w)
		}
	}
	t.Log(count, x.Events())
	for i, u := range x.Units {
		if i%20 == 0 {
			t.Log(u)
		}
	}
	for i, u := range x.Sources {
		if i%20 == 0 {
			t.Log(u)
		}
	}
	for i, u := range x.Projects {
		if i%20 == 0 {
			t.Log(u)
		}
	}
	_ = slices.Sort[[]int]
}
