package web

import (
	"bytes"
	"compress/gzip"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
)

// smallest is the size from which compressing a page saves a packet.
const smallest = 1200

var gzips = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, 5) // the level is a valid one
	return w
}}

// send writes a body, compressed where the browser takes that. Form tokens are
// masked anew in each page, so that its length tells nothing about them.
func (r *request) send(body []byte) error {
	r.Vary(fiber.HeaderAcceptEncoding)
	if len(body) < smallest || !strings.Contains(r.Get(fiber.HeaderAcceptEncoding), "gzip") {
		return r.Ctx.Send(body)
	}
	var b bytes.Buffer
	w := gzips.Get().(*gzip.Writer)
	defer gzips.Put(w)
	w.Reset(&b)
	if _, err := w.Write(body); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	r.Set(fiber.HeaderContentEncoding, "gzip")
	return r.Ctx.Send(b.Bytes())
}
