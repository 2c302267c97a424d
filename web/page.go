package web

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/access"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// A shell is what every page has around its own view.
type shell struct {
	Lang       lang.Lang
	Theme      string
	Title      string
	Programme  *ledger.Programme  // nil outside of a programme
	Programmes []ledger.Programme // to switch to; with the current one
	Person     access.Person      // zero when nobody is signed in
	Roles      []ledger.Role      // of the person, in the programme
	Initials   string
	Tabs       []link
	Crumbs     []link // above the page's own
	CSRF       string // for forms, see the part "csrf"
	Path       string // of this page, with its query
}

// A link is a text that leads somewhere. Key names the text of a tab, Current
// the tab of this page.
type link struct {
	Text, Path, Key string
	Current         bool
}

// page is what templates see: the shell, and the view in V.
type page struct {
	shell
	V any
}

// title names the page in its heading and in the browser.
func (r *request) title(text string) { r.shell.Title = text }

// crumb adds a page to the way from the programme to this page.
func (r *request) crumb(text, path string) {
	r.shell.Crumbs = append(r.shell.Crumbs, link{Text: text, Path: path})
}

// render answers with the template of that name. The status is the one set
// before, otherwise 200.
func (r *request) render(name string, view any) error {
	if err := r.complete(); err != nil {
		return err
	}
	html, err := r.engine.execute(r.lang, name, page{r.shell, view})
	if err != nil {
		return err
	}
	r.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	r.Set(fiber.HeaderCacheControl, "no-store")
	return r.send(html)
}

// complete fills in what the shell of every page shows.
func (r *request) complete() error {
	s := &r.shell
	s.Lang, s.Theme, s.Path = r.lang, r.theme, r.OriginalURL()
	if r.Method() != get {
		s.Path = r.Path()
	}
	if r.token == "" {
		return nil
	}
	s.Person, s.CSRF, s.Initials = r.person, mask(access.FormToken(r.token)), initials(r.person)
	var err error
	if s.Programmes, err = r.programmes(); err != nil {
		return err
	}
	if r.programme() != "" {
		s.Programme = &r.book.Programme
		s.Roles = r.roles()
		s.Tabs = r.tabs()
	}
	return nil
}

// programmes are those that the person may see; asked for once in a request.
func (r *request) programmes() ([]ledger.Programme, error) {
	if r.list == nil {
		all, err := r.books.Programmes(r.ctx, r.actor)
		if err != nil {
			return nil, err
		}
		r.list = make([]ledger.Programme, 0, len(all))
		for _, p := range all {
			if p.Code != ledger.System {
				r.list = append(r.list, p)
			}
		}
	}
	return r.list, nil
}

// roles are those of the person in the programme.
func (r *request) roles() (roles []ledger.Role) {
	for _, role := range ledger.Roles {
		if r.actor.Has(role, r.programme()) {
			roles = append(roles, role)
		}
	}
	return roles
}

func (r *request) tabs() (links []link) {
	for _, t := range tabs {
		if !r.may(t.need) || t.role != "" && !r.actor.Has(t.role, r.programme()) || !routed(t.path) {
			continue
		}
		path := strings.Replace(t.path, ":programme", string(r.programme()), 1)
		links = append(links, link{Key: t.key, Path: path, Current: r.tab == t.key || r.tab == "" && r.route.path == t.path})
	}
	return links
}

// routed reports whether there is a page at the path of a tab.
func routed(path string) bool {
	path, _, _ = strings.Cut(path, "?")
	for _, row := range routes() {
		if row.method == get && row.path == path {
			return true
		}
	}
	return false
}

// initials are the first letters of the last two words of a name: the given
// name comes last in Vietnamese.
func initials(p access.Person) string {
	words := strings.Fields(p.Name)
	if len(words) == 0 {
		words = []string{string(p.Login)}
	}
	var b strings.Builder
	for _, w := range words[max(0, len(words)-2):] {
		first, _ := utf8.DecodeRuneInString(w)
		b.WriteRune(unicode.ToUpper(first))
	}
	return b.String()
}
