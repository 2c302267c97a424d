package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
)

func TestStaticFilesAreKeptForEver(t *testing.T) {
	b := newBrowser(t, &noBooks{}, newPeople(nil, ""))
	page := b.get("/sign-in").body
	urls := regexp.MustCompile(`/static/[^"]+`).FindAllString(page, -1)
	if len(urls) < 4 {
		t.Fatalf("files of the page: %v", urls)
	}
	for _, url := range urls {
		plain := b.get(url)
		plain.wants(t, fiber.StatusOK)
		if got := plain.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s: Cache-Control %q", url, got)
		}
		req := httptest.NewRequest(get, url, nil)
		req.Header.Set("Accept-Encoding", "gzip")
		zipped := b.do(req)
		if zipped.Header.Get("Content-Encoding") == "gzip" {
			r, err := gzip.NewReader(strings.NewReader(zipped.body))
			if err != nil {
				t.Fatal(err)
			}
			if whole, err := io.ReadAll(r); err != nil || string(whole) != plain.body {
				t.Errorf("%s: compressed and plain differ", url)
			}
		}
		req = httptest.NewRequest(get, url, nil)
		req.Header.Set("If-None-Match", plain.Header.Get("ETag"))
		if res := b.do(req); res.StatusCode != fiber.StatusNotModified {
			t.Errorf("%s: status %d for what is known", url, res.StatusCode)
		}
	}
	b.get("/static/app.css").wants(t, fiber.StatusNotFound)
}

func TestStyleSheetNamesHashedFonts(t *testing.T) {
	a := mustLoadAssets()
	css := a.files[strings.TrimPrefix(a.url("app.css"), "/static/")].encoded[""]
	for _, font := range []string{"inter-latin.woff2", "inter-vietnamese.woff2"} {
		if !bytes.Contains(css, []byte("url("+a.url(font)+")")) {
			t.Errorf("the style sheet does not name %s", a.url(font))
		}
	}
}

// The budgets are those of a first visit over a slow line.
func TestSizesStayWithinBudget(t *testing.T) {
	a := mustLoadAssets()
	size := func(name, encoding string) int {
		f := a.files[strings.TrimPrefix(a.url(name), "/static/")]
		if body, ok := f.encoded[encoding]; ok {
			return len(body)
		}
		return len(f.encoded[""])
	}
	total := 0
	for _, name := range []string{"app.css", "app.js", "logo.svg", "inter-latin.woff2", "inter-vietnamese.woff2"} {
		total += size(name, "gzip")
	}
	if n := size("app.js", "gzip"); n >= 7_000 {
		t.Errorf("the script has %d bytes on the way", n)
	}
	if total >= 75_000 {
		t.Errorf("files of a first visit: %d bytes; pages need the rest of 90,000", total)
	}
}
