package e2e

import (
	"strconv"
	"strings"
	"testing"
)

// integer reads a canonical amount of đồng.
func integer(t *testing.T, canonical string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(canonical, 10, 64)
	if err != nil {
		t.Fatalf("%q is no amount", canonical)
	}
	return n
}

// shown reads an amount as Vietnamese pages write it: 1.234.567, negative in
// brackets, with or without the currency's sign.
func shown(t *testing.T, text string) int64 {
	t.Helper()
	s := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "₫"))
	s, negative := strings.CutPrefix(s, "(")
	n, err := strconv.ParseInt(strings.ReplaceAll(strings.TrimSuffix(s, ")"), ".", ""), 10, 64)
	if err != nil {
		t.Fatalf("the page shows %q, which is no amount", text)
	}
	if negative {
		return -n
	}
	return n
}

// grouped writes an amount as Vietnamese pages do.
func grouped(n int64) string {
	if n < 0 {
		return "(" + grouped(-n) + ")"
	}
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}
