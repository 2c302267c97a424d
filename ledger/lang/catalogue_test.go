package lang

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

var update = flag.Bool("update", false, "bring vi.json and en.json into order")

// The files are sorted, indented by two spaces, one key a line, no key twice:
// a change shows as exactly the lines that it changes.
func TestCatalogueFiles(t *testing.T) {
	for _, name := range []string{"vi.json", "en.json"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if keys := bytes.Count(data, []byte("\n  \"")); keys != len(texts) {
			t.Errorf("%s has %d lines with keys and %d keys: is one there twice?", name, keys, len(texts))
		}
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(texts); err != nil { // a map is encoded in the order of its keys
			t.Fatal(err)
		}
		if bytes.Equal(data, want.Bytes()) {
			continue
		}
		if !*update {
			t.Errorf("%s is not in order: run this test with -update", name)
			continue
		}
		if err := os.WriteFile(name, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func texts(t *testing.T, l Lang) (m map[string]string) {
	t.Helper()
	if err := json.Unmarshal(map[Lang][]byte{Vi: viJSON, En: enJSON}[l], &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// faultsOf returns everything that is wrong with the two languages' texts.
func faultsOf(vi, en map[string]string) (faults []string) {
	fault := func(key, what string) { faults = append(faults, key+": "+what) }
	all := maps.Clone(vi)
	maps.Copy(all, en)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		v, inVi := vi[key]
		e, inEn := en[key]
		if !inVi || !inEn {
			fault(key, "in one language only")
			continue
		}
		for _, text := range []string{v, e} {
			if strings.TrimSpace(text) == "" || strings.TrimSpace(text) != text {
				fault(key, "empty, or space at an end")
			}
			if !norm.NFC.IsNormalString(text) || strings.ContainsFunc(text, unicode.IsControl) {
				fault(key, "not NFC, or control characters")
			}
		}
		if strings.Contains(v, "|") {
			fault(key, "Vietnamese has no plural")
		}
		one, other, plural := strings.Cut(e, "|")
		if slices.ContainsFunc(placeholders(e), func(p string) bool { return p == "n" || p == "n:number" }) != plural &&
			!strings.HasPrefix(key, "currency.") {
			fault(key, "English needs one|other exactly where {n} is used")
		}
		if !plural {
			other = one
		}
		if !slices.Equal(placeholders(other), placeholders(v)) || !subset(one, v) {
			fault(key, "other placeholders than in Vietnamese")
		}
	}
	return faults
}

// subset allows the form for one to leave {n} out: "one entry|{n} entries".
func subset(form, of string) bool {
	return !slices.ContainsFunc(placeholders(form), func(p string) bool { return !slices.Contains(placeholders(of), p) })
}

// placeholders returns the sorted, distinct placeholders of a text.
func placeholders(text string) []string {
	segments, err := parseText(strings.ReplaceAll(text, "|", ""))
	if err != nil {
		return []string{err.Error()}
	}
	var names []string
	for _, s := range segments {
		if s.name != "" {
			names = append(names, strings.TrimSuffix(s.name+":"+s.form, ":"))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestCatalogueComplete(t *testing.T) {
	vi, en := texts(t, Vi), texts(t, En)
	for _, f := range faultsOf(vi, en) {
		t.Error(f)
	}
	for key, text := range vi {
		for _, p := range placeholders(text) {
			if _, form, _ := strings.Cut(p, ":"); strings.HasSuffix(form, ".*") && len(Keys(strings.TrimSuffix(form, "*"))) == 0 {
				t.Errorf("%s: there are no keys %s", key, form)
			}
		}
	}
}

// The check itself finds each kind of damage.
func TestCatalogueCheckFindsDamage(t *testing.T) {
	for name, c := range map[string][2]string{
		"empty":             {"", "x"},
		"space":             {"x ", "x"},
		"decomposed":        {norm.NFD.String("Số"), "x"},
		"control":           {"x\u200b\u0007x", "x"},
		"placeholder":       {"còn {a}", "left {b}"},
		"placeholder form":  {"còn {a:number}", "left {a}"},
		"missing":           {"còn {a}", "left"},
		"unclosed":          {"còn {a", "left {a}"},
		"unknown form":      {"còn {a:money}", "left {a}"},
		"no plural":         {"{n} dòng", "{n} rows"},
		"needless plural":   {"dòng", "row|rows"},
		"Vietnamese plural": {"{n} dòng|{n} dòng", "{n} row|{n} rows"},
	} {
		if faultsOf(map[string]string{"k": c[0]}, map[string]string{"k": c[1]}) == nil {
			t.Errorf("%s was not found", name)
		}
	}
	if faultsOf(map[string]string{"k": "x"}, map[string]string{"k": "x", "only.en": "x"}) == nil {
		t.Error("a key of one language only was not found")
	}
	good := [2]map[string]string{{"k": "{n:number} dòng của {who}"}, {"k": "one row of {who}|{n:number} rows of {who}"}}
	if f := faultsOf(good[0], good[1]); f != nil {
		t.Errorf("sound texts were refused: %v", f)
	}
}

func TestT(t *testing.T) {
	for _, c := range []struct {
		l    Lang
		key  string
		args []any
		want string
	}{
		{Vi, "role.officer", nil, "Cán bộ tài chính"},
		{"", "role.officer", nil, "Cán bộ tài chính"},
		{En, "role.officer", nil, "Finance officer"},
		{Vi, "no.such.key", nil, "⟦no.such.key⟧"},
		{Vi, "error.required", nil, "{field}: chưa nhập."},
		{Vi, "error.required", []any{"field", "amount"}, "Số tiền: chưa nhập."},
		{En, "error.required", []any{"field", "custom"}, "custom: nothing was entered."},
		{Vi, "error.expired_code", []any{"code", "DA1", "date", "2020-03-09"},
			"Mã DA1 không có hiệu lực vào ngày 09/03/2020. Chọn mã khác hoặc sửa ngày."},
		{Vi, "error.expired_code", []any{"code", "{date}", "date", "x"}, "Mã {date} không có hiệu lực vào ngày x. Chọn mã khác hoặc sửa ngày."},
		{En, "error.too_many", []any{"limit", 1000}, "Too many: at most 1,000 at a time. Split it."},
		{En, "currency.MXN.major", []any{"n", 1}, "peso"},
		{En, "currency.MXN.major", []any{"n", 0}, "pesos"},
		{En, "currency.MXN.major", nil, "pesos"},
		{Vi, "role.officer", []any{"odd"}, "Cán bộ tài chính"},
	} {
		if got := T(c.l, c.key, c.args...); got != c.want {
			t.Errorf("T(%s, %s, %v) = %q, want %q", c.l, c.key, c.args, got, c.want)
		}
	}
	if Has("no.such.key") || !Has("role.officer") {
		t.Error("Has is wrong")
	}
	if got := Keys("role."); len(got) != 6 || !slices.IsSorted(got) {
		t.Errorf("Keys(role.) = %v", got)
	}
}

func TestParseMessagesRefuses(t *testing.T) {
	for _, data := range []string{`{`, `{"k":1}`, `{"k":"{a"}`, `{"k":"{}"}`, `{"k":"{a:money}"}`} {
		if _, err := parseMessages([]byte(data)); err == nil {
			t.Errorf("%s was accepted", data)
		}
	}
}
