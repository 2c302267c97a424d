package postgres

import (
	"database/sql"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/sokinhphi/kinhphi/ledger"
)

// changes reads what the records that are no entries changed, from the versions
// that they made.
func (rr *recordReader) changes() error {
	for _, part := range []func() error{rr.unitChanges, rr.projectChanges, rr.sourceChanges, rr.periodChanges,
		rr.grantChanges, rr.userChanges, rr.programmeChanges} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

func (rr *recordReader) set(seq ledger.Seq, a ledger.Action) error {
	rec := rr.bySeq[seq]
	if rec == nil || rec.Kind != a.Kind() {
		return fmt.Errorf("sequence %d has a version of a %s but is no such record", seq, a.Kind())
	}
	rec.Change = a
	return nil
}

func (rr *recordReader) unitChanges() error {
	return rr.rows(`
		SELECT since, code, name, coalesce(parent, 0), coalesce(chapter, ''), valid_from, valid_to
		FROM unit WHERE programme = $1 AND since BETWEEN $2 AND $3`, func(r *sqlx.Rows) error {
		var seq ledger.Seq
		var u ledger.Unit
		var parent int
		var from, to sql.NullTime
		if err := r.Scan(&seq, &u.Code, &u.Name, &parent, &u.Chapter, &from, &to); err != nil {
			return err
		}
		u.Parent, u.From, u.To = rr.chart.units[parent].Code, date(from), date(to)
		return rr.set(seq, ledger.DefineUnit{Unit: u})
	})
}

func (rr *recordReader) projectChanges() error {
	return rr.rows(`
		SELECT since, code, name, coalesce(owner, 0)
		FROM project WHERE programme = $1 AND since BETWEEN $2 AND $3`, func(r *sqlx.Rows) error {
		var seq ledger.Seq
		var p ledger.Project
		var owner int
		if err := r.Scan(&seq, &p.Code, &p.Name, &owner); err != nil {
			return err
		}
		p.Owner = rr.chart.units[owner].Code
		return rr.set(seq, ledger.DefineProject{Project: p})
	})
}

func (rr *recordReader) sourceChanges() error {
	return rr.rows(`
		SELECT since, code, name, kind, backing, treasury
		FROM source WHERE programme = $1 AND since BETWEEN $2 AND $3`, func(r *sqlx.Rows) error {
		var seq ledger.Seq
		var s ledger.Source
		if err := r.Scan(&seq, &s.Code, &s.Name, &s.Kind, &s.Backing, &s.Treasury); err != nil {
			return err
		}
		return rr.set(seq, ledger.DefineSource{Source: s})
	})
}

func (rr *recordReader) periodChanges() error {
	return rr.rows(`
		SELECT since, year, month, closed
		FROM period WHERE programme = $1 AND since BETWEEN $2 AND $3`, func(r *sqlx.Rows) error {
		var seq ledger.Seq
		var p ledger.Period
		if err := r.Scan(&seq, &p.Year, &p.Month, &p.Closed); err != nil {
			return err
		}
		return rr.set(seq, ledger.SetPeriod{Period: p})
	})
}

func (rr *recordReader) grantChanges() error {
	return rr.rows(`
		SELECT since, person, role, revoked
		FROM access_grant WHERE programme = $1 AND since BETWEEN $2 AND $3`, func(r *sqlx.Rows) error {
		var seq ledger.Seq
		var g ledger.SetGrant
		var person int
		if err := r.Scan(&seq, &person, &g.Role, &g.Revoked); err != nil {
			return err
		}
		g.User = rr.people[person]
		return rr.set(seq, g)
	})
}

func (rr *recordReader) userChanges() error {
	return rr.rows(`
		SELECT since, id, name, disabled
		FROM person_version WHERE programme = $1 AND since BETWEEN $2 AND $3`, func(r *sqlx.Rows) error {
		var seq ledger.Seq
		var u ledger.SetUser
		var person int
		if err := r.Scan(&seq, &person, &u.Name, &u.Disabled); err != nil {
			return err
		}
		u.User = rr.people[person]
		return rr.set(seq, u)
	})
}

func (rr *recordReader) programmeChanges() error {
	return rr.rows(`
		SELECT v.since, p.code, v.name, v.currency, v.scale, v.adjustment_days, v.sample
		FROM programme_version v
		JOIN programme p ON p.id = v.id
		WHERE v.programme = $1 AND v.since BETWEEN $2 AND $3`, func(r *sqlx.Rows) error {
		var seq ledger.Seq
		p, err := scanProgramme(scanAfter{r, &seq})
		if err != nil {
			return err
		}
		return rr.set(seq, ledger.DefineProgramme{Programme: p})
	})
}

// scanAfter scans a first column of its own before the others.
type scanAfter struct {
	rows  *sqlx.Rows
	first any
}

func (s scanAfter) Scan(to ...any) error { return s.rows.Scan(append([]any{s.first}, to...)...) }
