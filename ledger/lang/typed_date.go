package lang

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

const (
	firstYear = 1900
	lastYear  = 2199
	// shortAhead is how many years past today a year of two digits may lie;
	// beyond that it was more likely meant for the last century.
	shortAhead = 10
)

var (
	dayFirst = regexp.MustCompile(`^([0-9]{1,2})(?:([/.-])([0-9]{1,2})(?:([/.-])([0-9]{2}|[0-9]{4}))?)?$`)
	yearISO  = regexp.MustCompile(`^([0-9]{4})-([0-9]{2})-([0-9]{2})$`)
)

// ParseTypedDate reads a date that a person typed, with today for what was left
// out: 17 (of this month), 17/3 (of this year), 17/3/20, 17-3-2020, 17.03.2020,
// or ISO 2020-03-17. The day always comes before the month, in both languages.
// Errors are *ledger.Fault: invalid_date, typed_date_calendar,
// typed_date_order, typed_date_year.
func ParseTypedDate(s string, today ledger.Date) (ledger.Date, error) {
	s = strings.TrimSpace(clip(s))
	if p := yearISO.FindStringSubmatch(s); p != nil {
		return typedDate(s, atoi(p[1]), atoi(p[2]), atoi(p[3]))
	}
	p := dayFirst.FindStringSubmatch(s)
	if p == nil || p[4] != "" && p[4] != p[2] {
		return ledger.Date{}, ledger.Refuse(ledger.InvalidDate, "", "value", s)
	}
	year, month := today.Year(), today.Month()
	if p[3] != "" {
		month = atoi(p[3])
	}
	switch len(p[5]) {
	case 2:
		if year = 2000 + atoi(p[5]); year > today.Year()+shortAhead {
			return ledger.Date{}, ledger.Refuse(TypedDateYear, "", "value", s)
		}
	case 4:
		year = atoi(p[5])
	}
	return typedDate(s, year, month, atoi(p[1]))
}

// atoi reads digits that a pattern has already checked.
func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// typedDate tells apart why the calendar does not have a date.
func typedDate(s string, year, month, day int) (ledger.Date, error) {
	if year < firstYear || year > lastYear {
		return ledger.Date{}, ledger.Refuse(TypedDateYear, "", "value", s)
	}
	d, err := ledger.NewDate(year, month, day)
	switch {
	case err == nil:
		return d, nil
	case month > 12 && day >= 1 && day <= 12:
		return ledger.Date{}, ledger.Refuse(TypedDateOrder, "", "value", s)
	}
	return ledger.Date{}, ledger.Refuse(TypedDateCalendar, "", "value", s,
		"day", fmt.Sprint(day), "month", fmt.Sprint(month), "year", fmt.Sprint(year))
}
