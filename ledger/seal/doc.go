// Package seal makes a book tamper-evident. It is pure: bytes in, bytes out; the
// store reads and writes rows, this package says what must stand in them.
//
// # Canonical form v1
//
// A record is an ordered list of named text fields. Each field is committed on its own:
//
//	key        = HMAC-SHA256(salt, name)
//	commitment = SHA-256(key || uint32(len(name)) || name || uint32(len(value)) || value)
//
// where salt is the record's 16 random bytes, or the field's own 16 when it has
// them, lengths count bytes and are big-endian, and names and values are UTF-8 in NFC.
// The canonical bytes of the record are its commitments, 32 bytes each, in order.
// Because every field has its own key, a field can be shown with its key while its
// neighbours stay hidden, and a text can be destroyed together with its own salt
// while every proof that covers it still holds.
//
// # Tree
//
// The leaf of a record is "kinhphi/record/v1\n" followed by its canonical bytes.
// Leaves form the Merkle tree of RFC 6962, section 2.1, as golang.org/x/mod/sumdb/tlog
// has it. Records count from 1: record s is leaf s-1, and the tree of size s ends with it.
// The row of each record keeps the hashes that its leaf completes, level 0 first,
// 32 bytes each; so the hash at (level L, index n) stands in the row of record
// (n+1)*2^L, at position L, and every look-up is a read by primary key.
//
// # Checkpoint
//
// A [Checkpoint] names a book, a size and a root, in the text form of C2SP
// tlog-checkpoint, signed as a note with Ed25519. Who keeps one can later demand
// proof ([CheckTree]) that the book has only grown.
package seal
