package report

import (
	"cmp"
	"fmt"
	"html"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// A Width is a size of a chart: letters keep their size, so a narrow screen
// needs its own drawing.
type Width struct {
	name          string
	width, height int
	each          int // every how many quarters have a label
}

// The widths.
var (
	Wide   = Width{"wide", 1000, 300, 2}
	Narrow = Width{"narrow", 350, 250, 4}
)

// A curve is one line of a chart.
type curve struct {
	class  string
	values []ledger.Money
	y      float64 // of its label
}

// SVG draws the chart of a progress, amounts in unit: the plan dashed,
// disbursed and actual spending as lines with their last value beside them. How
// it looks is left to the classes of the page's style sheet. The label says
// what there is to see; the numbers belong into a table beside it.
func (p Progress) SVG(w Width, unit lang.Unit, l lang.Lang) string {
	if len(p.Quarters) == 0 {
		return ""
	}
	d := newDrawing(p, w, unit, l)
	fmt.Fprintf(&d.b, `<svg class="chart %s" viewBox="0 0 %d %d" role="img" aria-label="%s">`, w.name, w.width, w.height, html.EscapeString(p.describe(unit, l)))
	d.grid()
	d.quarters(p.Quarters)
	curves := []*curve{{class: "planned", values: p.Planned}, {class: "disbursed", values: p.Disbursed}, {class: "actual", values: p.Actual}}
	for _, c := range curves {
		d.curve(c)
	}
	d.labels(curves)
	d.b.WriteString("</svg>")
	return d.b.String()
}

// describe says in words what the chart shows.
func (p Progress) describe(unit lang.Unit, l lang.Lang) string {
	c := p.Planned[0].Currency()
	parts := []string{say(l, "chart.title", "unit", unit.Label(string(c.Code()), l))}
	add := func(name string, values []ledger.Money) {
		if n := len(values); n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s: %s", name, p.Quarters[n-1].Label(l), lang.Scaled(values[n-1].String(), unit, 0, l)))
		}
	}
	add(figureName(ledger.Planned, l), p.Planned)
	add(figureName(ledger.Disbursed, l), p.Disbursed)
	add(figureName(ledger.Actual, l), p.Actual)
	return strings.Join(parts, "; ")
}

// A drawing maps quarters and amounts to points.
type drawing struct {
	b                        strings.Builder
	w                        Width
	unit                     lang.Unit
	lang                     lang.Lang
	left, right, top, bottom float64
	count                    int
	step, most               float64 // of the scale, in full units of the currency
}

// charWidth is the width of a digit of the labels, in the chart's own pixels.
const charWidth = 8

func newDrawing(p Progress, w Width, unit lang.Unit, l lang.Lang) *drawing {
	d := &drawing{w: w, unit: unit, lang: l, top: 14, bottom: float64(w.height) - 30, count: len(p.Quarters)}
	highest := 0.0
	for _, m := range slices.Concat(p.Planned, p.Disbursed, p.Actual) {
		highest = max(highest, pixels(m))
	}
	d.step = niceStep(highest, 4)
	d.most = d.step * max(1, math.Ceil(highest/d.step))
	label := charWidth * float64(len(d.scaled(d.most)))
	d.left, d.right = label+10, float64(w.width)-label-14
	return d
}

// pixels is an amount as far as a drawing shows it; no figure comes from it.
func pixels(m ledger.Money) float64 {
	f, _ := strconv.ParseFloat(m.String(), 64) // canonical
	return f
}

// niceStep is 1, 2, 2.5 or 5 times a power of ten, so that about n of them
// reach the highest value.
func niceStep(highest float64, n int) float64 {
	if highest <= 0 {
		return 1
	}
	raw := highest / float64(n)
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, f := range []float64{1, 2, 2.5, 5} {
		if raw <= f*power {
			return f * power
		}
	}
	return 10 * power
}

func (d *drawing) scaled(v float64) string {
	places := 0
	if d.unit == lang.Billions && d.step < 1e9 {
		places = 1
	}
	return lang.Scaled(strconv.FormatFloat(v, 'f', 0, 64), d.unit, places, d.lang)
}

func (d *drawing) x(i int) float64 {
	return d.left + (d.right-d.left)*float64(i)/float64(max(1, d.count-1))
}

func (d *drawing) y(v float64) float64 { return d.bottom - (d.bottom-d.top)*max(0, v)/d.most }

func (d *drawing) grid() {
	for i := 0; float64(i)*d.step <= d.most*1.0001; i++ {
		y := d.y(float64(i) * d.step)
		class := "rule"
		if i == 0 {
			class = "base"
		}
		fmt.Fprintf(&d.b, `<path class="%s" d="M%.1f %.1fH%.1f"/><text class="scale" x="%.1f" y="%.1f">%s</text>`,
			class, d.left, y, d.right, d.left-8, y+4, d.scaled(float64(i)*d.step))
	}
}

// quarters writes the labels below, the first quarters of years in any case.
func (d *drawing) quarters(all []Quarter) {
	each := d.w.each * max(1, (len(all)+16)/32)
	for i, q := range all {
		if int(q)%each == 0 {
			fmt.Fprintf(&d.b, `<text class="quarter" x="%.1f" y="%.1f">%s</text>`, d.x(i), d.bottom+20, q.Label(d.lang))
		}
	}
}

func (d *drawing) curve(c *curve) {
	if len(c.values) == 0 {
		return
	}
	var points []string
	for i, m := range c.values {
		points = append(points, fmt.Sprintf("%.1f %.1f", d.x(i), d.y(pixels(m))))
	}
	path, last := strings.Join(points, "L"), len(c.values)-1
	if c.class == "actual" {
		fmt.Fprintf(&d.b, `<path class="area" d="M%sV%.1fH%.1fZ"/>`, path, d.bottom, d.x(0))
	}
	fmt.Fprintf(&d.b, `<path class="curve %s" d="M%s"/>`, c.class, path)
	if c.class != "planned" {
		fmt.Fprintf(&d.b, `<circle class="dot %s" cx="%.1f" cy="%.1f" r="4"/>`, c.class, d.x(last), d.y(pixels(c.values[last])))
	}
}

// labels writes the last values beside their curves, apart from each other.
func (d *drawing) labels(curves []*curve) {
	const apart = 17
	shown := slices.DeleteFunc(slices.Clone(curves), func(c *curve) bool { return len(c.values) == 0 })
	for _, c := range shown {
		c.y = d.y(pixels(c.values[len(c.values)-1]))
	}
	slices.SortStableFunc(shown, func(a, b *curve) int { return cmp.Compare(b.y, a.y) })
	for i := 1; i < len(shown); i++ { // from the lowest up
		if above := shown[i-1].y - apart; shown[i].y > above {
			shown[i].y = above
		}
	}
	for _, c := range shown {
		last := len(c.values) - 1
		fmt.Fprintf(&d.b, `<text class="end %s" x="%.1f" y="%.1f">%s</text>`, c.class, d.x(last)+10, c.y+4,
			lang.Scaled(c.values[last].String(), d.unit, 0, d.lang))
	}
}
