package web

import (
	"errors"
	"io"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"
)

// brokenFiles fails while one of its files is read.
type brokenFiles struct{ fs.FS }

var errTorn = errors.New("disk torn out")

func (b brokenFiles) Open(name string) (fs.File, error) {
	f, err := b.FS.Open(name)
	if name == "b.csv" {
		return tornFile{f}, err
	}
	return f, err
}

type tornFile struct{ fs.File }

func (tornFile) Read([]byte) (int, error) { return 0, errTorn }

func TestArchiveThatBreaksOffIsNotWhole(t *testing.T) {
	files := brokenFiles{fstest.MapFS{"a.csv": {Data: []byte("1")}, "b.csv": {Data: []byte("2")}}}
	body, w := io.Pipe()
	go func() { w.CloseWithError(archive(w, files, "so", time.Unix(0, 0))) }()
	if got, err := io.ReadAll(body); !errors.Is(err, errTorn) {
		t.Errorf("%d bytes came, then %v", len(got), err)
	}
	if err := archive(panicWriter{}, files, "so", time.Unix(0, 0)); err == nil {
		t.Error("a panic is no error")
	}
}

type panicWriter struct{}

func (panicWriter) Write([]byte) (int, error) { panic("no") }
