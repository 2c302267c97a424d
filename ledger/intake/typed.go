package intake

import (
	"strconv"
	"strings"

	"github.com/sokinhphi/kinhphi/ledger"
)

// typed are the cells of a sheet that hold no text, in order.
type typed []typedCell

type typedCell struct {
	row   int32
	col   int16
	truth bool // otherwise a number
}

// spelled gives numbers and truth values to each in the one way in which they
// are read further on.
func (t typed) spelled(each eachRow) eachRow {
	return func(row int, cells []string) error {
		for len(t) > 0 && int(t[0].row) <= row {
			if i := int(t[0].col) - 1; int(t[0].row) == row && i < len(cells) && cells[i] != "" {
				cells[i] = t[0].spell(cells[i])
			}
			t = t[1:]
		}
		return each(row, cells)
	}
}

func (c typedCell) spell(s string) string {
	if !c.truth {
		return spellNumber(s)
	}
	if s == "1" {
		return "TRUE"
	}
	return "FALSE"
}

// floatDigits is how many significant digits every decimal keeps in a binary
// floating point number of 64 bits.
const floatDigits = 15

// spellNumber writes the number of a cell as a decimal. Spreadsheets keep
// binary numbers and write them with up to 17 digits: 27158569.53 stands in the
// file as 27158569.530000001. The shortest decimal that is the same number is
// what was typed, as long as it has no more than floatDigits. A longer one was
// never exact and comes out in a form that no amount has: with all its decimal
// places, or with an exponent.
func spellNumber(s string) string {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	short := strconv.FormatFloat(f, 'f', -1, 64)
	if digits := strings.Trim(strings.Replace(short, ".", "", 1), "-0"); len(digits) <= floatDigits {
		return short
	}
	if _, fraction, _ := strings.Cut(s, "."); len(fraction) > ledger.MaxScale && !strings.ContainsAny(s, "eE") {
		return s
	}
	return strconv.FormatFloat(f, 'e', -1, 64)
}
