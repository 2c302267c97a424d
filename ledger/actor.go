package ledger

// A Role is what a person does in a programme.
type Role string

// The roles.
const (
	Officer  Role = "officer"  // records commitments, advances, payments
	Approver Role = "approver" // approves and closes
	Owner    Role = "owner"    // watches a project's balances
	Agency   Role = "agency"   // the standing agency: allocates, defines structure
	Auditor  Role = "auditor"  // reads and verifies everything
	Admin    Role = "admin"    // users, grants; never posts
)

// Roles are all roles, in the order in which they are shown.
var Roles = []Role{Officer, Approver, Owner, Agency, Auditor, Admin}

// An Operation is what a role may allow.
type Operation string

// The operations.
const (
	Read            Operation = "read"
	PostEntries     Operation = "post"
	DefineStructure Operation = "structure"
	ClosePeriods    Operation = "periods"
	ManageUsers     Operation = "users" // users, grants, programmes
)

// policy is the one table of rights. What is not in it is refused.
var policy = map[Role][]Operation{
	Officer:  {Read, PostEntries},
	Approver: {Read, ClosePeriods},
	Owner:    {Read},
	Agency:   {Read, PostEntries, DefineStructure, ClosePeriods},
	Auditor:  {Read},
	Admin:    {Read, DefineStructure, ManageUsers},
}

// May reports whether the policy table allows op to role r.
func (r Role) May(op Operation) bool {
	for _, allowed := range policy[r] {
		if allowed == op {
			return true
		}
	}
	return false
}

// Valid reports whether r is a role.
func (r Role) Valid() bool { _, ok := policy[r]; return ok }

// A Grant gives a user a role in a programme; one in SYSTEM holds for the list
// of programmes and users.
type Grant struct {
	User      Login
	Programme Code
	Role      Role
}

// An Actor is who asks. It is a value made by a directory for one request; the
// writer decides by the grants that the book has when it decides, so a
// revocation is never overtaken.
type Actor struct {
	User   Login
	Grants []Grant
	local  bool
}

// LocalUser is the login of commands run on the machine itself.
const LocalUser Login = "local"

// LocalActor returns the actor of commands run on the machine by someone who
// can read its data directory; it may do everything and is named "local".
func LocalActor() Actor { return Actor{User: LocalUser, local: true} }

// May reports whether a may do op in the programme, by the grants it carries.
// Errors: forbidden.
func (a Actor) May(op Operation, programme Code) error {
	if a.local {
		return nil
	}
	for _, g := range a.Grants {
		if g.Programme == programme && g.Role.May(op) {
			return nil
		}
	}
	return Refuse(Forbidden, "", "user", string(a.User), "action", string(op), "programme", string(programme))
}

// Has reports whether a carries role r in the programme.
func (a Actor) Has(r Role, programme Code) bool {
	for _, g := range a.Grants {
		if g.Programme == programme && g.Role == r {
			return true
		}
	}
	return false
}
