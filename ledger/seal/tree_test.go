package seal

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

const testSizes = 130

// book is what a store keeps of a tree.
type book struct {
	rows  map[int64][]byte
	canon [][]byte
	roots []tlog.Hash // by size
	calls int
}

func (b *book) fetch(seqs []int64) (map[int64][]byte, error) {
	b.calls++
	if !slices.IsSorted(seqs) || len(slices.Compact(slices.Clone(seqs))) != len(seqs) {
		return nil, errors.New("sequence numbers not sorted and distinct")
	}
	got := map[int64][]byte{}
	for _, s := range seqs {
		if row, ok := b.rows[s]; ok {
			got[s] = row
		}
	}
	return got, nil
}

func newBook(t fataler, n int) *book {
	b := &book{rows: map[int64][]byte{}}
	tree := new(Tree)
	b.roots = append(b.roots, tree.Root())
	for i := 1; i <= n; i++ {
		var salt [SaltSize]byte
		binary.BigEndian.PutUint64(salt[8:], uint64(i))
		canon := mustCanon(t, salt, []Field{{Name: "seq", Value: fmt.Sprint(i)}})
		b.rows[int64(i)] = PackHashes(tree.Append(canon))
		b.canon = append(b.canon, canon)
		b.roots = append(b.roots, tree.Root())
	}
	return b
}

// naive is RFC 6962, section 2.1, word by word.
func naive(leaves [][]byte) tlog.Hash {
	if len(leaves) == 0 {
		return sha256.Sum256(nil)
	}
	if len(leaves) == 1 {
		return sha256.Sum256(append([]byte{0}, leaves[0]...))
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	left, right := naive(leaves[:k]), naive(leaves[k:])
	return sha256.Sum256(slices.Concat([]byte{1}, left[:], right[:]))
}

func TestRootsGolden(t *testing.T) {
	var golden struct{ Roots []string }
	readJSON(t, "testdata/roots_v1.json", &golden)
	b := newBook(t, testSizes)
	if len(golden.Roots) != len(b.roots) {
		t.Fatalf("%d golden roots, want %d", len(golden.Roots), len(b.roots))
	}
	for size, want := range golden.Roots {
		if got := hex.EncodeToString(b.roots[size][:]); got != want {
			t.Errorf("root of %d = %s, want %s", size, got, want)
		}
	}
}

// The eight leaves of Certificate Transparency's own tests.
func TestRootsOfCertificateTransparency(t *testing.T) {
	leaves := []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	roots := []string{
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	tree := new(Tree)
	for i, leaf := range leaves {
		data, _ := hex.DecodeString(leaf)
		tree.appendHash(tlog.RecordHash(data))
		if got := tree.Root(); hex.EncodeToString(got[:]) != roots[i] {
			t.Errorf("root of %d = %x, want %s", i+1, got, roots[i])
		}
	}
}

func TestTreeAgreesWithNaiveAndTlog(t *testing.T) {
	b := newBook(t, testSizes)
	reader := Reader(b.fetch)
	var leaves [][]byte
	for size := int64(0); size <= testSizes; size++ {
		if size > 0 {
			leaves = append(leaves, Leaf(b.canon[size-1]))
			stored, err := tlog.StoredHashes(size-1, leaves[size-1], reader)
			if err != nil || string(PackHashes(stored)) != string(b.rows[size]) {
				t.Errorf("row %d differs from tlog.StoredHashes (%v)", size, err)
			}
		}
		if want := naive(leaves); b.roots[size] != want {
			t.Errorf("root of %d = %v, naive %v", size, b.roots[size], want)
		}
		if got, err := tlog.TreeHash(size, reader); err != nil || got != b.roots[size] {
			t.Errorf("tlog.TreeHash(%d) = %v, %v, want %v", size, got, err, b.roots[size])
		}
	}
}

func TestRestoreAtEverySize(t *testing.T) {
	b := newBook(t, testSizes)
	for size := int64(0); size <= testSizes; size++ {
		b.calls = 0
		tree, err := Restore(size, b.fetch)
		if err != nil {
			t.Fatal(err)
		}
		if b.calls > 1 || tree.Size() != size || tree.Root() != b.roots[size] {
			t.Errorf("Restore(%d): %d calls, size %d, root %v", size, b.calls, tree.Size(), tree.Root())
		}
		for s := size; s < testSizes; s++ {
			tree.Append(b.canon[s])
		}
		if tree.Root() != b.roots[testSizes] {
			t.Errorf("tree restored at %d grows to another root", size)
		}
	}
}

func TestCloneCanBeAbandoned(t *testing.T) {
	b := newBook(t, testSizes)
	tree := new(Tree)
	for size := range testSizes {
		batch := tree.Clone()
		for range 5 {
			batch.Append([]byte("abandoned"))
		}
		if tree.Root() != b.roots[size] {
			t.Fatalf("the batch at size %d changed its origin", size)
		}
		tree.Append(b.canon[size])
	}
}

func TestReadingBackRefuses(t *testing.T) {
	b := newBook(t, 6)
	delete(b.rows, 4)
	if _, err := Restore(6, b.fetch); !errors.Is(err, ErrRowMissing) {
		t.Errorf("missing row: %v", err)
	}
	b.rows[4] = make([]byte, 2*tlog.HashSize)
	if _, err := Restore(6, b.fetch); !errors.Is(err, ErrRowHashes) {
		t.Errorf("short row: %v", err)
	}
	down := errors.New("store is down")
	if _, err := Restore(6, func([]int64) (map[int64][]byte, error) { return nil, down }); !errors.Is(err, down) {
		t.Errorf("store down: %v", err)
	}
	if _, err := Restore(-1, b.fetch); !errors.Is(err, ErrEdge) {
		t.Errorf("negative size: %v", err)
	}
	if _, err := NewTree(6, make([]tlog.Hash, 1)); !errors.Is(err, ErrEdge) {
		t.Errorf("wrong edge: %v", err)
	}
}

func TestEdge(t *testing.T) {
	for size, want := range map[int64][]Place{
		0: {}, 1: {{1, 0}}, 6: {{4, 2}, {6, 1}}, 7: {{4, 2}, {6, 1}, {7, 0}}, 1 << 40: {{1 << 40, 40}},
	} {
		if got := Edge(size); !slices.Equal(got, want) {
			t.Errorf("Edge(%d) = %v, want %v", size, got, want)
		}
	}
}

func TestProofsOfEverySize(t *testing.T) {
	b := newBook(t, testSizes)
	reader := Reader(b.fetch)
	for size := int64(1); size <= testSizes; size++ {
		for n := int64(1); n <= size; n++ {
			checkBothProofs(t, b, reader, size, n)
		}
	}
}

func checkBothProofs(t *testing.T, b *book, reader tlog.HashReader, size, n int64) {
	t.Helper()
	record, err := ProveRecord(size, n, reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckRecord(record, size, b.roots[size], n, LeafHash(b.canon[n-1])); err != nil {
		t.Error(err)
	}
	if err := CheckRecord(record, size, b.roots[size], n, LeafHash([]byte("other"))); !errors.Is(err, ErrProof) {
		t.Errorf("record %d of %d: another leaf passes: %v", n, size, err)
	}
	tree, err := ProveTree(size, n, reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckTree(tree, size, b.roots[size], n, b.roots[n]); err != nil {
		t.Error(err)
	}
	if err := CheckTree(tree, size, b.roots[size], n, b.roots[n-1]); !errors.Is(err, ErrProof) {
		t.Errorf("size %d: a forged root of %d passes: %v", size, n, err)
	}
}

func TestProofsOutOfRange(t *testing.T) {
	b := newBook(t, 3)
	r := Reader(b.fetch)
	for _, n := range []int64{-1, 0, 4} {
		_, err1 := ProveRecord(3, n, r)
		_, err2 := ProveTree(3, n, r)
		err3 := CheckRecord(nil, 3, b.roots[3], n, tlog.Hash{})
		err4 := CheckTree(nil, 3, b.roots[3], n, tlog.Hash{})
		for i, err := range []error{err1, err2, err3, err4} {
			if !errors.Is(err, ErrProofRange) {
				t.Errorf("n = %d, case %d: %v", n, i, err)
			}
		}
	}
}

// Any one record changed, deleted, doubled or moved gives another root.
func TestRootBindsEveryRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z0-9]{1,6}`), 2, 40, rapid.ID).Draw(t, "values")
		before := rootOf(t, values)
		i := rapid.IntRange(0, len(values)-1).Draw(t, "i")
		j := (i + rapid.IntRange(1, len(values)-1).Draw(t, "step")) % len(values)
		switch rapid.IntRange(0, 3).Draw(t, "change") {
		case 0:
			values[i] += "x"
		case 1:
			values = slices.Delete(values, i, i+1)
		case 2:
			values[i], values[j] = values[j], values[i]
		case 3:
			values = slices.Insert(values, i, values[i])
		}
		if rootOf(t, values) == before {
			t.Fatal("root did not change")
		}
	})
}

func rootOf(t *rapid.T, values []string) tlog.Hash {
	tree := new(Tree)
	for _, v := range values {
		tree.Append(mustCanon(t, [SaltSize]byte{}, []Field{{Name: "a", Value: v}}))
	}
	return tree.Root()
}

func FuzzUnpackHashes(f *testing.F) {
	f.Add(int64(2), make([]byte, 64))
	f.Add(int64(-1), []byte{})
	f.Fuzz(func(t *testing.T, seq int64, packed []byte) {
		hashes, err := UnpackHashes(seq, packed)
		if err == nil && string(PackHashes(hashes)) != string(packed) {
			t.Fatal("PackHashes is not its inverse")
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	canon := make([]byte, 40*tlog.HashSize)
	tree := new(Tree)
	b.ReportAllocs()
	for b.Loop() {
		tree.Append(canon)
	}
}
