package web

import (
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// preferenceLife is how long a browser remembers theme and language.
const preferenceLife = 400 * 24 * time.Hour

// setPreferences remembers language and theme in the browser. They are nobody's
// secret, so that the form needs no session.
func setPreferences(r *request) error {
	if l, ok := lang.ParseLang(r.field("lang")); ok {
		r.prefer("lang", string(l))
	}
	if theme := r.field("theme"); theme == "light" || theme == "dark" {
		r.prefer("theme", theme)
	}
	return r.redirect(localPath(r.field(nextField)))
}

// prefer sets a cookie that scripts may change: the page's own switch does.
func (r *request) prefer(name, value string) {
	r.Cookie(&fiber.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(preferenceLife.Seconds()),
		Secure: r.Protocol() == "https", SameSite: fiber.CookieSameSiteLaxMode,
	})
}

// escapeQuery makes a text safe as a value in a query.
func escapeQuery(s string) string { return url.QueryEscape(s) }
