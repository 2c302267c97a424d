package intake

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"unicode"

	"github.com/sokinhphi/kinhphi/ledger"
	"golang.org/x/text/unicode/norm"
)

// hashLengths are how many characters of a name's hash its code carries: none
// while its slug is its own, more each time that it meets another's.
var hashLengths = [...]int{0, 6, 12, 24}

// Codes gives every name a code of its own. names maps what tells a name apart
// to the text that its code is made of. The code is the text's [Slug]; names
// whose slugs meet, cut or whole, get a short hash at the end, all of them, so
// that no code depends on the order of names. Codes have at most ledger.MaxCode
// characters, hash included. Two names never share a code.
func Codes(names map[string]string) map[string]ledger.Code {
	slugs, step := make(map[string]string, len(names)), make(map[string]int, len(names))
	for id, text := range names {
		if slugs[id] = Slug(text); slugs[id] == "" {
			slugs[id], step[id] = "X", 1
		}
	}
	for {
		codes, clash := hashed(slugs, step)
		if !clash {
			return codes
		}
	}
}

// hashed makes the codes of one step, and moves names that share one on to the
// next. The last step keeps 120 bits of the hash, which do not meet.
func hashed(slugs map[string]string, step map[string]int) (codes map[string]ledger.Code, clash bool) {
	codes = make(map[string]ledger.Code, len(slugs))
	holders := make(map[ledger.Code][]string, len(slugs))
	for id, slug := range slugs {
		c := suffixed(slug, id, hashLengths[step[id]])
		codes[id] = c
		holders[c] = append(holders[c], id)
	}
	for _, ids := range holders {
		if len(ids) == 1 {
			continue
		}
		clash = true
		for _, id := range ids {
			step[id] = min(step[id]+1, len(hashLengths)-1)
		}
	}
	return codes, clash
}

func suffixed(slug, id string, hash int) ledger.Code {
	if hash == 0 {
		return ledger.Code(cutSlug(slug, ledger.MaxCode))
	}
	return ledger.Code(cutSlug(slug, ledger.MaxCode-hash-1) + "-" + digest(id)[:hash])
}

func cutSlug(slug string, limit int) string {
	return strings.TrimRight(slug[:min(len(slug), limit)], "-")
}

// letters without a decomposition into a base letter and marks.
var letters = strings.NewReplacer("Đ", "D", "đ", "D", "Ð", "D", "ð", "D", "ß", "SS", "Æ", "AE", "æ", "AE",
	"Œ", "OE", "œ", "OE", "Ø", "O", "ø", "O", "Ł", "L", "ł", "L", "Þ", "TH", "þ", "TH")

// Slug reduces a text to capital ASCII letters, digits and single hyphens:
// accents go, everything else that is not a letter or digit separates. It is
// empty for a text without any Latin letter or digit, and has no limit of length.
func Slug(text string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFD.String(letters.Replace(text)) {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		r = unicode.ToUpper(r)
		if r < '0' || r > '9' && r < 'A' || r > 'Z' {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('-')
		}
		gap = false
		b.WriteRune(r)
	}
	return b.String()
}

// base32 has no I, L, O, U: a code is sometimes read aloud.
const base32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// digest returns 32 characters of a hash over parts, each with its length.
func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		h.Write([]byte(p))
	}
	sum := h.Sum(nil)
	var out [32]byte
	for i := range out {
		out[i] = base32[sum[i]%32]
	}
	return string(out[:])
}
