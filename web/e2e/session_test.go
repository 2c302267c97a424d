package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// cookies are those that the browser sends to the site.
func (b *tab) cookies() (all []*network.Cookie) {
	b.Helper()
	b.do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		all, err = network.GetCookies().WithURLs([]string{site.url}).Do(ctx)
		return err
	}))
	return all
}

// endSession ends the session on the server, behind the browser's back.
func (b *tab) endSession() {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, site.url+"/sign-out", nil)
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Origin", site.url)
	for _, c := range b.cookies() {
		req.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		b.Fatalf("ending the session: %s", res.Status)
	}
}

func TestSessionCookieIsOutOfReach(t *testing.T) {
	b := as(t, "officer")
	found := false
	for _, c := range b.cookies() {
		if strings.HasPrefix(c.Name, "kinhphi-") {
			found = true
			if !c.HTTPOnly || c.SameSite == network.CookieSameSiteNone {
				t.Errorf("the session's cookie: HttpOnly %t, SameSite %q", c.HTTPOnly, c.SameSite)
			}
		}
	}
	if seen := eval[string](b, "document.cookie"); !found || strings.Contains(seen, "kinhphi-") {
		t.Errorf("a session's cookie: %t; scripts see %q", found, seen)
	}
}

// A voucher that is sent after the session ended is not lost: it goes on after
// signing in, and is recorded once.
func TestExpiredSessionKeepsWhatWasTyped(t *testing.T) {
	b := as(t, "officer")
	b.expect(401)
	const payee = "Công ty Hết Phiên"
	b.newVoucher("pay")
	b.fillVoucher("E2E-EXPIRED", lineExpired, payee, "Gửi sau khi hết phiên", "4.000.000")
	b.endSession()
	if status := b.submit(); status != 401 {
		t.Fatalf("sent after the session ended: status %d", status)
	}
	if said := b.text("[role=alert]"); !strings.Contains(said, "còn nguyên") {
		t.Errorf("the page says %q, not that nothing is lost", said)
	}
	if n := len(entries(t, payee)); n != 0 {
		t.Fatalf("%d entries recorded without a session", n)
	}
	b.fill("#login", "officer")
	b.fill("#password", "sai")
	if status := b.follow(typed(kb.Enter)); status != 401 {
		t.Errorf("a wrong password: status %d", status)
	}
	b.fill("#password", site.password)
	if status := b.follow(typed(kb.Enter)); status != 200 || !b.has("#posted") {
		t.Fatalf("after signing in: status %d: %.600s", status, b.text("main"))
	}
	if found := entries(t, payee); len(found) != 1 || found[0].Event.Description != "Gửi sau khi hết phiên" {
		t.Errorf("the API has %v", found)
	}
}

// The same, with somebody else signing in: what was typed is shown, not recorded.
func TestFormOfSomebodyElseIsNotRecorded(t *testing.T) {
	b := as(t, "officer")
	b.expect(401)
	b.expect(422)
	const payee = "Công ty Đổi Người"
	b.newVoucher("pay")
	b.fillVoucher("E2E-OTHER", lineExpired, payee, "Người khác đăng nhập", "5.000.000")
	b.endSession()
	b.submit()
	b.fill("#login", "agency")
	b.fill("#password", site.password)
	if status := b.follow(typed(kb.Enter)); status != 422 {
		t.Errorf("somebody else signing in: status %d", status)
	}
	if n := len(entries(t, payee)); n != 0 {
		t.Errorf("%d entries recorded in another name", n)
	}
	if b.value("#payee") != payee || b.value("#amount") != "5.000.000" {
		t.Errorf("what was typed became payee %q, amount %q", b.value("#payee"), b.value("#amount"))
	}
}

func TestLanguageAndTheme(t *testing.T) {
	b := as(t, "officer")
	b.newVoucher("pay")
	if lang, title := eval[string](b, "document.documentElement.lang"), b.text("h1"); lang != "vi" || title != "Thực chi" {
		t.Errorf("at first: language %q, title %q", lang, title)
	}
	path := b.address()
	b.click(".preferences [name=lang]")
	if lang := eval[string](b, "document.documentElement.lang"); lang != "en" || b.address() != path {
		t.Errorf("after switching: language %q at %s, want English at %s", lang, b.address(), path)
	}
	b.fill("#amount", "1234567")
	if amount, words := b.value("#amount"), b.text("#words"); amount != "1,234,567" || !strings.HasPrefix(words, "One million two hundred") {
		t.Errorf("in English: %q, %q", amount, words)
	}
	b.click(".preferences [name=lang]")
	if lang := eval[string](b, "document.documentElement.lang"); lang != "vi" {
		t.Errorf("after switching back: language %q", lang)
	}

	paper := `getComputedStyle(document.body).backgroundColor`
	light := eval[string](b, paper)
	b.do(chromedp.Click("[data-theme-switch]", chromedp.ByQuery))
	dark := eval[string](b, paper)
	if light == dark {
		t.Errorf("switching the theme leaves the background %s", light)
	}
	b.visit(path)
	if got := eval[string](b, paper); got != dark {
		t.Errorf("the next page is %s again, not %s", got, dark)
	}
}
