package export

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// self is the payee of the transactions that are no entries: openings and
// assertions.
const self = "kinhphi"

// everyFile begins each file: without it "1.500" is read by guesswork.
const everyFile = "decimal-mark .\n"

// A journal collects entries for hledger as they come and writes the files
// when all are there.
//
// The dialect: accounts are paths of ASCII codes, names stand in comments of
// the declarations; amounts have exactly the currency's decimal places, a dot,
// and no separators; commodities of authority, plan and money differ, so that a
// tool refuses an entry that balances across books.
type journal struct {
	out          *staging
	totals       *totals
	declarations *file
	payees       payees
	sorted       *sorter
	text         strings.Builder
}

func newJournal(out *staging, t *totals) (*journal, error) {
	sorted, err := newSorter(out)
	if err != nil {
		return nil, err
	}
	f, err := out.create("hledger/declarations.journal")
	if err != nil {
		return nil, err
	}
	j := &journal{out: out, totals: t, declarations: f, sorted: sorted}
	f.WriteString(everyFile)
	return j, j.payees.declare(f, self)
}

// entry takes an entry; accounts are the numbers of its legs' accounts. One that
// is not to be written counts for the balances only.
func (j *journal) entry(r ledger.Record, accounts []int, written bool) error {
	j.text.Reset()
	if written {
		if err := j.transaction(r, accounts); err != nil {
			return err
		}
	}
	return j.sorted.add(key{r.Entry.Date, r.Seq}, func(b []byte) []byte {
		b = appendString(b, j.text.String())
		for i, l := range r.Entry.Legs {
			b = binary.AppendUvarint(b, uint64(accounts[i]))
			b = appendString(b, l.Signed().String())
		}
		return b
	})
}

// transaction renders an entry:
//
//	2019-03-17 (CAT/GRDT/2019/12) payee | text  ; seq:12, type:GRDT, number:PC-0147, by:lan.kt, kind:pay
//	    Budget:2019:NSTW:DA1:CAT:041:12:Committed  -86400000 VNDDT  ; obligation:HD-12
func (j *journal) transaction(r ledger.Record, accounts []int) error {
	e := r.Entry
	payee, note, several := headline(e)
	if err := j.payees.declare(j.declarations, payee); err != nil {
		return err
	}
	fmt.Fprintf(&j.text, "%s (%s) %s | %s  ; %s\n", e.Date, number(e.Number), payee, note, entryTags(r))
	told := map[int]bool{}
	for i, l := range e.Legs {
		t := &j.totals.all[accounts[i]]
		fmt.Fprintf(&j.text, "    %s  %s %s%s\n", t.path, l.Signed(), commodity(t.commodity), legTags(e, l, several && !told[l.Event]))
		told[l.Event] = true
	}
	j.text.WriteByte('\n')
	return nil
}

// headline returns payee and note of an entry, and whether its events differ in
// them, so that each must be told at its legs.
func headline(e *ledger.Entry) (payee, note string, several bool) {
	payees := distinct(e.Events, func(v ledger.EntryEvent) string { return description(v.Payee) })
	notes := distinct(e.Events, func(v ledger.EntryEvent) string { return description(v.Text) })
	payee, note = string(e.Unit), e.Events[0].Kind.String()
	if len(payees) == 1 {
		payee = payees[0]
	}
	if len(notes) == 1 {
		note = notes[0]
	}
	if payee == "" {
		payee = self
	}
	return payee, note, len(payees) > 1 || len(notes) > 1
}

// entryTags returns the tags of an entry, which hledger lets its legs inherit;
// those of a single event are among them.
func entryTags(r ledger.Record) string {
	e := r.Entry
	tags := tags{fmt.Sprintf("seq:%d", r.Seq)}
	tags.add("type", string(e.Document.Type))
	tags.add("number", e.Document.Number)
	tags.add("document-date", e.Document.Date.String())
	tags.add("reverses", positive(int(e.Reverses)))
	tags.add("by", string(r.By))
	if len(e.Events) == 1 {
		tags.event(e.Events[0])
	}
	return strings.Join(tags, ", ")
}

// legTags returns what is not said at the head of the entry.
func legTags(e *ledger.Entry, l ledger.Leg, tell bool) string {
	var tags tags
	if event := e.Events[l.Event-1]; len(e.Events) > 1 {
		tags = append(tags, fmt.Sprintf("event:%d", l.Event))
		tags.event(event)
		if tell {
			tags.add("paid-to", event.Payee)
			tags.add("text", event.Text)
		}
	}
	tags.add("obligation", string(l.Obligation))
	if l.Red {
		tags = append(tags, "red:")
	}
	if len(tags) == 0 {
		return ""
	}
	return "  ; " + strings.Join(tags, ", ")
}

// tags are the tags of one comment.
type tags []string

func (t *tags) add(name, value string) {
	if value != "" {
		*t = append(*t, tag(name, value))
	}
}

func (t *tags) event(e ledger.EntryEvent) {
	t.add("kind", e.Kind.String())
	t.add("item", string(e.Item))
	t.add("of", e.Of.String())
}

// commodity quotes a name that is not made of letters only.
func commodity(name string) string {
	if strings.IndexFunc(name, func(r rune) bool { return r < 'A' || r > 'Z' }) < 0 {
		return name
	}
	return `"` + name + `"`
}

// finish writes the files: the declarations, a body for each year, the closing
// assertions, and main.journal, which includes all others.
func (j *journal) finish(ctx context.Context, n names) error {
	if err := j.declare(n); err != nil {
		return err
	}
	b := newBody(j.out, j.totals)
	if err := j.sorted.merge(ctx, b.entry); err != nil {
		return err
	}
	if err := b.finish(); err != nil {
		return err
	}
	return j.main(append(b.files, "closing.journal"))
}

// main writes main.journal. A body that was cut is found by the closing file,
// which is apart from it.
func (j *journal) main(bodies []string) error {
	p := j.totals.programme
	var b strings.Builder
	fmt.Fprintf(&b, "; %s %s\n", p.Code, squeeze(p.Name))
	if p.Sample {
		b.WriteString("; DỮ LIỆU MẪU - SAMPLE DATA\n")
	}
	b.WriteString(everyFile)
	for _, name := range append([]string{"declarations.journal"}, bodies...) {
		b.WriteString("include " + name + "\n")
	}
	return j.out.write("hledger/main.journal", b.String())
}

// declare writes commodities, rings and accounts, with their names as comments.
func (j *journal) declare(n names) error {
	f := j.declarations
	style := "1000."
	if scale := j.totals.programme.Currency.Scale(); scale > 0 {
		style += strings.Repeat("0", scale)
	}
	ring, seen := "", map[string]bool{}
	for _, i := range j.totals.order() {
		t := &j.totals.all[i]
		if !seen[t.commodity] {
			seen[t.commodity] = true
			fmt.Fprintf(f, "commodity %s %s\n", style, commodity(t.commodity))
		}
		if t.ring != ring {
			ring = t.ring
			fmt.Fprintf(f, "\n; %s: %s\n", ring, squeeze(n.of(ringLine(t.account))))
		}
		fmt.Fprintf(f, "account %s  ; %s\n", t.path, tag("name", accountName(t.account, n)))
		f.entry.Rows++
	}
	return f.close()
}

// ringLine returns the part of an account's line that its ring stands for.
func ringLine(a ledger.Account) ledger.Line {
	if a.Book() == ledger.FundBook {
		return ledger.Line{Source: a.Line.Source}
	}
	return a.Line
}

// books are the words for books in the keys of the messages of account states.
var books = map[ledger.Book]string{ledger.PlanBook: "plan", ledger.PoolBook: "pool", ledger.LineBook: "line", ledger.FundBook: "fund"}

// accountName returns what an account holds in Vietnamese, and whose it is when
// its ring does not say so.
func accountName(a ledger.Account, n names) string {
	state := a.State.String()
	if message := "state." + books[a.Book()] + "." + state; lang.Has(message) {
		state = lang.T(lang.Vi, message)
	}
	if line := ringLine(a); line != a.Line {
		return state + " / " + n.of(a.Line)
	}
	return state
}

// maxPayees bounds what payees remembers, in bytes of names.
const maxPayees = 4 << 20

// payees declares every payee before it is used. It forgets when it has
// remembered too much: declaring one twice does no harm.
type payees struct {
	seen  map[string]bool
	bytes int
}

func (p *payees) declare(f *file, name string) error {
	if p.seen[name] {
		return nil
	}
	if p.seen == nil || p.bytes > maxPayees {
		p.seen, p.bytes = map[string]bool{}, 0
	}
	p.seen[name] = true
	p.bytes += len(name) + 64
	_, err := f.WriteString("payee " + name + "\n")
	return err
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// sortedNumbers returns the members of a set of account numbers in the order of
// the trial balance.
func (t *totals) sortedNumbers(set map[int]bool) []int {
	numbers := make([]int, 0, len(set))
	for i := range set {
		numbers = append(numbers, i)
	}
	slices.Sort(numbers)
	t.sort(numbers)
	return numbers
}
