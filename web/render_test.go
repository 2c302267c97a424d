package web

import (
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/access"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// samples are views for every template, full ones and empty ones. A page's own
// test file adds its rows: func init() { sample("journal", journalView{...}) }.
var samples = map[string][]any{
	"signin": {signInView{}, signInView{Login: "x", Error: "y", Next: "/", Expired: true, Closed: true,
		Kept: []keptField{{"a", "b"}}, Hints: []Hint{{"ketoan", "p", ledger.Officer}}}},
	"resend":  {signInView{Next: "/", Kept: []keptField{{"a", `"><script>`}}}},
	"problem": {problemView{Status: 500, Help: "h", Faults: []string{"f"}, ID: "1"}, problemView{}},
	"home":    {[]ledger.Programme{sampleProgramme}, []ledger.Programme(nil)},
}

// sample adds views with which the tests render a template.
func sample(page string, views ...any) { samples[page] = append(samples[page], views...) }

var sampleProgramme = ledger.Programme{Code: "PCMT", Name: "Phòng, chống ma túy 2017–2020", Currency: ledger.VND, AdjustmentDays: 31, Sample: true}

// outside are the pages that are shown outside of a programme, too.
var outside = []string{"signin", "resend", "problem", "home"}

// shells are frames around a page: of somebody in a programme, and of a stranger.
func shells(page string, l lang.Lang) []shell {
	all := []shell{{Lang: l, Title: "Tựa"},
		{Lang: l, Theme: "dark", Title: "Tựa", Programme: &sampleProgramme, Programmes: []ledger.Programme{sampleProgramme, sampleProgramme},
			Person: access.Person{Login: "ketoan", Name: "Nguyễn Thị Kế"}, Roles: []ledger.Role{ledger.Officer}, Initials: "TK",
			Tabs: []link{{Key: "spend", Path: "/p/PCMT/vouchers/new", Current: true}}, Crumbs: []link{{Text: "PCMT", Path: "/p/PCMT"}}, CSRF: "x", Path: "/"},
	}
	if !slices.Contains(outside, page) {
		return all[1:]
	}
	return all
}

func TestEveryTemplateRenders(t *testing.T) {
	e := mustLoadTemplates(mustLoadAssets().url)
	for _, l := range lang.Langs() {
		for _, name := range slices.Sorted(maps.Keys(e.pages[l])) {
			if len(samples[name]) == 0 {
				t.Errorf("no sample view for template %q", name)
			}
			for i, view := range samples[name] {
				for _, sh := range shells(name, l) {
					html, err := e.execute(l, name, page{sh, view})
					if err != nil {
						t.Errorf("%s %s sample %d: %v", l, name, i, err)
					}
					checkMarkup(t, name, string(html))
				}
			}
		}
	}
}

var (
	missing    = regexp.MustCompile(`⟦[^⟧]*⟧|\{[a-z_]+(:[a-z.*]+)?\}|%!|ZgotmplZ`)
	inlineCode = regexp.MustCompile(`(?i)\sstyle=|\son[a-z]+=|<style|javascript:|<script(?: [^>]*)?>[^<]`)
	heading1   = regexp.MustCompile(`<h1[ >]`)
	identifier = regexp.MustCompile(` id="([^"]+)"`)
	reference  = regexp.MustCompile(` (?:for|aria-describedby|aria-labelledby|aria-controls|list|form)="([^"]+)"`)
)

// checkMarkup checks what holds for every page.
func checkMarkup(t *testing.T, name, html string) {
	t.Helper()
	if m := missing.FindString(html); m != "" {
		t.Errorf("%s: text missing: %q", name, m)
	}
	if m := inlineCode.FindString(html); m != "" {
		t.Errorf("%s: inline script or style: %q", name, m)
	}
	if n := len(heading1.FindAllString(html, -1)); n != 1 {
		t.Errorf("%s: %d headings of the first level, want 1", name, n)
	}
	ids := map[string]bool{}
	for _, m := range identifier.FindAllStringSubmatch(html, -1) {
		if ids[m[1]] {
			t.Errorf("%s: id %q twice", name, m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range reference.FindAllStringSubmatch(html, -1) {
		for _, id := range strings.Fields(m[1]) {
			if !ids[id] {
				t.Errorf("%s: %s refers to no element", name, m[0])
			}
		}
	}
}

var (
	vietnamese = regexp.MustCompile(`(?i)[àáạảãâầấậẩẫăằắặẳẵèéẹẻẽêềếệểễìíịỉĩòóọỏõôồốộổỗơờớợởỡùúụủũưừứựửữỳýỵỷỹđ]`)
	usedKey    = regexp.MustCompile(`\{\{-?\s*(?:[^{}]*\()?t "([^"]+)"|[^a-z]t "([^"]+)"`)
)

func TestTemplatesHoldNoTexts(t *testing.T) {
	err := fs.WalkDir(templateFiles, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(templateFiles, path)
		if err != nil {
			return err
		}
		if m := vietnamese.FindString(string(b)); m != "" {
			t.Errorf("%s: a text outside of the catalogue, with %q", path, m)
		}
		for _, m := range usedKey.FindAllStringSubmatch(string(b), -1) {
			key := m[1] + m[2]
			if !strings.HasSuffix(key, ".") && !hasText(key) {
				t.Errorf("%s: no text %q", path, key)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

func TestTextsMatch(t *testing.T) {
	vi, en := texts[lang.Vi], texts[lang.En]
	for key, text := range vi {
		other, ok := en[key]
		if !ok {
			t.Errorf("no English %q", key)
			continue
		}
		if lang.Has(key) {
			t.Errorf("%q is a word of package lang", key)
		}
		want := set(placeholder.FindAllString(text, -1))
		for form := range strings.SplitSeq(other, "|") {
			if got := set(placeholder.FindAllString(form, -1)); !maps.Equal(got, want) {
				t.Errorf("%s: placeholders %v in English, %v in Vietnamese", key, got, want)
			}
		}
		if strings.Contains(text, "|") || text == "" || other == "" {
			t.Errorf("%s: %q, %q", key, text, other)
		}
	}
	for key := range en {
		if _, ok := vi[key]; !ok {
			t.Errorf("no Vietnamese %q", key)
		}
	}
}

func set(items []string) map[string]bool {
	m := map[string]bool{}
	for _, s := range items {
		m[s] = true
	}
	return m
}

func TestPagesAreSecure(t *testing.T) {
	b := newBrowser(t, &noBooks{}, newPeople(nil, ""))
	for _, path := range []string{"/sign-in", "/nothing-here"} {
		res := b.get(path)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
			"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
	b.get("/nothing-here").wants(t, fiber.StatusNotFound, "Không tìm thấy")
}

func TestFailuresAreExplained(t *testing.T) {
	dir := newPeople(map[string][]ledger.Role{"ketoan": {ledger.Officer}}, "PCMT")
	for err, status := range map[error]int{
		ledger.Refuse(ledger.Busy, ""): 503, ledger.Refuse(ledger.NotFound, "", "what", "programme", "value", "X"): 404,
		fs.ErrClosed: 500,
	} {
		res := signedInBrowser(t, &noBooks{err: err}, dir, "ketoan").get("/p/PCMT")
		res.wants(t, status, "<h1>")
		if strings.Contains(res.body, fs.ErrClosed.Error()) {
			t.Error("an inner error was shown")
		}
	}
	signedInBrowser(t, &noBooks{}, dir, "ketoan").get("/p/OTHER").wants(t, fiber.StatusForbidden)
}
