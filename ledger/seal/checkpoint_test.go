package seal

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const goldenCheckpoint = "kinhphi.example/CT-NTM\n5\nAQIDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"

func TestCheckpointText(t *testing.T) {
	c := Checkpoint{Origin: "kinhphi.example/CT-NTM", Size: 5, Root: tlog.Hash{1, 2, 3}}
	if c.Text() != goldenCheckpoint {
		t.Errorf("Text = %q, want %q", c.Text(), goldenCheckpoint)
	}
	if back, err := ParseCheckpoint(c.Text()); err != nil || back != c {
		t.Errorf("ParseCheckpoint = %v, %v", back, err)
	}
}

func TestParseCheckpointRefuses(t *testing.T) {
	root := "AQIDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	for name, text := range map[string]string{
		"nothing":            "",
		"no last newline":    "a\n5\n" + root,
		"extension line":     "a\n5\n" + root + "\nmore\n",
		"two lines":          "a\n5\n",
		"no origin":          "\n5\n" + root + "\n",
		"space in origin":    "a b\n5\n" + root + "\n",
		"plus in origin":     "a+b\n5\n" + root + "\n",
		"control in origin":  "a\x01\n5\n" + root + "\n",
		"origin not UTF-8":   "\xff\n5\n" + root + "\n",
		"leading zero":       "a\n05\n" + root + "\n",
		"signed size":        "a\n+5\n" + root + "\n",
		"negative size":      "a\n-5\n" + root + "\n",
		"size too large":     "a\n9223372036854775808\n" + root + "\n",
		"size of letters":    "a\nfive\n" + root + "\n",
		"short root":         "a\n5\nAQID\n",
		"root, other bits":   "a\n5\n" + strings.Replace(root, "AA=", "AB=", 1) + "\n",
		"root of url base64": "a\n5\n_" + root[1:] + "\n",
		"too long":           strings.Repeat("a", 5000) + "\n5\n" + root + "\n",
	} {
		if _, err := ParseCheckpoint(text); !errors.Is(err, ErrCheckpoint) {
			t.Errorf("%s: %v, want %v", name, err, ErrCheckpoint)
		}
	}
}

func testKey(t *testing.T, origin string, seed byte) (note.Signer, note.Verifier) {
	t.Helper()
	secret, public, err := GenerateKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 32)), origin)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

func TestSignedCheckpoint(t *testing.T) {
	s, v := testKey(t, "kinhphi.example/CT-NTM", 1)
	_, stranger := testKey(t, "kinhphi.example/CT-NTM", 2)
	c, _ := ParseCheckpoint(goldenCheckpoint)
	signed, err := c.Sign(s)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := OpenCheckpoint(signed, v); err != nil || back != c {
		t.Errorf("OpenCheckpoint = %v, %v", back, err)
	}
	var unverified *note.UnverifiedNoteError
	if _, err := OpenCheckpoint(signed, stranger); !errors.As(err, &unverified) {
		t.Errorf("another key: %v", err)
	}
	var invalid *note.InvalidSignatureError
	forged := bytes.Replace(signed, []byte("\n5\n"), []byte("\n6\n"), 1)
	if _, err := OpenCheckpoint(forged, v); !errors.As(err, &invalid) {
		t.Errorf("forged size: %v", err)
	}
}

func TestSignRefusesForeignOrigin(t *testing.T) {
	s, v := testKey(t, "elsewhere", 1)
	c, _ := ParseCheckpoint(goldenCheckpoint)
	if _, err := c.Sign(s); !errors.Is(err, ErrCheckpoint) {
		t.Errorf("Sign: %v", err)
	}
	if _, err := (Checkpoint{Origin: "elsewhere", Size: -1}).Sign(s); !errors.Is(err, ErrCheckpoint) {
		t.Errorf("Sign of a negative size: %v", err)
	}
	signed, err := note.Sign(&note.Note{Text: goldenCheckpoint}, s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCheckpoint(signed, v); !errors.Is(err, ErrCheckpoint) {
		t.Errorf("OpenCheckpoint of a foreign origin: %v", err)
	}
}

func TestGenerateKeyUsesOnlyTheGivenRandomness(t *testing.T) {
	a1, _, err1 := GenerateKey(bytes.NewReader(make([]byte, 32)), "a")
	a2, _, err2 := GenerateKey(bytes.NewReader(make([]byte, 32)), "a")
	if err1 != nil || err2 != nil || a1 != a2 {
		t.Errorf("same randomness, other keys (%v, %v)", err1, err2)
	}
	if _, _, err := GenerateKey(bytes.NewReader(make([]byte, 31)), "a"); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("too little randomness: %v", err)
	}
	if _, _, err := GenerateKey(bytes.NewReader(make([]byte, 32)), "a b"); !errors.Is(err, ErrCheckpoint) {
		t.Errorf("bad origin: %v", err)
	}
}

func FuzzParseCheckpoint(f *testing.F) {
	f.Add(goldenCheckpoint)
	f.Add("a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := ParseCheckpoint(text); err == nil && c.Text() != text {
			t.Fatalf("parsed %q, written %q", text, c.Text())
		}
	})
}
