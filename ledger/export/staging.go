package export

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"os"
	"path"
	"strings"
)

// stagingDir holds an export until it is whole.
const stagingDir = ".part"

// sumsName is the file that appears last.
const sumsName = "SHA256SUMS"

// A staging is a directory that an export is written to. Files are made in
// stagingDir and moved to their places by publish.
type staging struct {
	root   *os.Root
	opened []*os.File // closed by close, if not before
	files  []File     // closed ones, in the order of closing
	moved  []string
}

// stage opens the directory, makes it if it is missing, and removes what an
// export that was killed has left.
func stage(dir string) (*staging, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	s := &staging{root: root}
	if err := s.prepare(dir); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return s, nil
}

func (s *staging) prepare(dir string) error {
	there, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	for _, e := range there {
		if e.Name() != stagingDir {
			return fmt.Errorf("%w: %s has %q", ErrNotEmpty, dir, e.Name())
		}
	}
	if err := s.root.RemoveAll(stagingDir); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return s.root.Mkdir(stagingDir, 0o755)
}

// publish moves the files to their places, the list of hashes last.
func (s *staging) publish() error {
	for _, f := range s.files {
		top, _, _ := strings.Cut(f.Name, "/")
		if len(s.moved) > 0 && s.moved[len(s.moved)-1] == top {
			continue
		}
		s.moved = append(s.moved, top)
		if err := s.root.Rename(path.Join(stagingDir, top), top); err != nil {
			return fmt.Errorf("export: put %s in its place: %w", top, err)
		}
	}
	return s.sync()
}

// sync makes the new names last through a loss of power.
func (s *staging) sync() error {
	d, err := s.root.Open(".")
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// close removes what is not part of a whole export: the working files, and
// after a failure also those already in their places.
func (s *staging) close(failed bool) error {
	for _, f := range s.opened {
		f.Close() // an error here is of a file that was given up, or os.ErrClosed
	}
	err := s.root.RemoveAll(stagingDir)
	if failed {
		for _, name := range s.moved {
			err = errors.Join(err, s.root.RemoveAll(name))
		}
	}
	return errors.Join(err, s.root.Close())
}

// A file is a file of the export that is being written and hashed.
type file struct {
	*bufio.Writer
	out   *staging
	f     *os.File
	hash  hash.Hash
	entry File
}

// create starts the file with the given name, with forward slashes.
func (s *staging) create(name string) (*file, error) {
	f, err := s.open(name)
	if err != nil {
		return nil, err
	}
	o := &file{out: s, f: f, hash: sha256.New(), entry: File{Name: name}}
	o.Writer = bufio.NewWriterSize(counter{o}, 64<<10)
	return o, nil
}

// open makes a file below stagingDir.
func (s *staging) open(name string) (*os.File, error) {
	staged := path.Join(stagingDir, name)
	if err := s.root.MkdirAll(path.Dir(staged), 0o755); err != nil {
		return nil, fmt.Errorf("export %s: %w", name, err)
	}
	f, err := s.root.Create(staged)
	if err != nil {
		return nil, fmt.Errorf("export %s: %w", name, err)
	}
	s.opened = append(s.opened, f)
	return f, nil
}

// counter is the lower end of a file: it counts and hashes what reaches the disk.
type counter struct{ *file }

func (c counter) Write(p []byte) (int, error) {
	n, err := c.f.Write(p)
	c.entry.Bytes += int64(n)
	c.hash.Write(p[:n])
	return n, err
}

// close finishes the file and puts it on the list of files.
func (o *file) close() error {
	err := errors.Join(o.Flush(), o.f.Sync(), o.f.Close())
	if err != nil {
		return fmt.Errorf("export %s: %w", o.entry.Name, err)
	}
	o.entry.SHA256 = hex.EncodeToString(o.hash.Sum(nil))
	o.out.files = append(o.out.files, o.entry)
	return nil
}

// write makes a whole small file.
func (s *staging) write(name, text string) error {
	f, err := s.create(name)
	if err != nil {
		return err
	}
	f.WriteString(text) // a bufio.Writer keeps its first error for close
	return f.close()
}
