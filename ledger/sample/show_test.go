package sample_test

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/sample"
)

// fold takes case and accents away.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case r == 'đ':
			b.WriteRune('d')
		case !unicode.Is(unicode.Mn, r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// matches is a plain reading of the journal's query: no field that it does not
// know, every field that is there must hold.
func matches(t *testing.T, q url.Values, e *ledger.Entry, ev ledger.EntryEvent) bool {
	t.Helper()
	red := e.Reverses != 0 || ev.Kind == ledger.Refund || ev.Kind == ledger.ReturnAdvance || ev.Kind == ledger.CancelCommitment
	for field := range q {
		v, ok := q.Get(field), false
		switch field {
		case "year":
			ok = v == strconv.Itoa(ev.Line.Year)
		case "source":
			ok = v == string(ev.Line.Source)
		case "project":
			ok = v == string(ev.Line.Project)
		case "kind":
			ok = slices.Contains(strings.Split(v, ","), ev.Kind.String())
		case "type":
			ok = v == string(e.Document.Type)
		case "from":
			ok = e.Date.String() >= v
		case "to":
			ok = e.Date.String() <= v
		case "red":
			ok = red
		case "text":
			ok = strings.Contains(fold(ev.Text), v)
		case "figure":
			ok = moves(t, ledger.Figure(v), ev.Kind)
		default:
			t.Fatalf("unknown field %q", field)
		}
		if !ok {
			return false
		}
	}
	return true
}

// moves reports whether events of the kind move one of the figures in use here.
func moves(t *testing.T, f ledger.Figure, k ledger.EventKind) bool {
	t.Helper()
	switch f {
	case ledger.AdvancesOpen:
		return k == ledger.Advance || k == ledger.Clear || k == ledger.ReturnAdvance || k == ledger.OpenAdvance
	case ledger.AccruedOpen:
		return k == ledger.Accrue || k == ledger.Pay
	case ledger.Available:
		return k.Info().Scope == ledger.LineScope && k != ledger.Clear
	}
	t.Fatalf("figure %q", f)
	return false
}

func TestTexturesCanBeFound(t *testing.T) {
	records := played(t).Changes().Records
	for _, x := range sample.Textures() {
		q, err := url.ParseQuery(x.Query)
		if err != nil || x.Vi == "" || x.En == "" || !norm.NFC.IsNormalString(x.Vi) {
			t.Fatalf("%+v: %v", x, err)
		}
		for _, k := range strings.FieldsFunc(q.Get("kind"), func(r rune) bool { return r == ',' }) {
			if _, err := ledger.ParseEventKind(k); err != nil {
				t.Errorf("%s: %v", x.En, err)
			}
		}
		n := 0
		for _, r := range records {
			for i := 0; r.Entry != nil && i < len(r.Entry.Events); i++ {
				if matches(t, q, r.Entry, r.Entry.Events[i]) {
					n++
				}
			}
		}
		t.Logf("%4d  %s", n, x.En)
		if n < 2 {
			t.Errorf("%s: %d events", x.En, n)
		}
	}
}
