package web

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger/access"
)

// A signInView is the page for signing in. Next is where to go after; with
// Kept, the form that is sent on to it.
type signInView struct {
	Login   string
	Error   string
	Next    string
	Kept    []keptField
	Expired bool // a form was sent after its session had ended
	Closed  bool // the way to the browser is not safe enough
	Hints   []Hint
}

// A keptField is one field of a form that waits for its sender to sign in.
type keptField struct{ Name, Value string }

// Fields of the sign-in page. Those of a kept form have keptPrefix before their names.
const (
	loginField    = "login"
	passwordField = "password"
	nextField     = "next"
	keptPrefix    = "kept."
	maxKept       = 200
)

func showSignIn(r *request) error {
	next := localPath(r.Query(nextField))
	if r.token != "" {
		return r.redirect(next)
	}
	return r.renderSignIn(signInView{Next: next})
}

func (r *request) renderSignIn(v signInView) error {
	r.title(r.t("signin.title"))
	v.Closed, v.Hints = !r.maySignIn(), r.Hints
	return r.render("signin", v)
}

// askToSignIn sends somebody without a session to sign in. A form that was sent
// is kept in the page, so that nothing typed is lost.
func (r *request) askToSignIn() error {
	if r.Method() != post {
		return r.redirect("/sign-in?" + nextField + "=" + escapeQuery(r.OriginalURL()))
	}
	r.Status(fiber.StatusUnauthorized)
	return r.renderSignIn(signInView{Next: localPath(r.OriginalURL()), Kept: r.keep(), Expired: true})
}

// askToSendAgain answers a form that was made under an earlier session of the
// same browser: it comes from our own pages, so one press of a button sends it on.
func (r *request) askToSendAgain() error {
	r.Status(fiber.StatusForbidden)
	r.title(r.t("resend.title"))
	return r.render("resend", signInView{Next: localPath(r.OriginalURL()), Kept: r.keep()})
}

// keep returns the fields of the form that was sent, without its token.
func (r *request) keep() (kept []keptField) {
	for name, value := range r.Request().PostArgs().All() {
		if n := string(name); n != formToken && n != passwordField && len(kept) < maxKept {
			kept = append(kept, keptField{n, string(value)})
		}
	}
	return kept
}

func signIn(r *request) error {
	v := signInView{Login: r.field(loginField), Next: localPath(r.field(nextField)), Kept: r.kept()}
	v.Expired = len(v.Kept) > 0
	if !r.maySignIn() {
		r.Status(fiber.StatusForbidden)
		return r.renderSignIn(v)
	}
	token, _, err := r.dir.SignIn(r.ctx, v.Login, r.field(passwordField), r.IP())
	if v.Error = r.refusal(err); v.Error != "" {
		return r.renderSignIn(v)
	}
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	if r.token != "" { // one browser, one session
		if err := r.dir.SignOut(r.ctx, r.token); err != nil {
			return fmt.Errorf("end the session before: %w", err)
		}
	}
	r.setSession(token)
	if len(v.Kept) > 0 {
		return r.sendOn(v, token)
	}
	return r.redirect(v.Next)
}

// refusal words why someone may not come in, and sets the status; "" for nil
// and for failures that are not about the person.
func (r *request) refusal(err error) string {
	var wait *access.ThrottledError
	switch {
	case errors.As(err, &wait):
		r.Status(fiber.StatusTooManyRequests)
		r.Set(fiber.HeaderRetryAfter, strconv.Itoa(wait.Seconds()))
		return r.t("signin.throttled", "n", wait.Seconds())
	case errors.Is(err, access.ErrDisabled):
		r.Status(fiber.StatusForbidden)
		return r.t("signin.disabled")
	case errors.Is(err, access.ErrBadCredentials):
		r.Status(fiber.StatusUnauthorized)
		return r.t("signin.bad_credentials")
	}
	return ""
}

// kept returns the fields of the form that waits in the sign-in page.
func (r *request) kept() (kept []keptField) {
	for name, value := range r.Request().PostArgs().All() {
		if n, ok := strings.CutPrefix(string(name), keptPrefix); ok && len(kept) < maxKept {
			kept = append(kept, keptField{n, string(value)})
		}
	}
	return kept
}

// sendOn lets the router handle the kept form as if it had been sent now, under
// the new session. Only our own page can have brought it here: signing in, too,
// checks where a form comes from.
func (r *request) sendOn(v signInView, token string) error {
	args := r.Request().PostArgs()
	args.Reset()
	for _, f := range v.Kept {
		args.Add(f.Name, f.Value)
	}
	args.Set(formToken, mask(access.FormToken(token)))
	r.Request().Header.SetCookie(r.cookieName(), token)
	r.Request().SetRequestURI(v.Next)
	path, _, _ := strings.Cut(v.Next, "?")
	r.Path(path)
	return r.RestartRouting()
}

// signOut needs no form token: where the form comes from was checked, and that
// somebody's session has ended already must not be in the way.
func signOut(r *request) error {
	if r.token != "" {
		if err := r.dir.SignOut(r.ctx, r.token); err != nil {
			return fmt.Errorf("sign out: %w", err)
		}
	}
	r.setSession("")
	// The browser forgets drafts and pages that it still holds.
	r.Set("Clear-Site-Data", `"storage"`)
	return r.redirect("/sign-in")
}

// localPath returns a path of ours, or "/" for all else that a link may have
// brought: an open redirect helps who fakes our sign-in page.
func localPath(s string) string {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t") ||
		strings.HasPrefix(s, "/sign-") || len(s) > 2000 {
		return "/"
	}
	return s
}
