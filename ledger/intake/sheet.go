package intake

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io/fs"
	"path"
	"strings"
)

// relations and workbookXML are the little of a workbook's own parts that tells
// which part a sheet is.
type relations struct {
	Relationship []struct {
		ID     string `xml:"Id,attr"`
		Type   string `xml:"Type,attr"`
		Target string `xml:"Target,attr"`
	}
}

type workbookXML struct {
	Sheets struct {
		Sheet []struct {
			Name  string     `xml:"name,attr"`
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheet"`
	} `xml:"sheets"`
}

// errNoWorkbook is an archive of something else.
var errNoWorkbook = errors.New("the archive holds no workbook")

// findSheet opens the part of a workbook that a sheet is. Error: *RowError.
func findSheet(archive *zip.Reader, sheet string) (fs.File, error) {
	book := target(archive, "_rels/.rels", "", func(r *relation) bool { return strings.HasSuffix(r.kind, "/officeDocument") })
	var parsed workbookXML
	if book == "" || decode(archive, book, &parsed) != nil {
		return nil, unreadable(sheet, errNoWorkbook)
	}
	var names []string
	for _, s := range parsed.Sheets.Sheet {
		if names = append(names, s.Name); !strings.EqualFold(s.Name, sheet) {
			continue
		}
		rels := path.Join(path.Dir(book), "_rels", path.Base(book)+".rels")
		part, err := archive.Open(target(archive, rels, path.Dir(book), func(r *relation) bool { return isRelation(s.Attrs, r.id) }))
		if err != nil {
			return nil, unreadable(sheet, err)
		}
		return part, nil
	}
	return nil, &RowError{Sheet: sheet, Value: sheet, Rule: SheetMissing, Operands: operands("sheets", strings.Join(names, ", "))}
}

type relation struct{ id, kind string }

// isRelation reports whether an element refers to a relation: r:id="rId1".
func isRelation(attrs []xml.Attr, id string) bool {
	for _, a := range attrs {
		if a.Name.Local == "id" && strings.HasSuffix(a.Name.Space, "/relationships") {
			return a.Value == id
		}
	}
	return false
}

// target returns the path of the first part that a list of relations gives for
// want, "" if there is none. Targets are relative to dir or begin with a slash.
func target(archive *zip.Reader, list, dir string, want func(*relation) bool) string {
	var parsed relations
	if decode(archive, list, &parsed) != nil {
		return ""
	}
	for _, r := range parsed.Relationship {
		if !want(&relation{r.ID, r.Type}) {
			continue
		}
		if whole, ok := strings.CutPrefix(r.Target, "/"); ok {
			return path.Clean(whole)
		}
		return path.Join(dir, r.Target)
	}
	return ""
}

func decode(archive *zip.Reader, name string, to any) error {
	part, err := archive.Open(name)
	if err != nil {
		return err
	}
	defer part.Close()
	return xml.NewDecoder(part).Decode(to)
}
