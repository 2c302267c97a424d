package export

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden holds every byte of the formats. Files whose text is mostly words
// of other packages are left out.
func TestGolden(t *testing.T) {
	b := smallBook(t, "VND", 0)
	for i := range b.records {
		b.records[i].Request = ledger.Digest{1, 2, 3}
	}
	dir, _ := bundle1(t, b, Options{})
	for _, name := range []string{"so.csv", "so.jsonl", "trial.csv", "hledger/main.journal", "hledger/2017.journal",
		"hledger/2018.journal", "hledger/2019.journal", "hledger/closing.journal"} {
		got := readFile(t, filepath.Join(dir, name))
		golden := filepath.Join("testdata", "golden", name)
		if *update {
			if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, golden, got)
		}
		if want := readFile(t, golden); got != want {
			t.Errorf("%s differs from %s (go test -update rewrites it)", name, golden)
		}
	}
}

func TestSameRecordsSameBytes(t *testing.T) {
	b := smallBook(t, "VND", 0)
	_, first := bundle1(t, b, Options{})
	_, second := bundle1(t, b, Options{})
	for i, f := range first.Files {
		if f != second.Files[i] {
			t.Errorf("%v, then %v", f, second.Files[i])
		}
	}
}

func TestEveryKindOfEventIsInTheSmallBook(t *testing.T) {
	seen := map[ledger.EventKind]bool{}
	for _, r := range smallBook(t, "VND", 0).records {
		if r.Entry != nil {
			for _, e := range r.Entry.Events {
				seen[e.Kind] = true
			}
		}
	}
	for _, k := range ledger.Kinds {
		if !seen[k.Kind] {
			t.Errorf("no %s", k.Name)
		}
	}
}

func TestManifestCountsAndHashes(t *testing.T) {
	b := smallBook(t, "VND", 0)
	dir, m := bundle1(t, b, Options{})
	sums := readFile(t, filepath.Join(dir, "SHA256SUMS"))
	for _, f := range m.Files {
		text := readFile(t, filepath.Join(dir, f.Name))
		sum := sha256.Sum256([]byte(text))
		if f.Bytes != int64(len(text)) || f.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: manifest has %d bytes, %s", f.Name, f.Bytes, f.SHA256)
		}
		if f.Name != "SHA256SUMS" && !strings.Contains(sums, f.SHA256+"  "+f.Name+"\n") {
			t.Errorf("%s is not in SHA256SUMS", f.Name)
		}
		switch {
		case strings.HasSuffix(f.Name, ".csv") && f.Rows != int64(strings.Count(text, "\n")-1),
			strings.HasSuffix(f.Name, ".jsonl") && f.Rows != int64(strings.Count(text, "\n")):
			t.Errorf("%s: %d rows", f.Name, f.Rows)
		}
	}
	var written Manifest
	if err := json.Unmarshal([]byte(readFile(t, filepath.Join(dir, "manifest.json"))), &written); err != nil {
		t.Fatal(err)
	}
	if written.Records != int64(len(b.records)) || written.LastSeq != b.state.Seq() || written.Until != "2019-01-20" || written.From != "2017-12-20" {
		t.Errorf("%+v", written)
	}
}

// TestFilesAgree adds so.csv and so.jsonl up, each alone, and wants trial.csv.
func TestFilesAgree(t *testing.T) {
	b := smallBook(t, "MXN", 2)
	dir, _ := bundle1(t, b, Options{})
	sums := map[string]map[string]ledger.Money{"csv": {}, "jsonl": {}}
	add := func(file, account, side, amount string) {
		m, err := ledger.MoneyFromStore(amount, b.st.Programme.Currency)
		if err != nil {
			t.Fatal(err)
		}
		if side == "C" {
			m = m.Neg()
		}
		if old, ok := sums[file][account]; ok {
			m = m.Add(old)
		}
		sums[file][account] = m
	}
	for _, row := range readCSV(t, dir) {
		add("csv", row["account"], row["side"], row["amount"])
		if red := strings.HasPrefix(row["amount"], "-"); red != (row["red"] == "1") {
			t.Errorf("red is %s, amount %s", row["red"], row["amount"])
		}
	}
	for _, r := range readJSONL(t, dir) {
		if r.Entry != nil {
			for _, l := range r.Entry.Legs {
				add("jsonl", l.Account, l.Side, l.Amount)
			}
		}
	}
	for _, row := range trial(t, dir) {
		for file, balances := range sums {
			if balances[row[0]].String() != row[4] {
				t.Errorf("%s of %s adds up to %s, trial.csv has %s", row[0], file, balances[row[0]], row[4])
			}
		}
	}
}

func readCSV(t *testing.T, dir string) (rows []map[string]string) {
	t.Helper()
	text, ok := strings.CutPrefix(readFile(t, filepath.Join(dir, "so.csv")), bom)
	if !ok {
		t.Error("so.csv has no byte order mark")
	}
	if strings.Count(text, "\n") != strings.Count(text, "\r\n") {
		t.Error("so.csv has bare line ends")
	}
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = cells[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func readJSONL(t *testing.T, dir string) (records []jsonRecord) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(readFile(t, filepath.Join(dir, "so.jsonl"))))
	d.DisallowUnknownFields()
	for {
		var r jsonRecord
		err := d.Decode(&r)
		if errors.Is(err, io.EOF) {
			return records
		}
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
}

func TestJSONLHasEveryKindOfRecord(t *testing.T) {
	b := newBook(t, "VND", 0)
	actions := []ledger.Action{
		ledger.DefineProgramme{Programme: b.st.Programme}, ledger.DefineUnit{Unit: ledger.Unit{Code: "A"}},
		ledger.DefineProject{Project: ledger.Project{Code: "B"}}, ledger.DefineSource{Source: ledger.Source{Code: "C"}},
		ledger.SetPeriod{Period: ledger.Period{Year: 2018, Month: 3, Closed: true}}, ledger.SetGrant{User: "u", Role: ledger.Owner}, ledger.SetUser{User: "v"},
	}
	b.records = nil
	for i, a := range actions {
		b.records = append(b.records, ledger.Record{Seq: ledger.Seq(i + 1), Kind: a.Kind(), Change: a})
	}
	dir, m := bundle1(t, b, Options{Years: []int{2018}})
	if m.Records != int64(len(actions)) || m.Entries != 0 {
		t.Errorf("%+v", m)
	}
	for i, r := range readJSONL(t, dir) {
		if r.Kind != actions[i].Kind().String() || len(r.Change.(map[string]any)) < 2 {
			t.Errorf("%+v", r)
		}
	}
	mustCheck(t, dir)
}

// TestFailuresLeaveNothing breaks an export at every record and in other ways.
func TestFailuresLeaveNothing(t *testing.T) {
	b := smallBook(t, "VND", 0)
	broken := errors.New("connection lost")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	wrong := func(change func(*ledger.Record)) iter.Seq2[ledger.Record, error] {
		r := b.records[len(b.records)-1]
		e := *r.Entry
		r.Entry = &e
		change(&r)
		return each(append(b.records[:len(b.records)-1:len(b.records)-1], r))
	}
	for name, c := range map[string]struct {
		ctx     context.Context
		records iter.Seq2[ledger.Record, error]
		want    error
	}{
		"first record":  {t.Context(), breaksAfter(b.records, 0, broken), broken},
		"last record":   {t.Context(), breaksAfter(b.records, len(b.records)-1, broken), broken},
		"cancelled":     {ended, b.all(), context.Canceled},
		"same sequence": {t.Context(), wrong(func(r *ledger.Record) { r.Seq-- }), ErrRecord},
		"no content":    {t.Context(), wrong(func(r *ledger.Record) { r.Entry = nil }), ErrRecord},
		"no event":      {t.Context(), wrong(func(r *ledger.Record) { r.Entry.Events = nil }), ErrRecord},
		"lost leg":      {t.Context(), wrong(func(r *ledger.Record) { r.Entry.Legs = []ledger.Leg{{Event: 9}} }), ErrRecord},
		"no such kind": {t.Context(), wrong(func(r *ledger.Record) {
			r.Kind, r.Entry, r.Change = ledger.UserRecord, nil, ledger.Posting{}
		}), ErrRecord},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if _, err := Bundle(c.ctx, dir, b.st, c.records, Options{}); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			mustBeEmpty(t, dir)
		})
	}
}

func breaksAfter(records []ledger.Record, n int, err error) iter.Seq2[ledger.Record, error] {
	return func(yield func(ledger.Record, error) bool) {
		for r := range each(records[:n]) {
			if !yield(r, nil) {
				return
			}
		}
		yield(ledger.Record{}, err)
	}
}

func mustBeEmpty(t *testing.T, dir string) {
	t.Helper()
	there, err := os.ReadDir(dir)
	if err != nil || len(there) > 0 {
		t.Errorf("left behind: %v, %v", there, err)
	}
}

// failsLate is a context that ends while the journal is merged.
type failsLate struct {
	context.Context
	left int
}

func (c *failsLate) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestFailureWhileMergingLeavesNothing(t *testing.T) {
	b := smallBook(t, "VND", 0)
	dir := t.TempDir()
	_, err := Bundle(&failsLate{t.Context(), len(b.records) + 3}, dir, b.st, b.all(), Options{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	mustBeEmpty(t, dir)
}

func TestNeverMixesWithWhatIsThere(t *testing.T) {
	b := smallBook(t, "VND", 0)
	dir, m := bundle1(t, b, Options{})
	if _, err := Bundle(t.Context(), dir, b.st, b.all(), Options{}); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("error %v", err)
	}
	if sum := sha256.Sum256([]byte(readFile(t, filepath.Join(dir, "so.csv")))); hex.EncodeToString(sum[:]) != m.Files[0].SHA256 {
		t.Error("the first export was touched")
	}
	killed := t.TempDir()
	if err := os.MkdirAll(filepath.Join(killed, stagingDir, "hledger"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(killed, stagingDir, "hledger", "1999.journal"), "left by a killed export")
	if _, err := Bundle(t.Context(), killed, b.st, b.all(), Options{}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(killed, "hledger", "1999.journal")); err == nil {
		t.Error("a file of a killed export was published")
	}
}

func TestWriteZip(t *testing.T) {
	dir, m := bundle1(t, smallBook(t, "VND", 0), Options{})
	var out bytes.Buffer
	if err := WriteZip(&out, dir, m); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if len(z.File) != len(m.Files) {
		t.Errorf("%d files in the archive, %d in the export", len(z.File), len(m.Files))
	}
	for i, f := range m.Files {
		r, err := z.Open("PCMT/" + f.Name)
		if err != nil {
			t.Fatal(err)
		}
		h := sha256.New()
		if _, err := io.Copy(h, r); err != nil || hex.EncodeToString(h.Sum(nil)) != f.SHA256 || z.File[i].Name != "PCMT/"+f.Name {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "trial.csv")); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := WriteZip(&out, dir, m); err == nil {
		t.Error("an archive of an export that lacks a file")
	}
	if _, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len())); err == nil {
		t.Error("a broken archive can be opened")
	}
}
