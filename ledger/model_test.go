package ledger_test

import (
	"fmt"
	"maps"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A model keeps the same book as a clerk would on squared paper: heaps of money
// by name, raised and lowered by the table of effects that the trade uses. It
// has no accounts, legs, rings or signs, and shares no code with the ledger.
//
// Heaps of a line: E usable, H withheld, C committed, Q accepted, T advances,
// X actual, R drawn; alloc, orig, ctot and qtot only for figures. What is
// available is E - H - C - Q - T - X. Others: pool and app of year/source, plan
// of year/source/project, cash of source/account, recv, pledged, due and
// cancelled of a source, opened and open of an obligation.
type model struct {
	heaps   map[string]int64
	lines   map[ledger.Line]bool
	papers  map[ledger.Code]modelPaper // obligations
	entries map[ledger.Seq]*modelEntry
	numbers map[string]int
	closed  map[string]bool // "2019-03"
	sources map[ledger.Code]ledger.Source
	places  map[string]ledger.Line // names that were read before
	seq     ledger.Seq
}

type modelPaper struct {
	kind ledger.ObligationKind
	line ledger.Line
	by   ledger.EventRef
}

type modelEntry struct {
	date     ledger.Date
	events   []*modelEvent
	reversed bool
	red      bool // a reversal
}

type modelEvent struct {
	ledger.Event
	amount, returned int64
	moved            map[string]int64
}

func newModel(from ledger.Base) *model {
	m := &model{heaps: map[string]int64{}, lines: map[ledger.Line]bool{}, papers: map[ledger.Code]modelPaper{}, entries: map[ledger.Seq]*modelEntry{},
		numbers: map[string]int{}, closed: map[string]bool{}, sources: map[ledger.Code]ledger.Source{}, places: map[string]ledger.Line{}}
	for _, s := range from.Sources {
		m.sources[s.Code] = s
	}
	return m
}

// A page is a voucher in pencil: what it adds to the model if it is inked.
type page struct {
	*model
	entry  *modelEntry
	lines  map[ledger.Line]bool
	papers map[ledger.Code]modelPaper
}

func (m *model) newPage(date ledger.Date) *page {
	return &page{model: m, entry: &modelEntry{date: date}, lines: maps.Clone(m.lines), papers: maps.Clone(m.papers)}
}

// post says whether a voucher is accepted, and if so keeps it.
func (m *model) post(date ledger.Date, amounts []int64, events []ledger.Event) bool {
	if m.closed[date.String()[:7]] {
		return false
	}
	p := m.newPage(date)
	for i, e := range events {
		if !p.event(e, amounts[i]) {
			return false
		}
	}
	return p.ink()
}

// reverse says whether an entry may be taken back, and if so takes it back.
func (m *model) reverse(of ledger.Seq, date ledger.Date) bool {
	past := m.entries[of]
	if past == nil || past.reversed || past.red || m.closed[date.String()[:7]] {
		return false
	}
	p := m.newPage(date)
	p.entry.red = true
	for _, e := range past.events {
		if e.returned != 0 || !inWindow(e.Event, date) {
			return false
		}
		back := &modelEvent{Event: e.Event, amount: -e.amount, moved: map[string]int64{}}
		for name, n := range e.moved {
			back.moved[name] = -n
		}
		p.entry.events = append(p.entry.events, back)
	}
	if !p.ink() {
		return false
	}
	past.reversed = true
	return true
}

// ink moves the heaps, unless one would fall below zero.
func (p *page) ink() bool {
	after := maps.Clone(p.heaps)
	for _, e := range p.entry.events {
		for name, n := range e.moved {
			after[name] += n
		}
	}
	for name, n := range after {
		kind, place, _ := strings.Cut(name, " ")
		if n < 0 && strings.Contains(" H C Q T pool cash due open ", " "+kind+" ") {
			return false
		}
		if kind == "E" && available(after, place) < 0 {
			return false
		}
	}
	p.heaps = after
	m := p.model
	m.heaps, m.lines, m.papers = after, p.lines, p.papers
	m.seq++
	m.entries[m.seq] = p.entry
	for _, e := range p.entry.events {
		if e.Kind == ledger.Refund || e.Kind == ledger.ReturnAdvance {
			m.entries[e.Of.Seq].events[e.Of.N-1].returned += e.amount
		}
	}
	return true
}

func available(heaps map[string]int64, line string) int64 {
	return heaps["E "+line] - heaps["H "+line] - heaps["C "+line] - heaps["Q "+line] - heaps["T "+line] - heaps["X "+line]
}

func inWindow(e ledger.Event, date ledger.Date) bool {
	y := e.Line.Year
	if y == 0 || e.Kind == ledger.Plan || e.Kind == ledger.RevisePlan {
		return true
	}
	return !date.Before(day(y, 1, 1)) && !date.After(day(y+1, 1, 31))
}

// event writes one event on the page; false if it is not allowed.
func (p *page) event(e ledger.Event, amount int64) bool {
	mayLower := e.Kind == ledger.RevisePlan || e.Kind == ledger.ChangeCommitment
	if amount == 0 || amount < 0 && !mayLower || !p.find(&e, amount) || !inWindow(e, p.entry.date) {
		return false
	}
	src, known := p.sources[e.Line.Source]
	if !known {
		return false
	}
	switch e.Kind {
	case ledger.Receive, ledger.OpenCash, ledger.Pledge:
		if src.Backing != ledger.ByCash {
			return false
		}
	}
	if e.Treasury == "" {
		e.Treasury = src.Treasury
	}
	w := &modelEvent{Event: e, amount: amount, moved: map[string]int64{}}
	p.entry.events = append(p.entry.events, w)
	p.effects(w, e.Line.String())
	return true
}

// find completes an event: its line, obligation, origin and the code it opens.
func (p *page) find(e *ledger.Event, amount int64) bool {
	if e.Kind == ledger.ReturnAdvance {
		paper, ok := p.papers[e.Obligation]
		if !ok || paper.kind != ledger.AdvanceObligation {
			return false
		}
		e.Of = paper.by
	}
	if e.Kind == ledger.ReturnAdvance || e.Kind == ledger.Refund {
		past := p.entries[e.Of.Seq]
		if past == nil || past.reversed || past.red || e.Of.N > len(past.events) {
			return false
		}
		origin := past.events[e.Of.N-1]
		left := origin.amount - origin.returned
		for _, other := range p.entry.events {
			if other.Of == e.Of && (other.Kind == ledger.Refund || other.Kind == ledger.ReturnAdvance) {
				left -= other.amount
			}
		}
		if amount > left || e.Kind == ledger.Refund && origin.Kind != ledger.Pay && origin.Kind != ledger.Clear {
			return false
		}
		if e.Line != (ledger.Line{}) && e.Line != origin.Line && e.Line != origin.Line.Short() {
			return false
		}
		e.Line = origin.Line
		if e.Treasury == "" && origin.Kind != ledger.Clear && origin.Kind != ledger.OpenAdvance {
			e.Treasury = origin.Treasury
		}
	}
	return p.findPaper(e) && p.findLines(e)
}

// findPaper checks what the event draws upon and writes down what it opens.
func (p *page) findPaper(e *ledger.Event) bool {
	if e.Obligation != "" {
		paper, ok := p.papers[e.Obligation]
		accepted := e.Kind == ledger.Pay && paper.kind == ledger.AcceptanceObligation
		if !ok || paper.kind != e.Kind.Info().Draws && !accepted || e.Line != (ledger.Line{}) && e.Line != paper.line && e.Line != paper.line.Short() {
			return false
		}
		e.Line = paper.line
	}
	opens := e.Kind.Info().Opens
	if opens == 0 {
		return true
	}
	n := len(p.entry.events) + 1
	if e.Opens == "" {
		prefix := map[ledger.ObligationKind]string{ledger.CommitmentObligation: "CK", ledger.AcceptanceObligation: "NT",
			ledger.AdvanceObligation: "TU", ledger.PledgeObligation: "TT"}[opens]
		e.Opens = ledger.Code(fmt.Sprintf("%s-%d-%d", prefix, p.seq+1, n))
	}
	_, taken := p.papers[e.Opens]
	return !taken
}

// findLines makes the event's lines whole.
func (p *page) findLines(e *ledger.Event) bool {
	ok := true
	if e.Kind.Info().Scope == ledger.LineScope || e.Kind == ledger.Reduce && e.Line.Project != "" {
		e.Line, ok = p.line(e.Line, e.Kind.Info().MakesLine)
	}
	if ok && e.Kind == ledger.Transfer {
		e.To, ok = p.line(e.To, true)
		ok = ok && e.To != e.Line && e.To.Source == e.Line.Source && e.To.Year == e.Line.Year
	}
	if ok && e.Kind.Info().Opens != 0 {
		p.papers[e.Opens] = modelPaper{e.Kind.Info().Opens, e.Line, ledger.EventRef{Seq: p.seq + 1, N: len(p.entry.events) + 1}}
	}
	return ok
}

func (p *page) line(ref ledger.Line, makes bool) (ledger.Line, bool) {
	var found []ledger.Line
	for l := range p.lines {
		if l == ref || l.Short() == ref {
			found = append(found, l)
		}
	}
	if len(found) == 0 && makes && ref.Nature != "" {
		p.lines[ref] = true
		return ref, true
	}
	if len(found) != 1 {
		return ref, false
	}
	return found[0], true
}

// effects is the table of the trade: what each kind does to the heaps.
func (p *page) effects(w *modelEvent, l string) {
	add := func(x int64, names ...string) {
		for _, n := range names {
			w.moved[n] += x
		}
	}
	x, src := w.amount, string(w.Line.Source)
	budget := fmt.Sprintf("%d/%s", w.Line.Year, src)
	switch w.Kind {
	case ledger.Plan, ledger.RevisePlan:
		add(x, "plan "+l)
	case ledger.OpenUndrawn:
		add(x, "E "+l)
	case ledger.OpenAdvance:
		add(x, "E "+l, "T "+l, "open "+string(w.Opens), "opened "+string(w.Opens))
	case ledger.OpenCash:
		add(x, "cash "+src+"/"+string(w.Treasury))
	case ledger.Pledge:
		add(x, "pledged "+src, "due "+src, "open "+string(w.Opens), "opened "+string(w.Opens))
	case ledger.CancelPledge:
		add(x, "cancelled "+src)
		add(-x, "due "+src, "open "+string(w.Obligation))
	case ledger.Receive:
		add(x, "recv "+src, "cash "+src+"/"+string(w.Treasury))
		if w.Obligation != "" {
			add(-x, "due "+src, "open "+string(w.Obligation))
		}
	case ledger.Appropriate, ledger.Supplement, ledger.LateSupplement:
		add(x, "pool "+budget, "app "+budget)
	case ledger.Reduce:
		add(-x, "app "+budget)
		if w.Line.Project == "" {
			add(-x, "pool "+budget)
		} else {
			add(-x, "E "+l, "alloc "+l)
		}
	case ledger.Allocate:
		add(x, "orig "+l)
		fallthrough
	case ledger.AllocateSupplement, ledger.AllocateLateSupplement:
		add(x, "E "+l, "alloc "+l)
		add(-x, "pool "+budget)
	case ledger.Withdraw:
		add(-x, "E "+l, "alloc "+l)
		add(x, "pool "+budget)
	case ledger.Transfer:
		add(-x, "E "+l, "alloc "+l)
		add(x, "E "+w.To.String(), "alloc "+w.To.String())
	case ledger.Withhold:
		add(x, "H "+l)
	case ledger.Release:
		add(-x, "H "+l)
	default:
		p.spending(w, l, add)
	}
}

// spending is the half of the table that uses a line up.
func (p *page) spending(w *modelEvent, l string, add func(int64, ...string)) {
	x := w.amount
	switch w.Kind {
	case ledger.Commit:
		add(x, "C "+l, "ctot "+l, "open "+string(w.Opens), "opened "+string(w.Opens))
	case ledger.ChangeCommitment:
		add(x, "C "+l, "ctot "+l, "open "+string(w.Obligation), "opened "+string(w.Obligation))
	case ledger.CancelCommitment:
		add(-x, "C "+l, "ctot "+l, "open "+string(w.Obligation), "opened "+string(w.Obligation))
	case ledger.Accrue:
		add(x, "Q "+l, "qtot "+l, "open "+string(w.Opens), "opened "+string(w.Opens))
		p.drawn(w.Obligation, x, l, add)
	case ledger.Advance:
		add(x, "T "+l, "R "+l, "open "+string(w.Opens), "opened "+string(w.Opens))
		p.drawn(w.Obligation, x, l, add)
		p.paid(w, x, add)
	case ledger.Clear:
		add(-x, "T "+l, "open "+string(w.Obligation))
		add(x, "X "+l)
	case ledger.ReturnAdvance:
		add(-x, "T "+l, "R "+l, "open "+string(w.Obligation))
		p.drawn(p.entries[w.Of.Seq].events[w.Of.N-1].Obligation, -x, l, add)
		p.paid(w, -x, add)
	case ledger.Pay:
		add(x, "X "+l, "R "+l)
		p.drawn(w.Obligation, x, l, add)
		p.paid(w, x, add)
	case ledger.Refund:
		add(-x, "X "+l, "R "+l)
		if origin := p.entries[w.Of.Seq].events[w.Of.N-1]; origin.Kind == ledger.Pay {
			p.drawn(origin.Obligation, -x, l, add)
		}
		p.paid(w, -x, add)
	}
}

// drawn takes x from a contract or an acceptance, if there is one.
func (p *page) drawn(code ledger.Code, x int64, l string, add func(int64, ...string)) {
	switch p.papers[code].kind {
	case ledger.CommitmentObligation:
		add(-x, "C "+l, "open "+string(code))
	case ledger.AcceptanceObligation:
		add(-x, "Q "+l, "open "+string(code))
	}
}

// paid takes x from the account; an appropriation has no cash of its own.
func (p *page) paid(w *modelEvent, x int64, add func(int64, ...string)) {
	if p.sources[w.Line.Source].Backing == ledger.ByCash {
		add(-x, "cash "+string(w.Line.Source)+"/"+string(w.Treasury))
	}
}

// place reads what a heap is named after: a line, or a source.
func (m *model) place(name string) ledger.Line {
	l, known := m.places[name]
	if !known {
		var err error
		if l, err = ledger.ParseLine(name); err != nil {
			l = ledger.Line{Source: ledger.Code(name)}
		}
		m.places[name] = l
	}
	return l
}

// figures are those of the selection: a line, else all of a source; year 0 is
// every year.
func (m *model) figures(year int, src ledger.Code, line ledger.Line) map[ledger.Figure]int64 {
	sums := map[string]int64{}
	for name, n := range m.heaps {
		kind, place, _ := strings.Cut(name, " ")
		ref := m.place(place)
		if (year == 0 || ref.Year == year) && (src == "" || ref.Source == src) && (line == (ledger.Line{}) || ref == line) {
			sums[kind] += n
		}
	}
	sum := func(kind string) int64 { return sums[kind] }
	E, H, C, Q, T, X := sum("E"), sum("H"), sum("C"), sum("Q"), sum("T"), sum("X")
	A := E - H - C - Q - T - X
	f := map[ledger.Figure]int64{
		ledger.Usable: E, ledger.Withheld: H, ledger.CommittedOpen: C, ledger.AccruedOpen: Q, ledger.AdvancesOpen: T, ledger.Actual: X,
		ledger.Available: A, ledger.Undrawn: A + H + C + Q, ledger.Disbursed: X + T, ledger.Drawn: sum("R"), ledger.Allocated: sum("alloc"),
		ledger.Original: sum("orig"), ledger.CommittedTotal: sum("ctot"), ledger.AccruedTotal: sum("qtot"),
		ledger.Lapsed: 0, ledger.Surrendered: 0, ledger.CarriedUndrawn: 0, ledger.CarriedAdvance: 0,
	}
	if line == (ledger.Line{}) {
		f[ledger.Appropriated], f[ledger.Planned] = sum("app"), sum("plan")
	}
	if year == 0 && src != "" {
		f[ledger.Pledged] = sum("pledged") - sum("cancelled")
		f[ledger.Received], f[ledger.Mobilised] = sum("recv"), sum("recv")
		if m.sources[src].Backing == ledger.ByAppropriation {
			f[ledger.Received], f[ledger.Mobilised] = sum("R"), sum("alloc")
		}
	}
	return f
}
