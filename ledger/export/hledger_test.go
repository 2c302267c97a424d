package export

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

// tool returns the path of a foreign program. Without it the test is skipped,
// or fails where KINHPHI_FOREIGN=1 says that they are there.
func tool(t *testing.T, name string) string {
	t.Helper()
	program, err := exec.LookPath(name)
	if err == nil {
		return program
	}
	if os.Getenv("KINHPHI_FOREIGN") == "1" {
		t.Fatalf("KINHPHI_FOREIGN=1, but there is no %s: %v", name, err)
	}
	t.Skipf("SKIPPED, NOTHING CHECKED: %s is not installed", name)
	return ""
}

func execute(t *testing.T, dir, program string, args ...string) (string, error) {
	t.Helper()
	c := exec.Command(program, args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	out, err := c.CombinedOutput()
	return string(out), err
}

func hledgerCheck(t *testing.T, dir string) (string, error) {
	t.Helper()
	return execute(t, dir, tool(t, "hledger"), "-f", "hledger/main.journal", "check", "--strict",
		"ordereddates", "balancednoautoconversion", "payees")
}

func mustCheck(t *testing.T, dir string) {
	t.Helper()
	if out, err := hledgerCheck(t, dir); err != nil {
		t.Fatalf("hledger check: %v\n%s", err, out)
	}
}

// mustAgree compares hledger's balances with trial.csv line by line.
func mustAgree(t *testing.T, dir string) {
	t.Helper()
	out, err := execute(t, dir, tool(t, "hledger"), "-f", "hledger/main.journal", "bal", "-N", "-E", "--flat", "--layout=bare", "-O", "csv")
	if err != nil {
		t.Fatalf("hledger bal: %v\n%s", err, out)
	}
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	foreign := map[string]string{}
	for _, row := range rows[1:] {
		if strings.Trim(row[2], "0.") != "" {
			foreign[row[0]+","+row[1]] = row[2]
		}
	}
	n := 0
	for _, row := range trial(t, dir) {
		if strings.Trim(row[4], "0.") == "" {
			continue
		}
		n++
		if got := foreign[row[0]+","+row[1]]; got != row[4] {
			t.Errorf("%s: hledger has %q %s, trial.csv %s", row[0], got, row[1], row[4])
		}
	}
	if n == 0 || n != len(foreign) {
		t.Errorf("%d balances in trial.csv, %d in hledger", n, len(foreign))
	}
}

func TestHledgerAgrees(t *testing.T) {
	for _, c := range []struct {
		code  ledger.Code
		scale int
	}{{"VND", 0}, {"MXN", 2}, {"KWD", 3}, {"X-1", 4}} {
		t.Run(string(c.code), func(t *testing.T) {
			t.Parallel()
			dir, _ := bundle1(t, smallBook(t, c.code, c.scale), Options{})
			mustCheck(t, dir)
			mustAgree(t, dir)
		})
	}
}

func TestHledgerReadsLargeAmounts(t *testing.T) {
	b := newBook(t, "VND", 0)
	for range 12 {
		b.post("2018-01-15", "QD", "", b.event(ledger.Appropriate, "2018/NSTW", "999999999999999999"))
	}
	b.post("2018-01-16", "QD", "", b.event(ledger.Allocate, "2018/NSTW/DA1/CAT/041/12", "9007199254740993"))
	dir, _ := bundle1(t, b, Options{})
	mustCheck(t, dir)
	mustAgree(t, dir)
	if got := readFile(t, filepath.Join(dir, "trial.csv")); !strings.Contains(got, ",11999999999999999988,") {
		t.Errorf("the sum lost digits:\n%s", got)
	}
}

func TestYearsBringBalancesIn(t *testing.T) {
	b := smallBook(t, "VND", 0)
	whole, _ := bundle1(t, b, Options{})
	balances := map[string]string{}
	for _, row := range trial(t, whole) {
		balances[row[0]] = row[4]
	}
	for _, years := range [][]int{{2017}, {2018}, {2019}, {2017, 2019}, {2019, 2018, 2017}} {
		t.Run(fmt.Sprint(years), func(t *testing.T) {
			t.Parallel()
			dir, m := bundle1(t, b, Options{Years: years})
			mustCheck(t, dir)
			mustAgree(t, dir)
			if slices.Contains(years, 2019) {
				for _, row := range trial(t, dir) {
					if balances[row[0]] != row[4] {
						t.Errorf("%s: %s, in the whole book %s", row[0], row[4], balances[row[0]])
					}
				}
			}
			for _, y := range []string{"2017", "2018", "2019"} {
				_, err := os.Stat(filepath.Join(dir, "hledger", y+".journal"))
				if wanted := strings.Contains(fmt.Sprint(years), y); wanted != (err == nil) {
					t.Errorf("%s wanted %v: %v", y, wanted, err)
				}
			}
			if m.From[:4] < fmt.Sprint(slices.Min(years)) || m.Until[:4] > fmt.Sprint(slices.Max(years)) {
				t.Errorf("entries from %s until %s", m.From, m.Until)
			}
		})
	}
}

// amountDigits finds the digits of amounts and assertions in a journal.
var amountDigits = regexp.MustCompile(`(?m)^    \S+  (-?[0-9.]+) \S+(?: == (-?[0-9.]+) \S+)?`)

// TestEveryDigitCounts changes digits of a small book; see TestSampleProgramme
// for the same on a large one.
func TestEveryDigitCounts(t *testing.T) {
	dir, _ := bundle1(t, smallBook(t, "MXN", 2), Options{})
	mustCheck(t, dir)
	changeDigits(t, dir, 50)
	mustCheck(t, dir)
}

// changeDigits changes single digits of amounts and assertions at random and
// wants hledger to notice each time.
func changeDigits(t *testing.T, dir string, times int) {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	places := amountPlaces(t, dir)
	for range times {
		p := places[random.IntN(len(places))]
		whole := readFile(t, p.file)
		changed := []byte(whole)
		changed[p.at] = '0' + (changed[p.at]-'0'+byte(1+random.IntN(9)))%10
		write(t, p.file, string(changed))
		if out, err := hledgerCheck(t, dir); err == nil || !strings.Contains(out, "balance") {
			from := strings.LastIndexByte(whole[:p.at], '\n') + 1
			t.Errorf("seed %d: digit %d of %s changed to %c: %s...: %v, %s", seed, p.at, p.file, changed[p.at], whole[from:p.at+1], err, out)
		}
		write(t, p.file, whole)
	}
}

// A place is a digit of an amount.
type place struct {
	file string
	at   int
}

func amountPlaces(t *testing.T, dir string) (places []place) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "hledger", "*.journal"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text := readFile(t, file)
		for _, m := range amountDigits.FindAllStringSubmatchIndex(text, -1) {
			for _, span := range [][2]int{{m[2], m[3]}, {m[4], m[5]}} {
				for i := max(span[0], 0); i < span[1]; i++ {
					if text[i] >= '0' && text[i] <= '9' {
						places = append(places, place{file, i})
					}
				}
			}
		}
	}
	return places
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestOtherDamageIsNoticed does what a careful forger would do.
func TestOtherDamageIsNoticed(t *testing.T) {
	for name, damage := range map[string]struct{ file, old, new string }{
		"same digits in all legs": {"2018", "86400000", "85400000"},
		"another account":         {"2018", "CAT:041:12:Actual", "CAT:041:12:Available"},
		"unknown account":         {"2018", "CAT:041:12:Actual", "CAT:041:12:Aktual"},
		"another month":           {"2018", "2018-04-06 (", "2018-05-06 ("},
		"unknown payee":           {"2018", ") Công ty A |", ") Công ty B |"},
		"other commodity":         {"2018", "-86400000 VNDDT", "-86400000 VND"},
		"thousands dot":           {"2018", "86400000", "86400.000"},
		"body not included":       {"main", "include 2018.journal\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, _ := bundle1(t, smallBook(t, "VND", 0), Options{})
			file := filepath.Join(dir, "hledger", damage.file+".journal")
			text := readFile(t, file)
			if !strings.Contains(text, damage.old) {
				t.Fatalf("no %q in %s:\n%s", damage.old, file, text)
			}
			write(t, file, strings.ReplaceAll(text, damage.old, damage.new))
			if out, err := hledgerCheck(t, dir); err == nil {
				t.Errorf("unnoticed; %s", out)
			}
		})
	}
}

func TestCutBodyIsNoticed(t *testing.T) {
	dir, _ := bundle1(t, smallBook(t, "VND", 0), Options{})
	file := filepath.Join(dir, "hledger", "2019.journal")
	first, _, _ := strings.Cut(readFile(t, file), "2019-01-20")
	write(t, file, first)
	if _, err := hledgerCheck(t, dir); err == nil {
		t.Error("the last year was cut off unnoticed")
	}
}

// TestChecksOfReadme runs every command that DOC-TRUOC.md tells the reader.
func TestChecksOfReadme(t *testing.T) {
	shell := tool(t, "bash")
	for _, name := range []string{"hledger", "sqlite3", "jq", "sha256sum", "soffice"} {
		tool(t, name)
	}
	for _, o := range []Options{{}, {Years: []int{2017}}, {Years: []int{2019}}} {
		dir, m := bundle1(t, smallBook(t, "MXN", 2), o)
		want := map[string]string{"hledger": "", "diff": "", "sqlite3": "0\n", "jq": fmt.Sprintf("%d\n", m.Records)}
		commands := 0
		for line := range strings.Lines(readFile(t, filepath.Join(dir, "DOC-TRUOC.md"))) {
			command, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "    ")
			if !ok {
				continue
			}
			commands++
			out, err := execute(t, dir, shell, "-c", command)
			if word, _, _ := strings.Cut(command, " "); err != nil || want[word] != out && (word != "sha256sum" && word != "soffice") {
				t.Errorf("%s: %v, printed:\n%s", command, err, out)
			}
		}
		if commands != 6 {
			t.Errorf("%d commands in DOC-TRUOC.md", commands)
		}
	}
}

// TestRingThatIsNotZeroIsNoticed exports an entry that balances, but across two
// rings of the same commodity.
func TestRingThatIsNotZeroIsNoticed(t *testing.T) {
	b := smallBook(t, "VND", 0)
	for _, r := range b.records {
		for i := range legsOf(r) {
			if l := &r.Entry.Legs[i]; l.Account.State == ledger.LineOriginal && l.Account.Line.Unit == "CAT" {
				l.Account.Line.Unit = "BP"
			}
		}
	}
	dir, _ := bundle1(t, b, Options{})
	if out, err := hledgerCheck(t, dir); err == nil || !strings.Contains(out, "adds up to zero") {
		t.Errorf("%v: %s", err, out)
	}
}

func legsOf(r ledger.Record) []ledger.Leg {
	if r.Entry == nil {
		return nil
	}
	return r.Entry.Legs
}
