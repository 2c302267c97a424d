package seal

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Errors of proofs.
var (
	ErrProof      = errors.New("seal: proof does not hold")
	ErrProofRange = errors.New("seal: no such record or size in the tree")
)

// ProveRecord proves that record seq is in the tree of that size.
// Errors: [ErrProofRange] unless 1 <= seq <= size, and those of the reader.
func ProveRecord(size, seq int64, r tlog.HashReader) (tlog.RecordProof, error) {
	if seq < 1 || seq > size {
		return nil, fmt.Errorf("%w: record %d of %d", ErrProofRange, seq, size)
	}
	p, err := tlog.ProveRecord(size, seq-1, r)
	if err != nil {
		return nil, fmt.Errorf("prove record %d of %d: %w", seq, size, err)
	}
	return p, nil
}

// CheckRecord checks that the leaf is record seq of the tree with that size and root.
// Errors: [ErrProofRange], [ErrProof].
func CheckRecord(p tlog.RecordProof, size int64, root tlog.Hash, seq int64, leaf tlog.Hash) error {
	if seq < 1 || seq > size {
		return fmt.Errorf("%w: record %d of %d", ErrProofRange, seq, size)
	}
	if err := tlog.CheckRecord(p, size, root, seq-1, leaf); err != nil {
		return fmt.Errorf("record %d of %d: %w: %w", seq, size, ErrProof, err)
	}
	return nil
}

// ProveTree proves that the tree of that size continues the older, smaller one.
// Errors: [ErrProofRange] unless 1 <= older <= size, and those of the reader.
func ProveTree(size, older int64, r tlog.HashReader) (tlog.TreeProof, error) {
	if older < 1 || older > size {
		return nil, fmt.Errorf("%w: size %d of %d", ErrProofRange, older, size)
	}
	p, err := tlog.ProveTree(size, older, r)
	if err != nil {
		return nil, fmt.Errorf("prove that %d continues %d: %w", size, older, err)
	}
	return p, nil
}

// CheckTree checks that the tree with that size and root continues the older one.
// Errors: [ErrProofRange], [ErrProof].
func CheckTree(p tlog.TreeProof, size int64, root tlog.Hash, older int64, olderRoot tlog.Hash) error {
	if older < 1 || older > size {
		return fmt.Errorf("%w: size %d of %d", ErrProofRange, older, size)
	}
	if err := tlog.CheckTree(p, size, root, older, olderRoot); err != nil {
		return fmt.Errorf("size %d does not continue %d: %w: %w", size, older, ErrProof, err)
	}
	return nil
}
