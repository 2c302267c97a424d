package ledger_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sokinhphi/kinhphi/ledger"
)

func TestParseDate(t *testing.T) {
	for _, s := range []string{"1900-01-01", "2000-02-29", "2019-12-31", "2020-02-29", "2999-12-31"} {
		d, err := ledger.ParseDate(s)
		if err != nil || d.String() != s || d.IsZero() {
			t.Errorf("%s = %s, %v", s, d, err)
		}
	}
	for _, s := range []string{
		"", "2019", "2019-02-29", "2100-02-29", "2019-04-31", "2019-00-10", "2019-13-01", "2019-01-00", "2019-01-32", "1899-12-31", "3000-01-01", "0000-01-01",
		"2019-1-1", "19-01-01", "01/02/2019", "2019/01/01", "2019-01-01 ", " 2019-01-01", "2019-01-01T00:00:00Z", "+019-01-01", "-019-01-01", "2019-+1-01", "２０１９-01-01", "2019‑01‑01", "20190101",
	} {
		d, err := ledger.ParseDate(s)
		if !errors.Is(err, ledger.InvalidDate) || !d.IsZero() {
			t.Errorf("%q = %s, %v; want invalid_date", s, d, err)
		}
	}
}

// FuzzParseDate: what is accepted is its own text and a day of the calendar.
func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"2019-12-31", "2020-02-29", "2019-02-29", "0000-00-00", "9999-99-99", "2019-1-01", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ledger.ParseDate(s)
		if err != nil {
			if !errors.Is(err, ledger.InvalidDate) || !d.IsZero() {
				t.Fatalf("%q: %s, %v", s, d, err)
			}
			return
		}
		std, err := time.Parse(time.DateOnly, s)
		if err != nil || d.String() != s || !d.Time().Equal(std) {
			t.Fatalf("%q = %s, the standard library has %v, %v", s, d, std, err)
		}
	})
}

// TestDateIsCivil: the day on a paper does not move with the zone in which the
// service runs.
func TestDateIsCivil(t *testing.T) {
	hanoi := time.FixedZone("+07", 7*3600)
	late := time.Date(2020, 1, 31, 23, 30, 0, 0, hanoi)
	if d := ledger.DateOf(late); d != day(2020, 1, 31) {
		t.Errorf("half past eleven in the evening of 31/01 is %s", d)
	}
	if d := ledger.DateOf(late.UTC()); d != day(2020, 1, 31) {
		t.Errorf("the same instant in UTC is %s", d)
	}
	if d := ledger.DateOf(late.Add(time.Hour)); d != day(2020, 2, 1) {
		t.Errorf("an hour later is %s", d)
	}
	if (ledger.Date{}).String() != "" || !(ledger.Date{}).IsZero() {
		t.Error("the zero Date has a text")
	}
}

func TestDateArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.IntRange(0, 365*900)
		first := time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC)
		draw := func(label string) (ledger.Date, time.Time) {
			at := first.AddDate(0, 0, days.Draw(t, label))
			return day(at.Year(), int(at.Month()), at.Day()), at
		}
		a, x := draw("a")
		b, y := draw("b")
		if a.Compare(b) != x.Compare(y) || a.Before(b) != x.Before(y) || a.After(b) != x.After(y) || (a == b) != x.Equal(y) {
			t.Fatalf("order of %s and %s", a, b)
		}
		if n := int((y.Unix() - x.Unix()) / 86_400); a.AddDays(n) != b {
			t.Fatalf("%s and %d days is %s, want %s", a, n, a.AddDays(n), b)
		}
		m := a.FirstOfMonth()
		if m.Day() != 1 || m.Month() != a.Month() || m.Year() != a.Year() {
			t.Fatalf("first of the month of %s is %s", a, m)
		}
	})
}
