package access

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/sokinhphi/kinhphi/ledger"
)

var cheap = Cost{MemoryKiB: 64, Passes: 1}

func TestCheckPassword(t *testing.T) {
	for _, c := range []struct {
		user, password string
		want           ledger.Rule
	}{
		{"ketoan", "", PasswordShort},
		{"ketoan", "chín-ký-t", PasswordShort},
		{"ketoan", "mười-ký-tự", ""},
		{"ketoan", "mu\u031bo\u031b\u0300i-ky\u0301-tu\u031b\u0323", ""},           // the same ten in NFD
		{"ketoan", "a\u0302\u0301a\u0302\u0301a\u0302\u0301bcdefg", PasswordShort}, // nine, though fifteen code points
		{"ketoan", strings.Repeat("ă", MaxPassword/2) + "b", ledger.TooLong},
		{"ketoan", "không phải UTF\xff", ledger.NotNFC},
		{"nguyen.van.an", "nguyen.van.an", PasswordLogin},
		{"nguyen.van.an", "Nguyen.Van.An2019!", PasswordLogin},
		{"u1234567890", "1234567890", PasswordCommon},
		{"ketoan", "password123", PasswordCommon},
		{"ketoan", "P@ssw0rd2019", PasswordCommon},
		{"ketoan", "Matkhau@123", PasswordCommon},
		{"ketoan", "Mật khẩu 123", PasswordCommon},
		{"ketoan", "anhyeuem123", PasswordCommon},
		{"ketoan", "Đà Nẵng 2019!", PasswordCommon},
		{"ketoan", "1q2w3e4r5t", PasswordCommon},
		{"ketoan", "qwertyuiop", PasswordCommon},
		{"ketoan", "0912345678", PasswordCommon}, // a telephone number
		{"ketoan", "19/05/1990", PasswordCommon},
		{"ketoan", "aaaaabbbbb", PasswordCommon},
		{"ketoan", "cây cầu tre nhỏ", ""},
		{"ketoan", "t7#kVq-92mZr", ""},
	} {
		err := CheckPassword(ledger.Login(c.user), c.password)
		if c.want == "" && err != nil || c.want != "" && !errors.Is(err, c.want) {
			t.Errorf("CheckPassword(%q, %q) = %v, want %q", c.user, c.password, err, c.want)
		}
	}
}

// The list holds what fold and letters leave of a password; another form never matches.
func TestCommonListIsFolded(t *testing.T) {
	if n := len(common()); n < 200 {
		t.Errorf("%d common passwords", n)
	}
	for w := range common() {
		if fold(w) != w {
			t.Errorf("%q is listed, but compared as %q", w, fold(w))
		}
	}
}

func TestHashAndCheck(t *testing.T) {
	ctx, p := context.Background(), NewPasswords(cheap, 2)
	const nfc, nfd = "Tiền lẻ trong ví", "Tie\u0302\u0300n le\u0309 trong vi\u0301"
	hash, err := p.Hash(ctx, "ketoan", nfd)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("a", MaxPassword+1)
	for typed, want := range map[string]bool{nfc: true, nfd: true, "tiền lẻ trong ví": false, "": false, long: false, "\xff": false} {
		if match, stale, err := p.Check(ctx, typed, hash); match != want || stale || err != nil {
			t.Errorf("Check(%.20q) = %v, %v, %v, want %v", typed, match, stale, err, want)
		}
	}
	if again, _ := p.Hash(ctx, "ketoan", nfc); again == hash {
		t.Error("two hashes of one password are equal: no salt")
	}
	if _, err := p.Hash(ctx, "ketoan", "password123"); !errors.Is(err, PasswordCommon) {
		t.Errorf("Hash of a common password: %v", err)
	}
}

func TestUnknownPersonNeverMatches(t *testing.T) {
	p := NewPasswords(cheap, 1)
	for _, typed := range []string{"", "anything at all"} {
		if match, _, err := p.Check(context.Background(), typed, ""); match || err != nil {
			t.Errorf("Check(%q, no hash) = %v, %v", typed, match, err)
		}
	}
	params, _, _, err := argon2id.DecodeHash(p.dummy)
	if err != nil || *params != *p.params {
		t.Errorf("the dummy costs %+v, %v, real hashes %+v", params, err, p.params)
	}
}

// Hashing reads all of a password: without a bound a request could make it read megabytes.
func TestLongPasswordIsNotHashed(t *testing.T) {
	p, long := NewPasswords(cheap, 1), strings.Repeat("a", MaxPassword+1)
	hash, err := p.Rehash(context.Background(), long)
	if err != nil {
		t.Fatal(err)
	}
	if match, _, err := p.Check(context.Background(), long, hash); match || err != nil {
		t.Errorf("Check = %v, %v", match, err)
	}
}

func TestStaleHash(t *testing.T) {
	ctx := context.Background()
	old, err := NewPasswords(cheap, 1).Hash(ctx, "ketoan", "cây cầu tre nhỏ")
	if err != nil {
		t.Fatal(err)
	}
	p := NewPasswords(Cost{MemoryKiB: 128, Passes: 1}, 1)
	if match, stale, err := p.Check(ctx, "cây cầu tre nhỏ", old); !match || !stale || err != nil {
		t.Errorf("Check of an older cost = %v, %v, %v", match, stale, err)
	}
	renewed, err := p.Rehash(ctx, "cây cầu tre nhỏ")
	if err != nil {
		t.Fatal(err)
	}
	if match, stale, err := p.Check(ctx, "cây cầu tre nhỏ", renewed); !match || stale || err != nil {
		t.Errorf("Check after Rehash = %v, %v, %v", match, stale, err)
	}
}

func TestUnbearableStoredHash(t *testing.T) {
	p := NewPasswords(cheap, 1)
	for _, cost := range []string{"m=4194304,t=1,p=1", "m=64,t=0,p=1", "m=64,t=1,p=0", "m=64,t=99,p=1", "m=64,t=1,p=8"} {
		hash := strings.Replace(p.dummy, "m=64,t=1,p=1", cost, 1)
		if _, _, err := p.Check(context.Background(), "x", hash); err == nil {
			t.Errorf("a stored hash of cost %s was computed", cost)
		}
	}
	if _, _, err := p.Check(context.Background(), "x", "plain"); !errors.Is(err, argon2id.ErrInvalidHash) {
		t.Errorf("unreadable hash: %v", err)
	}
}

func TestHashingIsLimited(t *testing.T) {
	p := NewPasswords(cheap, 3)
	var running, most atomic.Int32
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_ = p.inSlot(context.Background(), func() error {
				now := running.Add(1)
				for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
				}
				time.Sleep(time.Millisecond)
				running.Add(-1)
				return nil
			})
		})
	}
	all.Wait()
	if most.Load() != 3 {
		t.Errorf("%d at once, want 3", most.Load())
	}
}

func TestWaitingForASlotEndsWithTheRequest(t *testing.T) {
	p := NewPasswords(cheap, 1)
	p.slots <- struct{}{} // somebody hashes
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	if _, _, err := p.Check(ctx, "x", ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Check: %v", err)
	}
	if _, err := p.Hash(ctx, "ketoan", "cây cầu tre nhỏ"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Hash: %v", err)
	}
}

func BenchmarkCheck(b *testing.B) {
	p := NewPasswords(DefaultCost, 1)
	for b.Loop() {
		if _, _, err := p.Check(context.Background(), "x", ""); err != nil {
			b.Fatal(err)
		}
	}
}
