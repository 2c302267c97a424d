package postgres

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/postgres/local"
	"github.com/sokinhphi/kinhphi/migrations"
)

// database returns a store on an empty database of its own.
func database(t *testing.T) *Store {
	t.Helper()
	srv, err := local.Shared(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	name := "rows_" + migrations.Digest()
	url, err := srv.EnsureDatabase(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		admin, _ := sql.Open("postgres", srv.URL("postgres"))
		defer admin.Close()
		if _, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return s
}

// What is written in binary reads back as its canonical text.
func TestBinaryAmounts(t *testing.T) {
	s := database(t)
	currencies := []ledger.Currency{ledger.VND}
	for scale := 1; scale <= ledger.MaxScale; scale++ {
		c, err := ledger.NewCurrency("XTS", scale)
		if err != nil {
			t.Fatal(err)
		}
		currencies = append(currencies, c)
	}
	back := func(m ledger.Money) (text string) {
		r := rows{of: s.types["turnover"]}
		r.int(1)
		r.money(m)
		r.money(m.Neg())
		r.int(1 << 40)
		r.end()
		var minus string
		var seq int64
		row := s.owner.QueryRowContext(context.Background(), "SELECT debit, credit, seq FROM unnest($1::turnover[])", r.param())
		if err := row.Scan(&text, &minus, &seq); err != nil {
			t.Fatal(err)
		}
		if n, err := ledger.MoneyFromStore(minus, m.Currency()); err != nil || !n.Equal(m.Neg()) || seq != 1<<40 {
			t.Fatalf("%s: negated %s, sequence %d", m, minus, seq)
		}
		return text
	}
	rapid.Check(t, func(rt *rapid.T) {
		c := rapid.SampledFrom(currencies).Draw(rt, "currency")
		text := rapid.StringMatching(`(0|[1-9][0-9]{0,3}|[1-9](0000|[0-9]){0,25})`).Draw(rt, "whole")
		if text = text[:min(len(text), 26)]; c.Scale() > 0 {
			text += "." + rapid.StringMatching(`[0-9]{4}`).Draw(rt, "fraction")[:c.Scale()]
		}
		m, err := ledger.MoneyFromStore(text, c)
		if err != nil {
			rt.Fatal(err)
		}
		if got := back(m); got != m.String() || strings.HasPrefix(got, "-") {
			rt.Errorf("%s reads back as %s", m, got)
		}
	})
}
