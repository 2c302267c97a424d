package web

// A choice is one entry of a list to choose from.
type choice struct {
	Value string `json:"value"`
	Text  string `json:"text"`
	Left  string `json:"left,omitempty"` // what is left of an obligation, canonical
}

// showLines answers the line picker's search with JSON.
func showLines(r *request) error {
	b, err := r.lineBook()
	if err != nil {
		return err
	}
	found := make([]choice, 0, maxCandidates)
	for _, l := range b.find(clean(r.Query("q")), maxCandidates) {
		found = append(found, choice{Value: b.ref(l), Text: b.names.line(l)})
	}
	r.Set("Cache-Control", "no-store")
	return r.JSON(found)
}
