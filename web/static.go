package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"
)

//go:embed static
var staticFiles embed.FS

// assets are the files that pages refer to, by their names with a hash of the
// content, which therefore never change and may be kept for ever.
type assets struct {
	files map[string]*asset // by hashed name
	urls  map[string]string // by plain name
}

type asset struct {
	kind, tag string
	encoded   map[string][]byte // by content encoding; "" is plain
}

var assetKinds = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
}

// mustLoadAssets compresses every file once. The files are part of the program,
// so that it panics on a broken one.
func mustLoadAssets() *assets {
	a, err := loadAssets(staticFiles)
	if err != nil {
		panic(err)
	}
	return a
}

func loadAssets(fsys fs.FS) (*assets, error) {
	a := &assets{files: map[string]*asset{}, urls: map[string]string{}}
	entries, err := fs.ReadDir(fsys, "static")
	if err != nil {
		return nil, fmt.Errorf("list static files: %w", err)
	}
	contents, order := map[string][]byte{}, []string{}
	for _, e := range entries {
		b, err := fs.ReadFile(fsys, "static/"+e.Name())
		if err != nil {
			return nil, fmt.Errorf("read static file: %w", err)
		}
		contents[e.Name()] = b
		order = append(order, e.Name())
	}
	// Style sheets name fonts, so they come last, with the names put in.
	for _, last := range []bool{false, true} {
		for _, name := range order {
			if (path.Ext(name) == ".css") == last {
				a.add(name, contents[name])
			}
		}
	}
	return a, nil
}

func (a *assets) add(name string, content []byte) {
	if path.Ext(name) == ".css" {
		for plain, url := range a.urls {
			content = bytes.ReplaceAll(content, []byte("url("+plain+")"), []byte("url("+url+")"))
		}
	}
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:4])
	hashed := strings.TrimSuffix(name, path.Ext(name)) + "." + hash + path.Ext(name)
	f := &asset{kind: assetKinds[path.Ext(name)], tag: `"` + hash + `"`, encoded: map[string][]byte{"": content}}
	if path.Ext(name) != ".woff2" { // which is compressed already
		f.encoded["br"], f.encoded["gzip"] = brotlied(content), gzipped(content)
	}
	a.files[hashed] = f
	a.urls[name] = "/static/" + hashed
}

// url returns the address of a file. It panics for one that there is not: the
// tests render every template.
func (a *assets) url(name string) string {
	u, ok := a.urls[name]
	if !ok {
		panic("no static file " + name)
	}
	return u
}

// serve answers with a file, in the smallest form that the browser takes.
func (a *assets) serve(c *fiber.Ctx) error {
	f, ok := a.files[c.Params("name")]
	if !ok {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderContentType, f.kind)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Vary(fiber.HeaderAcceptEncoding)
	for _, encoding := range []string{"br", "gzip", ""} {
		body, ok := f.encoded[encoding]
		if !ok || encoding != "" && !strings.Contains(c.Get(fiber.HeaderAcceptEncoding), encoding) {
			continue
		}
		tag := f.tag
		if encoding != "" {
			tag = strings.TrimSuffix(tag, `"`) + "-" + encoding + `"`
			c.Set(fiber.HeaderContentEncoding, encoding)
		}
		c.Set(fiber.HeaderETag, tag)
		if c.Get(fiber.HeaderIfNoneMatch) == tag {
			return c.SendStatus(fiber.StatusNotModified)
		}
		return c.Send(body)
	}
	return fiber.ErrNotFound
}

func gzipped(content []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is a valid one
	mustWrite(w.Write(content))
	mustWrite(0, w.Close())
	return b.Bytes()
}

func brotlied(content []byte) []byte {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, brotli.BestCompression)
	mustWrite(w.Write(content))
	mustWrite(0, w.Close())
	return b.Bytes()
}

// mustWrite panics when writing to memory fails.
func mustWrite(_ int, err error) {
	if err != nil {
		panic(err)
	}
}
