package lang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sokinhphi/kinhphi/ledger"
)

func TestExplain(t *testing.T) {
	over := ledger.Refuse(ledger.OverLimit, "events[0].amount", "account", "Budget:2019:NSTW:DA1:CAT:041:12:Available",
		"available", "2000000", "needed", "8000000", "short", "6000000")
	for _, c := range []struct {
		f      *ledger.Fault
		vi, en string
	}{
		{over,
			"Dòng 2019/NSTW/DA1/CAT/041/12 (Còn được chi) chỉ còn 2.000.000, cần 8.000.000: thiếu 6.000.000. Giảm số tiền hoặc đề nghị bổ sung, điều chỉnh trước khi ghi.",
			"Line 2019/NSTW/DA1/CAT/041/12 (Available) has only 2,000,000, 8,000,000 is needed: 6,000,000 short. Reduce the amount, or ask for a supplement or a transfer first."},
		{ledger.Refuse(ledger.Required, "events[2].amount"),
			"Số tiền (dòng 3): chưa nhập.", "Amount (row 3): nothing was entered."},
		{ledger.Refuse(ledger.OutsideYear, "date", "date", "2020-03-17", "year", "2019", "from", "2019-01-01", "until", "2020-01-31"),
			"Ngày 17/03/2020 không thuộc năm ngân sách 2019: năm này nhận bút toán đến hết 31/01/2020. Sửa ngày hạch toán hoặc chọn dòng của năm khác.",
			"17 Mar 2020 is not in budget year 2019, which takes entries until 31 Jan 2020. Change the posting date, or choose a line of another year."},
		{ledger.Refuse(TypedAmountAmbiguous, "", "value", "12,500", "large", "12500", "small", "12.5"),
			"“12,500” đọc được hai cách: 12.500 hoặc 12,5. Ghi đủ chữ số, không dùng dấu và chữ tắt.",
			"“12,500” can be read as 12,500 or as 12.5. Write all digits, without marks and units."},
		{ledger.Refuse("brand_new", ""), "⟦error.brand_new⟧", "⟦error.brand_new⟧"},
	} {
		if vi, en := Explain(c.f, Vi), Explain(c.f, En); vi != c.vi || en != c.en {
			t.Errorf("%v:\n%s\n%s\nwant\n%s\n%s", c.f, vi, en, c.vi, c.en)
		}
	}
}

func TestFieldLabel(t *testing.T) {
	for path, want := range map[string]string{
		"amount": "Số tiền", "document.number": "Số chứng từ", "events[2].amount": "Số tiền (dòng 3)",
		"entries[4].events[0].document.date": "Ngày chứng từ (dòng 1)", "events[1]": "Mục này (dòng 2)",
		"": "Mục này", "line.unit": "Đơn vị", "unheard.word": "unheard.word", "events[0].to.source": "Nguồn kinh phí (dòng 1)", "events[x].amount": "Số tiền",
	} {
		if got := FieldLabel(path, Vi); got != want {
			t.Errorf("FieldLabel(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestAccountText(t *testing.T) {
	for path, want := range map[string]string{
		"Budget:2019:NSTW:Pool:Unallocated":    "Dự toán 2019/NSTW (Chưa phân bổ)",
		"Plan:P1:NSTW:DA1:2019:-:Unfunded":     "Kế hoạch 2019/NSTW/DA1 (Kế hoạch chưa được giao)",
		"Fund:VT:Treasury:9523":                "Nguồn VT 9523 (Tiền tại Kho bạc)",
		"Fund:VT:Treasury":                     "Nguồn VT (Tiền tại Kho bạc)",
		"Fund:VT:Advances:2019:DA1:CAT:041:12": "Nguồn VT 2019/DA1/CAT/041/12 (Tạm ứng)",
		"2019/NSTW/DA1/CAT":                    "2019/NSTW/DA1/CAT",
		"Fund:VT":                              "Fund:VT",
		"":                                     "",
	} {
		if got := accountText(path, Vi); got != want {
			t.Errorf("accountText(%q) = %q, want %q", path, got, want)
		}
	}
}

// Every word of the ledger has its text: a new kind, state, figure, role or
// rule fails here, not before a user.
func TestLedgerVocabulary(t *testing.T) {
	var keys []string
	for _, k := range ledger.Kinds {
		keys = append(keys, "kind."+k.Name)
	}
	books := map[ledger.Book]string{ledger.PlanBook: "plan", ledger.PoolBook: "pool", ledger.LineBook: "line", ledger.FundBook: "fund"}
	for _, s := range ledger.States {
		keys = append(keys, "state."+books[s.Book]+"."+s.Name)
	}
	for _, f := range ledger.Figures {
		keys = append(keys, "figure."+string(f.Figure), "figure."+string(f.Figure)+".help")
	}
	for _, r := range ledger.Roles {
		keys = append(keys, "role."+string(r))
	}
	for k := ledger.EntryRecord; k <= ledger.UserRecord; k++ {
		keys = append(keys, "record."+k.String())
	}
	for k := ledger.CommitmentObligation; k <= ledger.PledgeObligation; k++ {
		keys = append(keys, "obligation."+k.String())
	}
	for _, o := range []ledger.Operation{ledger.Read, ledger.PostEntries, ledger.DefineStructure, ledger.ClosePeriods, ledger.ManageUsers} {
		keys = append(keys, "action."+string(o))
	}
	if len(keys) < 150 {
		t.Fatalf("only %d words", len(keys))
	}
	for _, key := range keys {
		if !Has(key) {
			t.Errorf("no text for %s", key)
		}
	}
}

// The text of every rule uses only the operands that its comment promises, so
// no reader ever sees a bare {placeholder}.
func TestRulesHaveTexts(t *testing.T) {
	rules := rulesOf(t, "../errors.go")
	for rule, operands := range rulesOf(t, "explain.go") {
		rules[rule] = operands
	}
	if len(rules) < 45 {
		t.Fatalf("only %d rules were found in the sources", len(rules))
	}
	vi := texts(t, Vi)
	for rule, operands := range rules {
		text, ok := vi["error."+rule]
		if !ok {
			t.Errorf("no text for rule %s", rule)
		}
		for _, p := range placeholders(text) {
			name, _, _ := strings.Cut(p, ":")
			if name != "field" && !slices.Contains(operands, name) {
				t.Errorf("rule %s: {%s} is none of its operands %v", rule, name, operands)
			}
		}
	}
}

var operandList = regexp.MustCompile(`\[([a-z ]*)\]`)

// rulesOf reads the constants of type Rule and the operands in their comments.
func rulesOf(t *testing.T, file string) map[string][]string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string][]string{}
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !isRule(spec.Type) {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		m := operandList.FindStringSubmatch(spec.Comment.Text())
		if err != nil || m == nil {
			t.Fatalf("%s: the comment of %s lists no operands", file, spec.Names[0])
		}
		rules[value] = strings.Fields(m[1])
		return true
	})
	return rules
}

func isRule(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == "Rule"
	case *ast.SelectorExpr:
		return e.Sel.Name == "Rule"
	}
	return false
}
