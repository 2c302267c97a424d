package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// roles are the sample users, one of each role.
var roles = []string{"agency", "officer", "approver", "owner", "auditor", "admin"}

// The rules that every page has to keep: in one theme all of the sets, in the other
// those of them that look at colours, the only thing in which themes differ.
const (
	allRules    = `{ type: "tag", values: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }`
	colourRules = `{ type: "rule", values: ["color-contrast", "link-in-text-block"] }`
)

// A finding is a rule that axe found broken, and where.
type finding struct {
	ID    string
	Help  string
	Nodes []struct {
		HTML           string
		FailureSummary string
	}
}

// reported are the faults already told: one in the frame is on every page.
var reported = map[string]bool{}

// axe holds the page to the rules.
func (b *tab) axe(where, rules string) {
	b.Helper()
	if !eval[bool](b, `typeof axe === "object"`) {
		source, err := os.ReadFile("testdata/axe/axe.min.js")
		if err != nil {
			b.Fatal(err)
		}
		b.do(chromedp.Evaluate(string(source), nil))
	}
	found := promise[[]finding](b, `axe.run(document, { runOnly: `+rules+`, resultTypes: ["violations"] })
		.then((r) => r.violations.map((v) => ({ ID: v.id, Help: v.help, Nodes: v.nodes.map((n) => ({ HTML: n.html, FailureSummary: n.failureSummary })) })))`)
	for _, f := range found {
		first := f.Nodes[0]
		if !reported[f.ID+first.HTML] {
			b.Errorf("%s: axe: %s: %s (%d)\n    %.300s\n    %s", where, f.ID, f.Help, len(f.Nodes), first.HTML,
				strings.ReplaceAll(first.FailureSummary, "\n", "\n    "))
		}
		reported[f.ID+first.HTML] = true
		b.Fail()
	}
}

// fits holds a page on a phone to the width of its screen, to fields that do not
// make the phone zoom in, and to controls that a thumb hits.
func (b *tab) fits(where string) {
	b.Helper()
	if over := eval[int](b, "document.documentElement.scrollWidth - innerWidth"); over != 0 {
		wide := eval[[]string](b, `[...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll,.kinds"))
			.slice(0, 3).map((e) => e.outerHTML.slice(0, 120))`)
		b.Errorf("%s: %d px wider than the screen: %s", where, over, strings.Join(wide, "\n"))
	}
	for _, small := range eval[[]string](b, `[...document.querySelectorAll("input:not([type=hidden]),select,textarea")]
		.filter((e) => e.checkVisibility() && parseFloat(getComputedStyle(e).fontSize) < 16).map((e) => e.outerHTML.slice(0, 120))`) {
		b.Errorf("%s: a field with letters under 16 px, which makes phones zoom in: %s", where, small)
	}
	for _, small := range eval[[]string](b, `[...document.querySelectorAll("button,.button,select,input:not([type=hidden]):not([type=checkbox]):not([type=radio]),.tabs a")]
		.filter((e) => e.checkVisibility() && !e.closest(".sr")).filter((e) => { const r = e.getBoundingClientRect(); return r.height < 43.5 || r.width < 43.5; })
		.map((e) => e.outerHTML.slice(0, 120))`) {
		b.Errorf("%s: a control under 44 px: %s", where, small)
	}
}

// lined holds tables on a wide screen to columns under their heads.
func (b *tab) lined(where string) {
	b.Helper()
	for _, crooked := range eval[[]string](b, `[...document.querySelectorAll("main table")].filter((t) => t.checkVisibility()).filter((t) => {
		const head = t.tHead?.rows[0]?.cells, row = t.tBodies[0]?.rows[0]?.cells;
		return getComputedStyle(t).display !== "table" || (head && row && head.length === row.length &&
			[...head].some((h, i) => Math.abs(h.getBoundingClientRect().left - row[i].getBoundingClientRect().left) > 1));
	}).map((t) => t.outerHTML.slice(0, 120))`) {
		b.Errorf("%s: a table whose columns are not under their heads: %s", where, crooked)
	}
}

// thin takes rows out of lists that look like others: same elements, same classes.
// What axe says of three of them it says of two hundred, a minute later.
const thin = `(() => {
	const shape = (e) => e.tagName + "." + e.className + [...e.attributes].map((a) => a.name).sort() + "(" + [...e.children].map(shape).join() + ")";
	for (const list of document.querySelectorAll("main tbody, main ul, main select, main datalist")) {
		const seen = {};
		for (const row of [...list.children]) {
			const s = shape(row);
			if ((seen[s] = (seen[s] ?? 0) + 1) > 3 && !row.selected) row.remove();
		}
	}
})()`

// everywhere holds the page as it is to axe on both screens and in both themes.
func (b *tab) everywhere(where string) {
	b.Helper()
	b.do(chromedp.Evaluate(`document.querySelectorAll("details:not(.menu)").forEach((d) => (d.open = true))`, nil))
	b.show(phone, "light")
	b.fits(where + ", phone")
	b.do(chromedp.Evaluate(thin, nil))
	b.axe(where+", phone, light", allRules)
	b.show(phone, "dark")
	b.axe(where+", phone, dark", colourRules)
	b.show(desktop, "dark")
	b.lined(where + ", desktop")
	b.axe(where+", desktop, dark", colourRules)
	b.show(desktop, "light")
	b.axe(where+", desktop, light", allRules)
}

// sameness is what a page holds, without what differs each time it is made.
const sameness = `(() => {
	const page = document.querySelector("main").cloneNode(true);
	page.querySelectorAll("[type=hidden],#panel-at").forEach((e) => e.remove());
	return page.innerHTML;
})()`

// Every page that a role reaches by links, in both themes, on both screens. A page
// that holds for the role what it held for the one before is not looked at again,
// but for the first: around it are the role's own ways.
func TestEveryPageIsAccessible(t *testing.T) {
	seen := map[string]bool{}
	for _, role := range roles {
		t.Run(role, func(t *testing.T) {
			start, looked := time.Now(), 0
			b := as(t, role)
			kinds := b.walk(func(p place) {
				if page := p.kind + eval[string](b, sameness); !seen[page] || looked == 0 {
					seen[page] = true
					looked++
					b.everywhere(role + " " + p.path)
				}
			})
			t.Logf("%d kinds of pages, %d not seen before, in %s: %s", len(kinds), looked, time.Since(start).Round(time.Millisecond), strings.Join(kinds, " "))
			for _, kind := range append(mustSee[role], mustSee["everybody"]...) {
				if !slices.Contains(kinds, kind) {
					t.Errorf("no link leads to %s", kind)
				}
			}
		})
	}
}

// mustSee are kinds of pages that links must lead a role to.
var mustSee = map[string][]string{
	"everybody": {"/p/*", "/p/*/summary", "/p/*/journal", "/p/*/journal?", "/p/*/lines", "/p/*/lines/*/*/*/*/*/*", "/p/*/projects/*",
		"/p/*/obligations", "/p/*/entries/*", "/p/*/export"},
	"officer": {"/p/*/vouchers/new?kind=pay", "/p/*/vouchers/new?kind=commit", "/p/*/vouchers/new?kind=receive", "/p/*/budget"},
	"agency":  {"/p/*/vouchers/new?kind=allocate", "/p/*/vouchers/new?kind=plan", "/p/*/budget"},
}

// Pages that no link leads to, and pages in other states than at first.
func TestEveryStateIsAccessible(t *testing.T) {
	b := open(t)
	for _, status := range []int{401, 403, 404, 422} {
		b.expect(status)
	}
	b.visit("/sign-in")
	b.everywhere("sign in")
	b.fill("#login", "officer")
	b.fill("#password", "sai")
	b.follow(typed(kb.Enter))
	b.everywhere("sign in, refused")
	b.signIn("officer")
	b.load("/p/NO-SUCH")
	b.everywhere("not found")

	b.newVoucher("pay")
	b.submit()
	b.everywhere("voucher, sent empty")
	b.newVoucher("pay")
	b.fillVoucher("E2E-AXE", lineKeys, "Công ty Quá Tay", "Vượt", "900 tỷ")
	b.everywhere("voucher, over the limit while typing")
	b.submit()
	b.everywhere("voucher, over the limit, refused")
	b.fill("#line", "")
	b.write("da3")
	b.wait(`document.querySelector("#line-list [aria-selected=true]") !== null`)
	b.axe("voucher, list of lines open", allRules)
	b.pay("E2E-AXE-1", lineKeys, "Công ty Tiếp Cận", "Một", "1.000.000")
	b.everywhere("voucher, recorded")
	b.fillVoucher("E2E-AXE-2", lineKeys, "Công ty Tiếp Cận", "Một", "1.000.000")
	b.submit()
	b.everywhere("voucher, perhaps a duplicate")
	seq := entries(t, "Công ty Tiếp Cận")[0].Seq
	b.visit(fmt.Sprintf("%s/entries/%d", root, seq))
	b.everywhere("entry")
	b.click("#reverse form button:not([name])")
	b.everywhere("entry, taking back without a reason")
	b.fill("#reason", "Thử")
	b.click("#reverse form button:not([name])")
	b.everywhere("correction in red")
	b.visit(fmt.Sprintf("%s/entries/%d", root, seq))
	b.everywhere("entry taken back")
	for _, menu := range []string{".person", ".switcher.menu"} {
		if b.has(menu) {
			b.do(chromedp.Click(menu+" summary", chromedp.ByQuery))
			b.axe("menu "+menu, allRules)
			b.press(kb.Escape)
		}
	}
	b.endSession()
	b.newSessionForm()
	b.everywhere("sign in, with a form kept")
}

// newSessionForm sends the form for vouchers without a session.
func (b *tab) newSessionForm() {
	b.Helper()
	b.signIn("officer")
	b.newVoucher("pay")
	b.endSession()
	b.submit()
}

// Tab goes through the controls of a form in the order in which they are read.
func TestTabFollowsTheEye(t *testing.T) {
	b := as(t, "officer")
	b.newVoucher("pay")
	var ids []string
	for b.focused() != "next" && len(ids) < 30 {
		ids = append(ids, b.focused())
		b.press(kb.Tab)
	}
	shownOrder := eval[[]string](b, `[...document.querySelectorAll("#voucher input:not([type=hidden]),#voucher select,#voucher summary")].filter((e) => e.checkVisibility())
		.sort((a, b) => { const p = a.getBoundingClientRect(), q = b.getBoundingClientRect(); return Math.abs(p.bottom - q.bottom) > 24 ? p.bottom - q.bottom : p.left - q.left; })
		.map((e) => e.id || e.tagName)`)
	if !slices.Equal(ids, shownOrder) {
		t.Errorf("Tab goes through %v, the eye through %v", ids, shownOrder)
	}
}
