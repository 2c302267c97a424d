package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// An entry is taken back in red from its page: both stay, linked, and the balance
// is what it was.
func TestCorrectInRed(t *testing.T) {
	b := as(t, "officer")
	b.expect(422)
	const payee = "Công ty Ghi Nhầm"
	before := site.available(t, lineRed)
	b.pay("E2E-RED", lineRed, payee, "Ghi nhầm dòng kinh phí", "18.500.000")
	if got := b.left(); got != before-18_500_000 {
		t.Fatalf("after the payment the panel shows %d, want %d", got, before-18_500_000)
	}
	b.click(".today tbody tr a[href$='#reverse']")
	wrong := entries(t, payee)[0].Seq
	if want := fmt.Sprintf("%s/entries/%d", root, wrong); b.address() != want {
		t.Errorf("the row of today leads to %s, want %s", b.address(), want)
	}
	if !eval[bool](b, `document.getElementById("reverse").open`) {
		t.Error("the form for taking back is not open")
	}

	// Not without a reason.
	if status := b.click("#reverse form button:not([name])"); status != 422 || !b.has("#reason[aria-invalid=true]") {
		t.Errorf("without a reason: status %d, reason marked: %t", status, b.has("#reason[aria-invalid=true]"))
	}
	b.fill("#number", "E2E-RED-D")
	b.fill("#reason", "Nhầm dòng kinh phí, ghi lại đúng dòng sau")
	if status := b.click("#reverse form button:not([name])"); status != 200 {
		t.Fatalf("taking back: status %d: %.600s", status, b.text("main"))
	}
	found := entries(t, payee)
	if len(found) != 2 || found[0].Reverses != wrong || found[0].Event.Amount != "-18500000" {
		t.Fatalf("the API has %v, want the entry and its correction", found)
	}
	red := found[0].Seq
	page := b.text("main")
	if !strings.Contains(page, "(18.500.000)") || !strings.Contains(page, "Bút đỏ") || !strings.Contains(page, "Nhầm dòng kinh phí, ghi lại đúng dòng sau") {
		t.Errorf("the page of the correction shows %.900s", page)
	}
	if !b.has("tr.red td.num") || b.has("#reverse") {
		t.Error("the correction is not in red, or can itself be taken back")
	}
	b.click(fmt.Sprintf(`main .note a[href="%s/entries/%d"]`, root, wrong))
	if !strings.Contains(b.text("main"), "Đã ghi số âm") || b.has("#reverse") {
		t.Error("the original does not say that it was taken back, or can be once more")
	}
	b.click(fmt.Sprintf(`main .note a[href="%s/entries/%d"]`, root, red))

	b.newVoucher("pay")
	b.fill("#line", "")
	b.writeLine(lineRed, lineRed)
	if got := b.left(); got != before {
		t.Errorf("after the correction the panel shows %d, want %d", got, before)
	}
	if got := site.available(t, lineRed); got != before {
		t.Errorf("after the correction the API says %d, want %d", got, before)
	}
	if today := b.text(".today"); !strings.Contains(today, "(18.500.000)") {
		t.Errorf("today's table does not show the correction: %s", today)
	}
}

// An auditor sees everything and can record nothing.
func TestAuditorOnlyReads(t *testing.T) {
	b := as(t, "auditor")
	b.expect(403)
	if status := b.load(root + "/vouchers/new"); status != 403 {
		t.Errorf("the form for vouchers: status %d", status)
	}
	seq := entries(t, "Công ty Ghi Nhầm")
	at := int64(400)
	if len(seq) > 0 {
		at = seq[0].Seq
	}
	b.visit(fmt.Sprintf("%s/entries/%d", root, at))
	if b.has("#reverse") {
		t.Error("an auditor is offered to take back an entry")
	}
	if b.has(`nav a[href*="vouchers/new"]`) {
		t.Error("an auditor is offered to record vouchers")
	}
}

// A commitment and the payment on it: the list of what is open follows the line.
func TestPayOnCommitment(t *testing.T) {
	b := as(t, "officer")
	b.newVoucher("commit")
	b.fill("#doc_date", "10/12/2020")
	b.fill("#number", "E2E-CKC")
	b.fill("#line", "")
	b.writeLine(lineRed, lineRed)
	b.fill("#payee", "Công ty Hợp Đồng")
	b.fill("#opens", "HD-E2E")
	b.fill("#amount", "30tr")
	if status := b.submit(); status != 200 || !b.has("#posted") {
		t.Fatalf("the commitment is not recorded: status %d: %.600s", status, b.text("main"))
	}
	available := site.available(t, lineRed)
	b.newVoucher("pay")
	b.fill("#number", "E2E-CKC-1")
	b.fill("#line", "")
	b.writeLine(lineRed, lineRed)
	b.wait(`[...document.querySelectorAll("#obligation option")].some((o) => o.value === "HD-E2E")`)
	b.do(chromedp.SetValue("#obligation", "HD-E2E", chromedp.ByQuery))
	b.do(chromedp.Evaluate(`document.getElementById("obligation").dispatchEvent(new Event("change", { bubbles: true }))`, nil))
	b.wait(`document.getElementById("panel-left").innerText.startsWith("30.000.000")`)
	b.fill("#payee", "Công ty Hợp Đồng")
	b.fill("#amount", "10tr")
	b.press(kb.Tab)
	if got := shown(t, b.text("#panel-left")); got != 20_000_000 {
		t.Errorf("of the commitment %d is left after this entry, want 20.000.000", got)
	}
	if status := b.submit(); status != 200 {
		t.Fatalf("paying on the commitment: status %d: %.600s", status, b.text("main"))
	}
	if got := site.available(t, lineRed); got != available {
		t.Errorf("paying on a commitment changes what is available from %d to %d", available, got)
	}
}
