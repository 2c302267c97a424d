package web

// showHome leads to the programme of somebody who has only one.
func showHome(r *request) error {
	all, err := r.programmes()
	if err != nil {
		return err
	}
	if len(all) == 1 {
		return r.redirect("/p/" + string(all[0].Code))
	}
	r.title(r.t("home.title"))
	return r.render("home", all)
}
