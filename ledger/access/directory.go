package access

import (
	"context"
	"fmt"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

// The reasons for not letting someone in. They are rules as those of package ledger:
// tested for with errors.Is, worded elsewhere.
const (
	ErrBadCredentials ledger.Rule = "bad_credentials" // unknown login or wrong password: which one is not said
	ErrThrottled      ledger.Rule = "throttled"       // too many failed sign-ins; see ThrottledError
	ErrExpired        ledger.Rule = "expired"         // no such session or token, or its time is over
	ErrDisabled       ledger.Rule = "disabled"        // the person was disabled
)

// A ThrottledError is the ErrThrottled that says how long to wait.
type ThrottledError struct{ RetryAfter time.Duration }

// Error names the wait in whole seconds.
func (e *ThrottledError) Error() string {
	return fmt.Sprintf("%v: retry after %d s", ErrThrottled, e.Seconds())
}

// Seconds returns the wait rounded up, as the header Retry-After wants it.
func (e *ThrottledError) Seconds() int {
	return int((e.RetryAfter + time.Second - 1) / time.Second)
}

// Is reports whether target is ErrThrottled.
func (e *ThrottledError) Is(target error) bool { return target == ErrThrottled }

// A Person is a user as the SYSTEM book has it.
type Person struct {
	Login    ledger.Login
	Name     string
	Disabled bool
}

// A Session is one person signed in. Actor carries the grants of this moment.
type Session struct {
	Person  Person
	Actor   ledger.Actor
	Created time.Time
	Ends    time.Time // when it ends without a further request
}

// A Directory knows who is who. Every method stops when ctx ends and returns its
// error; other errors than those named are failures of the store.
type Directory interface {
	// SignIn starts a session under a new token, which is shown only here. address is
	// where the request comes from. Errors: ErrBadCredentials, ErrThrottled (a
	// *ThrottledError), ErrDisabled.
	SignIn(ctx context.Context, login, password, address string) (token string, s Session, err error)
	// SessionActor returns the session of the token and keeps it alive.
	// Errors: ErrExpired, ErrDisabled.
	SessionActor(ctx context.Context, token string) (Session, error)
	// SignOut ends the session of the token; none is no error.
	SignOut(ctx context.Context, token string) error
	// SetPassword sets user's password and ends all sessions of user. Errors: those of
	// MaySetPassword and CheckPassword; not_found for the user.
	SetPassword(ctx context.Context, by ledger.Actor, user ledger.Login, password string) error
	// CreateToken makes an API token that acts as user for that long; it is shown only
	// here. Errors: those of MayCreateToken and CheckTokenLife; ErrDisabled; not_found
	// for the user.
	CreateToken(ctx context.Context, by ledger.Actor, user ledger.Login, life time.Duration) (token string, expires time.Time, err error)
	// TokenActor returns who acts by the API token. Errors: ErrExpired, ErrDisabled.
	TokenActor(ctx context.Context, token string) (ledger.Actor, error)
	// RevokeTokens ends all API tokens of user and says how many there were.
	// Errors: those of MaySetPassword; not_found for the user.
	RevokeTokens(ctx context.Context, by ledger.Actor, user ledger.Login) (int, error)
	// Users lists all persons by login. Errors: those of MayListUsers.
	Users(ctx context.Context, by ledger.Actor) ([]Person, error)
}

// MaySetPassword lets everyone set their own password and revoke their own tokens, and
// who manages users those of others. Errors: forbidden; not_found for
// what cannot be a user with credentials.
func MaySetPassword(by ledger.Actor, user ledger.Login) error {
	if err := checkUser(user); err != nil || by.User == user {
		return err
	}
	return by.May(ledger.ManageUsers, ledger.System)
}

// MayCreateToken lets everyone make tokens for themselves, and the commands of the
// machine for anyone. Who manages users may not: a token of an officer would let an
// administrator post. Errors: as MaySetPassword.
func MayCreateToken(by ledger.Actor, user ledger.Login) error {
	if err := checkUser(user); err != nil || by.User == user || by.User == ledger.LocalUser {
		return err
	}
	return ledger.Refuse(ledger.Forbidden, "", "user", string(by.User), "action", "token", "programme", string(ledger.System))
}

func checkUser(user ledger.Login) error {
	if !mayHaveCredentials(user) {
		return ledger.Refuse(ledger.NotFound, "user", "what", "user", "value", string(user))
	}
	return nil
}

// MayListUsers lets those who manage users list them. Errors: forbidden.
func MayListUsers(by ledger.Actor) error { return by.May(ledger.ManageUsers, ledger.System) }
