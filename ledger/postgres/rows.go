package postgres

import (
	"encoding/hex"
	"strconv"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

// rows writes the text form of a PostgreSQL array of composite values, so that
// all rows of a table travel as one parameter: {"(1,2,\"x\")","(...)"}.
type rows struct {
	array []byte
	row   []byte
	n     int
}

func (r *rows) sep() {
	if len(r.row) > 0 {
		r.row = append(r.row, ',')
	} else {
		r.row = append(r.row, '(')
	}
}

func (r *rows) int(n int64) { r.sep(); r.row = strconv.AppendInt(r.row, n, 10) }

func (r *rows) null() { r.sep() }

// id writes 0 as null.
func (r *rows) id(n int) {
	if n == 0 {
		r.null()
		return
	}
	r.int(int64(n))
}

func (r *rows) bool(b bool) {
	r.sep()
	if b {
		r.row = append(r.row, 't')
	} else {
		r.row = append(r.row, 'f')
	}
}

func (r *rows) money(m ledger.Money) { r.sep(); r.row = append(r.row, m.String()...) }

func (r *rows) date(d ledger.Date) { r.sep(); r.row = append(r.row, d.String()...) }

func (r *rows) time(t time.Time) {
	r.sep()
	r.row = append(r.row, '"')
	r.row = t.UTC().AppendFormat(r.row, "2006-01-02 15:04:05.000000Z")
	r.row = append(r.row, '"')
}

// text writes a string that is never null.
func (r *rows) text(s string) {
	r.sep()
	r.row = append(r.row, '"')
	r.row = escape(r.row, s)
	r.row = append(r.row, '"')
}

// code writes an empty code as null.
func (r *rows) code(c ledger.Code) {
	r.sep()
	r.row = append(r.row, c...)
}

func (r *rows) bytes(b []byte) {
	r.sep()
	r.row = append(r.row, `"\\x`...)
	r.row = hex.AppendEncode(r.row, b)
	r.row = append(r.row, '"')
}

// end closes the row and adds it to the array.
func (r *rows) end() {
	if r.n == 0 {
		r.array = append(r.array, '{')
	} else {
		r.array = append(r.array, ',')
	}
	r.n++
	r.array = append(r.array, '"')
	r.array = escape(r.array, append(r.row, ')'))
	r.array = append(r.array, '"')
	r.row = r.row[:0]
}

// param returns the array as a parameter: null if it has no rows.
func (r *rows) param() any {
	if r.n == 0 {
		return nil
	}
	return string(r.array) + "}"
}

// escape puts a backslash before every quote and backslash.
func escape[T string | []byte](to []byte, s T) []byte {
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			to = append(to, '\\')
		}
		to = append(to, s[i])
	}
	return to
}
