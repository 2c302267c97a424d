package web

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/access"
)

const testPassword = "một mật khẩu dài"

// people is a Directory of fixed persons with sessions in memory.
type people struct {
	persons  map[string]access.Session
	sessions map[string]string
	wait     time.Duration
	made     int
}

func newPeople(roles map[string][]ledger.Role, programme ledger.Code) *people {
	p := &people{map[string]access.Session{}, map[string]string{}, 0, 0}
	for login, held := range roles {
		l := ledger.Login(login)
		s := access.Session{Person: access.Person{Login: l, Name: "Nguyễn Thị " + login}, Actor: ledger.Actor{User: l}}
		for _, r := range held {
			s.Actor.Grants = append(s.Actor.Grants, ledger.Grant{User: l, Programme: programme, Role: r})
		}
		p.persons[login] = s
	}
	return p
}

func (p *people) SignIn(_ context.Context, login, password, _ string) (string, access.Session, error) {
	if p.wait > 0 {
		return "", access.Session{}, &access.ThrottledError{RetryAfter: p.wait}
	}
	s, ok := p.persons[login]
	if !ok || password != testPassword {
		return "", access.Session{}, access.ErrBadCredentials
	}
	p.made++
	token := fmt.Sprintf("token-%d", p.made)
	p.sessions[token] = login
	return token, s, nil
}

func (p *people) SessionActor(_ context.Context, token string) (access.Session, error) {
	login, ok := p.sessions[token]
	if !ok {
		return access.Session{}, access.ErrExpired
	}
	return p.persons[login], nil
}

func (p *people) SignOut(_ context.Context, token string) error {
	delete(p.sessions, token)
	return nil
}

func TestSignInAndOut(t *testing.T) {
	dir := newPeople(map[string][]ledger.Role{"ketoan": {ledger.Officer}}, "PCMT")
	b := newBrowser(t, &noBooks{}, dir)
	res := b.get("/?x=1")
	res.wants(t, fiber.StatusSeeOther)
	if to := res.Header.Get("Location"); to != "/sign-in?next=%2F%3Fx%3D1" {
		t.Errorf("sent to %q", to)
	}
	b.post("/sign-in", "", url.Values{"login": {"ketoan"}, "password": {"sai"}}).
		wants(t, fiber.StatusUnauthorized, `role="alert"`, `value="ketoan"`)
	res = b.post("/sign-in", "", url.Values{"login": {"ketoan"}, "password": {testPassword}, "next": {"/?x=1"}})
	res.wants(t, fiber.StatusSeeOther)
	if to := res.Header.Get("Location"); to != "/?x=1" {
		t.Errorf("after signing in sent to %q", to)
	}
	cookie := res.Header.Get("Set-Cookie")
	for _, want := range []string{"kinhphi-8080=token-1", "HttpOnly", "SameSite=Lax"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("no %q in %q", want, cookie)
		}
	}
	if strings.Contains(strings.ToLower(cookie), "secure") {
		t.Errorf("a Secure cookie over plain HTTP is lost: %q", cookie)
	}
	home := b.get("/")
	home.wants(t, fiber.StatusOK, "Nguyễn Thị ketoan")
	b.post("/sign-out", home.token(t), nil).wants(t, fiber.StatusSeeOther)
	if len(dir.sessions) != 0 {
		t.Error("the session lives on after signing out")
	}
	b.get("/").wants(t, fiber.StatusSeeOther)
}

func TestSignInTooOften(t *testing.T) {
	dir := newPeople(nil, "")
	dir.wait = 41500 * time.Millisecond
	res := newBrowser(t, &noBooks{}, dir).post("/sign-in", "", url.Values{"login": {"x"}, "password": {"y"}})
	res.wants(t, fiber.StatusTooManyRequests, "42 giây")
	if got := res.Header.Get("Retry-After"); got != "42" {
		t.Errorf("Retry-After %q", got)
	}
}

func TestSignInNeedsASafeWay(t *testing.T) {
	dir := newPeople(map[string][]ledger.Role{"ketoan": nil}, "")
	b := newBrowser(t, &noBooks{}, dir)
	req := httptest.NewRequest(post, "http://so.example/sign-in", strings.NewReader("login=ketoan&password="+url.QueryEscape(testPassword)))
	req.Header.Set("Content-Type", fiber.MIMEApplicationForm)
	req.Header.Set("Origin", "http://so.example")
	res, err := b.app.Test(req, -1)
	if err != nil || res.StatusCode != fiber.StatusForbidden || len(dir.sessions) != 0 {
		t.Errorf("signing in over plain HTTP: %v %v", res.StatusCode, err)
	}
}

func TestForeignFormsAreRefused(t *testing.T) {
	dir := newPeople(map[string][]ledger.Role{"ketoan": {ledger.Officer}}, "PCMT")
	b := signedInBrowser(t, &noBooks{}, dir, "ketoan")
	for name, set := range map[string][2]string{
		"cross-site": {"Sec-Fetch-Site", "cross-site"}, "same-site": {"Sec-Fetch-Site", "same-site"},
		"other origin": {"Origin", "http://evil.example"}, "hidden origin": {"Origin", "null"}, "neither": {"X-None", "1"},
	} {
		req := httptest.NewRequest(post, "/sign-out", nil)
		req.Header.Set(set[0], set[1])
		b.do(req).wants(t, fiber.StatusForbidden)
		if len(dir.sessions) != 1 {
			t.Errorf("%s: the form was obeyed", name)
		}
	}
}

func TestOnlyLocalPathsAreFollowed(t *testing.T) {
	for in, want := range map[string]string{
		"/p/PCMT?x=1": "/p/PCMT?x=1", "": "/", "//evil.example": "/", "https://evil.example": "/",
		`/\evil.example`: "/", "/sign-out": "/", "/sign-in": "/", "/a\r\nSet-Cookie: x": "/",
	} {
		if got := localPath(in); got != want {
			t.Errorf("localPath(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMaskedTokensDiffer(t *testing.T) {
	token := access.FormToken("abc")
	a, b := mask(token), mask(token)
	if a == b || unmask(a) != token || unmask(b) != token {
		t.Errorf("masks %q %q of %q", a, b, token)
	}
	if unmask("%") != "" || unmask("YWJj") != "" || unmask("") != "" {
		t.Error("what mask did not make was unmasked")
	}
}

func TestPreferences(t *testing.T) {
	b := newBrowser(t, &noBooks{}, newPeople(nil, ""))
	b.get("/sign-in").wants(t, fiber.StatusOK, `<html lang="vi">`, "Đăng nhập")
	res := b.post("/preferences", "", url.Values{"lang": {"en"}, "theme": {"dark"}, "next": {"/sign-in"}})
	res.wants(t, fiber.StatusSeeOther)
	b.get("/sign-in").wants(t, fiber.StatusOK, `<html lang="en" data-theme="dark">`, "Sign in")
	b.cookies["lang"], b.cookies["theme"] = `"><script>`, `"><script>`
	b.get("/sign-in").wants(t, fiber.StatusOK, `<html lang="vi">`)
}
