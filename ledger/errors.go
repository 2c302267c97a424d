package ledger

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// A Rule names why something was refused. Rules are stable: callers test for
// them with errors.Is, transports map them to statuses, package lang words them.
type Rule string

// Error makes a Rule a target for errors.Is.
func (r Rule) Error() string { return "ledger: " + string(r) }

// The rules. Operands in brackets.
const (
	OverLimit          Rule = "over_limit"          // a guarded account would fall below zero [account available needed short]
	ObligationExceeded Rule = "obligation_exceeded" // more drawn on a commitment, advance or pledge than is open [obligation remaining needed short]
	ReducesTooMuch     Rule = "reduces_too_much"    // a return above what is left of its original [entry remaining needed]
	AlreadyReversed    Rule = "already_reversed"    // [entry]
	PartlyReturned     Rule = "partly_returned"     // whole reversal of an entry of which a part was returned [entry amount]
	NotReversible      Rule = "not_reversible"      // a reversal cannot itself be reversed [entry]
	PeriodClosed       Rule = "period_closed"       // [period]
	OutsideYear        Rule = "outside_year"        // posting date outside the budget year's window [date year from until]
	KeyReused          Rule = "key_reused"          // same idempotency key, other content [key]
	Forbidden          Rule = "forbidden"           // [user action programme]
	NotFound           Rule = "not_found"           // [what value]
	UnknownCode        Rule = "unknown_code"        // [value]
	AmbiguousLine      Rule = "ambiguous_line"      // [value candidates]
	IncompleteLine     Rule = "incomplete_line"     // [value needs]
	ExpiredCode        Rule = "expired_code"        // a unit, project or source outside its validity [code date]
	Exists             Rule = "exists"              // [what code]
	Required           Rule = "required"            // []
	NotAllowed         Rule = "not_allowed"         // a field that this kind of event does not take [kind]
	UnknownKind        Rule = "unknown_kind"        // [value]
	InvalidCode        Rule = "invalid_code"        // [value]
	InvalidAmount      Rule = "invalid_amount"      // [value]
	AmountScale        Rule = "amount_scale"        // [value scale]
	AmountRange        Rule = "amount_range"        // [digits limit]
	Negative           Rule = "negative"            // [value]
	ZeroAmount         Rule = "zero"                // []
	CurrencyMismatch   Rule = "currency_mismatch"   // [value wanted]
	InvalidDate        Rule = "invalid_date"        // [value]
	TooLong            Rule = "too_long"            // [limit length]
	TooMany            Rule = "too_many"            // [limit count]
	NotNFC             Rule = "not_nfc"             // []
	ControlCharacter   Rule = "control_character"   // []
	NotCashBacked      Rule = "not_cash_backed"     // receiving into a source that is drawn by appropriation [source]
	SourceMismatch     Rule = "source_mismatch"     // [from to]
	YearMismatch       Rule = "year_mismatch"       // [from to]
	SameLine           Rule = "same_line"           // [line]
	WrongObligation    Rule = "wrong_obligation"    // an obligation of another kind or line [obligation kind]
	Busy               Rule = "busy"                // the queue is full: nothing was done, try again later []
	UnknownOutcome     Rule = "unknown_outcome"     // the commit was not answered: repeat with the same key []
	TogetherRefused    Rule = "together_refused"    // another request of an all-or-none batch was refused []
)

// A Fault is one broken rule: where, which, and with what operands. It carries
// no sentence: package lang words it in the reader's language.
type Fault struct {
	Rule     Rule
	Field    string // path of the offending field, "events[2].amount"; may be empty
	Operands map[string]string
}

// Refuse returns a Fault; operands are pairs of name and value.
func Refuse(rule Rule, field string, operands ...string) *Fault {
	f := &Fault{Rule: rule, Field: field}
	for i := 0; i+1 < len(operands); i += 2 {
		if f.Operands == nil {
			f.Operands = make(map[string]string, len(operands)/2)
		}
		f.Operands[operands[i]] = operands[i+1]
	}
	return f
}

// Error returns the fault for logs: field, rule and operands.
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(string(f.Rule))
	if f.Field != "" {
		b.WriteString(" at " + f.Field)
	}
	for _, k := range slices.Sorted(maps.Keys(f.Operands)) {
		b.WriteString(" " + k + "=" + f.Operands[k])
	}
	return b.String()
}

// Is reports whether target is f's rule.
func (f *Fault) Is(target error) bool { return target == f.Rule }

// at returns err with every fault's field put below prefix.
func at(prefix string, err error) error {
	faults := Faults(err)
	if prefix == "" || len(faults) == 0 {
		return err
	}
	moved := make([]error, len(faults))
	for i, f := range faults {
		g := *f
		g.Field = strings.TrimSuffix(prefix+"."+f.Field, ".")
		moved[i] = &g
	}
	return errors.Join(moved...)
}

// Faults returns every Fault in err's tree, in order; none for nil or for an
// error that is not about a request.
func Faults(err error) []*Fault {
	switch e := err.(type) {
	case nil:
		return nil
	case *Fault:
		return []*Fault{e}
	case interface{ Unwrap() []error }:
		var all []*Fault
		for _, one := range e.Unwrap() {
			all = append(all, Faults(one)...)
		}
		return all
	case interface{ Unwrap() error }:
		return Faults(e.Unwrap())
	}
	return nil
}
