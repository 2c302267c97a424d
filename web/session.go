package web

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger/access"
)

// Directory is what pages need of accounts; package access says what its methods do.
type Directory interface {
	SignIn(ctx context.Context, login, password, address string) (token string, s access.Session, err error)
	SessionActor(ctx context.Context, token string) (access.Session, error)
	SignOut(ctx context.Context, token string) error
}

// origin is our own, as the browser sees it.
func (r *request) origin() string { return r.Protocol() + "://" + string(r.Request().Host()) }

// cookieName is the name of the session's cookie; see the package's documentation.
func (r *request) cookieName() string {
	if r.Protocol() == "https" {
		return "__Host-kinhphi"
	}
	_, port, err := net.SplitHostPort(string(r.Request().Host()))
	if err != nil {
		port = "80"
	}
	return "kinhphi-" + port
}

// maySignIn reports whether the way to the browser is safe enough for a
// password: HTTPS, or within the machine.
func (r *request) maySignIn() bool {
	return r.Protocol() == "https" || loopback(string(r.Request().Host()))
}

// loopback reports whether the host that a browser named is its own machine.
func loopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// setSession gives the browser the token of its session; an empty one ends it.
func (r *request) setSession(token string) {
	c := &fiber.Cookie{
		Name: r.cookieName(), Value: token, Path: "/", SessionOnly: true,
		Secure: r.Protocol() == "https", HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
	}
	if token == "" {
		c.SessionOnly, c.MaxAge = false, -1
		c.Expires = r.Now().AddDate(-1, 0, 0)
	}
	r.Cookie(c)
}

// formToken is the field of the form token.
const formToken = "_csrf"

// mask hides a form token behind random bytes, so that pages that are
// compressed never hold the same secret twice.
func mask(token string) string {
	b := make([]byte, 2*len(token))
	rand.Read(b[:len(token)])
	for i := range len(token) {
		b[len(token)+i] = b[i] ^ token[i]
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// unmask is the inverse of mask; "" for what mask did not make.
func unmask(masked string) string {
	b, err := base64.RawURLEncoding.DecodeString(masked)
	if err != nil || len(b)%2 != 0 {
		return ""
	}
	half := len(b) / 2
	for i := range half {
		b[half+i] ^= b[i]
	}
	return string(b[half:])
}
