package export

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
)

// oddTexts are texts that the ledger accepts and that break careless writers.
func oddTexts() []string {
	return []string{
		"=1+1", "=cmd|' /C calc'!A0", "+84 912 345", "-5", "@SUM(A1)", "'=1+1", "'", "''", `"`, `""`, `say "no", then; go`,
		"a,b;c|d", "  two  spaces  ", " ", "\u00a0", "\u3000wide\u3000", ";", ";;", "|", "| |", "*", "! x", "(1) x", "2019-01-01 x",
		"[2019-01-01]", "x [2001-01-01] y", "date:2001-01-01", "x, date:2001-01-01", "date2:x", "type:A", "a, b:c, d:e",
		"😀 👩‍👩‍👧 🇻🇳", "שלום עולם", "مرحبا", "Ω≈ç√∫", "Đã cam kết: ứng trước", "\u2028", "a\u2028b", "\u2029", "\u200b", "\ufeffx",
		"include /etc/passwd", "account X", "comment", "end comment", "P 2019-01-01 VND 1 USD", "%1", "\\", "\\n", "<b>&amp;</b>",
		"123456789012345678901234567890", "1E5", "TRUE", "00123", "1/2", strings.Repeat("ữ", 1333), strings.Repeat("; ", 2000), strings.Repeat("🇻", 1000),
	}
}

func cut(s string, limit int) string {
	for len(s) > limit {
		s = s[:len(s)-1]
	}
	return strings.ToValidUTF8(s, "")
}

// TestOddTexts writes each text as payee, description and paper number and reads
// it back from every file.
func TestOddTexts(t *testing.T) {
	const line = "2018/NSTW/DA1/CAT/041/12"
	b := newBook(t, "VND", 0)
	b.post("2018-01-02", "QD", "", b.event(ledger.Appropriate, "2018/NSTW", "9000000000"), b.event(ledger.Allocate, line, "9000000000"))
	b.must(ledger.DefineUnit{Unit: ledger.Unit{Code: "CAT", Name: `x, type:Z [2019-01-01] ; "y" | z`, Parent: "BCD", From: date(t, "2010-01-01")}})
	first := len(b.records)
	texts := oddTexts()
	for i, s := range texts {
		day := fmt.Sprintf("2018-%02d-15", 2+i%10)
		b.post(day, "PC", cut(s, ledger.MaxName), b.event(ledger.Pay, line, "1000", payee(cut(s, ledger.MaxName)), text(s)))
		b.post(day, "PC", "", b.event(ledger.Pay, line, "1", payee(cut(s, ledger.MaxName)), text("other")), b.event(ledger.Pay, line, "2", payee("second"), text(s)))
	}
	dir, _ := bundle1(t, b, Options{})
	mustCheck(t, dir)
	mustAgree(t, dir)

	records := readJSONL(t, dir)
	rows := map[string]map[string]string{}
	for _, row := range readCSV(t, dir) {
		rows[row["seq"]+"."+row["event"]] = row
	}
	for i, s := range texts {
		r := records[first+2*i]
		e := r.Entry.Events[0]
		if e.Text != s || e.Payee != cut(s, ledger.MaxName) || r.Entry.Document.Number != cut(s, ledger.MaxName) {
			t.Errorf("%q became %q, %q, %q in so.jsonl", s, e.Text, e.Payee, r.Entry.Document.Number)
		}
		row := rows[fmt.Sprint(r.Seq, ".1")]
		for _, column := range []string{"text", "payee", "paper_number"} {
			got, want := row[column], s
			if column != "text" {
				want = cut(s, ledger.MaxName)
			}
			if got != "" && strings.ContainsAny(got[:1], "=+-@") {
				t.Errorf("%s %q would be run as a formula", column, got)
			}
			if strings.TrimPrefix(got, "'") != want && got != want || strings.HasPrefix(got, "'") && got[1:] != want {
				t.Errorf("%q became %q in %s of so.csv", want, got, column)
			}
		}
	}
}

// TestOddTextsInHledger reads the descriptions back from hledger.
func TestOddTextsInHledger(t *testing.T) {
	b := newBook(t, "VND", 0)
	want := []string{}
	for _, s := range oddTexts() {
		b.post("2018-01-02", "QD", "", b.event(ledger.Appropriate, "2018/NSTW", "7", payee(cut(s, ledger.MaxName)), text(s)))
		p, n := description(cut(s, ledger.MaxName)), description(s)
		if p == "" {
			p = "BCD"
		}
		if n == "" {
			n = "appropriate"
		}
		want = append(want, p+" | "+n)
	}
	dir, _ := bundle1(t, b, Options{})
	mustCheck(t, dir)
	out, err := execute(t, dir, tool(t, "hledger"), "-f", "hledger/2018.journal", "print")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for l := range strings.Lines(out) {
		if l[0] >= '0' && l[0] <= '9' && !strings.HasPrefix(l[10:], " "+self+" | ") {
			_, d, _ := strings.Cut(l, ") ")
			d, _, _ = strings.Cut(d, "  ; seq:")
			got = append(got, d)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d transactions, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("hledger read %q, want %q", got[i], want[i])
		}
	}
}

func TestCell(t *testing.T) {
	for in, want := range map[string]string{"": "", "a": "a", "=1": "'=1", "'a": "''a", "-": "'-", "\tx": "'\tx", "a=": "a="} {
		if got := cell(in); got != want {
			t.Errorf("cell(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLongAmount(t *testing.T) {
	for in, want := range map[string]string{
		"999999999999999": "", "1000000000000000": "'1000000000000000", "-1000000000000000": "'-1000000000000000",
		"9999999999999.99": "", "99999999999999.99": "'99999999999999.99", "0.37": "", "0": "",
	} {
		if got := longAmount(in); got != want {
			t.Errorf("longAmount(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestSpreadsheetRunsNothing opens so.csv in LibreOffice: no formula may run
// and no digit of a long amount may be lost.
func TestSpreadsheetRunsNothing(t *testing.T) {
	b := newBook(t, "VND", 0)
	b.post("2018-01-02", "QD", "=1+1", b.event(ledger.Appropriate, "2018/NSTW", "9007199254740993", payee("=2+2"), text("Đã ứng @x")))
	dir, _ := bundle1(t, b, Options{})
	home := "-env:UserInstallation=file://" + t.TempDir()
	out, err := execute(t, dir, tool(t, "soffice"), home, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--infilter=CSV:44,34,76,1", "--outdir", "read", "so.csv")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "read", "so.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"'=1+1", "'=2+2", "'9007199254740993", "Đã ứng @x"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("LibreOffice has no %q:\n%s", want, text)
		}
	}
}
