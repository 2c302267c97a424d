package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sokinhphi/kinhphi/ledger"
)

// maxDepth is how deep values may be nested in a body.
const maxDepth = 32

// A reader reads one body that is known to be well-formed JSON, from front to back,
// into Go values. It keeps nothing that it does not need, so what a body costs is
// bounded by its bytes and by maxFaults, however it is shaped. Strings are copied.
type reader struct {
	b []byte
	i int
	f *faults
}

// A filler reads itself; it begins at the first byte of its value and ends after the
// last.
type filler interface{ fill(r *reader, path string) }

// decode reads body into to, which a shape made from its type describes. Faults go to
// f; fields with a fault are left empty.
func decode(body []byte, sh *shape, to reflect.Value, f *faults) {
	switch {
	case len(body) == 0:
		f.add(ledger.Refuse(ledger.Required, "body"))
		return
	case !utf8.Valid(body):
		f.add(ledger.Refuse(InvalidUTF8, "body", "offset", strconv.Itoa(firstInvalid(body))))
		return
	case !json.Valid(body):
		f.add(ledger.Refuse(MalformedJSON, "body", "offset", strconv.Itoa(firstError(body))))
		return
	}
	r := &reader{b: body, f: f}
	r.space()
	r.value("", sh, to)
}

func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		c, n := utf8.DecodeRune(b[i:])
		if c == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(b)
}

func firstError(b []byte) int {
	var raw json.RawMessage
	var at *json.SyntaxError
	if errors.As(json.Unmarshal(b, &raw), &at) {
		return int(at.Offset)
	}
	return 0
}

func (r *reader) space() {
	for r.i < len(r.b) {
		switch r.b[r.i] {
		case ' ', '\t', '\n', '\r':
			r.i++
		default:
			return
		}
	}
}

// value reads what stands here into v, or puts a fault at path.
func (r *reader) value(path string, sh *shape, v reflect.Value) {
	if sh.custom {
		v.Addr().Interface().(filler).fill(r, path)
		return
	}
	if got := r.kind(); got != sh.json {
		r.wrongType(path, sh.json, got)
		return
	}
	switch sh.json {
	case "object":
		r.object(path, sh, v)
	case "array":
		r.array(path, sh, v)
	case "string":
		v.SetString(r.text(path))
	case "boolean":
		v.SetBool(r.literal() == "true")
	default:
		r.integer(path, v)
	}
}

// kind names the JSON type of the value that begins here.
func (r *reader) kind() string {
	switch r.b[r.i] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "number"
}

func (r *reader) wrongType(path, wanted, got string) {
	if path == "" {
		path = "body"
	}
	if r.skip() > maxDepth {
		r.f.add(ledger.Refuse(TooDeep, path, "limit", strconv.Itoa(maxDepth)))
		return
	}
	r.f.add(ledger.Refuse(WrongType, path, "wanted", wanted, "got", got))
}

func (r *reader) object(path string, sh *shape, v reflect.Value) {
	var seen uint64
	r.members(func(name []byte) {
		i, known := sh.names[string(name)]
		switch {
		case !known:
			r.unknown(below(path, clip(string(name[:min(len(name), 400)]))))
		case seen&(1<<i) != 0:
			r.skip()
			r.f.add(ledger.Refuse(DuplicateField, below(path, sh.fields[i].name)))
		default:
			seen |= 1 << i
			r.value(below(path, sh.fields[i].name), sh.fields[i].shape, v.FieldByIndex(sh.fields[i].index))
		}
	})
	for i, fd := range sh.fields {
		if fd.required && seen&(1<<i) == 0 {
			r.f.add(ledger.Refuse(ledger.Required, below(path, fd.name)))
		}
	}
}

// members calls one for every member of the object that begins here; one reads the
// value.
func (r *reader) members(one func(name []byte)) {
	r.i++
	for r.space(); !r.f.full() && r.b[r.i] != '}'; r.space() {
		name, _ := r.characters()
		r.space()
		r.i++ // the colon
		r.space()
		one(name)
		if r.space(); r.b[r.i] == ',' {
			r.i++
		}
	}
	r.i++
}

func (r *reader) array(path string, sh *shape, v reflect.Value) {
	r.i++
	for r.space(); !r.f.full() && r.b[r.i] != ']'; r.space() {
		n := v.Len()
		if n == sh.limit {
			r.f.add(ledger.Refuse(ledger.TooMany, path, "limit", strconv.Itoa(sh.limit), "count", strconv.Itoa(n+r.rest())))
			return
		}
		v.Set(reflect.Append(v, reflect.Zero(sh.item.typ)))
		r.value(path+"["+strconv.Itoa(n)+"]", sh.item, v.Index(n))
		if r.space(); r.b[r.i] == ',' {
			r.i++
		}
	}
	r.i++
	if sh.filled && v.Len() == 0 {
		r.f.add(ledger.Refuse(ledger.Required, path))
	}
}

// rest counts and passes over what is left of an array.
func (r *reader) rest() (n int) {
	for r.space(); r.b[r.i] != ']'; r.space() {
		r.skip()
		n++
		if r.space(); r.b[r.i] == ',' {
			r.i++
			r.space()
		}
	}
	r.i++
	return n
}

func (r *reader) unknown(path string) {
	if r.skip() > maxDepth {
		r.f.add(ledger.Refuse(TooDeep, path, "limit", strconv.Itoa(maxDepth)))
		return
	}
	r.f.add(ledger.Refuse(UnknownField, path))
}

// text reads a string. One that held no whole character (half of a surrogate pair, or
// the mark of an earlier loss) is a fault at path.
func (r *reader) text(path string) string {
	from := r.i
	b, whole := r.characters()
	if !whole {
		r.f.add(ledger.Refuse(InvalidUTF8, path, "offset", strconv.Itoa(from)))
	}
	return string(b)
}

// characters reads a string without copying it, unless it has escapes.
func (r *reader) characters() (b []byte, whole bool) {
	from := r.i
	r.jump()
	b = r.b[from+1 : r.i-1]
	if bytes.IndexByte(b, '\\') >= 0 {
		var s string
		_ = json.Unmarshal(r.b[from:r.i], &s) // a well-formed string literal
		b = []byte(s)
	}
	return b, !bytes.ContainsRune(b, utf8.RuneError)
}

// literal reads a number or a word.
func (r *reader) literal() string {
	from := r.i
	for r.i < len(r.b) && !strings.ContainsRune(" \t\r\n,]}", rune(r.b[r.i])) {
		r.i++
	}
	return string(r.b[from:r.i])
}

func (r *reader) integer(path string, v reflect.Value) {
	n, err := strconv.ParseInt(r.literal(), 10, 32)
	if err != nil {
		r.f.add(ledger.Refuse(WrongType, path, "wanted", "integer", "got", "number"))
		return
	}
	v.SetInt(n)
}

// skip passes over the value that begins here and returns how deep it was nested.
func (r *reader) skip() (deepest int) {
	switch r.kind() {
	case "object", "array":
	case "string":
		r.jump()
		return 0
	default:
		r.literal()
		return 0
	}
	for depth := 0; ; {
		switch r.b[r.i] {
		case '"':
			r.jump()
			continue
		case '{', '[':
			depth++
			deepest = max(deepest, depth)
		case '}', ']':
			depth--
		}
		if r.i++; depth == 0 {
			return deepest
		}
	}
}

// jump passes over a string without keeping it.
func (r *reader) jump() {
	for r.i++; r.b[r.i] != '"'; r.i++ {
		if r.b[r.i] == '\\' {
			r.i++
		}
	}
	r.i++
}

// has reports whether the object that begins here has a member of this name, and
// stays where it is.
func (r *reader) has(name string) (found bool) {
	if r.kind() != "object" {
		return false
	}
	ahead := reader{b: r.b, i: r.i, f: r.f}
	ahead.members(func(n []byte) {
		found = found || string(n) == name
		ahead.skip()
	})
	return found
}

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// A shape says how a Go type is read from JSON. It is made from the same struct tags
// from which the OpenAPI description is made: a field without omitempty is required.
type shape struct {
	typ    reflect.Type
	json   string
	custom bool
	names  map[string]int
	fields []field
	item   *shape
	limit  int  // of an array
	filled bool // an array that may not be empty
}

type field struct {
	name     string
	index    []int
	required bool
	shape    *shape
}

var fillerType = reflect.TypeFor[filler]()

// shapeOf panics for a type that no body may have.
func shapeOf(t reflect.Type) *shape {
	sh := &shape{typ: t, custom: reflect.PointerTo(t).Implements(fillerType)}
	switch t.Kind() {
	case reflect.String:
		sh.json = "string"
	case reflect.Bool:
		sh.json = "boolean"
	case reflect.Int, reflect.Int64:
		sh.json = "number"
	case reflect.Slice:
		sh.json, sh.item = "array", shapeOf(t.Elem())
	case reflect.Struct:
		sh.json, sh.names = "object", map[string]int{}
		if !sh.custom {
			sh.addFields(t, nil)
		}
	default:
		panic("api: no body may hold a " + t.String())
	}
	return sh
}

func (sh *shape) addFields(t reflect.Type, index []int) {
	for i := range t.NumField() {
		sf := t.Field(i)
		at := append(append([]int(nil), index...), i)
		if sf.Anonymous {
			sh.addFields(sf.Type, at)
			continue
		}
		name, options, _ := strings.Cut(sf.Tag.Get("json"), ",")
		fd := field{name: name, index: at, required: options != "omitempty", shape: shapeOf(sf.Type)}
		fd.shape.limit, _ = strconv.Atoi(sf.Tag.Get("maxItems"))
		fd.shape.filled = sf.Tag.Get("minItems") == "1"
		if fd.shape.json == "array" && fd.shape.limit == 0 {
			panic("api: " + name + " has no maxItems")
		}
		sh.names[name] = len(sh.fields)
		sh.fields = append(sh.fields, fd)
	}
	if len(sh.fields) > 64 {
		panic("api: more than 64 fields in " + t.String())
	}
}
