package ledger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
)

func TestCodeValid(t *testing.T) {
	for code, want := range map[ledger.Code]bool{
		"DA1": true, "041": true, "A-B-": true, "0": true, ledger.Code(strings.Repeat("A", 40)): true,
		"": false, ledger.Code(strings.Repeat("A", 41)): false, "-A": false, "da1": false, "DA 1": false, "DA:1": false, "DA/1": false,
		"DA_1": false, "DA.1": false, "ĐA1": false, "ＤＡ１": false, "DA1\n": false, "DA\x001": false, "١": false,
	} {
		if code.Valid() != want {
			t.Errorf("Code(%q).Valid() = %v", code, !want)
		}
	}
}

func TestLoginValid(t *testing.T) {
	for login, want := range map[ledger.Login]bool{
		"an.nguyen": true, "a": true, "kt_01-x": true, ledger.Login(strings.Repeat("a", 40)): true,
		"": false, ledger.Login(strings.Repeat("a", 41)): false, "1a": false, ".a": false, "An": false, "an nguyen": false, "ân": false, "a@b": false, "a\t": false,
	} {
		if login.Valid() != want {
			t.Errorf("Login(%q).Valid() = %v", login, !want)
		}
	}
}

func TestParseLine(t *testing.T) {
	for _, c := range []struct {
		in   string
		want ledger.Line // zero = refused
		full bool
	}{
		{"2019/NSTW/DA1/CAT/041/12", line2019("NSTW", "DA1", "CAT"), true},
		{"2019/NSTW/DA1/CAT/041", ledger.Line{Year: 2019, Source: "NSTW", Project: "DA1", Unit: "CAT", Khoan: "041"}, false},
		{"2019/NSTW/DA1/CAT", line2019("NSTW", "DA1", "CAT").Short(), false},
		{"2019/NSTW/DA1", ledger.Line{Year: 2019, Source: "NSTW", Project: "DA1"}, false},
		{"2019/NSTW", pool(2019, "NSTW"), false},
		{"-/VIENTRO", source("VIENTRO"), false},
		{in: ""}, {in: "-"}, {in: "2019"}, {in: "/"}, {in: "2019/"}, {in: "2019//DA1"}, {in: "2019/NSTW/"}, {in: "/NSTW"},
		{in: "2019/NSTW/DA1/CAT/041/12/"}, {in: "2019/NSTW/DA1/CAT/041/12/X"}, {in: "19/NSTW"}, {in: "02019/NSTW"}, {in: "1899/NSTW"}, {in: "3000/NSTW"},
		{in: "+201/NSTW"}, {in: "-201/NSTW"}, {in: "２０１９/NSTW"}, {in: "2019/nstw"}, {in: "2019/NS TW"}, {in: " 2019/NSTW"}, {in: "2019/NSTW\n"}, {in: "2019/-"}, {in: "2019/NSTW/-/CAT"},
	} {
		l, err := ledger.ParseLine(c.in)
		if c.want == (ledger.Line{}) {
			if !errors.Is(err, ledger.InvalidCode) || l != c.want {
				t.Errorf("%q = %+v, %v; want invalid_code", c.in, l, err)
			}
			continue
		}
		if err != nil || l != c.want || l.Full() != c.full || l.String() != c.in {
			t.Errorf("%q = %+v (full %v, text %q), %v", c.in, l, l.Full(), l, err)
		}
	}
}

// FuzzParseLine: what is accepted is its own text, matches itself, and every
// code in it is legal in an account path.
func FuzzParseLine(f *testing.F) {
	for _, seed := range []string{"2019/NSTW/DA1/CAT/041/12", "-/VIENTRO", "2019/NSTW", "-/A/B/C", "2019//X", "//", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := ledger.ParseLine(s)
		if err != nil {
			if !errors.Is(err, ledger.InvalidCode) || l.Full() {
				t.Fatalf("%q: %+v, %v", s, l, err)
			}
			return
		}
		if l.String() != s || !l.Matches(l) || !l.Matches(ledger.Line{}) || !l.Matches(l.Short()) || l.Compare(l) != 0 {
			t.Fatalf("%q = %+v", s, l)
		}
		if path := (ledger.Account{State: ledger.LineActual, Line: l}).Path("CT"); l.Full() && strings.Count(path, ":") != 7 {
			t.Fatalf("%q makes the path %q", s, path)
		}
	})
}

func TestLineMatchesAndOrder(t *testing.T) {
	l := line2019("NSTW", "DA1", "CAT")
	for _, pattern := range []ledger.Line{{}, {Year: 2019}, {Source: "NSTW"}, {Project: "DA1"}, {Unit: "CAT"}, {Khoan: "041"}, {Nature: "12"}, l, l.Short()} {
		if !l.Matches(pattern) {
			t.Errorf("%s does not match %+v", l, pattern)
		}
	}
	for _, pattern := range []ledger.Line{{Year: 2020}, {Source: "NST"}, {Project: "DA"}, {Unit: "CAT2"}, {Khoan: "04"}, {Nature: "13"}, line2019("NSTW", "DA1", "CAT2")} {
		if l.Matches(pattern) {
			t.Errorf("%s matches %+v", l, pattern)
		}
	}
	ordered := []ledger.Line{{}, {Year: 2019}, pool(2019, "NSTW"), l.Short(), l, line2019("NSTW", "DA2", "BP"), line2019("VIENTRO", "DA1", "CAT"), {Year: 2020}}
	for i, a := range ordered {
		for j, b := range ordered {
			if got := a.Compare(b); got != cmpInt(i, j) {
				t.Errorf("Compare(%s, %s) = %d", a, b, got)
			}
		}
	}
}

func cmpInt(i, j int) int { return min(1, max(-1, i-j)) }

func TestParseEventRef(t *testing.T) {
	for in, want := range map[string]ledger.EventRef{
		"1": {Seq: 1, N: 1}, "12": {Seq: 12, N: 1}, "12.1": {Seq: 12, N: 1}, "12.500": {Seq: 12, N: 500}, "9223372036854775807.1": {Seq: 1<<63 - 1, N: 1},
		"": {}, "0": {}, "0.1": {}, "1.0": {}, "-1": {}, "1.-1": {}, "+1": {}, "1.+1": {}, "01": {}, "1.01": {}, "1.": {}, ".1": {}, "1.1.1": {}, "1.1 ": {}, " 1": {}, "1 2": {}, "1. 2": {},
		"1e3": {}, "0x1": {}, "1_0": {}, "９": {}, "9223372036854775808": {}, "1.9223372036854775808": {}, "1\n": {}, "1.1\n": {}, "a": {},
	} {
		got, err := ledger.ParseEventRef(in)
		if got != want || (err == nil) != (want != ledger.EventRef{}) || err != nil && !errors.Is(err, ledger.InvalidCode) {
			t.Errorf("%q = %+v, %v; want %+v", in, got, err, want)
		}
	}
	if (ledger.EventRef{}).String() != "" {
		t.Error("the zero EventRef has a text")
	}
}

// FuzzParseEventRef: what is accepted is its own text, or its own text without
// the number of the first event.
func FuzzParseEventRef(f *testing.F) {
	for _, seed := range []string{"1", "12.3", "1.0", "+1", "1.1.1", "9223372036854775807.500", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ledger.ParseEventRef(s)
		if err != nil {
			if r != (ledger.EventRef{}) || !errors.Is(err, ledger.InvalidCode) {
				t.Fatalf("%q: %+v, %v", s, r, err)
			}
			return
		}
		again, err := ledger.ParseEventRef(r.String())
		if r.Seq < 1 || r.N < 1 || err != nil || again != r || r.String() != s && r.String() != s+".1" {
			t.Fatalf("%q = %+v, text %s, read back %+v, %v", s, r, r, again, err)
		}
	})
}

func TestWordsAreInverses(t *testing.T) {
	seen := map[string]bool{}
	for i, k := range ledger.Kinds {
		back, err := ledger.ParseEventKind(k.Name)
		if int(k.Kind) != i+1 || err != nil || back != k.Kind || k.Kind.String() != k.Name || seen[k.Name] {
			t.Errorf("kind %d %q: %v, %v", k.Kind, k.Name, back, err)
		}
		seen[k.Name] = true
	}
	for k, word := range ledger.SourceKinds {
		if back, err := ledger.ParseSourceKind(word); err != nil || back != k {
			t.Errorf("%q: %v, %v", word, back, err)
		}
	}
	for _, b := range []ledger.Backing{ledger.ByAppropriation, ledger.ByCash} {
		if back, err := ledger.ParseBacking(b.String()); err != nil || back != b {
			t.Errorf("%q: %v, %v", b, back, err)
		}
	}
	for _, bad := range []string{"", "Pay", "pay ", "thực chi"} {
		_, a := ledger.ParseEventKind(bad)
		_, b := ledger.ParseSourceKind(bad)
		_, c := ledger.ParseBacking(bad)
		for _, err := range []error{a, b, c} {
			if !errors.Is(err, ledger.UnknownKind) {
				t.Errorf("%q: %v", bad, err)
			}
		}
	}
}

// TestStatesAreFixed: numbers and names of account states stand in databases and
// exports for ever.
func TestStatesAreFixed(t *testing.T) {
	var text strings.Builder
	last := ledger.AccountState(0)
	for _, s := range ledger.States {
		if s.State <= last || s.State.Info() != s || s.State.String() != s.Name || s.State.Guarded() != s.Guarded || !ledger.Code(strings.ToUpper(s.Name)).Valid() {
			t.Errorf("%+v is out of order or not found by its number", s)
		}
		last = s.State
		side := "credit"
		if s.Debit {
			side = "debit"
		}
		fmt.Fprintf(&text, "state %d book %d %s %s guarded=%v by-line=%v\n", s.State, s.Book, s.Name, side, s.Guarded, s.ByLine)
	}
	for _, k := range ledger.Kinds {
		fmt.Fprintf(&text, "event %d %s\n", k.Kind, k.Name)
	}
	for k := ledger.EntryRecord; k <= ledger.UserRecord; k++ {
		fmt.Fprintf(&text, "record %d %s\n", k, k)
	}
	for k := ledger.CommitmentObligation; k <= ledger.PledgeObligation; k++ {
		fmt.Fprintf(&text, "obligation %d %s %s\n", k, k, k.State())
	}
	golden(t, "numbers.golden", text.String())
}
