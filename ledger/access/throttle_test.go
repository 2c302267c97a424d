package access

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sokinhphi/kinhphi/ledger"
)

func TestThrottle(t *testing.T) {
	rule := Throttle{Free: 3, First: 2 * time.Second, Most: 10 * time.Second, Forget: time.Hour}
	last := time.Date(2019, 12, 31, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name     string
		failures int
		after    time.Duration
		retry    time.Duration
		next     int
	}{
		{"first", 0, 0, 0, 1},
		{"still free", 2, 0, 0, 3},
		{"first wait", 3, 0, 2 * time.Second, 3},
		{"part of the wait over", 3, 1500 * time.Millisecond, 500 * time.Millisecond, 3},
		{"wait over", 3, 2 * time.Second, 0, 4},
		{"second wait", 4, 0, 4 * time.Second, 4},
		{"third wait", 5, time.Second, 7 * time.Second, 5},
		{"longest wait", 6, 0, 10 * time.Second, 6},
		{"no overflow", 1 << 30, 0, 10 * time.Second, 1 << 30},
		{"after the longest", 60, 10 * time.Second, 0, 61},
		{"forgotten", 60, time.Hour, 0, 1},
		{"clock set back", 3, -time.Hour, 2 * time.Second, 3},
	} {
		a := Attempts{Failures: c.failures, Last: last}
		next, retry := rule.Attempt(a, last.Add(c.after))
		if retry != c.retry || next.Failures != c.next {
			t.Errorf("%s: %d failures, retry after %v, want %d, %v", c.name, next.Failures, retry, c.next, c.retry)
		}
		if retry > 0 && next != a {
			t.Errorf("%s: a refused attempt changed the counter", c.name)
		}
	}
	if next, retry := rule.Attempt(Attempts{}, last); retry != 0 || next != (Attempts{1, last}) {
		t.Errorf("zero Attempts: %v, %v", next, retry)
	}
}

// However the guesses are timed, a day sees few of them, and who comes back after the
// longest wait is always let try.
func TestThrottleBoundsGuessing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2019, 12, 31, 8, 0, 0, 0, time.UTC)
		start, tried := now, 0
		var a Attempts
		for now.Sub(start) < 24*time.Hour {
			var retry time.Duration
			if a, retry = PerLogin.Attempt(a, now); retry == 0 {
				tried++
			}
			now = now.Add(time.Duration(rapid.Int64Range(int64(time.Minute), int64(20*time.Minute)).Draw(t, "pause")))
		}
		if limit := PerLogin.Free + 8 + int(24*time.Hour/PerLogin.Most); tried > limit {
			t.Fatalf("%d guesses in a day, want at most %d", tried, limit)
		}
		if _, retry := PerLogin.Attempt(a, a.Last.Add(PerLogin.Most)); retry != 0 {
			t.Fatalf("still %v after the longest wait", retry)
		}
	})
}

func TestPoliciesForgetAfterTheLongestWait(t *testing.T) {
	for _, rule := range []Throttle{PerLogin, PerAddress} {
		if rule.Forget <= rule.Most || rule.First <= 0 || rule.Free < 1 {
			t.Errorf("%+v", rule)
		}
	}
}

func TestTypedLogin(t *testing.T) {
	for typed, want := range map[string]string{
		"officer": "officer", " Officer\t": "officer", "nguyen.van-an_1": "nguyen.van-an_1",
		"local": "", " LOCAL": "", "": "", "1st": "", "kế toán": "", "a b": "", "x'; --": "",
	} {
		got, ok := TypedLogin(typed)
		if ok != (want != "") || ok && got != ledger.Login(want) {
			t.Errorf("TypedLogin(%q) = %q, %v, want %q", typed, got, ok, want)
		}
	}
}

func TestAddressKey(t *testing.T) {
	for address, want := range map[string]string{
		"203.0.113.7":             "address:203.0.113.7",
		"::ffff:203.0.113.7":      "address:203.0.113.7",
		"2001:db8:1:2:3:4:5:6":    "address:2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::1":    "address:2001:db8:1:2::/64",
		"fe80::1%eth0":            "address:fe80::/64",
		"":                        "address:unknown",
		"203.0.113.7, 10.0.0.1":   "address:unknown",
		"a name; drop table rows": "address:unknown",
	} {
		if got := AddressKey(address); got != want {
			t.Errorf("AddressKey(%q) = %q, want %q", address, got, want)
		}
	}
}
