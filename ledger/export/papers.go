package export

import (
	"archive/zip"
	_ "embed" // the text below
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/template"

	"github.com/sokinhphi/kinhphi/ledger"
)

//go:embed DOC-TRUOC.tmpl
var readmeText string

var readme = template.Must(template.New("DOC-TRUOC.md").Parse(readmeText))

// writePapers writes what tells of the other files: manifest.json, DOC-TRUOC.md
// and SHA256SUMS, which names all but itself.
func writePapers(out *staging, p ledger.Programme, m *Manifest) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := out.write("manifest.json", string(text)+"\n"); err != nil {
		return err
	}
	if err := writeReadme(out, p, m); err != nil {
		return err
	}
	var sums strings.Builder
	for _, f := range out.files {
		fmt.Fprintf(&sums, "%s  %s\n", f.SHA256, f.Name)
	}
	if err := out.write(sumsName, sums.String()); err != nil {
		return err
	}
	m.Files = out.files
	return nil
}

func writeReadme(out *staging, p ledger.Programme, m *Manifest) error {
	var b strings.Builder
	err := readme.Execute(&b, struct {
		*Manifest
		Name   string
		Scale  int
		Digits int
	}{m, squeeze(p.Name), p.Currency.Scale(), spreadsheetDigits})
	if err != nil {
		return err
	}
	return out.write("DOC-TRUOC.md", b.String())
}

// WriteZip writes the files of an export in dir as one ZIP archive, in a folder
// named after the programme; the list of hashes comes last. An error leaves the
// archive without its directory, so that no program takes it for whole.
func WriteZip(w io.Writer, dir string, m Manifest) (err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("zip export: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	z := zip.NewWriter(w)
	for _, f := range m.Files {
		if err := zipFile(z, root, string(m.Programme)+"/"+f.Name, f.Name); err != nil {
			return fmt.Errorf("zip export: %s: %w", f.Name, err)
		}
	}
	return z.Close()
}

func zipFile(z *zip.Writer, root *os.Root, as, name string) error {
	f, err := root.Open(name)
	if err != nil {
		return err
	}
	w, err := z.Create(as)
	if err == nil {
		_, err = io.Copy(w, f)
	}
	return errors.Join(err, f.Close())
}
