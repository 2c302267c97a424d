package access

import (
	"errors"
	"strings"
	"testing"
)

func TestFormToken(t *testing.T) {
	a, b := strings.Repeat("A", 43), strings.Repeat("B", 42)+"A"
	form := FormToken(a)
	if err := CheckForm(a, form); err != nil {
		t.Error(err)
	}
	if strings.Contains(form, a) || form == FormToken(b) {
		t.Error("the form token shows the session's or is shared")
	}
	for name, c := range map[string][2]string{
		"another session": {b, form}, "no session": {"", FormToken("")}, "no token": {a, ""},
		"cut": {a, form[1:]}, "longer": {a, form + "A"}, "the session's own": {a, a},
	} {
		if err := CheckForm(c[0], c[1]); !errors.Is(err, ErrForeignForm) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSameOrigin(t *testing.T) {
	const own = "http://127.0.0.1:8080"
	for _, c := range []struct {
		method, site, origin string
		ok                   bool
	}{
		{"GET", "cross-site", "https://evil.example", true},
		{"HEAD", "", "", true},
		{"POST", "same-origin", own, true},
		{"POST", "same-origin", "null", true}, // a page with no-referrer
		{"POST", "none", "", true},
		{"POST", "same-site", own, false},
		{"POST", "cross-site", own, false},
		{"POST", "Same-Origin ", own, false},
		{"POST", "", own, true},
		{"POST", "", own + "/", false},
		{"POST", "", "http://127.0.0.1:8081", false},
		{"POST", "", "https://127.0.0.1:8080", false},
		{"POST", "", own + ".evil.example", false},
		{"POST", "", "null", false},
		{"POST", "", "", false},
		{"DELETE", "", "", false},
		{"post", "", "", false},
		{"get", "", "", false},
	} {
		if err := SameOrigin(c.method, c.site, c.origin, own); c.ok != (err == nil) || !c.ok && !errors.Is(err, ErrForeignForm) {
			t.Errorf("SameOrigin(%q, %q, %q) = %v", c.method, c.site, c.origin, err)
		}
	}
	if SameOrigin("POST", "", "", "") == nil {
		t.Error("no origin of our own, none sent: passed")
	}
}
