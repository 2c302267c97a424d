package web

import (
	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
)

const (
	get  = fiber.MethodGet
	post = fiber.MethodPost
)

// public and signedIn are the rights of pages outside of a programme.
const (
	public   ledger.Operation = ""
	signedIn ledger.Operation = "signed-in"
)

// A route is one row of the table of pages. Paths with :programme need the
// right in that programme, and find its structure in the request.
type route struct {
	method, path string
	need         ledger.Operation
	handle       func(*request) error
}

// routes is the one table of pages.
func routes() []route {
	return []route{
		{get, "/sign-in", public, showSignIn},
		{post, "/sign-in", public, signIn},
		{post, "/sign-out", public, signOut},
		{post, "/preferences", public, setPreferences},
		{get, "/", signedIn, showHome},
		{get, "/p/:programme", ledger.Read, showDesk},
		{get, "/p/:programme/summary", ledger.Read, showSummary},
		{get, "/p/:programme/summary.xlsx", ledger.Read, summaryXLSX},
		{get, "/p/:programme/summary.csv", ledger.Read, summaryCSV},
		{get, "/p/:programme/summary.json", ledger.Read, summaryJSON},
		{get, "/p/:programme/journal", ledger.Read, showJournal},
		{get, "/p/:programme/journal.xlsx", ledger.Read, journalXLSX},
		{get, "/p/:programme/lines", ledger.Read, showLineList},
		{get, "/p/:programme/lines/:year/:source/:project/:unit/:khoan/:nature", ledger.Read, showLine},
		{get, "/p/:programme/projects/:project", ledger.Read, showProject},
		{get, "/p/:programme/obligations", ledger.Read, showObligations},
		{get, "/p/:programme/export", ledger.Read, showExport},
		{get, "/p/:programme/export.zip", ledger.Read, exportZIP},
		{get, "/p/:programme/vouchers/new", ledger.PostEntries, showVoucher},
		{post, "/p/:programme/vouchers/new", ledger.PostEntries, postVoucher},
		{get, "/p/:programme/balance", ledger.PostEntries, showBalance},
		{get, "/p/:programme/find-line", ledger.Read, showLines},
		{get, "/p/:programme/budget", ledger.PostEntries, showBudget},
		{get, "/p/:programme/entries/:seq", ledger.Read, showEntry},
		{post, "/p/:programme/entries/:seq/reverse", ledger.PostEntries, reverseEntry},
	}
}

// A tab is an entry of the main navigation. It is shown to those who have the
// right, and, with a role, only to those who hold it.
type tab struct {
	key, path string
	need      ledger.Operation
	role      ledger.Role
}

// tabs are the main navigation inside a programme, in order. A tab whose page
// is not in the table of routes is left out.
var tabs = []tab{
	{"summary", "/p/:programme/summary", ledger.Read, ""},
	{"spend", "/p/:programme/vouchers/new", ledger.PostEntries, ""},
	{"budget", "/p/:programme/budget", ledger.PostEntries, ""},
	{"lines", "/p/:programme/lines", ledger.Read, ""},
	{"journal", "/p/:programme/journal", ledger.Read, ""},
}
