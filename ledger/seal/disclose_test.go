package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

var discloseSalt, discloseOwn = [SaltSize]byte{3}, [SaltSize]byte{4}

func discloseFields() []Field {
	return []Field{
		{Name: "seq", Value: "7"},
		{Name: "amount", Value: "1250000"},
		{Name: "payee", Value: "Nguyễn Thị Bí Mật", Salt: &discloseOwn},
		{Name: "approver", Value: ""},
	}
}

func show(names ...string) func(string) bool {
	return func(n string) bool { return slices.Contains(names, n) }
}

func TestDisclosureOfEverySubset(t *testing.T) {
	fields := discloseFields()
	canon := mustCanon(t, discloseSalt, fields)
	for set := range 1 << len(fields) {
		d, err := Disclose(canon, discloseSalt, fields, func(n string) bool {
			return set&(1<<slices.IndexFunc(fields, func(f Field) bool { return f.Name == n })) != 0
		})
		if err != nil {
			t.Fatal(err)
		}
		var back Disclosure
		text, _ := json.Marshal(d)
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if leaf, err := CheckDisclosure(back); err != nil || leaf != LeafHash(canon) {
			t.Errorf("set %b: CheckDisclosure = %v, %v", set, leaf, err)
		}
	}
}

// What is hidden must not be in the disclosure in any form that can be guessed at:
// neither its text, nor a salt from which its key follows.
func TestDisclosureHides(t *testing.T) {
	fields := discloseFields()
	d, err := Disclose(mustCanon(t, discloseSalt, fields), discloseSalt, fields, show("amount"))
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(d)
	if strings.Contains(string(text), "payee") || strings.Contains(string(text), "Bí Mật") {
		t.Errorf("hidden text shows: %s", text)
	}
	for _, f := range d {
		if bytes.Contains(f.Key[:], discloseSalt[:]) || (f.Name != "amount" && f.Key != tlog.Hash{}) {
			t.Errorf("field %q gives away a salt or a key", f.Name)
		}
	}
}

func TestDisclosureOfDestroyedText(t *testing.T) {
	fields := discloseFields()
	canon := mustCanon(t, discloseSalt, fields)
	fields[2] = Field{Name: "payee", Gone: true}
	d, err := Disclose(canon, discloseSalt, fields, show("seq", "amount"))
	if err != nil {
		t.Fatal(err)
	}
	if leaf, err := CheckDisclosure(d); err != nil || leaf != LeafHash(canon) {
		t.Errorf("CheckDisclosure = %v, %v", leaf, err)
	}
	if _, err := Disclose(canon, discloseSalt, fields, show("payee")); !errors.Is(err, ErrFieldGone) {
		t.Errorf("showing a destroyed text: %v", err)
	}
}

func TestDiscloseRefusesChangedRecord(t *testing.T) {
	fields := discloseFields()
	canon := mustCanon(t, discloseSalt, fields)
	fields[1].Value = "1250001"
	if _, err := Disclose(canon, discloseSalt, fields, show("seq")); !errors.Is(err, ErrProof) {
		t.Errorf("Disclose: %v, want %v", err, ErrProof)
	}
}

func TestForgedDisclosure(t *testing.T) {
	fields := discloseFields()
	canon := mustCanon(t, discloseSalt, fields)
	leaf := LeafHash(canon)
	for _, c := range []struct {
		name   string
		change func(d Disclosure) Disclosure
	}{
		{"value", func(d Disclosure) Disclosure { d[1].Value = "9250000"; return d }},
		{"name", func(d Disclosure) Disclosure { d[1].Name = "used"; return d }},
		{"key", func(d Disclosure) Disclosure { d[1].Key[0]++; return d }},
		{"hidden commitment", func(d Disclosure) Disclosure { d[2].Commitment[0]++; return d }},
		{"field left out", func(d Disclosure) Disclosure { return d[:3] }},
		{"order", func(d Disclosure) Disclosure { d[0], d[1] = d[1], d[0]; return d }},
		{"shown and hidden at once", func(d Disclosure) Disclosure { d[0].Commitment[0] = 1; return d }},
		{"neither shown nor hidden", func(d Disclosure) Disclosure { d[2] = Disclosed{}; return d }},
		{"value without a name", func(d Disclosure) Disclosure { d[2].Value = "x"; return d }},
		{"name twice", func(d Disclosure) Disclosure { return append(d, d[0]) }},
		{"value in NFD", func(d Disclosure) Disclosure { d[1].Value = "o\u0302"; return d }},
		{"nothing", func(Disclosure) Disclosure { return nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := Disclose(canon, discloseSalt, fields, show("seq", "amount"))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := CheckDisclosure(c.change(d)); err == nil && got == leaf {
				t.Error("the forgery leads to the record's leaf")
			}
		})
	}
}

// Who makes the record can put a name into its leaf twice; the reader must not be
// shown two values for one name.
func TestDisclosureOfOneNameTwice(t *testing.T) {
	shown := Disclosed{Name: "amount", Value: "1", Key: tlog.Hash{1}}
	again := Disclosed{Name: "amount", Value: "2", Key: tlog.Hash{1}}
	if _, err := CheckDisclosure(Disclosure{shown, again}); !errors.Is(err, ErrFieldTwice) {
		t.Errorf("CheckDisclosure: %v, want %v", err, ErrFieldTwice)
	}
}

func FuzzCheckDisclosure(f *testing.F) {
	f.Add([]byte(`[{"name":"a","value":"1","key":"` + strings.Repeat("A", 43) + `="}]`))
	f.Add([]byte(`[{}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var d Disclosure
		if json.Unmarshal(text, &d) != nil {
			return
		}
		first, err := CheckDisclosure(d)
		if second, err2 := CheckDisclosure(d); first != second || (err == nil) != (err2 == nil) {
			t.Fatal("not a function of its input")
		}
	})
}
