package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A browser sends requests to an app as a browser would, and keeps cookies.
type browser struct {
	t       *testing.T
	app     *fiber.App
	cookies map[string]string
}

func newBrowser(t *testing.T, books ledger.Books, dir Directory) *browser {
	t.Helper()
	return &browser{t, newApp(books, dir, Options{}), map[string]string{}}
}

// newApp returns an app made as the program makes it.
func newApp(books ledger.Books, dir Directory, o Options) *fiber.App {
	var pages fiber.ErrorHandler
	app := fiber.New(fiber.Config{Immutable: true, StrictRouting: true, CaseSensitive: true, UnescapePath: true,
		ErrorHandler: func(c *fiber.Ctx, err error) error { return pages(c, err) }})
	pages = Register(app, books, dir, o)
	return app
}

// An answer is a response with its whole body.
type answer struct {
	*http.Response
	body string
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	return b.do(httptest.NewRequest(get, path, nil))
}

// post sends a form as one of our own pages does, with its token if token is set.
func (b *browser) post(path, token string, form url.Values) answer {
	b.t.Helper()
	sent := url.Values{}
	for k, v := range form {
		sent[k] = v
	}
	if token != "" {
		sent.Set(formToken, token)
	}
	req := httptest.NewRequest(post, path, strings.NewReader(sent.Encode()))
	req.Header.Set("Content-Type", fiber.MIMEApplicationForm)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(req)
}

func (b *browser) do(req *http.Request) answer {
	b.t.Helper()
	req.Host = "127.0.0.1:8080"
	for name, value := range b.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := b.app.Test(req, -1)
	if err != nil {
		b.t.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range res.Cookies() {
		if b.cookies[c.Name] = c.Value; c.Value == "" {
			delete(b.cookies, c.Name)
		}
	}
	return answer{res, string(body)}
}

var tokenField = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

// token returns the form token of a page.
func (a answer) token(t *testing.T) string {
	t.Helper()
	m := tokenField.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("no form token in page (status %d):\n%s", a.StatusCode, a.body)
	}
	return m[1]
}

// wants checks status and parts of the body.
func (a answer) wants(t *testing.T, status int, parts ...string) {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("%s %s: status %d, want %d\n%s", a.Request.Method, a.Request.URL, a.StatusCode, status, a.body)
	}
	for _, part := range parts {
		if !strings.Contains(a.body, part) {
			t.Errorf("%s %s: no %q in\n%s", a.Request.Method, a.Request.URL, part, a.body)
		}
	}
}

// signedIn returns a browser in which login has signed in.
func signedInBrowser(t *testing.T, books ledger.Books, dir Directory, login string) *browser {
	t.Helper()
	b := newBrowser(t, books, dir)
	res := b.post("/sign-in", "", url.Values{"login": {login}, "password": {testPassword}})
	res.wants(t, fiber.StatusSeeOther)
	return b
}
