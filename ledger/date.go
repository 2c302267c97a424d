package ledger

import (
	"fmt"
	"strconv"
	"time"
)

// A Date is a civil date, without a zone: what stands on a paper. Dates of
// this product are civil dates in Asia/Ho_Chi_Minh; turning an instant into one
// is left to the caller. The zero Date is not valid. Dates compare with ==.
type Date struct {
	year       int16
	month, day uint8
}

// NewDate returns the date, or invalid_date when the calendar has no such day
// or the year is outside 1900 to 2999.
func NewDate(year, month, day int) (Date, error) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if year < 1900 || year > 2999 || t.Year() != year || int(t.Month()) != month || t.Day() != day {
		return Date{}, Refuse(InvalidDate, "date", "value", fmt.Sprintf("%04d-%02d-%02d", year, month, day))
	}
	return Date{int16(year), uint8(month), uint8(day)}, nil
}

// DateOf returns the civil date of t in t's own location.
func DateOf(t time.Time) Date {
	return Date{int16(t.Year()), uint8(t.Month()), uint8(t.Day())}
}

// ParseDate reads the one canonical form, 2006-01-02. Error: invalid_date.
func ParseDate(s string) (Date, error) {
	if len(s) == 10 && s[4] == '-' && s[7] == '-' && digits(s[:4]) && digits(s[5:7]) && digits(s[8:]) {
		y, _ := strconv.Atoi(s[:4])
		m, _ := strconv.Atoi(s[5:7])
		d, _ := strconv.Atoi(s[8:])
		if date, err := NewDate(y, m, d); err == nil {
			return date, nil
		}
	}
	return Date{}, Refuse(InvalidDate, "date", "value", clip(s))
}

// IsZero reports whether d is the zero Date.
func (d Date) IsZero() bool { return d == Date{} }

// Year returns the calendar year.
func (d Date) Year() int { return int(d.year) }

// Month returns the calendar month, 1 to 12.
func (d Date) Month() int { return int(d.month) }

// Day returns the day of the month.
func (d Date) Day() int { return int(d.day) }

// FirstOfMonth returns the first day of d's month.
func (d Date) FirstOfMonth() Date { return Date{d.year, d.month, 1} }

// Time returns midnight UTC of d.
func (d Date) Time() time.Time {
	return time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, time.UTC)
}

// AddDays returns the date n days after d.
func (d Date) AddDays(n int) Date { return DateOf(d.Time().AddDate(0, 0, n)) }

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is later than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// Compare returns -1, 0 or 1.
func (d Date) Compare(e Date) int {
	a := int(d.year)<<16 | int(d.month)<<8 | int(d.day)
	b := int(e.year)<<16 | int(e.month)<<8 | int(e.day)
	return min(1, max(-1, a-b))
}

// String returns 2006-01-02, or "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
}
