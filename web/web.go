// Package web is the pages: rendered on the server, working without JavaScript,
// in Vietnamese and English, under the strictest content security policy.
//
// # Adding a page
//
// A page is one handler, one template and one row of the table in routes.go:
//
//	{get, "/p/:programme/journal", ledger.Read, showJournal},
//
//	type journalView struct{ Rows []ledger.JournalRow }
//
//	func showJournal(r *request) error {
//		page, err := r.books.Journal(r.ctx, r.actor, r.book.Programme.Code, q)
//		if err != nil {
//			return err
//		}
//		r.title(r.t("journal.title"))
//		return r.render("journal", journalView{page.Rows})
//	}
//
// and templates/journal.html, which defines "main" and finds its view in .V and
// what every page has (see shell) beside it. Texts of pages are in locale/, words
// of the domain in package lang. A row in samples of render_test.go makes the
// tests render the template.
//
// # Sessions
//
// The session's token is in a cookie that scripts cannot read. Over HTTPS it is
// "__Host-kinhphi": Secure, for this host only. A server on the person's own machine
// has no certificate, and browsers refuse Secure cookies over plain HTTP, so there the
// cookie is "kinhphi-<port>" without Secure; the port keeps two servers on one machine
// apart, since cookies do not. Signing in over plain HTTP to any other host is refused.
//
// A form that changes something needs to come from our own origin and to carry the
// session's form token. A form sent after its session ended is not lost: the sign-in
// page carries what was typed, and after signing in the form is sent on.
package web

import (
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
)

// Options are what the pages need beside books and directory.
type Options struct {
	// Now is the clock; nil means time.Now. Dates are taken from it in Vietnam's zone.
	Now func() time.Time
	// Log receives what went wrong inside; nil means slog.Default.
	Log *slog.Logger
	// Deadline bounds the work for one request; zero means 20 seconds.
	Deadline time.Duration
	// Hints are shown on the sign-in page of a demonstration: the sample logins.
	Hints []Hint
}

// A Hint is a login that a demonstration shows on its sign-in page.
type Hint struct {
	Login    ledger.Login
	Password string
	Role     ledger.Role
}

// A site is what all requests share. It never changes.
type site struct {
	books ledger.Books
	dir   Directory
	Options
	engine *engine
	assets *assets
}

// zone is Vietnam's: without daylight saving since 1975.
var zone = time.FixedZone("+07", 7*60*60)

// Register puts the pages into app, which must be the root app and be Immutable:
// what it reads of a request is kept beyond it. It panics if app is not.
// It returns the handler that answers errors with pages, for the paths that no
// route has and for failures outside of them.
func Register(app *fiber.App, books ledger.Books, dir Directory, o Options) fiber.ErrorHandler {
	if !app.Config().Immutable {
		panic("web: the app is not Immutable")
	}
	s := newSite(books, dir, o)
	app.Get("/static/:name", s.assets.serve)
	for _, row := range routes() {
		app.Add(row.method, row.path, s.handler(row))
	}
	return s.errorPage
}

func newSite(books ledger.Books, dir Directory, o Options) *site {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Deadline == 0 {
		o.Deadline = 20 * time.Second
	}
	s := &site{books: books, dir: dir, Options: o, assets: mustLoadAssets()}
	s.engine = mustLoadTemplates(s.assets.url)
	return s
}
