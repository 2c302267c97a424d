package seal

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Errors of reading the tree back from rows.
var (
	ErrEdge       = errors.New("seal: right edge does not fit the size")
	ErrRowMissing = errors.New("seal: row of the tree is missing")
	ErrRowHashes  = errors.New("seal: hashes of a row do not fit its place in the tree")
)

// A Tree is the growing end of a book's tree: its size and its right edge, that is
// the roots of the complete subtrees from left to right, one for each bit set in the
// size. Nothing else is needed to append. The zero Tree is empty and ready.
// A Tree is not safe for concurrent use.
type Tree struct {
	size int64
	edge []tlog.Hash
}

// NewTree returns the tree of that size with that edge, in the order of [Edge].
// Error: [ErrEdge] when the number of hashes does not fit. The caller compares
// [Tree.Root] with the root that it knows.
func NewTree(size int64, edge []tlog.Hash) (*Tree, error) {
	if size < 0 || bits.OnesCount64(uint64(size)) != len(edge) {
		return nil, fmt.Errorf("%w: size %d, %d hashes", ErrEdge, size, len(edge))
	}
	return &Tree{size: size, edge: slices.Clone(edge)}, nil
}

// Append adds the record with these canonical bytes and returns the hashes that its
// leaf completes, level 0 first: what [PackHashes] puts into the record's row.
func (t *Tree) Append(canon []byte) []tlog.Hash { return t.appendHash(LeafHash(canon)) }

func (t *Tree) appendHash(h tlog.Hash) []tlog.Hash {
	joins := bits.TrailingZeros64(^uint64(t.size))
	hashes := append(make([]tlog.Hash, 0, joins+1), h)
	for range joins {
		last := len(t.edge) - 1
		h = tlog.NodeHash(t.edge[last], h)
		t.edge = t.edge[:last]
		hashes = append(hashes, h)
	}
	t.edge = append(t.edge, h)
	t.size++
	return hashes
}

// Root returns the RFC 6962 root; that of the empty tree is SHA-256 of nothing.
func (t *Tree) Root() tlog.Hash {
	if t.size == 0 {
		h, _ := tlog.TreeHash(0, nil) // constant, reads nothing
		return h
	}
	last := len(t.edge) - 1
	h := t.edge[last]
	for i := last - 1; i >= 0; i-- {
		h = tlog.NodeHash(t.edge[i], h)
	}
	return h
}

// Size returns the number of records, which is the sequence number of the last.
func (t *Tree) Size() int64 { return t.size }

// Clone returns a tree that grows on its own, so that a batch can be abandoned.
func (t *Tree) Clone() *Tree { return &Tree{size: t.size, edge: slices.Clone(t.edge)} }

// A Place says where a hash of the tree is kept: in the row of record Seq, at
// position Level of its hashes.
type Place struct {
	Seq   int64
	Level int
}

// Edge returns the places of the right edge of a tree of that size, left to right.
func Edge(size int64) []Place {
	places := make([]Place, 0, bits.OnesCount64(uint64(size)))
	var seq int64
	for level := 62; level >= 0; level-- {
		if size&(1<<level) != 0 {
			seq += 1 << level
			places = append(places, Place{seq, level})
		}
	}
	return places
}

// Rows fetches the packed hashes of the rows with these sequence numbers, which are
// sorted and distinct. Rows that do not exist are left out of the map.
type Rows func(seqs []int64) (map[int64][]byte, error)

// Restore reads the right edge back with one call of rows. The caller compares
// [Tree.Root] with the root of the head. Errors: those of rows, [ErrRowMissing], [ErrRowHashes].
func Restore(size int64, rows Rows) (*Tree, error) {
	if size < 0 {
		return nil, fmt.Errorf("%w: size %d", ErrEdge, size)
	}
	edge, err := readPlaces(Edge(size), rows)
	if err != nil {
		return nil, fmt.Errorf("restore tree of %d records: %w", size, err)
	}
	return NewTree(size, edge)
}

// Reader returns a reader of the tree for proofs: each ReadHashes is one call of rows.
// Its errors: those of rows, [ErrRowMissing], [ErrRowHashes].
func Reader(rows Rows) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		places := make([]Place, len(indexes))
		for i, index := range indexes {
			level, n := tlog.SplitStoredHashIndex(index)
			places[i] = Place{(n + 1) << level, level}
		}
		return readPlaces(places, rows)
	})
}

func readPlaces(places []Place, rows Rows) ([]tlog.Hash, error) {
	if len(places) == 0 {
		return nil, nil
	}
	seqs := make([]int64, len(places))
	for i, p := range places {
		seqs[i] = p.Seq
	}
	slices.Sort(seqs)
	got, err := rows(slices.Compact(seqs))
	if err != nil {
		return nil, err
	}
	hashes := make([]tlog.Hash, len(places))
	for i, p := range places {
		if hashes[i], err = hashAt(p, got); err != nil {
			return nil, err
		}
	}
	return hashes, nil
}

func hashAt(p Place, rows map[int64][]byte) (tlog.Hash, error) {
	packed, ok := rows[p.Seq]
	if !ok {
		return tlog.Hash{}, fmt.Errorf("%w: record %d", ErrRowMissing, p.Seq)
	}
	hashes, err := UnpackHashes(p.Seq, packed)
	if err != nil {
		return tlog.Hash{}, err
	}
	return hashes[p.Level], nil
}

// PackHashes returns the bytes of a row's hashes, level 0 first.
func PackHashes(hashes []tlog.Hash) []byte {
	b := make([]byte, 0, len(hashes)*tlog.HashSize)
	for i := range hashes {
		b = append(b, hashes[i][:]...)
	}
	return b
}

// UnpackHashes returns the hashes in the row of record seq. Error: [ErrRowHashes]
// when their number is not that of the hashes which this record's leaf completes.
func UnpackHashes(seq int64, packed []byte) ([]tlog.Hash, error) {
	if seq < 1 || len(packed) != (1+bits.TrailingZeros64(uint64(seq)))*tlog.HashSize {
		return nil, fmt.Errorf("%w: record %d has %d bytes", ErrRowHashes, seq, len(packed))
	}
	hashes := make([]tlog.Hash, 0, len(packed)/tlog.HashSize)
	for h := range slices.Chunk(packed, tlog.HashSize) {
		hashes = append(hashes, tlog.Hash(h))
	}
	return hashes, nil
}
