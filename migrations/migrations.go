// Package migrations holds the schema of the books, as numbered SQL files that
// only go forward, and applies them.
//
// A file that was applied to a database never changes: its SHA-256 is kept there,
// and a program whose file differs refuses to start. So does one that is older
// than the database.
package migrations

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed [0-9]*.sql
var files embed.FS

// The reasons for not starting on a database.
var (
	ErrNewer  = errors.New("migrations: the database was made by a newer version of this program")
	ErrEdited = errors.New("migrations: a file that was applied to this database has changed since")
)

// Apply brings the database up to the newest version and returns how many files
// were applied. Several instances may call it at once: they wait for each other.
// db must not go through a pooler that shares sessions.
// Errors: ErrNewer, ErrEdited, and those of the files themselves, each of which
// is applied whole or not at all.
func Apply(ctx context.Context, db *sql.DB) (applied int, err error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300), lock.WithUnlockTimeout(1, 60))
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker), goose.WithTableName("public.schema_version"))
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	if err := check(ctx, db); err != nil {
		return 0, err
	}
	results, err := p.Up(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	return len(results), remember(ctx, db)
}

// check compares what was applied with what this program has.
func check(ctx context.Context, db *sql.DB) error {
	var started bool
	err := db.QueryRowContext(ctx, "SELECT to_regclass('public.schema_file') IS NOT NULL").Scan(&started)
	if err != nil || !started {
		return err
	}
	rows, err := db.QueryContext(ctx, "SELECT version, sha256 FROM public.schema_file ORDER BY version")
	if err != nil {
		return fmt.Errorf("migrations: read applied files: %w", err)
	}
	defer rows.Close()
	have, err := sums()
	if err != nil {
		return err
	}
	for rows.Next() {
		var version int64
		var sum string
		if err := rows.Scan(&version, &sum); err != nil {
			return fmt.Errorf("migrations: read applied files: %w", err)
		}
		switch have[version] {
		case sum:
		case "":
			return fmt.Errorf("%w: it has version %d", ErrNewer, version)
		default:
			return fmt.Errorf("%w: version %d", ErrEdited, version)
		}
	}
	return rows.Err()
}

// remember keeps the sums of the applied files.
func remember(ctx context.Context, db *sql.DB) error {
	have, err := sums()
	if err != nil {
		return err
	}
	for version, sum := range have {
		if _, err := db.ExecContext(ctx, "INSERT INTO public.schema_file VALUES ($1, $2) ON CONFLICT DO NOTHING", version, sum); err != nil {
			return fmt.Errorf("migrations: %w", err)
		}
	}
	return nil
}

// sums returns the SHA-256 of every file, by version.
func sums() (map[int64]string, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, err
	}
	all := make(map[int64]string, len(names))
	for _, name := range names {
		number, _, _ := strings.Cut(path.Base(name), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("migrations: name %s: %w", name, err)
		}
		body, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		all[version] = fmt.Sprintf("%x", sha256.Sum256(body))
	}
	return all, nil
}

// Digest identifies the whole set of files: equal digests make equal schemas.
func Digest() string {
	h := sha256.New()
	names, _ := fs.Glob(files, "*.sql") // the pattern is constant
	for _, name := range names {
		body, _ := files.ReadFile(name) // embedded
		fmt.Fprintf(h, "%s %d\n%s", name, len(body), body)
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8])
}
