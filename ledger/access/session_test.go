package access

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

func TestTokens(t *testing.T) {
	for _, c := range []struct {
		name, prefix string
		make         func(io.Reader) (string, ledger.Digest, error)
		digest       func(string) (ledger.Digest, error)
		other        func(string) (ledger.Digest, error)
	}{
		{"session", "", NewSessionToken, SessionDigest, APIDigest},
		{"api", "kp_", NewAPIToken, APIDigest, SessionDigest},
	} {
		t.Run(c.name, func(t *testing.T) {
			token, stored, err := c.make(bytes.NewReader(bytes.Repeat([]byte{0xfb}, 32)))
			if err != nil {
				t.Fatal(err)
			}
			if want := c.prefix + "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s"; token != want {
				t.Errorf("token = %s, want %s", token, want)
			}
			if got, err := c.digest(token); err != nil || got != stored || got != sha256.Sum256([]byte(token)) {
				t.Errorf("digest = %x, %v, stored %x", got, err, stored)
			}
			if _, err := c.other(token); !errors.Is(err, ErrExpired) {
				t.Errorf("taken for the other kind: %v", err)
			}
			if _, _, err := c.make(bytes.NewReader(make([]byte, 31))); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("too little randomness: %v", err)
			}
		})
	}
}

func TestWhatIsNoToken(t *testing.T) {
	good := strings.Repeat("A", 43)
	for _, bad := range []string{"", "A", good + "A", good[1:], good[:42] + "B", good[:42] + "=", good[:42] + "+", good[:41] + "\r\n", "KP_" + good} {
		if _, err := SessionDigest(bad); !errors.Is(err, ErrExpired) {
			t.Errorf("SessionDigest(%q): %v", bad, err)
		}
		if _, err := APIDigest("kp_" + bad); !errors.Is(err, ErrExpired) {
			t.Errorf("APIDigest(kp_%q): %v", bad, err)
		}
	}
}

func TestSessionPolicy(t *testing.T) {
	start := time.Date(2019, 12, 31, 8, 0, 0, 0, time.UTC)
	at := func(h, m, s int) time.Time {
		return start.Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second)
	}
	for _, c := range []struct {
		name      string
		seen, now time.Time
		live      bool
	}{
		{"just made", at(0, 0, 0), at(0, 0, 0), true},
		{"clock of another instance behind", at(0, 0, 0), at(0, 0, -1), true},
		{"last idle second", at(0, 0, 0), at(0, 29, 59), true},
		{"idle too long", at(0, 0, 0), at(0, 30, 0), false},
		{"kept alive", at(11, 45, 0), at(11, 59, 59), true},
		{"over in any case", at(11, 59, 59), at(12, 0, 0), false},
	} {
		if got := DefaultSessions.Live(start, c.seen, c.now); got != c.live {
			t.Errorf("%s: Live = %v", c.name, got)
		}
	}
	if got := DefaultSessions.Ends(start, at(11, 45, 0)); !got.Equal(at(12, 0, 0)) {
		t.Errorf("Ends = %v", got)
	}
	if DefaultSessions.Touch(start, at(0, 0, 29)) || !DefaultSessions.Touch(start, at(0, 0, 30)) {
		t.Error("Touch does not write every half minute")
	}
}

func TestCheckTokenLife(t *testing.T) {
	for life, ok := range map[time.Duration]bool{-1: false, 0: false, 1: true, time.Hour: true, MaxTokenLife: true, MaxTokenLife + 1: false} {
		if err := CheckTokenLife(life); ok != (err == nil) || !ok && !errors.Is(err, TokenLife) {
			t.Errorf("CheckTokenLife(%v): %v", life, err)
		}
	}
}
