package e2e

import (
	"cmp"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A place is a page that links lead to, and what kind of page it is.
type place struct{ kind, path string }

var (
	particular = regexp.MustCompile(`^[^/]*[0-9A-Z][^/]*$`)
	file       = regexp.MustCompile(`\.(xlsx|csv|jsonl|json|journal|zip|pdf)$`)
)

// placeOf tells the kind of a page: its path without what is particular in it, and
// whether it has a query. Forms for vouchers are of one kind for each kind of voucher.
func placeOf(link string) (p place, ok bool) {
	u, err := url.Parse(link)
	if err != nil || !strings.HasPrefix(u.Path, "/p/") || file.MatchString(u.Path) {
		return place{}, false
	}
	segments := strings.Split(u.Path, "/")
	for i, s := range segments {
		if i > 0 && particular.MatchString(s) {
			segments[i] = "*"
		}
	}
	kind := strings.Join(segments, "/")
	switch q := u.Query(); {
	case path.Base(u.Path) == "new":
		kind += "?kind=" + cmp.Or(q.Get("kind"), "pay")
	case len(q) > 0:
		kind += "?"
	}
	return place{kind, u.RequestURI()}, true
}

// links are the addresses that a page leads to, in order.
func (b *tab) links() []string {
	b.Helper()
	return eval[[]string](b, `[...document.querySelectorAll("a[href]:not([download])")].filter((a) => a.origin === location.origin).map((a) => a.pathname + a.search)`)
}

// walk goes from the start to one page of every kind that links lead to, and
// returns the kinds.
func (b *tab) walk(look func(place)) (kinds []string) {
	b.Helper()
	b.load("/")
	start, _ := placeOf(b.address())
	for todo := []place{start}; len(todo) > 0; todo = todo[1:] {
		if slices.Contains(kinds, todo[0].kind) {
			continue
		}
		kinds = append(kinds, todo[0].kind)
		b.visit(todo[0].path)
		for _, link := range b.links() {
			if p, ok := placeOf(link); ok {
				todo = append(todo, p)
			}
		}
		look(todo[0])
	}
	return kinds
}
