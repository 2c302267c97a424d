package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Limits of waiting: for a whole test, and for one thing to come about.
const (
	testTime = 5 * time.Minute
	waitTime = 10 * time.Second
)

// A screen is the size of a window.
type screen struct {
	name          string
	width, height int64
	scale         float64
	mobile        bool
}

var (
	desktop = screen{"desktop", 1440, 900, 1, false}
	phone   = screen{"phone", 390, 844, 2, true}
)

// A tab is a page in a browser of its own: nothing is shared with other tabs but
// the program. What goes wrong in it fails the test at the end.
type tab struct {
	*testing.T
	ctx      context.Context
	keys     int // pressed beside typed text
	mu       sync.Mutex
	wrong    []string
	refusals map[int]bool // statuses that the test provokes
}

// open opens an empty tab.
func open(t *testing.T) *tab {
	t.Helper()
	needBrowser(t)
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithTargetID(newWindow(t)))
	t.Cleanup(cancel)
	ctx, stop := context.WithTimeout(ctx, testTime)
	t.Cleanup(stop)
	b := &tab{T: t, ctx: ctx, refusals: map[int]bool{}}
	chromedp.ListenTarget(ctx, b.listen)
	b.do(log.Enable(), network.Enable())
	b.show(desktop, "light")
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, w := range b.wrong {
			t.Errorf("the browser's console: %s", w)
		}
	})
	return b
}

// newWindow opens a window with cookies and storage of its own, as a private one.
func newWindow(t *testing.T) target.ID {
	t.Helper()
	ctx := cdp.WithExecutor(browser, chromedp.FromContext(browser).Browser)
	private, err := target.CreateBrowserContext().Do(ctx)
	if err != nil {
		t.Fatalf("open a private window: %v", err)
	}
	t.Cleanup(func() { target.DisposeBrowserContext(private).Do(ctx) })
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(private).WithNewWindow(true).Do(ctx)
	if err != nil {
		t.Fatalf("open a private window: %v", err)
	}
	return id
}

// listen notes exceptions, messages of errors and reports of the content policy.
func (b *tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level != log.LevelInfo && e.Entry.Level != log.LevelVerbose && !b.provoked(e.Entry) {
			b.wrong = append(b.wrong, fmt.Sprintf("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *runtime.EventExceptionThrown:
		b.wrong = append(b.wrong, e.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
			words := make([]string, len(e.Args))
			for i, a := range e.Args {
				words[i] = string(a.Value)
			}
			b.wrong = append(b.wrong, strings.Join(words, " "))
		}
	}
}

// provoked reports whether an entry is the browser's word for a refusal that the
// test asked for.
func (b *tab) provoked(e *log.Entry) bool {
	for status := range b.refusals {
		if e.Source == log.SourceNetwork && strings.Contains(e.Text, fmt.Sprintf("status of %d ", status)) {
			return true
		}
	}
	return false
}

// expect says that the test provokes answers of a status.
func (b *tab) expect(status int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refusals[status] = true
}

// do carries out actions; what cannot be done ends the test.
func (b *tab) do(actions ...chromedp.Action) {
	b.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.Fatalf("in the browser at %s: %v", b.address(), err)
	}
}

// follow carries out actions that lead to another page, waits until it is there
// and returns its status.
func (b *tab) follow(actions ...chromedp.Action) int {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 2*waitTime)
	defer cancel()
	res, err := chromedp.RunResponse(ctx, actions...)
	if err != nil || res == nil {
		b.Fatalf("no page came after %s: %v", b.address(), err)
	}
	b.wait(loaded)
	return int(res.Status)
}

// loaded is true when a page is there and its script, if it has one, did its work.
const loaded = `document.readyState === "complete" && ("js" in document.documentElement.dataset || matchMedia("(scripting: none)").matches ||
	document.querySelector("script[type=module]") === null)`

// visit opens a page of the site, which must be there.
func (b *tab) visit(path string) {
	b.Helper()
	if status := b.load(path); status != 200 {
		b.Fatalf("%s: status %d", path, status)
	}
}

// load opens a page of the site and returns its status.
func (b *tab) load(path string) int {
	b.Helper()
	return b.follow(chromedp.Navigate(site.url + path))
}

// click presses on what the selector finds and waits for the page that it leads to.
func (b *tab) click(selector string) int {
	b.Helper()
	b.need(selector)
	return b.follow(chromedp.Click(selector, chromedp.ByQuery))
}

// press presses a key, with what is held down beside it.
func (b *tab) press(key string, held ...input.Modifier) {
	b.Helper()
	b.keys++
	b.do(typed(key, held...))
}

// submit presses Ctrl Enter and waits for the page that answers.
func (b *tab) submit() int {
	b.Helper()
	b.keys++
	return b.follow(typed(kb.Enter, input.ModifierCtrl))
}

// write types text by keys, wherever the focus is.
func (b *tab) write(text string) {
	b.Helper()
	b.do(typed(text))
}

// fill types text into a field in place of what is there.
func (b *tab) fill(selector, text string) {
	b.Helper()
	b.need(selector)
	b.do(chromedp.Focus(selector, chromedp.ByQuery), chromedp.Evaluate("document.activeElement.select()", nil))
	if text == "" {
		b.do(typed(kb.Delete))
		return
	}
	b.write(text)
}

// eval evaluates an expression of JavaScript in the page.
func eval[T any](b *tab, expression string) (v T) {
	b.Helper()
	b.do(chromedp.Evaluate(expression, &v))
	return v
}

// promise evaluates an expression that yields a promise, and waits for it.
func promise[T any](b *tab, expression string) (v T) {
	b.Helper()
	b.do(chromedp.Evaluate(expression, &v, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	return v
}

// quote writes a text as a literal of JavaScript.
func quote(s string) string {
	q, _ := json.Marshal(s) // a string always is JSON
	return string(q)
}

// text is what the first element of a selector shows, with single spaces.
func (b *tab) text(selector string) string {
	b.Helper()
	b.need(selector)
	return eval[string](b, `document.querySelector(`+quote(selector)+`).innerText.replace(/\s+/g, " ").trim()`)
}

// value is what stands in a field.
func (b *tab) value(selector string) string {
	b.Helper()
	b.need(selector)
	return eval[string](b, `document.querySelector(`+quote(selector)+`).value`)
}

func (b *tab) has(selector string) bool {
	b.Helper()
	return eval[bool](b, `document.querySelector(`+quote(selector)+`) !== null`)
}

func (b *tab) need(selector string) {
	b.Helper()
	if !b.has(selector) {
		b.Fatalf("%s has no %s; it shows: %.600s", b.address(), selector, eval[string](b, "document.body.innerText"))
	}
}

// focused names the element that has the focus: its id, or its tag.
func (b *tab) focused() string {
	b.Helper()
	return eval[string](b, "document.activeElement.id || document.activeElement.tagName")
}

// address is the path and the query of the page.
func (b *tab) address() string {
	var a string
	if err := chromedp.Run(b.ctx, chromedp.Evaluate("location.pathname + location.search", &a)); err != nil {
		return "(no page)"
	}
	return a
}

// wait waits until an expression is true.
func (b *tab) wait(expression string) {
	b.Helper()
	for deadline := time.Now().Add(waitTime); !eval[bool](b, expression); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatalf("%s: it does not come about that %s; the page shows: %.600s", b.address(), expression, eval[string](b, "document.body.innerText"))
		}
	}
}

// show sets the window's size and the colour scheme.
func (b *tab) show(s screen, scheme string) {
	b.Helper()
	b.do(emulation.SetDeviceMetricsOverride(s.width, s.height, s.scale, s.mobile),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}))
}

// signIn signs in through the page, with the password that the page itself shows.
func (b *tab) signIn(login string) {
	b.Helper()
	b.visit("/sign-in")
	password := eval[string](b, `[...document.querySelectorAll(".hints tr")].filter((r) => r.cells[1].innerText === `+quote(login)+`).map((r) => r.cells[2].innerText)[0] ?? ""`)
	if password != site.password {
		b.Fatalf("the sign-in page shows the password %q of %s, serve printed %q", password, login, site.password)
	}
	b.fill("#login", login)
	b.fill("#password", password)
	if status := b.follow(typed(kb.Enter)); status != 200 {
		b.Fatalf("signing in as %s leads to status %d", login, status)
	}
}

// as opens a tab and signs in.
func as(t *testing.T, login string) *tab {
	t.Helper()
	b := open(t)
	b.signIn(login)
	return b
}

// scripts turns the scripts of pages on or off.
func scripts(on bool) chromedp.Action { return emulation.SetScriptExecutionDisabled(!on) }
