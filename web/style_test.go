package web

import (
	"math"
	"regexp"
	"strconv"
	"testing"
)

// Pairs of colours that must be told apart, as WCAG 2.2 has it: 4.5 for text,
// 3 for what only shows a state or a boundary.
var contrasts = []struct {
	front, back string
	least       float64
}{
	{"ink", "paper", 4.5}, {"ink", "sheet", 4.5}, {"ink", "sheet-2", 4.5}, {"ink-2", "paper", 4.5}, {"ink-2", "sheet", 4.5},
	{"ink-2", "sheet-2", 4.5}, {"ink-3", "sheet", 4.5}, {"ink-3", "sheet-2", 4.5}, {"blue", "paper", 4.5}, {"blue", "sheet", 4.5},
	{"blue", "blue-wash", 4.5}, {"red", "sheet", 4.5}, {"red", "sheet-2", 4.5}, {"red", "red-wash", 4.5}, {"amber", "amber-wash", 4.5},
	{"green", "green-wash", 4.5}, {"border", "sheet", 3}, {"blue-fill", "held", 1.9}, {"gold", "blue-fill", 2.4},
}

var token = regexp.MustCompile(`--([a-z0-9-]+):light-dark\((#[0-9a-f]+),(#[0-9a-f]+)\)`)

func TestColoursCanBeToldApart(t *testing.T) {
	css, err := staticFiles.ReadFile("static/app.css")
	if err != nil {
		t.Fatal(err)
	}
	for theme, group := range map[string]int{"light": 2, "dark": 3} {
		colours := map[string]string{}
		for _, m := range token.FindAllStringSubmatch(string(css), -1) {
			colours[m[1]] = m[group]
		}
		for _, c := range contrasts {
			if got := contrast(t, colours[c.front], colours[c.back]); got < c.least {
				t.Errorf("%s: %s on %s is %.2f, want %.1f", theme, c.front, c.back, got, c.least)
			}
		}
		if got := contrast(t, "#ffffff", colours["blue-fill"]); got < 4.5 {
			t.Errorf("%s: white on a button is %.2f", theme, got)
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is WCAG's relative luminance of #rgb or #rrggbb.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 4 {
		hex = "#" + string([]byte{hex[1], hex[1], hex[2], hex[2], hex[3], hex[3]})
	}
	if len(hex) != 7 {
		t.Fatalf("colour %q", hex)
	}
	var l float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		l += weight * v
	}
	return l
}
