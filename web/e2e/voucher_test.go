package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Lines of the sample that have something left in 2020. Each test spends from one
// of its own, so that the order of tests does not matter.
const (
	lineKeys     = "2020/NSTW/DA3/PC04"
	lineOver     = "2020/NSTINH/DA3/PH10"
	lineTwin     = "2020/NSTINH/DA3/PC04"
	lineRed      = "2020/NSTW/DA3/CAT"
	lineText     = "2020/NSTINH/DA6/SLDTBXH"
	lineTwice    = "2020/NSTINH/DA6/CSCN"
	lineExpired  = "2020/VIENTRO/DA7/TTPC"
	lineNoScript = "2020/NSTINH/DA1/CAT/041/12"
)

// entered is a row of the API's journal.
type entered struct {
	Seq      int64
	Reverses int64
	Document struct{ Type, Number string }
	Event    struct{ Payee, Description, Amount string }
}

// entries asks the API for the rows of a payee.
func entries(t *testing.T, payee string) []entered {
	t.Helper()
	var page struct{ Items []entered }
	site.api(t, "/entries", url.Values{"payee": {payee}}, &page)
	return page.Items
}

// newVoucher opens an empty form and waits until its panel is alive.
func (b *tab) newVoucher(kind string) {
	b.Helper()
	b.visit(root + "/vouchers/new?kind=" + kind)
	b.wait(`document.querySelector("#line[role=combobox]") !== null`)
}

// writeLine types what one knows of a line into the field that has the focus, and
// takes the first line offered; the focus goes on.
func (b *tab) writeLine(known, line string) {
	b.Helper()
	b.write(known)
	b.wait(`document.querySelector("#line-list [aria-selected=true]") !== null`)
	b.press(kb.Enter)
	if got := b.value("#line"); got != line {
		b.Fatalf("%q chooses the line %q, want %q", known, got, line)
	}
	b.wait(`document.querySelector("#panel-rows dd") !== null`)
}

// fillVoucher fills in a payment without pressing the button.
func (b *tab) fillVoucher(number, line, payee, text, amount string) {
	b.Helper()
	b.fill("#doc_date", "17/12/2020")
	b.fill("#number", number)
	b.fill("#line", "")
	b.writeLine(line, line)
	b.fill("#payee", payee)
	b.fill("#text", text)
	b.fill("#amount", amount)
}

// pay records a payment, which must succeed.
func (b *tab) pay(number, line, payee, text, amount string) {
	b.Helper()
	b.newVoucher("pay")
	b.fillVoucher(number, line, payee, text, amount)
	if status := b.submit(); status != 200 || !b.has("#posted") {
		b.Fatalf("the payment is not recorded: status %d, %.600s", status, b.text("main"))
	}
}

// left is the figure of the panel, when it is that of the server.
func (b *tab) left() int64 {
	b.Helper()
	b.wait(`document.querySelector("#panel-rows dd") !== null`)
	return shown(b.T, b.text("#panel-left"))
}

// Two vouchers by keyboard alone: nothing but key events from the address of the
// form on. The second needs less, for what mostly stays is filled in.
func TestPayByKeyboard(t *testing.T) {
	b := as(t, "officer")
	before := site.available(t, lineKeys)
	b.newVoucher("pay")
	if b.focused() != "doc_date" {
		t.Fatalf("the focus is on %s, not on the first field", b.focused())
	}
	b.keys = 0
	b.write("17/12/20")
	b.press(kb.Enter)
	b.write("E2E-01")
	for range 3 {
		b.press(kb.Enter) // over type and posting date
	}
	b.writeLine("da3 pc04 trung uong 2020", lineKeys)
	if got := b.left(); got != before {
		t.Errorf("the panel shows %d left, the API %d", got, before)
	}
	b.press(kb.Enter) // over the commitment
	b.write("Công ty TNHH Bàn Phím")
	b.press(kb.Enter)
	b.write("7001")
	b.press(kb.Enter)
	b.write("Mua vật tư kỹ thuật")
	b.press(kb.Enter)
	b.write("86400000")
	if got := b.value("#amount"); got != "86.400.000" {
		t.Errorf("86400000 typed digit by digit shows %q", got)
	}
	if got := b.text("#words"); got != "Tám mươi sáu triệu bốn trăm nghìn đồng" {
		t.Errorf("in words: %q", got)
	}
	if got := shown(t, b.text("#panel-left")); got != before-86_400_000 {
		t.Errorf("while typing the panel shows %d, want %d", got, before-86_400_000)
	}
	if got := b.value("#doc_date"); got != "17/12/2020" {
		t.Errorf("17/12/20 became %q", got)
	}
	if status := b.submit(); status != 200 {
		t.Fatalf("recording: status %d: %.600s", status, b.text("main"))
	}
	first := b.keys
	b.recorded("E2E-01", before-86_400_000, 86_400_000)
	if day, number, line := b.value("#doc_date"), b.value("#number"), b.value("#line"); day != "17/12/2020" || number != "E2E-02" || line != lineKeys {
		t.Errorf("the next form has date %q, number %q, line %q", day, number, line)
	}

	b.keys = 0
	for b.focused() != "payee" && b.keys < 20 {
		b.press(kb.Tab)
	}
	b.write("Xí nghiệp May Hai")
	b.press(kb.Tab)
	b.press(kb.Tab)
	b.write("Trang phục")
	b.press(kb.Tab)
	b.write("12,5tr")
	if status := b.submit(); status != 200 {
		t.Fatalf("recording the second: status %d", status)
	}
	b.recorded("E2E-02", before-98_900_000, 12_500_000)
	t.Logf("keys beside typed values: %d for the first voucher, %d for the second", first, b.keys)
	if first > 14 || b.keys > 12 {
		t.Errorf("a voucher takes %d keys beside its values, the next %d; at most 14 and 12", first, b.keys)
	}
	if got := site.available(t, lineKeys); got != before-98_900_000 {
		t.Errorf("the API says %d left, want %d", got, before-98_900_000)
	}
}

// recorded checks what the page says after a voucher was recorded: a message, the
// new balance, a row of today at the top.
func (b *tab) recorded(number string, left, amount int64) {
	b.Helper()
	if said := b.text("#posted"); !strings.Contains(said, number) || !strings.Contains(said, grouped(amount)) {
		b.Errorf("the page says %q", said)
	}
	if got := b.left(); got != left {
		b.Errorf("after %s the panel shows %d left, want %d", number, got, left)
	}
	row := b.text(".today tbody tr")
	if !strings.Contains(row, number) || !strings.Contains(row, grouped(amount)) {
		b.Errorf("the first row of today is %q", row)
	}
	if b.focused() != "doc_date" {
		b.Errorf("after recording the focus is on %s", b.focused())
	}
}

// What is typed is read strictly: grouped while digits come, never guessed.
func TestAmountsAsTyped(t *testing.T) {
	b := as(t, "officer")
	b.newVoucher("pay")
	for _, row := range []struct{ typed, shows, words string }{
		{"8640000", "8.640.000", "Tám triệu sáu trăm bốn mươi nghìn đồng"},
		{"12,5tr", "12.500.000", "Mười hai triệu năm trăm nghìn đồng"},
		{"1.005", "1.005", "Một nghìn không trăm linh năm đồng"},
		{"12,500,000", "12.500.000", "Mười hai triệu năm trăm nghìn đồng"},
		{"2 tỷ", "2.000.000.000", "Hai tỷ đồng"},
		{"12.5", "12.5", "Chưa đọc được số tiền này"},
		{"18.500.00", "18.500.00", "Chưa đọc được số tiền này"},
		{"1e9", "1e9", "Chưa đọc được số tiền này"},
		{"NaN", "NaN", "Chưa đọc được số tiền này"},
	} {
		b.fill("#amount", row.typed)
		b.press(kb.Tab)
		if got := b.value("#amount"); got != row.shows {
			t.Errorf("%q shows %q, want %q", row.typed, got, row.shows)
		}
		if got := b.text("#words"); got != row.words {
			t.Errorf("%q in words: %q, want %q", row.typed, got, row.words)
		}
	}
	// A digit put into the middle, and one taken away over a mark.
	b.fill("#amount", "1234567")
	b.press(kb.Home)
	b.press(kb.ArrowRight)
	b.write("0")
	if got := b.value("#amount"); got != "10.234.567" {
		t.Errorf("0 after the first digit of 1.234.567 gives %q", got)
	}
	b.press(kb.Backspace)
	if got := b.value("#amount"); got != "1.234.567" {
		t.Errorf("Backspace after the mark of 10.234.567 gives %q", got)
	}
}

// Enter while an input method composes a letter belongs to the input method.
func TestInputMethodKeepsItsKeys(t *testing.T) {
	b := as(t, "officer")
	b.newVoucher("pay")
	b.do(chromedp.Focus("#payee", chromedp.ByQuery))
	moved := eval[bool](b, `(() => {
		const e = new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true });
		const kept = document.activeElement.dispatchEvent(e);
		return !kept || document.activeElement.id !== "payee";
	})()`)
	if moved {
		t.Error("Enter while composing moves on")
	}
	b.press(kb.Enter)
	if b.focused() != "item" {
		t.Errorf("Enter leads to %s", b.focused())
	}
}

func TestOverspendIsRefused(t *testing.T) {
	b := as(t, "officer")
	b.expect(422)
	left := site.available(t, lineOver)
	over := grouped(left + 1)
	b.newVoucher("pay")
	b.fillVoucher("E2E-OVER", lineOver, "Công ty Quá Tay", "Mua vượt số còn lại", over)
	if got := b.text("#over"); !strings.Contains(got, grouped(left)) {
		t.Errorf("while typing the page says %q; it does not name %s", got, grouped(left))
	}
	if got := shown(t, b.text("#panel-left")); got != -1 {
		t.Errorf("the panel shows %d, want -1", got)
	}
	if status := b.submit(); status != 422 {
		t.Errorf("an overspend is answered with status %d", status)
	}
	if !eval[bool](b, `document.activeElement.closest("[role=alert]") !== null`) {
		t.Errorf("the focus is on %s, not on what is wrong", b.focused())
	}
	if said := b.text("[role=alert]"); !strings.Contains(said, grouped(left)) {
		t.Errorf("the refusal says %q; it does not name what is left, %s", said, grouped(left))
	}
	for field, want := range map[string]string{"doc_date": "17/12/2020", "number": "E2E-OVER", "line": lineOver,
		"payee": "Công ty Quá Tay", "text": "Mua vượt số còn lại", "amount": over} {
		if got := b.value("#" + field); got != want {
			t.Errorf("after the refusal %s is %q, want %q", field, got, want)
		}
	}
	if n := len(entries(t, "Công ty Quá Tay")); n != 0 {
		t.Errorf("%d entries were recorded", n)
	}
	// The link of the refusal leads to the field; what is left goes through at once.
	b.do(chromedp.Click(`[role=alert] a[href="#amount"]`, chromedp.ByQuery))
	if b.focused() != "amount" {
		t.Errorf("the link of the refusal leads to %s", b.focused())
	}
	b.fill("#amount", grouped(left))
	if status := b.submit(); status != 200 || site.available(t, lineOver) != 0 {
		t.Errorf("all that is left: status %d, %d left", status, site.available(t, lineOver))
	}
}

func TestEverythingWrongIsNamedAtOnce(t *testing.T) {
	b := as(t, "officer")
	b.expect(422)
	b.newVoucher("pay")
	b.fill("#doc_date", "31/02/2020")
	b.fill("#amount", "1.5")
	if status := b.submit(); status != 422 {
		t.Errorf("status %d", status)
	}
	for _, field := range []string{"doc_date", "line", "amount"} {
		if !b.has(`[role=alert] a[href="#`+field+`"]`) || !b.has("#"+field+"[aria-invalid=true]") {
			t.Errorf("%s is not named as wrong", field)
		}
	}
	if b.value("#doc_date") != "31/02/2020" || b.value("#amount") != "1.5" {
		t.Errorf("what was typed became %q and %q", b.value("#doc_date"), b.value("#amount"))
	}
}

func TestPossibleDuplicate(t *testing.T) {
	b := as(t, "officer")
	b.expect(422)
	const payee = "Cửa hàng Song Sinh"
	b.pay("E2E-TWIN-1", lineTwin, payee, "In tờ rơi", "3.000.000")
	b.newVoucher("pay")
	b.fillVoucher("E2E-TWIN-2", lineTwin, payee, "In tờ rơi lần nữa", "3.000.000")
	if status := b.submit(); status != 422 {
		t.Errorf("a possible duplicate is answered with status %d", status)
	}
	if said := b.text(".twins"); !strings.Contains(said, "E2E-TWIN-1") || !strings.Contains(said, "3.000.000") {
		t.Errorf("the warning says %q", said)
	}
	if b.value("#text") != "In tờ rơi lần nữa" {
		t.Errorf("the text became %q", b.value("#text"))
	}
	if n := len(entries(t, payee)); n != 1 {
		t.Fatalf("%d entries before the papers were compared", n)
	}
	if status := b.submit(); status != 422 {
		t.Errorf("sent again without a word: status %d", status)
	}
	b.do(chromedp.Focus("#compared", chromedp.ByQuery))
	b.press(" ")
	if status := b.submit(); status != 200 {
		t.Errorf("compared: status %d", status)
	}
	if n := len(entries(t, payee)); n != 2 {
		t.Errorf("%d entries after the papers were compared, want 2", n)
	}
}

// Vietnamese letters that come in pieces are recorded whole.
func TestTextInPiecesComesBackWhole(t *testing.T) {
	const whole, pieces = "Trường Đào tạo Tiếng Việt", "Tru\u031bo\u031b\u0300ng Đa\u0300o ta\u0323o Tie\u0302\u0301ng Vie\u0323\u0302t"
	if whole == pieces {
		t.Fatal("the two texts are to differ in their bytes")
	}
	b := as(t, "officer")
	b.newVoucher("pay")
	b.fillVoucher("E2E-NFC", lineText, "x", "x", "1.000.000")
	for _, field := range []string{"payee", "text"} {
		b.do(chromedp.Evaluate(`document.getElementById("`+field+`").value = `+quote(pieces), nil))
	}
	if status := b.submit(); status != 200 {
		t.Fatalf("status %d", status)
	}
	found := entries(t, whole)
	if len(found) != 1 || found[0].Event.Payee != whole || found[0].Event.Description != whole {
		t.Fatalf("the API has %v", found)
	}
	b.visit(fmt.Sprintf("%s/entries/%d", root, found[0].Seq))
	if !strings.Contains(b.text("main"), whole) {
		t.Error("the page of the entry shows the text in pieces")
	}
}

// The same form sent twice, at once and once more later, is recorded once.
func TestSentTwiceIsRecordedOnce(t *testing.T) {
	b := as(t, "officer")
	before := site.available(t, lineTwice)
	const payee = "Công ty Bấm Đúp"
	b.newVoucher("pay")
	b.fillVoucher("E2E-TWICE", lineTwice, payee, "Bấm hai lần", "2.000.000")
	statuses := promise[[]int](b, `(async () => {
		const form = document.getElementById("voucher"), body = new URLSearchParams(new FormData(form));
		const send = () => fetch(form.action, { method: "POST", body }).then((r) => r.status);
		const both = await Promise.all([send(), send()]);
		return [...both, await send()];
	})()`)
	if fmt.Sprint(statuses) != "[200 200 200]" {
		t.Errorf("the answers have status %v", statuses)
	}
	if n := len(entries(t, payee)); n != 1 {
		t.Errorf("sent three times, recorded %d times", n)
	}
	// And by a person who presses the keys twice.
	b.newVoucher("pay")
	b.fillVoucher("E2E-TWICE-2", lineTwice, payee, "Bấm hai lần nhanh", "2.000.001")
	b.follow(chromedp.Evaluate(`document.getElementById("next").click(), document.getElementById("next").click()`, nil))
	if n := len(entries(t, payee)); n != 2 {
		t.Errorf("pressed twice, recorded %d times", n-1)
	}
	if got := site.available(t, lineTwice); got != before-4_000_001 {
		t.Errorf("%d left, want %d", got, before-4_000_001)
	}
}

// Without scripts the form works by its buttons.
func TestPayWithoutScript(t *testing.T) {
	b := as(t, "officer")
	b.do(scripts(false))
	before := site.available(t, lineNoScript)
	b.visit(root + "/vouchers/new")
	for field, v := range map[string]string{"doc_date": "17/12/2020", "number": "E2E-PLAIN", "line": lineNoScript, "payee": "Không Kịch Bản", "amount": "1tr"} {
		b.fill("#"+field, v)
	}
	b.click(`button[value=refresh]`)
	if got := b.text("#panel-rows"); !strings.Contains(got, grouped(before)) {
		t.Errorf("the panel does not show what is left, %s: %q", grouped(before), got)
	}
	if status := b.click("#next"); status != 200 || !b.has("#posted") {
		t.Errorf("recording: status %d: %.600s", status, b.text("main"))
	}
	if got := site.available(t, lineNoScript); got != before-1_000_000 {
		t.Errorf("%d left, want %d", got, before-1_000_000)
	}
}

func TestShortcuts(t *testing.T) {
	b := as(t, "officer")
	b.newVoucher("advance")
	b.fill("#payee", "Bỏ dở")
	b.keys = 0
	b.do(chromedp.Focus("#amount", chromedp.ByQuery))
	b.follow(typed("n", input.ModifierAlt))
	if b.value("#payee") != "" || b.focused() != "doc_date" || !strings.Contains(b.address(), "kind=advance") {
		t.Errorf("Alt N leads to %s with payee %q, focus on %s", b.address(), b.value("#payee"), b.focused())
	}
}
