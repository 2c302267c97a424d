package lang

import (
	"slices"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestFold(t *testing.T) {
	for s, want := range map[string]string{
		"Địa bàn": "dia ban", "ĐỊA  BÀN ": "dia ban", "Đường Nguyễn Huệ": "duong nguyen hue",
		"Hòa Bình": "hoa binh", "Hoà Bình": "hoa binh", "Ủy ban": "uy ban", "Uỷ ban": "uy ban",
		"Ðà Nẵng": "da nang", "KT\u00a0và\tQT": "kt va qt", "Công an tỉnh – PC04": "cong an tinh – pc04", "": "",
	} {
		if got := Fold(s); got != want {
			t.Errorf("Fold(%q) = %q, want %q", s, got, want)
		}
		if got := Fold(norm.NFD.String(s)); got != want {
			t.Errorf("Fold of decomposed %q = %q, want %q", s, got, want)
		}
	}
}

func TestCollator(t *testing.T) {
	want := []string{"An", "Anh Sơn", "Ăn", "Ấn", "Âu", "Chợ", "Con Cuông", "Cửa Lò", "Diễn Châu",
		"Dương", "Đắk", "Đô Lương", "O", "Ô", "Ơ", "Yên Thành"}
	got := slices.Clone(want)
	slices.Sort(got)
	if slices.Equal(got, want) {
		t.Fatal("byte order would do: the list tests nothing")
	}
	slices.SortStableFunc(got, Collator(Vi))
	if !slices.Equal(got, want) {
		t.Errorf("order %q, want %q", got, want)
	}
	if Collator(En)("a", "B") >= 0 {
		t.Error("English order must ignore case first")
	}
}

func TestLangs(t *testing.T) {
	for header, want := range map[string]Lang{
		"": Vi, "vi": Vi, "en": En, "en-US,en;q=0.9": En, "vi-VN,vi;q=0.9,en;q=0.8": Vi,
		"en;q=0.4,vi;q=0.9": Vi, "fr-FR,en;q=0.5": En, "ja": Vi, ";;;": Vi, "*": Vi,
	} {
		if got := PreferredLang(header); got != want {
			t.Errorf("PreferredLang(%q) = %s, want %s", header, got, want)
		}
	}
	for _, l := range Langs() {
		if got, ok := ParseLang(string(l)); got != l || !ok {
			t.Errorf("ParseLang(%q) = %s, %t", l, got, ok)
		}
	}
	if _, ok := ParseLang("fr"); ok {
		t.Error("fr is no language of the screens")
	}
}
