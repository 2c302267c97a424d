package postgres_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/ledgertest"
)

// lived records a little of everything in the programme of ledgertest.
func lived(t *testing.T, books ledger.Books) {
	t.Helper()
	ledgertest.Programme(t, books)
	line, dong, day := ledgertest.Line("NSTW", "DA1", "CAT"), ledgertest.Dong, ledgertest.Day
	post := func(key string, month int, events ...ledger.Event) ledger.Result {
		return ledgertest.Post(t, books, key, day(month, 5), events...)
	}
	post("commit", 2, ledger.Event{Kind: ledger.Commit, Line: line, Amount: dong(300_000_000), Opens: "HD-12", Payee: "Công ty Sông Lam"})
	post("advance", 3, ledger.Event{Kind: ledger.Advance, Obligation: "HD-12", Amount: dong(90_000_000), Opens: "TU-HD-12", Due: day(6, 30)})
	post("accept", 4, ledger.Event{Kind: ledger.Accrue, Obligation: "HD-12", Amount: dong(100_000_000), Opens: "NT-HD-12"})
	post("clear and pay", 5,
		ledger.Event{Kind: ledger.Clear, Obligation: "TU-HD-12", Amount: dong(60_000_000)},
		ledger.Event{Kind: ledger.Pay, Obligation: "NT-HD-12", Amount: dong(100_000_000), Payee: "Công ty Sông Lam", Text: "Nghiệm thu đợt 1"})
	paid := post("pay", 6, ledger.Event{Kind: ledger.Pay, Line: line, Amount: dong(12_000_000), Payee: "Nhà khách", Item: "6655"})
	post("refund", 7, ledger.Event{Kind: ledger.Refund, Of: ledger.EventRef{Seq: paid.Seq, N: 1}, Amount: dong(2_000_000)})
	wrong := post("wrong", 8, ledger.Event{Kind: ledger.Pay, Line: line, Amount: dong(5_000_000)})
	ledgertest.Do(t, books, ledgertest.Code, "red", ledger.Reversal{Of: wrong.Seq, Date: day(8, 6), Document: ledger.Document{Type: "PDC"}, Reason: "Nhập nhầm dòng"})
}

func TestCheckFindsNothingInGoodBooks(t *testing.T) {
	s := ledgertest.New(t)
	lived(t, s)
	for _, code := range []ledger.Code{ledger.System, ledgertest.Code} {
		r, err := s.Check(t.Context(), code)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Findings) > 0 || r.Records == 0 {
			t.Errorf("%s: %d records, findings %v", code, r.Records, r.Findings)
		}
	}
}

func TestCheckNamesDamage(t *testing.T) {
	for _, c := range []struct {
		name, damage string
		want         []string // each must begin a finding
	}{
		{"balance", "UPDATE account SET debit = debit + 1 WHERE programme = $1 AND state = 62", []string{"balance: account "}},
		{"month total", "UPDATE month_total SET credit = credit + 1 WHERE programme = $1", []string{"month total: account "}},
		{"leg", "UPDATE leg SET amount = amount + 1 WHERE programme = $1 AND n = 1", []string{"seal: record ", "ring: record ", "balance: "}},
		{"both legs", "UPDATE leg SET amount = amount + 7 WHERE programme = $1 AND seq = (SELECT max(seq) - 1 FROM entry)", []string{"seal: record ", "balance: ", "month total: "}},
		{"canonical byte", "UPDATE record SET canon = set_byte(canon, 5, (get_byte(canon, 5) + 1) % 256) WHERE programme = $1 AND seq = 7", []string{"seal: record 7: ", "tree: record 7: ", "tree: the head's root"}},
		{"tree hash", "UPDATE record SET hashes = set_byte(hashes, 5, (get_byte(hashes, 5) + 1) % 256) WHERE programme = $1 AND seq = 7", []string{"tree: record 7: "}},
		{"deleted last record", "DELETE FROM leg l USING (SELECT max(seq) AS seq FROM record WHERE programme = $1) m WHERE l.programme = $1 AND l.seq = m.seq; DELETE FROM record r USING (SELECT max(seq) AS seq FROM record WHERE programme = $1) m WHERE r.programme = $1 AND r.seq = m.seq", []string{"gap: the head counts"}},
		{"deleted record in the middle", "DELETE FROM record WHERE programme = $1 AND seq = 9", []string{"gap: record 9: is missing", "tree: "}},
		{"gap", "UPDATE record SET seq = seq + 100000 WHERE programme = $1 AND seq = (SELECT max(seq) FROM record WHERE programme = $1)", []string{"gap: record ", "seal: record "}},
		{"payee", "UPDATE event_text SET value = 'Công ty khác' WHERE programme = $1 AND field = 'payee'", []string{"seal: record "}},
		{"document number", "UPDATE entry SET paper_number = 'PC-1' WHERE programme = $1", []string{"seal: record "}},
		{"unit name", "UPDATE unit SET name = 'Khác' WHERE programme = $1 AND code = 'CAT'", []string{"seal: record "}},
		{"grant", "UPDATE access_grant SET role = 'agency' WHERE programme = $1 AND role = 'owner'", []string{"seal: record "}},
		{"obligation", "UPDATE obligation SET used = used - 1 WHERE programme = $1 AND code = 'HD-12'", []string{"obligation: "}},
		{"number", "UPDATE voucher_counter SET last = last + 1 WHERE programme = $1", []string{"number: "}},
		{"event row", "DELETE FROM event WHERE programme = $1 AND n = 2", []string{"seal: record "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			url := ledgertest.URL(t)
			s := ledgertest.Open(t, url)
			lived(t, s)
			damage(t, url, c.damage)
			r, err := s.Check(t.Context(), ledgertest.Code)
			if err != nil {
				t.Fatal(err)
			}
			for _, begin := range c.want {
				found := false
				for _, f := range r.Findings {
					found = found || strings.HasPrefix(f.String(), begin)
				}
				if !found {
					t.Errorf("no finding begins with %q: %.2000v", begin, r.Findings)
				}
			}
		})
	}
}

// damage does what nobody may: it runs a statement as a superuser with all walls
// taken down. $1 stands for the programme.
func damage(t *testing.T, url, statement string) {
	t.Helper()
	db, err := sql.Open("postgres", url+"&search_path=core&session_replication_role=replica")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var id string
	if err := db.QueryRow("SELECT id FROM programme WHERE code = 'CT'").Scan(&id); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(strings.ReplaceAll(statement, "$1", id)); err != nil {
		t.Fatal(err)
	}
}
