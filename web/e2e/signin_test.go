package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func TestSignIn(t *testing.T) {
	b := open(t)
	if b.load("/"); !strings.HasPrefix(b.address(), "/sign-in") {
		t.Errorf("without a session, / leads to %s", b.address())
	}
	if b.focused() != "login" {
		t.Errorf("the focus is on %s, not on the login", b.focused())
	}
	b.expect(401)
	b.write("officer")
	b.press(kb.Tab)
	b.write("sai mật khẩu")
	if status := b.follow(typed(kb.Enter)); status != 401 {
		t.Errorf("a wrong password: status %d", status)
	}
	if b.value("#login") != "officer" || b.value("#password") != "" || b.focused() != "password" {
		t.Errorf("after a wrong password: login %q, password %q, focus on %s", b.value("#login"), b.value("#password"), b.focused())
	}
	b.write(site.password)
	if status := b.follow(typed(kb.Enter)); status != 200 {
		t.Fatalf("signing in: status %d", status)
	}
	if !strings.HasPrefix(b.address(), root) {
		t.Errorf("signing in leads to %s, not into the programme", b.address())
	}
}

func TestSignOut(t *testing.T) {
	b := as(t, "approver")
	b.do(chromedp.Click(".person summary", chromedp.ByQuery))
	b.click(".person form button")
	if !strings.HasPrefix(b.address(), "/sign-in") {
		t.Errorf("signing out leads to %s", b.address())
	}
	if b.load(root + "/vouchers/new"); !strings.HasPrefix(b.address(), "/sign-in?next=") {
		t.Errorf("after signing out a page leads to %s", b.address())
	}
}
