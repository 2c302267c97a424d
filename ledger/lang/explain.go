package lang

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sokinhphi/kinhphi/ledger"
)

// The rules of what a person types, beside those of package ledger. Operands
// in brackets; amounts are canonical.
const (
	TypedAmountEmpty     ledger.Rule = "typed_amount_empty"     // []
	TypedAmountLong      ledger.Rule = "typed_amount_long"      // [limit]
	TypedAmountForm      ledger.Rule = "typed_amount_form"      // not an amount [value]
	TypedAmountDigit     ledger.Rule = "typed_amount_digit"     // digits of another script [value character]
	TypedAmountSign      ledger.Rule = "typed_amount_sign"      // [value]
	TypedAmountGroups    ledger.Rule = "typed_amount_groups"    // groups not of three digits [value]
	TypedAmountMark      ledger.Rule = "typed_amount_mark"      // the grouping mark where decimals seem meant [value]
	TypedAmountAmbiguous ledger.Rule = "typed_amount_ambiguous" // both readings [value large small]
	TypedDateCalendar    ledger.Rule = "typed_date_calendar"    // no such day [value day month year]
	TypedDateOrder       ledger.Rule = "typed_date_order"       // month before day [value]
	TypedDateYear        ledger.Rule = "typed_date_year"        // a year that is not meant [value]
)

// Explain words a fault for a person: the number, the reason, the way out. The
// placeholder {field} is the label of the fault's field.
func Explain(f *ledger.Fault, l Lang) string {
	operands := make(map[string]string, len(f.Operands)+1)
	operands["field"] = FieldLabel(f.Field, l)
	for name, value := range f.Operands {
		operands[name] = value
	}
	return render(l, "error."+string(f.Rule), operands)
}

var indexed = regexp.MustCompile(`^(?:.*\.)?[a-z]+\[([0-9]{1,9})\](?:\.(.*))?$`)

// FieldLabel names a field by its path: "amount" is "Số tiền",
// "events[2].amount" is "Số tiền (dòng 3)", "line.unit" is "Đơn vị". A path of
// which no end has a message under "field." names itself; an empty one is
// "Mục này".
func FieldLabel(path string, l Lang) string {
	row := ""
	if m := indexed.FindStringSubmatch(path); m != nil {
		i, _ := strconv.Atoi(m[1])
		row, path = strconv.Itoa(i+1), m[2]
	}
	label := fieldName(path, l)
	if row == "" {
		return label
	}
	return T(l, "field.in_row", "name", label, "row", row)
}

// fieldName is the message of the longest end of path that has one.
func fieldName(path string, l Lang) string {
	if path == "" {
		return T(l, "field.unnamed")
	}
	for end, more := path, true; more; _, end, more = strings.Cut(end, ".") {
		if Has("field." + end) {
			return T(l, "field."+end)
		}
	}
	return path
}

// accountText writes an account's path for a person: the line, source or pool
// as it is referred to elsewhere, and the name of the state. What is no such
// path stays as it is.
func accountText(path string, l Lang) string {
	p := strings.Split(path, ":")
	switch {
	case p[0] == "Budget" && len(p) == 8:
		return accountName("line", strings.Join(p[1:7], "/"), p[7], l)
	case p[0] == "Budget" && len(p) == 5 && p[3] == "Pool":
		return accountName("pool", strings.Join(p[1:3], "/"), p[4], l)
	case p[0] == "Plan" && len(p) == 7:
		return accountName("plan", strings.Join([]string{p[4], p[2], p[3]}, "/"), p[6], l)
	case p[0] == "Fund" && len(p) > 2:
		ref := strings.Join(p[3:], "/")
		return accountName("fund", strings.TrimSpace(p[1]+" "+ref), p[2], l)
	}
	return path
}

func accountName(book, ref, state string, l Lang) string {
	return T(l, "account."+book, "ref", ref, "state", T(l, "state."+book+"."+state))
}

// clip shortens what somebody typed, so that an error never repeats a flood.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "�")
	if utf8.RuneCountInString(s) <= maxTyped {
		return s
	}
	return string([]rune(s)[:maxTyped]) + "…"
}
