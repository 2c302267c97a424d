package lang

import (
	_ "embed" // the two files below
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

//go:embed vi.json
var viJSON []byte

//go:embed en.json
var enJSON []byte

// A Catalogue holds the messages of every language, parsed once. It never
// changes, so any number of goroutines may read it.
type Catalogue map[Lang]map[string]message

// A message has one form, or two in English: for one and for other counts.
type message [][]segment

// A segment is literal text, or a placeholder when name is set.
type segment struct{ literal, name, form string }

var messages = mustLoad()

// mustLoad panics on a broken file: both are part of the program.
func mustLoad() Catalogue {
	c := Catalogue{}
	for l, data := range map[Lang][]byte{Vi: viJSON, En: enJSON} {
		m, err := parseMessages(data)
		if err != nil {
			panic(fmt.Sprintf("messages of %s: %v", l, err))
		}
		c[l] = m
	}
	return c
}

func parseMessages(data []byte) (map[string]message, error) {
	var texts map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	out := make(map[string]message, len(texts))
	for key, text := range texts {
		for form := range strings.SplitSeq(text, "|") {
			segments, err := parseText(form)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			out[key] = append(out[key], segments)
		}
	}
	return out, nil
}

func parseText(text string) ([]segment, error) {
	var out []segment
	for text != "" {
		literal, rest, found := strings.Cut(text, "{")
		if literal != "" {
			out = append(out, segment{literal: literal})
		}
		if !found {
			break
		}
		inner, after, closed := strings.Cut(rest, "}")
		if !closed {
			return nil, fmt.Errorf("unclosed placeholder in %q", text)
		}
		name, form, _ := strings.Cut(inner, ":")
		if !knownForm(name, form) {
			return nil, fmt.Errorf("unknown placeholder {%s}", inner)
		}
		out = append(out, segment{name: name, form: form})
		text = after
	}
	return out, nil
}

func knownForm(name, form string) bool {
	if name == "" {
		return false
	}
	return form == "" || form == "number" || form == "date" || form == "account" || strings.HasSuffix(form, ".*")
}

// T returns the message of a key in a language, its placeholders filled from
// pairs of name and operand: T(Vi, "error.not_found", "what", "unit"). A key
// or an operand that is missing shows itself in the text, where a reader or a
// test sees it; nothing is ever silently empty.
func T(l Lang, key string, args ...any) string {
	operands := make(map[string]string, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		operands[fmt.Sprint(args[i])] = fmt.Sprint(args[i+1])
	}
	return render(l, key, operands)
}

// Has reports whether the catalogue has a key.
func Has(key string) bool {
	_, ok := messages[Vi][key]
	return ok
}

// Keys returns all keys that begin with prefix, sorted.
func Keys(prefix string) []string {
	keys := slices.Sorted(maps.Keys(messages[Vi]))
	return slices.DeleteFunc(keys, func(k string) bool { return !strings.HasPrefix(k, prefix) })
}

func render(l Lang, key string, operands map[string]string) string {
	if l != En {
		l = Vi
	}
	forms, ok := messages[l][key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	form := forms[0]
	if n := operands["n"]; n != "1" && n != "-1" {
		form = forms[len(forms)-1]
	}
	var b strings.Builder
	for _, s := range form {
		b.WriteString(s.literal)
		if s.name != "" {
			b.WriteString(s.fill(l, operands))
		}
	}
	return b.String()
}

func (s segment) fill(l Lang, operands map[string]string) string {
	value, ok := operands[s.name]
	if !ok {
		return "{" + s.name + "}"
	}
	switch s.form {
	case "":
		return value
	case "number":
		return Number(value, l)
	case "date":
		return isoDate(value, l)
	case "account":
		return accountText(value, l)
	}
	if key := strings.TrimSuffix(s.form, "*") + value; Has(key) {
		return render(l, key, nil)
	}
	return value
}
