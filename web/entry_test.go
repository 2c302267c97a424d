package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/ledgertest"
)

func init() {
	e := &ledger.Entry{Date: ledgertest.Day(3, 1), Document: ledger.Document{Type: "PC"}, Reverses: 2}
	event := eventView{EntryEvent: ledger.EntryEvent{Event: ledger.Event{Kind: ledger.Pay, Amount: ledgertest.Dong(-5), Obligation: "A", Opens: "B", Due: ledgertest.Day(3, 1)}},
		N: 1, LineName: "l", ToName: "m", OfSeq: 4}
	sample("entry", entryView{Entry: e, Events: []eventView{event}, Total: ledgertest.Dong(-5), Posted: true, Leaf: "00",
		Legs: []legView{{State: "s", Debit: ledgertest.Dong(-5), Red: true, First: true, Book: "b", Obligation: "A"}, {Credit: ledgertest.Dong(-5)}}},
		entryView{Entry: &ledger.Entry{Document: ledger.Document{Type: "QD"}}, Reversed: 7, Reverse: &reverseView{Action: "/x", Open: true,
			Summary: []oops{{"date", "x"}}, Notice: "n", Fields: []field{{Name: "date", As: "date"}}}})
}

var entryPath = regexp.MustCompile(`/p/CT/entries/\d+`)

func TestTakeBackInRed(t *testing.T) {
	o := newOffice(t)
	b := o.as(ledger.Officer)
	res := b.enter("pay", "line", payLine, "number", "PC-1", "amount", "86,4tr", "payee", "Ông A", "do", "open")
	res.wants(t, fiber.StatusSeeOther)
	path := res.Header.Get("Location")
	page := b.get(path)
	page.wants(t, fiber.StatusOK, "PC-1", "86.400.000", "Tám mươi sáu triệu bốn trăm nghìn đồng", "Còn được chi", "Thực chi",
		"GRDT-0001/CAT/2019", `name="reason"`, "Ghi số âm")
	checkMarkup(t, "entry", page.body)
	token := page.token(t)
	form := url.Values{"date": {"20/3/2019"}, "key": {"k1"}}
	refused := b.post(path+"/reverse", token, form)
	refused.wants(t, fiber.StatusUnprocessableEntity, `href="#reason"`, `value="20/3/2019"`, " open")
	form.Set("reason", "Nhập nhầm dòng kinh phí")
	done := b.post(path+"/reverse", token, form)
	done.wants(t, fiber.StatusSeeOther)
	if got := o.available(); got != "1000000000" {
		t.Errorf("available %s", got)
	}
	red := b.get(done.Header.Get("Location"))
	red.wants(t, fiber.StatusOK, "(86.400.000)", `class="red"`, "Nhập nhầm dòng kinh phí", `href="`+path+`"`)
	if strings.Contains(red.body, "/reverse") {
		t.Error("a red entry can be taken back")
	}
	old := b.get(path)
	old.wants(t, fiber.StatusOK, "Đã ghi số âm", entryPath.FindString(done.Header.Get("Location")))
	if strings.Contains(old.body, `/reverse"`) {
		t.Error("an entry can be taken back twice")
	}
	// The same form sent again is answered as the first time; another is refused.
	if again := b.post(path+"/reverse", token, form); again.Header.Get("Location") != done.Header.Get("Location") {
		t.Errorf("sent again: %d to %q", again.StatusCode, again.Header.Get("Location"))
	}
	form.Set("key", "k2")
	b.post(path+"/reverse", token, form).wants(t, fiber.StatusUnprocessableEntity, "đã được ghi số âm")
}

func TestEntryThatIsNone(t *testing.T) {
	b := newOffice(t).as(ledger.Auditor)
	for _, seq := range []string{"0", "-1", "x", "999999", "1", "9223372036854775808"} {
		b.get("/p/CT/entries/"+seq).wants(t, fiber.StatusNotFound)
	}
}

func TestOfficerCannotTakeBackADecision(t *testing.T) {
	o := newOffice(t)
	agency, officer := o.as(ledger.Agency), o.as(ledger.Officer)
	res := agency.enter("withhold", "line", payLine, "amount", "10tr", "do", "open")
	res.wants(t, fiber.StatusSeeOther)
	path := res.Header.Get("Location")
	page := officer.get(path)
	page.wants(t, fiber.StatusOK)
	officer.post(path+"/reverse", page.token(t), url.Values{"date": {"20/3/2019"}, "reason": {"x"}, "key": {"k"}}).wants(t, fiber.StatusForbidden)
}
