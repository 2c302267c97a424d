package access

import (
	"net/netip"
	"strings"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

// Attempts is a counter of failed sign-ins. The zero Attempts has seen none.
type Attempts struct {
	Failures int
	Last     time.Time
}

// A Throttle makes each failed sign-in after the first Free wait twice as long as the
// one before. A wait has a bound, so that guessing becomes hopeless but nobody is
// locked out for good by a stranger.
type Throttle struct {
	Free   int           // failures without a wait
	First  time.Duration // the first wait
	Most   time.Duration // the longest wait
	Forget time.Duration // after so long without an attempt, start anew; longer than Most
}

// The throttles of a sign-in. Behind one address a whole office may sit.
var (
	PerLogin   = Throttle{Free: 5, First: 2 * time.Second, Most: 5 * time.Minute, Forget: 24 * time.Hour}
	PerAddress = Throttle{Free: 30, First: 2 * time.Second, Most: 5 * time.Minute, Forget: time.Hour}
)

// Attempt says whether one more sign-in may be tried now. If so, retryAfter is 0 and
// next is the counter with this attempt in it, as a failure: a success takes it back
// later. If not, next is what the counter was: knocking does not lengthen the wait.
func (t Throttle) Attempt(a Attempts, now time.Time) (next Attempts, retryAfter time.Duration) {
	if t.Stale(a, now) {
		a = Attempts{}
	}
	wait := t.wait(a.Failures)
	if left := a.Last.Add(wait).Sub(now); wait > 0 && left > 0 {
		return a, min(left, wait) // a clock set back must not lengthen it
	}
	return Attempts{Failures: a.Failures + 1, Last: now}, 0
}

// wait returns how long after its last failure the next attempt may come.
func (t Throttle) wait(failures int) time.Duration {
	if failures < t.Free {
		return 0
	}
	wait := t.First
	for range failures - t.Free {
		if wait >= t.Most {
			break
		}
		wait *= 2
	}
	return min(wait, t.Most)
}

// Stale reports whether the counter means nothing any more and its row can go.
func (t Throttle) Stale(a Attempts, now time.Time) bool { return now.Sub(a.Last) >= t.Forget }

// TypedLogin returns the login that was typed, without regard to capitals and spaces
// around it, which keyboards of telephones add. ok is false for what cannot be a login,
// and for the machine's own user, who never signs in.
func TypedLogin(typed string) (login ledger.Login, ok bool) {
	l := ledger.Login(strings.ToLower(strings.TrimSpace(typed)))
	return l, mayHaveCredentials(l)
}

func mayHaveCredentials(l ledger.Login) bool { return l.Valid() && l != ledger.LocalUser }

// LoginKey names the counter of a login. Logins that do not exist are counted too, so
// that the wait does not tell which do.
func LoginKey(login ledger.Login) string { return "login:" + string(login) }

// AddressKey names the counter of an address: the address itself for IPv4, the /64 for
// IPv6, since that is what one customer is given. Anything else shares one counter.
func AddressKey(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return "address:unknown"
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return "address:" + a.String()
	}
	p, _ := a.Prefix(64) // an IPv6 address always has one
	return "address:" + p.String()
}
