package api

import (
	"context"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/access"
)

func (s *server) adminRoutes() {
	read(s, get("list-periods", "/programmes/{programme}/periods", "List closed periods", "Months that are not listed are open."), s.periods)
	write(s, post("set-period", "/programmes/{programme}/periods", "Close or open a period", ""), s.setPeriod)
	read(s, get("list-grants", "/programmes/{programme}/grants", "List grants", "Who has which role."), s.grants)
	write(s, post("set-grant", "/programmes/{programme}/grants", "Grant or revoke a role", ""), s.setGrant)
	read(s, get("list-users", "/users", "List users", "Needs the right to manage users in SYSTEM."), s.users)
	write(s, post("set-user", "/users", "Create or change a user", "A new user has no password: set one with the command user. The same login again changes name or state."), s.setUser)
}

// period is one month of a programme's books.
type period struct {
	Year   int  `json:"year" example:"2019"`
	Month  int  `json:"month" example:"3" minimum:"1" maximum:"12"`
	Closed bool `json:"closed"`
}

func periodOf(p ledger.Period) period { return period{p.Year, p.Month, p.Closed} }

// Grant is a role of a user in the programme.
type Grant struct {
	Login string `json:"login" maxLength:"40" example:"lan"`
	Role  string `json:"role" enum:"officer,approver,owner,agency,auditor,admin"`
}

func grantOf(g ledger.Grant) Grant { return Grant{string(g.User), string(g.Role)} }

type grantChange struct {
	Grant
	Revoked bool `json:"revoked,omitempty" doc:"Takes the role away."`
}

// user is a person who may sign in.
type user struct {
	Login    string `json:"login" maxLength:"40" example:"lan"`
	Name     string `json:"name" maxLength:"1000"`
	Disabled bool   `json:"disabled,omitempty"`
}

func userOf(p access.Person) user { return user{string(p.Login), p.Name, p.Disabled} }

func (s *server) periods(ctx context.Context, k *call, in *BookPath) (*body[List[period]], error) {
	st, err := s.books.Structure(ctx, k.by, in.book())
	if err != nil {
		return nil, err
	}
	return listOf(st.Closed, periodOf), nil
}

func (s *server) setPeriod(ctx context.Context, k *call, in *defineInput, b *period, f *faults) (*changeOutput, error) {
	if _, err := ledger.NewDate(b.Year, b.Month, 1); err != nil && !f.fields["year"] && !f.fields["month"] {
		f.at("month", err)
	}
	return s.change(ctx, k, in.book(), in.Key, ledger.SetPeriod{Period: ledger.Period(*b)}, f)
}

func (s *server) grants(ctx context.Context, k *call, in *BookPath) (*body[List[Grant]], error) {
	all, err := s.books.Grants(ctx, k.by, in.book())
	if err != nil {
		return nil, err
	}
	return listOf(all, grantOf), nil
}

func (s *server) setGrant(ctx context.Context, k *call, in *defineInput, b *grantChange, f *faults) (*changeOutput, error) {
	role := ledger.Role(b.Role)
	if !role.Valid() {
		f.add(ledger.Refuse(ledger.UnknownKind, "role", "value", clip(b.Role)))
	}
	return s.change(ctx, k, in.book(), in.Key, ledger.SetGrant{User: f.login("login", b.Login), Role: role, Revoked: b.Revoked}, f)
}

func (s *server) users(ctx context.Context, k *call, _ *struct{}) (*body[List[user]], error) {
	all, err := s.directory.Users(ctx, k.by)
	if err != nil {
		return nil, err
	}
	return listOf(all, userOf), nil
}

func (s *server) setUser(ctx context.Context, k *call, in *KeyHeader, b *user, f *faults) (*changeOutput, error) {
	return s.change(ctx, k, ledger.System, in.Key, ledger.SetUser{
		User: f.login("login", b.Login), Name: b.Name, Disabled: b.Disabled}, f)
}
