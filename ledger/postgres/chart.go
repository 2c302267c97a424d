package postgres

import (
	"database/sql"

	"github.com/jmoiron/sqlx"

	"github.com/sokinhphi/kinhphi/ledger"
)

// A chart is what a programme is made of, by id.
type chart struct {
	programme ledger.Programme
	units     map[int]ledger.Unit
	projects  map[int]ledger.Project
	sources   map[int]ledger.Source
	closed    []ledger.Period
}

// readChart reads the newest versions. SYSTEM has none of it.
func readChart(l *load) (c chart, err error) {
	c.units, c.projects, c.sources = map[int]ledger.Unit{}, map[int]ledger.Project{}, map[int]ledger.Source{}
	c.programme.Code = l.code
	if l.code == ledger.System {
		c.programme.Currency = ledger.VND
		return c, nil
	}
	if c.programme, err = readProgramme(l); err != nil {
		return c, err
	}
	if err := l.units(c.units); err != nil {
		return c, err
	}
	if err := l.projects(c.projects, c.units); err != nil {
		return c, err
	}
	if err := l.sources(c.sources); err != nil {
		return c, err
	}
	c.closed, err = l.closed()
	return c, err
}

const programmeQuery = `
	SELECT DISTINCT ON (p.id)
		p.code,
		v.name,
		v.currency,
		v.scale,
		v.adjustment_days,
		v.sample
	FROM programme p
	JOIN programme_version v ON v.programme = 0 AND v.id = p.id`

func scanProgramme(r interface{ Scan(...any) error }) (p ledger.Programme, err error) {
	var currency ledger.Code
	var scale int
	if err := r.Scan(&p.Code, &p.Name, &currency, &scale, &p.AdjustmentDays, &p.Sample); err != nil {
		return p, err
	}
	p.Currency, err = ledger.NewCurrency(currency, scale)
	return p, err
}

func readProgramme(l *load) (ledger.Programme, error) {
	return scanProgramme(l.tx.QueryRowxContext(l.ctx, programmeQuery+" WHERE p.id = $1 ORDER BY p.id, v.since DESC", l.book))
}

// date reads a nullable date.
func date(t sql.NullTime) ledger.Date {
	if !t.Valid {
		return ledger.Date{}
	}
	return ledger.DateOf(t.Time.UTC())
}

func (l *load) units(units map[int]ledger.Unit) error {
	parents := map[int]int{}
	err := l.each(`
		SELECT DISTINCT ON (id) id, code, name, coalesce(parent, 0), coalesce(chapter, ''), valid_from, valid_to
		FROM unit WHERE programme = $1 ORDER BY id, since DESC`, func(r *sqlx.Rows) error {
		var id, parent int
		var u ledger.Unit
		var from, to sql.NullTime
		err := r.Scan(&id, &u.Code, &u.Name, &parent, &u.Chapter, &from, &to)
		u.From, u.To = date(from), date(to)
		units[id], parents[id] = u, parent
		return err
	})
	for id, u := range units {
		u.Parent = units[parents[id]].Code
		units[id] = u
	}
	return err
}

func (l *load) projects(projects map[int]ledger.Project, units map[int]ledger.Unit) error {
	return l.each(`
		SELECT DISTINCT ON (id) id, code, name, coalesce(owner, 0)
		FROM project WHERE programme = $1 ORDER BY id, since DESC`, func(r *sqlx.Rows) error {
		var id, owner int
		var p ledger.Project
		err := r.Scan(&id, &p.Code, &p.Name, &owner)
		p.Owner = units[owner].Code
		projects[id] = p
		return err
	})
}

func (l *load) sources(sources map[int]ledger.Source) error {
	return l.each(`
		SELECT DISTINCT ON (id) id, code, name, kind, backing, treasury
		FROM source WHERE programme = $1 ORDER BY id, since DESC`, func(r *sqlx.Rows) error {
		var id int
		var s ledger.Source
		err := r.Scan(&id, &s.Code, &s.Name, &s.Kind, &s.Backing, &s.Treasury)
		sources[id] = s
		return err
	})
}

func (l *load) closed() (closed []ledger.Period, err error) {
	err = l.each(`
		SELECT year, month FROM (
			SELECT DISTINCT ON (year, month) year, month, closed
			FROM period WHERE programme = $1 ORDER BY year, month, since DESC) p
		WHERE closed ORDER BY year, month`, func(r *sqlx.Rows) error {
		p := ledger.Period{Closed: true}
		err := r.Scan(&p.Year, &p.Month)
		closed = append(closed, p)
		return err
	})
	return closed, err
}

// readGrants reads the grants in force in one book.
func readGrants(l *load) (grants []ledger.Grant, err error) {
	err = l.each(`
		SELECT p.login, g.role FROM (
			SELECT DISTINCT ON (person, role) person, role, revoked
			FROM access_grant WHERE programme = $1 ORDER BY person, role, since DESC) g
		JOIN person p ON p.id = g.person
		WHERE NOT g.revoked ORDER BY p.login, g.role`, func(r *sqlx.Rows) error {
		g := ledger.Grant{Programme: l.code}
		err := r.Scan(&g.User, &g.Role)
		grants = append(grants, g)
		return err
	})
	return grants, err
}

// Columns and joins that give a line of table line l in full. Codes of units,
// projects and sources never change, whatever the version.
const (
	lineColumns = `
		SELECT l.id, l.budget_year, ls.code, lp.code, lu.code, l.khoan, l.nature`
	lineCodes = `
		JOIN (SELECT DISTINCT id, code FROM source WHERE programme = $1) ls ON ls.id = l.source
		JOIN (SELECT DISTINCT id, code FROM project WHERE programme = $1) lp ON lp.id = l.project
		JOIN (SELECT DISTINCT id, code FROM unit WHERE programme = $1) lu ON lu.id = l.unit`
)

func scanLine(r interface{ Scan(...any) error }, id *int) (l ledger.Line, err error) {
	err = r.Scan(id, &l.Year, &l.Source, &l.Project, &l.Unit, &l.Khoan, &l.Nature)
	return l, err
}

// accountQuery gives accounts with their lines in full; its caller adds conditions.
const accountQuery = `
	SELECT
		a.id,
		a.ring,
		a.state,
		coalesce(a.sub, ''),
		coalesce(a.budget_year, 0),
		s.code,
		coalesce(p.code, ''),
		coalesce(u.code, ''),
		coalesce(l.khoan, ''),
		coalesce(l.nature, ''),
		a.debit,
		a.credit
	FROM account a
	JOIN (SELECT DISTINCT id, code FROM source WHERE programme = $1) s ON s.id = a.source
	LEFT JOIN (SELECT DISTINCT id, code FROM project WHERE programme = $1) p ON p.id = a.project
	LEFT JOIN line l ON l.programme = a.programme AND l.id = a.line
	LEFT JOIN (SELECT DISTINCT id, code FROM unit WHERE programme = $1) u ON u.id = l.unit
	WHERE a.programme = $1`

type accountRow struct {
	id, ring      int
	account       ledger.Account
	debit, credit ledger.Money
}

func scanAccount(r interface{ Scan(...any) error }, c ledger.Currency) (a accountRow, err error) {
	var debit, credit string
	line := &a.account.Line
	if err := r.Scan(&a.id, &a.ring, &a.account.State, &a.account.Sub, &line.Year, &line.Source, &line.Project,
		&line.Unit, &line.Khoan, &line.Nature, &debit, &credit); err != nil {
		return a, err
	}
	if a.debit, err = ledger.MoneyFromStore(debit, c); err != nil {
		return a, err
	}
	a.credit, err = ledger.MoneyFromStore(credit, c)
	return a, err
}

// obligationQuery gives obligations in full; its caller adds conditions.
const obligationQuery = `
	SELECT
		o.id,
		o.code,
		o.kind,
		o.opened,
		o.used,
		o.due,
		o.by_seq,
		o.by_n,
		coalesce(l.budget_year, 0),
		s.code,
		coalesce(p.code, ''),
		coalesce(u.code, ''),
		coalesce(l.khoan, ''),
		coalesce(l.nature, ''),
		coalesce(t.value, '')
	FROM obligation o
	JOIN (SELECT DISTINCT id, code FROM source WHERE programme = $1) s ON s.id = o.source
	LEFT JOIN line l ON l.programme = o.programme AND l.id = o.line
	LEFT JOIN (SELECT DISTINCT id, code FROM project WHERE programme = $1) p ON p.id = l.project
	LEFT JOIN (SELECT DISTINCT id, code FROM unit WHERE programme = $1) u ON u.id = l.unit
	LEFT JOIN event_text t ON t.programme = o.programme AND t.seq = o.by_seq AND t.n = o.by_n AND t.field = 'payee'
	WHERE o.programme = $1`

func scanObligation(r interface{ Scan(...any) error }, c ledger.Currency) (id int, o ledger.Obligation, err error) {
	var opened, used string
	var due sql.NullTime
	l := &o.Line
	if err := r.Scan(&id, &o.Code, &o.Kind, &opened, &used, &due, &o.By.Seq, &o.By.N,
		&l.Year, &l.Source, &l.Project, &l.Unit, &l.Khoan, &l.Nature, &o.Payee); err != nil {
		return 0, o, err
	}
	o.Due = date(due)
	if o.Opened, err = ledger.MoneyFromStore(opened, c); err != nil {
		return 0, o, err
	}
	o.Used, err = ledger.MoneyFromStore(used, c)
	return id, o, err
}
