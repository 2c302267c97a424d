package seal

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// ErrCheckpoint is returned for a text that is not a checkpoint in its one canonical
// form, or not one of the origin asked for.
var ErrCheckpoint = errors.New("seal: malformed checkpoint")

// maxCheckpoint bounds a checkpoint's text; a note holds one and a few signatures.
const maxCheckpoint = 4096

// A Checkpoint states that the book named by Origin had Size records and that Root.
// Origin is also the name of the key that signs it, such as "kinhphi.example/CT-NTM".
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
}

// Text returns the three lines of C2SP tlog-checkpoint: origin, size in decimal,
// root in base64. [ParseCheckpoint] is its inverse.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// ParseCheckpoint reads the text of a checkpoint. Extension lines are refused: this
// ledger writes none, so one would be a statement that nobody here understands.
// Error: [ErrCheckpoint].
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(text) > maxCheckpoint || len(lines) != 4 || lines[3] != "" {
		return Checkpoint{}, fmt.Errorf("%w: not three lines", ErrCheckpoint)
	}
	size, errSize := strconv.ParseInt(lines[1], 10, 64)
	root, errRoot := tlog.ParseHash(lines[2])
	c := Checkpoint{Origin: lines[0], Size: size, Root: root}
	if errSize != nil || errRoot != nil || size < 0 || !validOrigin(c.Origin) || c.Text() != text {
		return Checkpoint{}, fmt.Errorf("%w: %.80q", ErrCheckpoint, text)
	}
	return c, nil
}

// validOrigin says whether s can name a key of a note.
func validOrigin(s string) bool {
	return s != "" && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r == '+' || unicode.IsSpace(r) || unicode.IsControl(r)
	})
}

// GenerateKey makes an Ed25519 key for checkpoints of that origin, in the text forms
// of package note: the secret key for [note.NewSigner], the public one for
// [note.NewVerifier]. random is the source of randomness. Errors: [ErrCheckpoint] for
// an origin that cannot name a key, and those of random.
func GenerateKey(random io.Reader, origin string) (secret, public string, err error) {
	if !validOrigin(origin) {
		return "", "", fmt.Errorf("%w: origin %.80q", ErrCheckpoint, origin)
	}
	if secret, public, err = note.GenerateKey(random, origin); err != nil {
		return "", "", fmt.Errorf("generate key of %s: %w", origin, err)
	}
	return secret, public, nil
}

// Sign returns the checkpoint as a signed note. Error: [ErrCheckpoint] when it is
// not one that [ParseCheckpoint] accepts or is not of the signer's name.
func (c Checkpoint) Sign(s note.Signer) ([]byte, error) {
	if _, err := ParseCheckpoint(c.Text()); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	if s.Name() != c.Origin {
		return nil, fmt.Errorf("%w: key of %q for origin %q", ErrCheckpoint, s.Name(), c.Origin)
	}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, s)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint of %s at %d: %w", c.Origin, c.Size, err)
	}
	return signed, nil
}

// OpenCheckpoint checks a signed note and returns its checkpoint. v is the key of the
// origin; signatures of other keys, such as witnesses, may stand beside it. Errors:
// [ErrCheckpoint]; *note.InvalidSignatureError; *note.UnverifiedNoteError when v has not signed.
func OpenCheckpoint(signed []byte, v note.Verifier) (Checkpoint, error) {
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("open checkpoint: %w", err)
	}
	c, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("open checkpoint: %w", err)
	}
	if c.Origin != v.Name() {
		return Checkpoint{}, fmt.Errorf("%w: origin %q signed by %q", ErrCheckpoint, c.Origin, v.Name())
	}
	return c, nil
}
