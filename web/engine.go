package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger/lang"
)

//go:embed templates
var templateFiles embed.FS

// An engine has every page in every language, parsed once.
type engine struct {
	pages map[lang.Lang]map[string]*template.Template
}

// Templates that all pages share: the frame, and parts of forms and tables.
const (
	frameFile = "templates/frame.html"
	partFiles = "templates/part-*.html"
)

// mustLoadTemplates panics on a broken template: they are part of the program.
func mustLoadTemplates(asset func(string) string) *engine {
	e := &engine{pages: map[lang.Lang]map[string]*template.Template{}}
	for _, l := range lang.Langs() {
		pages, err := parsePages(templateFiles, functions(l, asset))
		if err != nil {
			panic(err)
		}
		e.pages[l] = pages
	}
	return e
}

func parsePages(fsys fs.FS, f template.FuncMap) (map[string]*template.Template, error) {
	base, err := template.New("").Funcs(f).Option("missingkey=error").ParseFS(fsys, frameFile, partFiles)
	if err != nil {
		return nil, fmt.Errorf("parse the frame: %w", err)
	}
	names, err := fs.Glob(fsys, "templates/*.html")
	if err != nil {
		return nil, err
	}
	pages := map[string]*template.Template{}
	for _, file := range names {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "templates/"), ".html")
		if file == frameFile || strings.HasPrefix(name, "part-") {
			continue
		}
		t, err := template.Must(base.Clone()).ParseFS(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("parse page %s: %w", name, err)
		}
		pages[name] = t
	}
	return pages, nil
}

// execute returns a whole page, or an error and nothing of it.
func (e *engine) execute(l lang.Lang, name string, p page) ([]byte, error) {
	t, ok := e.pages[l][name]
	if !ok {
		return nil, fmt.Errorf("no page %q", name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "frame", p); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return b.Bytes(), nil
}
