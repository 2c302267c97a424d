package web

// showBudget lists the kinds of decisions and receipts that the person may record.
func showBudget(r *request) error {
	var groups []kindGroup
	for _, g := range kindGroups {
		if g.Name != "spend" && r.mayUse(g) {
			groups = append(groups, g)
		}
	}
	r.title(r.t("budget.title"))
	return r.render("budget", groups)
}
