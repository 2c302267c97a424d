package web

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/export"
)

// An exportView is the page from which the book can be taken away.
type exportView struct {
	File  string
	Years []pick
	Seq   ledger.Seq
}

func showExport(r *request) error {
	years, err := r.budgetYears()
	if err != nil {
		return err
	}
	p := pick{Name: "year", Label: r.t("export.year")}
	for _, y := range years {
		p.add(itoa(y), itoa(y))
	}
	p.choose("", r.t("export.all_years"))
	r.title(r.t("export.title"))
	return r.render("export", exportView{File: r.path("export.zip"), Years: []pick{p}, Seq: r.book.Seq})
}

// exportDeadline bounds the work for one export; a page's deadline is too short
// for a large book.
const exportDeadline = 15 * time.Minute

// exportZIP answers with the book as files for foreign tools, in one archive.
// The files are made whole first, so what fails then is answered with a page.
// The archive is sent through a pipe: if sending fails half way, the connection
// breaks and the browser knows that the file is not whole.
func exportZIP(r *request) error {
	in := r.query(r.today())
	f := in.filter()
	if len(in.faults) > 0 {
		return in.faults[0]
	}
	dir, err := os.MkdirTemp("", "kinhphi-export-")
	if err != nil {
		return fmt.Errorf("make a directory for the export: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), exportDeadline)
	defer cancel()
	files := filepath.Join(dir, "files")
	if _, err := export.Bundle(ctx, files, r.book, r.books.Records(ctx, r.actor, r.programme(), 0), export.Options{Years: f.Years}); err != nil {
		return errors.Join(fmt.Errorf("export %s: %w", r.programme(), err), os.RemoveAll(dir))
	}
	r.attach("so-kinh-phi", "zip", typeZIP)
	body, w := io.Pipe()
	top, at, log := "so-kinh-phi-"+string(r.programme()), r.Now(), r.Log
	go func() {
		err := archive(w, os.DirFS(files), top, at)
		if err = errors.Join(err, os.RemoveAll(dir)); err != nil {
			log.Error("export broke off", "error", err)
		}
		w.CloseWithError(err) // nil is the end of the file
	}()
	return r.SendStream(body)
}

// archive writes all files of a directory into a zip, under the name top.
func archive(w io.Writer, files fs.FS, top string, at time.Time) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p) // nothing else would catch it here
		}
	}()
	z := zip.NewWriter(w)
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return archiveFile(z, files, name, top, at)
	})
	if err != nil {
		return err
	}
	return z.Close()
}

func archiveFile(z *zip.Writer, files fs.FS, name, top string, at time.Time) error {
	in, err := files.Open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := z.CreateHeader(&zip.FileHeader{Name: top + "/" + name, Method: zip.Deflate, Modified: at})
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return err
}
