// Package access says who may come in: the rules of passwords, sessions, tokens and
// forms, and the [Directory] through which pages, API and commands ask. The rows
// behind a Directory live in the store; here are only rules. The clock and the
// randomness of sessions and tokens are passed in; a password's salt is drawn by the
// argon2id library itself.
//
// What a person may do, once in, is not decided here but by the grants of package
// ledger. Persons are made, renamed and disabled by records of the SYSTEM book
// (ledger.SetUser), so a Directory keeps credentials, sessions, tokens and counters
// of failed sign-ins, nothing else; none of these is part of a book's evidence.
//
// # Passwords
//
// [Passwords] hashes with argon2id, never more than a few at once, because each takes
// megabytes. What is typed is brought to NFC first: the same Vietnamese word typed on
// two keyboards is one password. A new password has at least [MinPassword] characters,
// is not the login, and is not one of the common ones with digits around it. For an
// unknown login the same work is done as for a known one.
//
// # Sign-in
//
// A Directory signs in, in this order, and the order matters:
//
//  1. [TypedLogin] reads the login; what cannot be one goes on as an unknown person
//     without a counter of its own. [LoginKey] and [AddressKey] name two counters. Lock
//     both rows (in the order of their keys), apply [Throttle.Attempt] to each, store
//     what it returns and commit: the attempt is counted as a failure before the password
//     is looked at, else parallel guesses would all see the same small count. If either
//     refuses, store neither and return a [ThrottledError] with the longer wait.
//  2. Read the person's hash (empty when unknown or without a password), and call
//     [Passwords.Check], outside of any transaction: it takes tens of milliseconds.
//  3. No match: [ErrBadCredentials], the same for an unknown login. A match of a
//     disabled person: [ErrDisabled]; who does not know the password does not learn it.
//  4. Clear the counter of the login; take one failure off that of the address. If Check
//     said stale, hash and store again.
//  5. Make a new token ([NewSessionToken]) and store its digest. A sign-in never takes
//     over an existing token: nobody can plant one. The caller signs the old one out.
//
// # Sessions and API tokens
//
// Both are 256 random bits that are shown once; only the SHA-256 is stored, so a copy
// of the database opens no session. A session ends after [SessionPolicy].Idle without a
// request, after [SessionPolicy].Whole in any case, by signing out, and when its
// person's password is set or the person is disabled. A token begins with "kp_", always
// has an expiry, and acts with its person's grants as they are when it is used.
//
// # Forms
//
// A request that changes something under a session needs both: that the browser says
// it comes from our own pages ([SameOrigin]) and the session's form token ([FormToken]).
// Sign-in has no session yet and needs the first. API tokens are not sent by browsers
// on their own; the API ignores cookies and needs neither. Pages send
// "Referrer-Policy: same-origin"; with no-referrer browsers hide the origin of forms too.
package access
