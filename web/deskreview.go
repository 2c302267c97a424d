package web

import (
	"cmp"
	"slices"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// A review is something that needs a look: what it is, where, how much.
type review struct {
	Level string // "bad" or "warn"
	Label string
	Text  string
	Path  string
	More  string
}

// Of each reason for a look, so many single ones are shown; the rest is counted.
const maxReviews = 3

// lateRate is the part of the share of the year gone by that a project should
// have disbursed, in per cent.
const lateRate = 75

// reviews are late projects, overdue advances, and lines nearly used up.
func (r *request) reviews(s ledger.Summary, lines []lineRow, day ledger.Date, year int) (all []review, err error) {
	all = append(all, r.lateProjects(s, day, year)...)
	overdue, _, err := r.obligationRows(ledger.ObligationQuery{Kind: ledger.AdvanceObligation, Open: true, DueBy: day.AddDays(-1)})
	if err != nil {
		return nil, err
	}
	all = append(all, r.overdueAdvances(overdue)...)
	return append(all, r.nearLines(lines, year)...), nil
}

// lateProjects are those that disbursed less of the year's budget than the
// share of the year that has gone by lets expect.
func (r *request) lateProjects(s ledger.Summary, day ledger.Date, year int) (all []review) {
	gone := daysOf(day, year)
	n := namesOf(r.book)
	for _, p := range s.Projects {
		disbursed, usable := p.Values.Must(ledger.Disbursed), p.Values.Must(ledger.Usable)
		if usable.Sign() <= 0 || hundredths(disbursed, usable)*100 >= 10000*gone/365*lateRate {
			continue
		}
		rate := lang.Percent(disbursed.String(), usable.String(), r.lang)
		all = append(all, review{Level: "bad", Label: r.t("review.late"), Path: r.path("projects/" + string(p.Key)),
			Text: r.t("review.late_text", "project", string(p.Key), "rate", rate, "year", year),
			More: r.t("review.late_more", "name", named(n.projects, p.Key), "amount", money(usable.Sub(disbursed), r.lang), "sign", sign(usable.Currency()))})
	}
	return all
}

// daysOf is how many days of a year have gone by on a day, 0 to 365.
func daysOf(day ledger.Date, year int) int {
	first, err := ledger.NewDate(year, 1, 1)
	if err != nil {
		return 0
	}
	return min(365, max(0, int(day.Time().Sub(first.Time()).Hours()/24)+1))
}

func (r *request) overdueAdvances(overdue []obligationRow) (all []review) {
	if len(overdue) == 0 {
		return nil
	}
	total := r.book.Programme.Currency.Zero()
	for _, o := range overdue {
		total = total.Add(o.Open())
	}
	all = append(all, review{Level: "bad", Label: r.t("review.overdue"), Path: r.path("obligations") + "?kind=advance&overdue=1",
		Text: r.t("review.overdue_text", "n", len(overdue)),
		More: r.t("review.overdue_more", "amount", money(total, r.lang), "sign", sign(total.Currency()), "days", overdue[0].Late)})
	return all
}

// nearLines are lines of the year of which 95 % or more is used or held, and
// something is left: those with the least first, a few of them by name.
func (r *request) nearLines(lines []lineRow, year int) (all []review) {
	near := slices.DeleteFunc(slices.Clone(lines), func(l lineRow) bool { return !l.Near || l.Available.Sign() == 0 })
	slices.SortFunc(near, func(a, b lineRow) int { return cmp.Or(a.Available.Cmp(b.Available), a.Line.Compare(b.Line)) })
	for _, l := range near[:min(len(near), maxReviews)] {
		all = append(all, review{Level: "warn", Label: r.t("review.near"), Path: l.Path, Text: r.t("review.near_text", "line", l.Name, "rate", l.Rate),
			More: r.t("review.near_more", "amount", money(l.Available, r.lang), "sign", sign(l.Available.Currency()))})
	}
	if rest := len(near) - maxReviews; rest > 0 {
		all = append(all, review{Level: "warn", Label: r.t("review.near"), Text: r.t("review.near_rest", "n", rest),
			Path: r.path("lines") + values{"year": itoa(year), "near": "true"}.query()})
	}
	return all
}
