package web

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/access"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// A request is one request for a page with all that its handler needs. It must
// not outlive the handler.
type request struct {
	*fiber.Ctx
	*site
	ctx     context.Context // ends at the deadline
	route   route
	lang    lang.Lang
	theme   string // "light", "dark", or "" for the system's
	token   string // of the session; empty when nobody is signed in
	person  access.Person
	actor   ledger.Actor
	book    ledger.Structure   // of the programme, where the path names one
	list    []ledger.Programme // that the person may see, as far as known
	shell   shell
	tab     string // of the navigation, where the path does not tell
	timings []string
}

// handler wraps a row's handler with everything that comes before and after it.
func (s *site) handler(row route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.UserContext(), s.Deadline)
		defer cancel()
		r := s.request(c, ctx, row)
		secure(c)
		return r.guard(r.serve())
	}
}

func (s *site) request(c *fiber.Ctx, ctx context.Context, row route) *request {
	r := &request{Ctx: c, site: s, ctx: ctx, route: row, theme: c.Cookies("theme")}
	if r.theme != "light" && r.theme != "dark" {
		r.theme = ""
	}
	var chosen bool
	if r.lang, chosen = lang.ParseLang(c.Cookies("lang")); !chosen {
		r.lang = lang.PreferredLang(c.Get(fiber.HeaderAcceptLanguage))
	}
	return r
}

// serve checks in order: origin, session, form token, right; then handles.
func (r *request) serve() error {
	if err := access.SameOrigin(r.Method(), r.Get("Sec-Fetch-Site"), r.Get(fiber.HeaderOrigin), r.origin()); err != nil {
		return err
	}
	if err := r.identify(); err != nil {
		return err
	}
	if r.route.need == public {
		return r.route.handle(r)
	}
	if r.token == "" {
		return r.askToSignIn()
	}
	if r.Method() == post && access.CheckForm(r.token, unmask(r.field(formToken))) != nil {
		return r.askToSendAgain()
	}
	if err := r.open(); err != nil {
		return err
	}
	return r.route.handle(r)
}

// identify finds out who asks. That nobody is signed in is no error here.
func (r *request) identify() error {
	token := r.Cookies(r.cookieName())
	if token == "" {
		return nil
	}
	session, err := r.dir.SessionActor(r.ctx, token)
	switch {
	case errors.Is(err, access.ErrExpired), errors.Is(err, access.ErrDisabled):
		return nil
	case err != nil:
		return fmt.Errorf("find session: %w", err)
	}
	r.token, r.person, r.actor = token, session.Person, session.Actor
	return nil
}

// open loads the programme that the path names and checks the right in it.
func (r *request) open() error {
	code := ledger.Code(r.Params("programme"))
	if code == "" {
		return nil
	}
	if err := r.actor.May(r.route.need, code); err != nil {
		return err
	}
	book, err := r.books.Structure(r.ctx, r.actor, code)
	if err != nil {
		return fmt.Errorf("open programme %s: %w", code, err)
	}
	r.book = book
	r.crumb(book.Programme.Name, r.path(""))
	return nil
}

// programme is the code of the programme that the path names.
func (r *request) programme() ledger.Code { return r.book.Programme.Code }

// path returns the address of a page of the programme: path("journal").
func (r *request) path(page string) string {
	return strings.TrimSuffix("/p/"+string(r.programme())+"/"+page, "/")
}

// may reports whether the person has a right in the programme.
func (r *request) may(op ledger.Operation) bool { return r.actor.May(op, r.programme()) == nil }

// t is the text of a key in the reader's language.
func (r *request) t(key string, args ...any) string { return text(r.lang, key, args...) }

// field is a field of the form that was sent, never of the address.
func (r *request) field(name string) string { return string(r.Request().PostArgs().Peek(name)) }

// today is the civil date in Vietnam.
func (r *request) today() ledger.Date { return ledger.DateOf(r.Now().In(zone)) }

// redirect answers a form that was accepted: the browser gets the page by itself.
func (r *request) redirect(to string) error {
	return r.Ctx.Redirect(to, fiber.StatusSeeOther)
}

// timing adds a line to Server-Timing: where the time of this page went.
func (r *request) timing(name string, d time.Duration) {
	r.timings = append(r.timings, fmt.Sprintf("%s;dur=%.2f", name, float64(d.Microseconds())/1000))
	r.Set("Server-Timing", strings.Join(r.timings, ", "))
}

// bookDay is the day by which things are due or late, and by which dates typed in
// part are completed: today; for sample books, which live on at their end, the
// newest posting date.
func (r *request) bookDay() (ledger.Date, error) {
	if !r.book.Programme.Sample {
		return r.today(), nil
	}
	page, err := r.books.Journal(r.ctx, r.actor, r.programme(), ledger.JournalQuery{Limit: 1})
	switch {
	case err != nil:
		return ledger.Date{}, fmt.Errorf("find the newest posting date of %s: %w", r.programme(), err)
	case len(page.Rows) == 0:
		return r.today(), nil
	}
	return page.Rows[0].Date, nil
}
