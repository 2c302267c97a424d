package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/sokinhphi/kinhphi/ledger"
)

// rows writes PostgreSQL's binary form of an array of composite values, so that
// all rows of a table travel as one parameter with nothing to parse. Columns are
// written in the order of the table, then end is called.
type rows struct {
	of    *rowType
	array []byte
	start int // of the row that is being written
	col   int // the next column
	n     int
}

// A rowType is how the server numbers a table's row type and the types of its
// columns.
type rowType struct {
	oid     uint32
	columns []columnType
}

type columnType struct {
	oid  uint32
	size int // bytes of an integer
}

// rowTypes are the row types of the schema, by table.
type rowTypes map[string]*rowType

// readRowTypes reads them once per store: the schema does not change under it.
func readRowTypes(ctx context.Context, db *sqlx.DB) (rowTypes, error) {
	found, err := db.QueryxContext(ctx, `
		SELECT c.relname, c.reltype::bigint, array_agg(a.atttypid::bigint ORDER BY a.attnum), array_agg(t.typlen::bigint ORDER BY a.attnum)
		FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		JOIN pg_type t ON t.oid = a.atttypid
		WHERE c.relnamespace = 'core'::regnamespace AND c.relkind IN ('r', 'c')
		GROUP BY c.oid`)
	if err != nil {
		return nil, fmt.Errorf("read row types: %w", err)
	}
	defer found.Close()
	types := rowTypes{}
	for found.Next() {
		var table string
		var t rowType
		var oids, sizes pq.Int64Array
		if err := found.Scan(&table, &t.oid, &oids, &sizes); err != nil {
			return nil, fmt.Errorf("read row types: %w", err)
		}
		for i := range oids {
			t.columns = append(t.columns, columnType{uint32(oids[i]), int(sizes[i])})
		}
		types[table] = &t
	}
	return types, found.Err()
}

// arrayHead is the length of an array's head: dimensions, nulls, type, length,
// lower bound.
const arrayHead = 20

// begin starts a column of so many bytes; -1 is null.
func (r *rows) begin(size int) {
	if r.array == nil {
		r.array = make([]byte, arrayHead, 4096)
	}
	if r.col == 0 {
		r.start = len(r.array)
		r.array = append(r.array, 0, 0, 0, 0) // the row's length, when it is known
		r.put(uint32(len(r.of.columns)))
	}
	r.put(r.of.columns[r.col].oid)
	r.put(uint32(int32(size)))
	r.col++
}

func (r *rows) put(n uint32) { r.array = binary.BigEndian.AppendUint32(r.array, n) }

func (r *rows) put16(n uint16) { r.array = binary.BigEndian.AppendUint16(r.array, n) }

func (r *rows) null() { r.begin(-1) }

// int writes an integer as wide as its column.
func (r *rows) int(n int64) {
	size := r.of.columns[r.col].size
	r.begin(size)
	switch size {
	case 2:
		r.put16(uint16(n))
	case 4:
		r.put(uint32(n))
	default:
		r.array = binary.BigEndian.AppendUint64(r.array, uint64(n))
	}
}

// id writes 0 as null.
func (r *rows) id(n int) {
	if n == 0 {
		r.null()
		return
	}
	r.int(int64(n))
}

func (r *rows) bool(b bool) {
	r.begin(1)
	if b {
		r.array = append(r.array, 1)
	} else {
		r.array = append(r.array, 0)
	}
}

// money writes a numeric: groups of four decimal digits around the point, the
// weight of the first, a sign, and the number of decimal places.
func (r *rows) money(m ledger.Money) {
	text, sign := m.String(), uint16(0)
	if text[0] == '-' {
		text, sign = text[1:], 0x4000
	}
	whole, fraction, _ := strings.Cut(text, ".")
	places := len(fraction)
	text = strings.Repeat("0", (4-len(whole)%4)%4) + whole
	weight := len(text)/4 - 1
	if fraction != "" {
		text += (fraction + "000")[:4] // ledger.MaxScale is 4
	}
	for len(text) > 0 && text[:4] == "0000" {
		text, weight = text[4:], weight-1
	}
	for len(text) > 0 && text[len(text)-4:] == "0000" {
		text = text[:len(text)-4]
	}
	if text == "" {
		weight, sign = 0, 0
	}
	r.begin(8 + len(text)/2)
	r.put16(uint16(len(text) / 4))
	r.put16(uint16(int16(weight)))
	r.put16(sign)
	r.put16(uint16(places))
	for ; text != ""; text = text[4:] {
		r.put16(uint16(text[0]-'0')*1000 + uint16(text[1]-'0')*100 + uint16(text[2]-'0')*10 + uint16(text[3]-'0'))
	}
}

// epoch is where the server counts days and microseconds from.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// date writes the zero Date as null.
func (r *rows) date(d ledger.Date) {
	if d.IsZero() {
		r.null()
		return
	}
	r.begin(4)
	r.put(uint32(int32(d.Time().Sub(epoch) / (24 * time.Hour))))
}

func (r *rows) time(t time.Time) {
	r.begin(8)
	r.array = binary.BigEndian.AppendUint64(r.array, uint64(t.Sub(epoch).Microseconds()))
}

// text writes a string that is never null.
func (r *rows) text(s string) {
	r.begin(len(s))
	r.array = append(r.array, s...)
}

// code writes an empty code as null.
func (r *rows) code(c ledger.Code) {
	if c == "" {
		r.null()
		return
	}
	r.text(string(c))
}

func (r *rows) bytes(b []byte) {
	r.begin(len(b))
	r.array = append(r.array, b...)
}

// end closes the row. It panics if a column is missing: the encoding is wrong,
// not the data.
func (r *rows) end() {
	if r.col != len(r.of.columns) {
		panic(fmt.Sprintf("postgres: %d columns of %d", r.col, len(r.of.columns)))
	}
	binary.BigEndian.PutUint32(r.array[r.start:], uint32(len(r.array)-r.start-4))
	r.col = 0
	r.n++
}

// param returns the array as a parameter: null if it has no rows.
func (r *rows) param() any {
	if r.n == 0 {
		return nil
	}
	for i, v := range []uint32{1, 0, r.of.oid, uint32(r.n), 1} {
		binary.BigEndian.PutUint32(r.array[4*i:], v)
	}
	return r.array
}
