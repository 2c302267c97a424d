package export

import (
	"bufio"
	"cmp"
	"container/heap"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/sokinhphi/kinhphi/ledger"
)

// Bounds of the sorter's memory. Merging takes a buffer for each run, together
// no more than runBytes until there are runBytes/minBuffer runs (64 GiB of text).
const (
	runBytes  = 16 << 20
	minBuffer = 4 << 10
)

// sortedName is the working file of the sorter.
const sortedName = "sorted"

// A key is the order of a journal: posting date, then sequence.
type key struct {
	date ledger.Date
	seq  ledger.Seq
}

func (k key) compare(o key) int { return cmp.Or(k.date.Compare(o.date), cmp.Compare(k.seq, o.seq)) }

// A sorter brings byte strings into the order of their keys with bounded memory:
// it collects runs, sorts each, appends it to a working file, and merges them.
type sorter struct {
	f     *os.File
	limit int // bytes of a run
	buf   []byte
	items []item
	runs  []run
	size  int64
}

// An item is a string in the buffer; a run is a sorted stretch of the file.
type (
	item struct {
		key      key
		from, to int
	}
	run struct{ from, size int64 }
)

func newSorter(out *staging) (*sorter, error) {
	f, err := out.open(sortedName)
	if err != nil {
		return nil, err
	}
	return &sorter{f: f, limit: runBytes}, nil
}

// add takes what write appends as the string of k.
func (s *sorter) add(k key, write func([]byte) []byte) error {
	from := len(s.buf)
	s.buf = write(s.buf)
	s.items = append(s.items, item{k, from, len(s.buf)})
	if len(s.buf) < s.limit {
		return nil
	}
	return s.spill()
}

// spill writes the collected strings as a run.
func (s *sorter) spill() error {
	slices.SortFunc(s.items, func(a, b item) int { return a.key.compare(b.key) })
	w := bufio.NewWriterSize(s.f, 256<<10)
	var head []byte
	from := s.size
	for _, it := range s.items {
		head = appendHead(head[:0], it)
		s.size += int64(len(head) + it.to - it.from)
		w.Write(head) // a bufio.Writer keeps its first error for Flush
		w.Write(s.buf[it.from:it.to])
	}
	s.runs = append(s.runs, run{from, s.size - from})
	s.buf, s.items = s.buf[:0], s.items[:0]
	if err := w.Flush(); err != nil {
		return fmt.Errorf("export: sort: %w", err)
	}
	return nil
}

func appendHead(b []byte, it item) []byte {
	b = binary.AppendUvarint(b, uint64(it.key.date.Year()*10000+it.key.date.Month()*100+it.key.date.Day()))
	b = binary.AppendUvarint(b, uint64(it.key.seq))
	return binary.AppendUvarint(b, uint64(it.to-it.from))
}

// merge gives all strings to visit, in order; each is valid until the next. It
// stops at visit's first error and returns it.
func (s *sorter) merge(ctx context.Context, visit func(key, []byte) error) error {
	h, err := s.cursors()
	if err != nil {
		return fmt.Errorf("export: merge: %w", err)
	}
	for h.Len() > 0 {
		c := h[0]
		if err := errors.Join(visit(c.key, c.body), ctx.Err()); err != nil {
			return err
		}
		switch err := c.next(); {
		case err == nil:
			heap.Fix(&h, 0)
		case errors.Is(err, io.EOF):
			heap.Pop(&h)
		default:
			return fmt.Errorf("export: merge: %w", err)
		}
	}
	return nil
}

// cursors opens every run at its first string.
func (s *sorter) cursors() (cursorHeap, error) {
	if len(s.items) > 0 {
		if err := s.spill(); err != nil {
			return nil, err
		}
	}
	s.buf, s.items = nil, nil
	size := min(256<<10, max(minBuffer, s.limit/max(1, len(s.runs))))
	var h cursorHeap
	for _, r := range s.runs {
		c := &cursor{r: bufio.NewReaderSize(io.NewSectionReader(s.f, r.from, r.size), size)}
		if err := c.next(); err != nil {
			return nil, err
		}
		h = append(h, c)
	}
	heap.Init(&h)
	return h, nil
}

// A cursor reads one run.
type cursor struct {
	r    *bufio.Reader
	key  key
	body []byte
}

// next moves to the next string of the run; io.EOF at its end.
func (c *cursor) next() error {
	date, err := binary.ReadUvarint(c.r)
	if err != nil {
		return err
	}
	seq, err1 := binary.ReadUvarint(c.r)
	size, err2 := binary.ReadUvarint(c.r)
	day, err3 := ledger.NewDate(int(date/10000), int(date/100%100), int(date%100))
	if errors.Join(err1, err2, err3) != nil {
		return errBroken
	}
	c.key = key{day, ledger.Seq(seq)}
	c.body = slices.Grow(c.body[:0], int(size))[:size]
	if _, err := io.ReadFull(c.r, c.body); err != nil {
		return errBroken
	}
	return nil
}

type cursorHeap []*cursor

func (h cursorHeap) Len() int           { return len(h) }
func (h cursorHeap) Less(i, j int) bool { return h[i].key.compare(h[j].key) < 0 }
func (h cursorHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *cursorHeap) Push(x any)        { *h = append(*h, x.(*cursor)) }
func (h *cursorHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
