package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// look is how a picture is taken: on which screen, in which theme.
type look struct {
	name   string
	screen screen
	scheme string
}

var looks = []look{{"light", desktop, "light"}, {"dark", desktop, "dark"}, {"phone", phone, "light"}}

// pictures takes what the window shows, and the page below it, in every look.
func (b *tab) pictures(name string) {
	b.Helper()
	for _, l := range looks {
		b.show(l.screen, l.scheme)
		b.do(chromedp.Evaluate("scrollTo(0, 0)", nil))
		b.picture(name+"-"+l.name, false)
		b.picture(name+"-"+l.name+"-whole", true)
	}
	b.show(desktop, "light")
}

// tallest is the height of the tallest picture in px: lists go on for long.
const tallest = 4000

func (b *tab) picture(name string, whole bool) {
	b.Helper()
	shot := page.CaptureScreenshot()
	if whole {
		shot = shot.WithCaptureBeyondViewport(true).WithClip(&page.Viewport{Scale: 1,
			Width: eval[float64](b, "innerWidth"), Height: min(tallest, eval[float64](b, "document.documentElement.scrollHeight"))})
	}
	var png []byte
	b.do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		png, err = shot.Do(ctx)
		return err
	}))
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), png, 0o644); err != nil {
		b.Fatal(err)
	}
}

// small and tall are the windows of the pictures in README: small files.
var (
	small = screen{"small", 1200, 700, 1, false}
	tall  = screen{"tall", 1200, 840, 1, false}
)

// readme takes the picture of a page for README.
func (b *tab) readme(name string, s screen) {
	b.Helper()
	b.show(s, "light")
	b.picture(name, false)
	b.show(desktop, "light")
}

// Pictures of the main pages, to be looked at.
func TestShots(t *testing.T) {
	if *shots == "" {
		t.Skip("pictures are taken with -shots DIR")
	}
	b := as(t, "officer")
	b.expect(422)
	const line = "2020/NSTW/DA3/PC04"
	for i, row := range [][3]string{
		{"Công ty TNHH Thiết bị Sông Lam", "Mua 12 bộ đàm cầm tay cho tổ công tác", "42.350.000"},
		{"Viện Kỹ thuật hình sự", "Hóa chất giám định quý IV/2020", "96.000.000"},
		{"Công ty Xăng dầu Nghệ An", "Xăng dầu tuần tra tháng 12/2020", "18.500.000"},
		{"Trung tâm Huấn luyện Vinh", "Tập huấn sử dụng thiết bị phát hiện", "54.600.000"},
	} {
		b.pay(fmt.Sprintf("RDT-0%d", 146+i), line, row[0], row[1], row[2])
	}
	b.click(".today tbody tr:nth-child(2) a[href$='#reverse']")
	b.pictures("entry")
	b.fill("#reason", "Nhầm dòng kinh phí")
	b.fill("#number", "RDT-0148-D")
	b.click("#reverse form button:not([name])")
	b.pictures("entry-red")
	b.click(`main .note a[href*="/entries/"]`)
	b.pictures("entry-taken-back")
	b.newVoucher("pay")
	b.pictures("voucher-empty")
	b.fillVoucher("RDT-0150", line, "Công ty TNHH Thiết bị Sông Lam", "Phụ kiện máy phát hiện, đợt 2", "86.400.000")
	b.pictures("voucher")
	b.readme("voucher", small)
	b.fill("#amount", "950.000.000")
	b.pictures("voucher-over")
	b.submit()
	b.pictures("voucher-refused")
	b.fillVoucher("RDT-0150", line, "Viện Kỹ thuật hình sự", "Hóa chất", "96.000.000")
	b.submit()
	b.pictures("voucher-duplicate")
	for name, path := range map[string]string{
		"desk": "", "summary": "/summary", "summary-2019": "/summary?year=2019", "journal": "/journal", "journal-figure": "/journal?figure=actual&project=DA2&year=2019",
		"project": "/projects/DA3", "line": "/lines/2020/NSTW/DA3/PC04/041/12", "lines": "/lines", "obligations": "/obligations?open=1",
		"budget": "/budget", "export": "/export", "voucher-receive": "/vouchers/new?kind=receive",
	} {
		b.visit(root + path)
		b.pictures(name)
		switch name {
		case "summary":
			b.readme(name, tall)
		case "line":
			b.readme(name, phone)
		}
	}
	b.visit(root + "/journal")
	b.click(".preferences [name=lang]")
	b.pictures("journal-english")
	b.visit(root)
	b.pictures("desk-english")
	b = as(t, "agency")
	b.visit(root + "/vouchers/new?kind=allocate")
	b.pictures("voucher-allocate")
	b = as(t, "owner")
	b.pictures("desk-owner")
	b = open(t)
	b.visit("/sign-in")
	b.pictures("sign-in")
}
