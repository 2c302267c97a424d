package seal

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

type goldenField struct{ Name, Value, Salt string }

type goldenRecord struct {
	Name, Salt  string
	Fields      []goldenField
	Canon, Leaf string
}

// The vectors were computed by another program, in another language, from the text of
// the package's documentation alone.
func TestCanonGolden(t *testing.T) {
	var records []goldenRecord
	readJSON(t, "testdata/canon_v1.json", &records)
	for _, r := range records {
		t.Run(r.Name, func(t *testing.T) {
			canon, err := Canon(saltOf(t, r.Salt), r.fields(t))
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString(canon); got != r.Canon {
				t.Errorf("canon = %s\nwant    %s", got, r.Canon)
			}
			if leaf := LeafHash(canon); hex.EncodeToString(leaf[:]) != r.Leaf {
				t.Errorf("leaf = %x, want %s", leaf, r.Leaf)
			}
			if LeafHash(canon) != tlog.RecordHash(Leaf(canon)) {
				t.Error("LeafHash differs from tlog.RecordHash of Leaf")
			}
		})
	}
}

func (r goldenRecord) fields(t *testing.T) []Field {
	fields := make([]Field, len(r.Fields))
	for i, f := range r.Fields {
		fields[i] = Field{Name: f.Name, Value: f.Value}
		if f.Salt != "" {
			salt := saltOf(t, f.Salt)
			fields[i].Salt = &salt
		}
	}
	return fields
}

func TestCanonRefuses(t *testing.T) {
	many := make([]Field, MaxFields+1)
	for i := range many {
		many[i].Name = fmt.Sprint(i)
	}
	for _, c := range []struct {
		name   string
		fields []Field
		want   error
	}{
		{"no field", nil, ErrFieldSize},
		{"too many fields", many, ErrFieldSize},
		{"no name", []Field{{Value: "1"}}, ErrFieldSize},
		{"long name", []Field{{Name: strings.Repeat("a", MaxName+1)}}, ErrFieldSize},
		{"long value", []Field{{Name: "a", Value: strings.Repeat("a", MaxValue+1)}}, ErrFieldSize},
		{"name twice", []Field{{Name: "a"}, {Name: "b"}, {Name: "a", Value: "2"}}, ErrFieldTwice},
		{"value in NFD", []Field{{Name: "a", Value: "Nguye\u0302\u0303n"}}, ErrFieldText},
		{"name in NFD", []Field{{Name: "to\u0302"}}, ErrFieldText},
		{"value not UTF-8", []Field{{Name: "a", Value: "\xff"}}, ErrFieldText},
		{"surrogate half", []Field{{Name: "a", Value: "\xed\xa0\x80"}}, ErrFieldText},
		{"destroyed", []Field{{Name: "a", Gone: true}}, ErrFieldGone},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Canon([SaltSize]byte{}, c.fields); !errors.Is(err, c.want) {
				t.Errorf("Canon: %v, want %v", err, c.want)
			}
		})
	}
}

func TestCompareNamesTheChangedField(t *testing.T) {
	salt, own := [SaltSize]byte{1}, [SaltSize]byte{2}
	fields := []Field{{Name: "seq", Value: "7"}, {Name: "payee", Value: "Hà", Salt: &own}, {Name: "amount", Value: "10"}}
	canon := mustCanon(t, salt, fields)
	check := func(what string, want []string, change func(f []Field)) {
		t.Helper()
		f := slices.Clone(fields)
		change(f)
		got, err := Compare(canon, salt, f)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: Compare = %q, %v, want %q", what, got, err, want)
		}
	}
	check("unchanged", nil, func([]Field) {})
	check("amount", []string{"amount"}, func(f []Field) { f[2].Value = "11" })
	check("lost salt", []string{"payee"}, func(f []Field) { f[1].Salt = nil })
	check("destroyed", nil, func(f []Field) { f[1] = Field{Name: "payee", Gone: true} })
	check("destroyed and changed", []string{"seq"}, func(f []Field) { f[1] = Field{Name: "payee", Gone: true}; f[0].Value = "8" })
	if _, err := Compare(canon, salt, fields[:2]); !errors.Is(err, ErrCanonLength) {
		t.Errorf("a field short: %v, want %v", err, ErrCanonLength)
	}
}

// Any change of one value, name, salt, of the order, or of the number of fields is a
// change of the canonical bytes, and two texts never share a framing.
func TestCanonBindsEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,3}`), 2, 8, rapid.ID).Draw(t, "names")
		fields := make([]Field, len(names))
		for i, name := range names {
			fields[i] = Field{Name: name, Value: rapid.StringMatching(`[a-z0-9]{0,3}`).Draw(t, "value")}
		}
		salt := [SaltSize]byte(rapid.SliceOfN(rapid.Byte(), SaltSize, SaltSize).Draw(t, "salt"))
		before := string(mustCanon(t, salt, fields))
		i := rapid.IntRange(0, len(fields)-1).Draw(t, "i")
		j := (i + 1) % len(fields)
		switch rapid.IntRange(0, 5).Draw(t, "change") {
		case 0:
			fields[i].Value += "x"
		case 1:
			fields[i].Name += "x12"
		case 2:
			fields[i], fields[j] = fields[j], fields[i]
		case 3:
			fields = slices.Delete(fields, i, i+1)
		case 4:
			salt[i]++
		case 5:
			fields[i].Salt = &[SaltSize]byte{salt[0] + 1}
		}
		if string(mustCanon(t, salt, fields)) == before {
			t.Fatal("canonical bytes did not change")
		}
	})
}

func FuzzCanon(f *testing.F) {
	f.Add("seq", "1", "amount", "10")
	f.Add("a", "\xff", "a", "e\u0301")
	f.Fuzz(func(t *testing.T, n1, v1, n2, v2 string) {
		fields := []Field{{Name: n1, Value: v1}, {Name: n2, Value: v2}}
		canon, err := Canon([SaltSize]byte{9}, fields)
		if err != nil {
			return
		}
		changed, err := Compare(canon, [SaltSize]byte{9}, fields)
		if err != nil || len(changed) > 0 {
			t.Fatalf("Compare of its own canon = %q, %v", changed, err)
		}
		d, err := Disclose(canon, [SaltSize]byte{9}, fields, func(name string) bool { return name == n1 })
		if err != nil {
			t.Fatal(err)
		}
		if leaf, err := CheckDisclosure(d); err != nil || leaf != LeafHash(canon) {
			t.Fatalf("CheckDisclosure = %v, %v", leaf, err)
		}
	})
}

// One payment: head of the record, one event with two texts of their own salt, and two legs.
func BenchmarkCanon(b *testing.B) {
	own := [SaltSize]byte{1}
	fields := make([]Field, 40)
	for i := range fields {
		fields[i] = Field{Name: fmt.Sprintf("event.1.field-%d", i), Value: "2019/NSTW/DA1/CAT/341/12"}
	}
	fields[20] = Field{Name: "event.1.payee", Value: "Công ty TNHH Xây dựng Đại Phước", Salt: &own}
	fields[21] = Field{Name: "event.1.description", Value: "Thanh toán đợt 3, gói thầu đường trục xã", Salt: &own}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Canon([SaltSize]byte{}, fields); err != nil {
			b.Fatal(err)
		}
	}
}

type fataler interface{ Fatal(...any) }

func mustCanon(t fataler, salt [SaltSize]byte, fields []Field) []byte {
	canon, err := Canon(salt, fields)
	if err != nil {
		t.Fatal(err)
	}
	return canon
}

func saltOf(t *testing.T, s string) [SaltSize]byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return [SaltSize]byte(b)
}

func readJSON(t *testing.T, name string, v any) {
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}
