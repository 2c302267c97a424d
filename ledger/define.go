package ledger

import "errors"

// define checks a change of structure, periods or rights, applies it and
// returns what is recorded.
func (s *State) define(a Action) (Action, error) {
	switch a := a.(type) {
	case DefineProgramme:
		return a, s.defineProgramme(a.Programme)
	case SetUser:
		return a, s.setUser(a)
	case SetGrant:
		return a, s.setGrant(a)
	case DefineUnit:
		return a, s.defineUnit(a.Unit)
	case DefineProject:
		return a, s.defineProject(a.Project)
	case DefineSource:
		return a, s.defineSource(a.Source)
	case SetPeriod:
		return a, s.setPeriod(a.Period)
	}
	return nil, Refuse(UnknownKind, "action")
}

// takes refuses kinds of records that do not belong into the book: users and
// programmes are SYSTEM's, everything else but grants is a programme's.
func (s *State) takes(k RecordKind) error {
	if k != GrantRecord && (s.programme.Code == System) != (k == ProgrammeRecord || k == UserRecord) {
		return Refuse(NotAllowed, "action", "kind", k.String())
	}
	return nil
}

func (s *State) defineProgramme(p Programme) error {
	err := errors.Join(checkCode("code", p.Code, true), checkName("name", p.Name))
	if !p.Currency.code.Valid() {
		err = errors.Join(err, Refuse(Required, "currency"))
	}
	if p.AdjustmentDays < 0 || p.AdjustmentDays > 366 {
		err = errors.Join(err, Refuse(TooMany, "adjustment_days", "limit", "366", "count", itoa(p.AdjustmentDays)))
	}
	if err != nil {
		return err
	}
	if p.Code == System || s.programmes[p.Code] {
		return Refuse(Exists, "code", "what", "programme", "code", string(p.Code))
	}
	s.programmes[p.Code] = true
	return nil
}

func (s *State) setUser(u SetUser) error {
	if !u.User.Valid() || u.User == LocalUser {
		return Refuse(InvalidCode, "login", "value", clip(string(u.User)))
	}
	if err := checkName("name", u.Name); err != nil {
		return err
	}
	if _, known := s.people[u.User]; !known {
		s.last.person++
		s.people[u.User] = s.last.person
	}
	return nil
}

func (s *State) setGrant(g SetGrant) error {
	if !g.Role.Valid() {
		return Refuse(UnknownKind, "role", "value", clip(string(g.Role)))
	}
	if _, known := s.people[g.User]; !known || g.User == LocalUser {
		delete(s.loaded, Need{Person: g.User}) // users are made in another book: look again next time
		return Refuse(UnknownCode, "login", "value", clip(string(g.User)))
	}
	grant := Grant{g.User, s.programme.Code, g.Role}
	if g.Revoked {
		delete(s.grants, grant)
	} else {
		s.grants[grant] = true
	}
	return nil
}

func (s *State) defineUnit(u Unit) error {
	err := errors.Join(checkCode("code", u.Code, true), checkName("name", u.Name),
		checkCode("parent", u.Parent, false), checkCode("chapter", u.Chapter, false))
	if u.From.IsZero() {
		err = errors.Join(err, Refuse(Required, "from"))
	} else if !u.To.IsZero() && u.To.Before(u.From) {
		err = errors.Join(err, Refuse(InvalidDate, "to", "value", u.To.String()))
	}
	if err != nil {
		return err
	}
	if _, ok := s.units[u.Parent]; u.Parent != "" && (!ok || s.below(u.Parent, u.Code)) {
		return Refuse(UnknownCode, "parent", "value", string(u.Parent))
	}
	if u.Parent == "" && s.root != "" && s.root != u.Code {
		return Refuse(Required, "parent")
	}
	id := s.units[u.Code].id
	if id == 0 {
		id = s.last.unit + 1
	}
	s.putUnit(id, u)
	return nil
}

// below reports whether unit c is ancestor or itself above c: a unit cannot be
// put below itself.
func (s *State) below(c, ancestor Code) bool {
	for c != "" {
		if c == ancestor {
			return true
		}
		c = s.units[c].v.Parent
	}
	return false
}

func (s *State) defineProject(p Project) error {
	if err := errors.Join(checkCode("code", p.Code, true), checkName("name", p.Name), checkCode("owner", p.Owner, false)); err != nil {
		return err
	}
	if _, ok := s.units[p.Owner]; p.Owner != "" && !ok {
		return Refuse(UnknownCode, "owner", "value", string(p.Owner))
	}
	id := s.projects[p.Code].id
	if id == 0 {
		id = s.last.project + 1
	}
	s.putProject(id, p)
	return nil
}

func (s *State) defineSource(src Source) error {
	err := errors.Join(checkCode("code", src.Code, true), checkName("name", src.Name), checkCode("treasury", src.Treasury, true))
	if src.Kind.String() == "" {
		err = errors.Join(err, Refuse(UnknownKind, "kind", "value", itoa(int(src.Kind))))
	}
	if src.Backing.String() == "" {
		err = errors.Join(err, Refuse(UnknownKind, "backing", "value", itoa(int(src.Backing))))
	}
	if err != nil {
		return err
	}
	known, ok := s.sources[src.Code]
	if ok && known.v.Backing != src.Backing { // the entries of a source rest on how it is backed
		return Refuse(Exists, "backing", "what", "source", "code", string(src.Code))
	}
	id := known.id
	if !ok {
		id = s.last.source + 1
	}
	s.putSource(id, src)
	return nil
}

func (s *State) setPeriod(p Period) error {
	if p.Month < 1 || p.Month > 12 || p.Year < 1900 || p.Year > 2999 {
		return Refuse(InvalidDate, "month", "value", itoa(p.Year)+"-"+itoa(p.Month))
	}
	if p.Closed {
		s.closed[yearMonth{p.Year, p.Month}] = true
	} else {
		delete(s.closed, yearMonth{p.Year, p.Month})
	}
	return nil
}

func checkName(field, name string) error {
	if name == "" {
		return Refuse(Required, field)
	}
	return checkText(field, name, MaxName)
}
