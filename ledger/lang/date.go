package lang

import (
	"fmt"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

// ShortDate writes a date for tables and fields: 09/03/2020 in Vietnamese;
// 9 Mar 2020 in English, since some would read 09/03 as September. The zero
// Date is "".
func ShortDate(d ledger.Date, l Lang) string {
	switch {
	case d.IsZero():
		return ""
	case l == En:
		return fmt.Sprintf("%d %.3s %d", d.Day(), time.Month(d.Month()), d.Year())
	}
	return fmt.Sprintf("%02d/%02d/%04d", d.Day(), d.Month(), d.Year())
}

// DocumentDate writes a date as official documents do: "ngày 09 tháng 3 năm
// 2020". Days below 10 and the months 1 and 2 take a zero, other months do not
// (decree 30/2020). English: 9 March 2020. The zero Date is "".
func DocumentDate(d ledger.Date, l Lang) string {
	switch {
	case d.IsZero():
		return ""
	case l == En:
		return fmt.Sprintf("%d %s %d", d.Day(), time.Month(d.Month()), d.Year())
	case d.Month() <= 2:
		return fmt.Sprintf("ngày %02d tháng %02d năm %d", d.Day(), d.Month(), d.Year())
	}
	return fmt.Sprintf("ngày %02d tháng %d năm %d", d.Day(), d.Month(), d.Year())
}

// isoDate rewrites a canonical date with ShortDate; other texts stay as they
// are.
func isoDate(s string, l Lang) string {
	d, err := ledger.ParseDate(s)
	if err != nil {
		return s
	}
	return ShortDate(d, l)
}
